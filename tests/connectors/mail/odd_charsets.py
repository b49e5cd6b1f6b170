"""Sample mails in many charsets, declared rightly and wrongly."""

from __future__ import annotations

from tests.connectors.mail.raw_mail import CUSTOMER, Sample, crlf, mail, text_part, with_parts


def _as(text: str, charset: str, label: str | None = None) -> bytes:
    return mail(text.encode(charset), f"Content-Type: text/plain; charset={label or charset}")


SAMPLES = (
    Sample(name="Latin-1", raw=_as("Größe stimmt nicht.", "iso-8859-1"), text="Größe stimmt nicht."),
    Sample(
        name="Windows quotes called Latin-1",
        raw=_as("“Two” chairs – not four.", "cp1252", "iso-8859-1"),
        text="“Two” chairs – not four.",
    ),
    Sample(name="UTF-8 called us-ascii", raw=_as("Größe", "utf-8", "us-ascii"), text="Größe"),
    Sample(name="Latin-1 called UTF-8", raw=_as("Größe fehlt", "iso-8859-1", "utf-8"), text="Größe fehlt"),
    Sample(
        name="UTF-8 cut inside of a letter",
        raw=_as("Größe " * 20 + "ß", "utf-8")[:-1],
        text="Größe " * 20 + "�",
    ),
    Sample(
        name="Japanese, ISO-2022-JP",
        raw=_as("納品書を添付します。", "iso-2022-jp"),
        text="納品書を添付します。",
    ),
    Sample(name="Japanese, Shift JIS", raw=_as("納品書です", "cp932", "Shift_JIS"), text="納品書です"),
    Sample(name="Russian, KOI8-R", raw=_as("Счёт неверен", "koi8-r"), text="Счёт неверен"),
    Sample(
        name="Russian, Windows-1251", raw=_as("Счёт неверен", "cp1251", "windows-1251"), text="Счёт неверен"
    ),
    Sample(name="Chinese called GB2312", raw=_as("发票錯誤", "gb18030", "gb2312"), text="发票錯誤"),
    Sample(name="Chinese, Big5", raw=_as("發票錯誤", "big5"), text="發票錯誤"),
    Sample(name="Korean, ks_c_5601-1987", raw=_as("송장 오류", "cp949", "ks_c_5601-1987"), text="송장 오류"),
    Sample(name="UTF-16 with its mark", raw=_as("Nur zwei Stühle", "utf-16"), text="Nur zwei Stühle"),
    Sample(name="UTF-7", raw=_as("Größe", "utf-7"), text="Größe"),
    Sample(name="no label, UTF-8", raw=mail("Größe".encode(), "Content-Type: text/plain"), text="Größe"),
    Sample(
        name="no label, Windows", raw=mail("Größe".encode("cp1252"), "Content-Type: text/plain"), text="Größe"
    ),
    Sample(name="a label nobody knows", raw=_as("Größe", "utf-8", "x-klingon"), text="Größe"),
    Sample(
        name="a label that is no alphabet", raw=_as("Two chairs", "ascii", "zlib_codec"), text="Two chairs"
    ),
    Sample(
        name="a label that runs escapes",
        raw=_as(r"\x41\u0042", "ascii", "unicode_escape"),
        text=r"\x41\u0042",
    ),
    Sample(
        name="quoted-printable, broken at the end",
        raw=mail(
            b"Gr=C3=B6=C3=9Fe ist =\r\nfalsch =ZZ=4",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
        ),
        text="Größe ist falsch =ZZ=4",
    ),
    Sample(
        name="base64 with rubbish between",
        raw=mail(
            b"VHdvIGNo!!\r\n  YWly\r\ncw=\r\n",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
        ),
        text="Two chairs",
    ),
    Sample(
        name="an encoding that doesn't exist",
        raw=mail(b"Two chairs", "Content-Type: text/plain", "Content-Transfer-Encoding: rot13"),
        text="Two chairs",
    ),
    Sample(
        name="HTML that names its alphabet itself",
        raw=mail(
            '<html><head><meta charset="windows-1251"></head><p>Счёт</p></html>'.encode("cp1251"),
            "Content-Type: text/html",
        ),
        text="Счёт",
    ),
    Sample(
        name="a subject in encoded words, broken inside a letter",
        raw=mail("Two.\n", Subject="=?utf-8?B?R3LDtsM=?= =?utf-8?B?n2U=?= [D-1042]"),
        text="Two.",
    ),
    Sample(
        name="a subject that lies about its encoding",
        raw=mail("Two.\n", Subject="=?utf-8?B?%%%?= =?x-none?Q?=FF?= [D-1042]"),
        text="Two.",
    ),
    Sample(
        name="a subject with bare eight-bit letters",
        raw=mail("Two.\n").replace(b"Re: Your dispute", "Größe".encode("latin-1")),
        text="Two.",
    ),
    Sample(
        name="a sender's name in encoded words with a comma",
        raw=mail("Two.\n", From=f"=?utf-8?Q?M=C3=BCller=2C_Jo?= <{CUSTOMER}>"),
        text="Two.",
    ),
    Sample(
        name="a file whose name is Japanese, as RFC 2231 has it",
        raw=with_parts(
            text_part("Here.\n"),
            b"Content-Type: application/pdf\r\nContent-Disposition: attachment;\r\n"
            b" filename*0*=utf-8''%E7%B4%8D%E5%93%81;\r\n filename*1*=%E6%9B%B8.pdf\r\n\r\n%PDF-1.4\r\n",
        ),
        text="Here.",
        files=("納品書.pdf",),
    ),
    Sample(
        name="a file whose name is an encoded word, against the rules",
        raw=with_parts(
            text_part("Here.\n"),
            b'Content-Type: application/pdf; name="=?utf-8?B?R3LDtsOfZS5wZGY=?="\r\n'
            b"Content-Disposition: attachment\r\n\r\n%PDF-1.4\r\n",
        ),
        text="Here.",
        files=("Größe.pdf",),
    ),
    Sample(
        name="lines that end in a bare line feed",
        raw=mail("One.\n").replace(b"\r\n", b"\n"),
        text="One.",
    ),
    Sample(
        name="lines that end in a bare carriage return",
        raw=mail("One.\nTwo.\n").replace(b"\r\n", b"\r"),
        text="One.\nTwo.",
    ),
    Sample(
        name="control characters and writing turned round",
        raw=mail(crlf("Pay \x1b[31mnow\x00\u202egnp.exe\u202c\u200b!\n")),
        text="Pay  [31mnow gnp.exe!",
    ),
)
