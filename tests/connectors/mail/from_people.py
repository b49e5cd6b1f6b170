"""Sample mails of people, in the formats of their mail programs."""

from __future__ import annotations

from tests.connectors.mail.raw_mail import CUSTOMER, OURS, Sample, crlf, mail, nested, text_part, with_parts

_QUOTE = """

> Dear Jo,
> we need the delivery note to go on.
"""
_OUTLOOK = """
    <html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.Mso {margin:0cm}</style></head>
    <body lang=DE><div class=WordSection1><p class=MsoNormal>Guten Tag,<o:p></o:p></p>
    <p class=MsoNormal>der Lieferschein kommt morgen.<o:p></o:p></p></div>
    <div id="divRplyFwdMsg"><b>Von:</b> Acme<br><b>Gesendet:</b> Montag<br><b>Betreff:</b> D-1042</div>
    <div><p>Wir brauchen den Lieferschein.</p></div></body></html>
"""
_GMAIL = """
    <div dir="ltr">The note is <b>attached</b>.<div><br></div><div>Jo</div></div><br>
    <div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Mar 2, 2026 Acme wrote:<br></div>
    <blockquote class="gmail_quote">We need the delivery note.</blockquote></div>
"""
_APPLE = """
    <html><body style="overflow-wrap: break-word;">It was never delivered.<br><div><blockquote type="cite">
    <div>On 2 Mar 2026, Acme wrote:</div><div>Was it delivered?</div></blockquote></div>
    I asked the driver.<br><blockquote type="cite"><div>Which driver?</div></blockquote>The red one.</html>
"""
_NEWSLETTER = """
    <html><body><div style="display:none">Preview nobody sees</div>
    <table width="600"><tr><td>Item</td><td>Qty</td></tr>
    <tr><td>Chair</td><td>4</td></tr></table><script>alert(1)</script><p>All broken.</p></body></html>
"""

SAMPLES = (
    Sample(
        name="a plain answer",
        raw=mail("The note is on its way.\n"),
        text="The note is on its way.",
        answers=OURS,
    ),
    Sample(
        name="Gmail, quote in English",
        raw=mail(f"Here you are.\n\nOn Mon, Mar 2, 2026 at 9:00 AM Acme <x@acme.example>\nwrote:{_QUOTE}"),
        text="Here you are.",
        whole="we need the delivery note",
    ),
    Sample(
        name="Thunderbird, quote in German",
        raw=mail(f"Kommt morgen.\n\nAm 02.03.26 um 09:00 schrieb Acme:{_QUOTE}"),
        text="Kommt morgen.",
    ),
    Sample(
        name="Apple Mail, quote in French",
        raw=mail(f"C'est joint.\n\nLe 2 mars 2026 à 09:00, Acme <x@acme.example> a écrit :{_QUOTE}"),
        text="C'est joint.",
    ),
    Sample(
        name="Gmail, quote in Spanish",
        raw=mail(f"Aquí está.\n\nEl lun, 2 mar 2026 a las 9:00, Acme (<x@acme.example>) escribió:{_QUOTE}"),
        text="Aquí está.",
    ),
    Sample(
        name="Outlook, English headers, nothing marked",
        raw=mail(
            "Yes.\n\nFrom: Acme <x@acme.example>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Jo Miller\n"
            "Subject: D-1042\n\nWe need the delivery note.\n"
        ),
        text="Yes.",
    ),
    Sample(
        name="Outlook, German headers under a line",
        raw=mail(
            "Ja, so war es.\n\n________________________________\nVon: Acme\nGesendet: Montag, 2. März\n"
            "An: Jo\nBetreff: D-1042\n\nWar es so?\n"
        ),
        text="Ja, so war es.",
    ),
    Sample(
        name="old Outlook, Original Message",
        raw=mail("No.\n\n-----Original Message-----\nFrom: Acme\nSent: Monday\nTo: Jo\n\nReally?\n"),
        text="No.",
    ),
    Sample(
        name="answer below the quote",
        raw=mail("On Mon, Mar 2, 2026 Acme <x@acme.example> wrote:\n> Was it delivered?\n\nIt never came.\n"),
        text="It never came.",
    ),
    Sample(
        name="answers between the quotes",
        raw=mail("On Mon, Mar 2, 2026 Acme wrote:\n> Was it delivered?\n\nNo.\n\n> Who signed?\n\nNobody.\n"),
        text="No.\n\nNobody.",
    ),
    Sample(
        name="signature behind two dashes",
        raw=mail("Please credit two chairs.\n\n-- \nJo Miller\nNordwind GmbH\n+49 30 1234567\n"),
        text="Please credit two chairs.",
        whole="+49 30 1234567",
    ),
    Sample(
        name="signature behind kind regards",
        raw=mail("Please credit two chairs.\n\nKind regards\n\nJo Miller\nAccounts payable\n"),
        text="Please credit two chairs.",
    ),
    Sample(
        name="signature in German with small print",
        raw=mail(
            "Bitte um Gutschrift.\n\nMit freundlichen Grüßen\nJo Müller\n\n"
            "Wichtiger Hinweis: Diese E-Mail ist vertraulich.\n"
        ),
        text="Bitte um Gutschrift.",
    ),
    Sample(
        name="thanks in the middle is no signature",
        raw=mail("Hello,\n\nThanks, I attach the photo of the note.\nIt shows four chairs.\n"),
        text="Hello,\n\nThanks, I attach the photo of the note.\nIt shows four chairs.",
    ),
    Sample(
        name="a list with hyphens is no signature",
        raw=mail("Missing:\n\n- 4 chairs\n- 2 tables\n\nPlease check.\n"),
        text="Missing:\n\n- 4 chairs\n- 2 tables\n\nPlease check.",
    ),
    Sample(
        name="sent from a telephone",
        raw=mail("It's broken\n\nSent from my iPhone\n"),
        text="It's broken",
    ),
    Sample(
        name="nothing but a quote",
        raw=mail("> Was it delivered?\n"),
        text="> Was it delivered?",
    ),
    Sample(
        name="format=flowed",
        raw=mail(
            b"The four chairs that \r\ncame on Monday are \r\nbroken.\r\n\r\n-- \r\nJo\r\n",
            "Content-Type: text/plain; charset=utf-8; format=flowed",
        ),
        text="The four chairs that came on Monday are broken.",
    ),
    Sample(
        name="Gmail, both alternatives",
        raw=with_parts(text_part("The plain one.\n"), text_part(_GMAIL, "html"), kind="alternative"),
        text="The plain one.",
    ),
    Sample(
        name="Gmail, HTML alone, its quote marked",
        raw=mail(crlf(_GMAIL), "Content-Type: text/html; charset=utf-8"),
        text="The note is attached.\n\nJo",
        whole="We need the delivery note.",
    ),
    Sample(
        name="Outlook, HTML alone",
        raw=mail(crlf(_OUTLOOK), "Content-Type: text/html; charset=utf-8"),
        text="Guten Tag,\n\nder Lieferschein kommt morgen.",
        whole="Wir brauchen den Lieferschein.",
    ),
    Sample(
        name="Apple Mail, answers between quotes in HTML",
        raw=mail(crlf(_APPLE), "Content-Type: text/html; charset=utf-8"),
        text="It was never delivered.\n\nI asked the driver.\n\nThe red one.",
        whole="Which driver?",
    ),
    Sample(
        name="HTML with a table, hidden words and script",
        raw=mail(crlf(_NEWSLETTER), "Content-Type: text/html; charset=utf-8"),
        text="Item Qty\nChair 4\n\nAll broken.",
    ),
    Sample(
        name="an empty plain part beside the HTML",
        raw=with_parts(text_part("\n \n"), text_part("<p>Only here.</p>", "html"), kind="alternative"),
        text="Only here.",
    ),
    Sample(
        name="Gmail forwards a mail",
        raw=mail(
            "See below.\n\n---------- Forwarded message ---------\nFrom: Driver <d@trucks.example>\n"
            "Date: Sun, 1 Mar 2026\nSubject: Delivery\nTo: Jo\n\nNobody was there.\n",
            Subject="Fwd: Delivery [D-1042]",
        ),
        text="See below.\n\n---------- Forwarded message ---------\nFrom: Driver <d@trucks.example>\n"
        "Date: Sun, 1 Mar 2026\nSubject: Delivery\nTo: Jo\n\nNobody was there.",
    ),
    Sample(
        name="Outlook forwards a mail in German",
        raw=mail(
            "\nVon: Fahrer <d@x.example>\nGesendet: Sonntag\nAn: Jo\nBetreff: Lieferung\n\nNiemand da.\n",
            Subject="WG: Lieferung D-1042",
        ),
        text="Von: Fahrer <d@x.example>\nGesendet: Sonntag\nAn: Jo\nBetreff: Lieferung\n\nNiemand da.",
    ),
    Sample(
        name="a mail forwarded as a file",
        raw=with_parts(
            text_part("Their answer is attached.\n"),
            b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
            + mail("Nobody was there.\n", Subject="Delivery of Monday", From="d@trucks.example"),
        ),
        text="Their answer is attached.",
        files=("Delivery of Monday.eml",),
    ),
    Sample(
        name="a colleague in copy answers",
        raw=mail("I signed for it.\n", From="Sam Porter <sam@nordwind.example>", Cc=CUSTOMER),
        sender="sam@nordwind.example",
        text="I signed for it.",
    ),
    Sample(
        name="S/MIME signed",
        raw=with_parts(
            nested(text_part("Signed and true.\n"), kind="mixed"),
            b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n"
            b"Content-Disposition: attachment; filename=smime.p7s\r\n\r\nMIIxyz\r\n",
            kind="signed",
            more='; protocol="application/pkcs7-signature"',
        ),
        text="Signed and true.",
    ),
    Sample(
        name="S/MIME encrypted",
        raw=mail(
            b"MIIxyz",
            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
            "Content-Transfer-Encoding: base64",
        ),
        text="",
        note="encrypted",
    ),
    Sample(
        name="through a group's address, as a list",
        raw=mail("We keep two.\n", "Precedence: list", "List-Id: <ap.nordwind.example>"),
        text="We keep two.",
    ),
    Sample(
        name="a quick emoji",
        raw=mail("👍🏽\n"),
        text="👍🏽",
    ),
    Sample(
        name="an empty mail",
        raw=mail(""),
        text="",
        note="no text",
    ),
    Sample(
        name="an invitation with its calendar entry",
        raw=with_parts(
            nested(
                text_part("Shall we talk on Friday?\n"),
                text_part("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "calendar"),
            ),
        ),
        text="Shall we talk on Friday?",
    ),
)
