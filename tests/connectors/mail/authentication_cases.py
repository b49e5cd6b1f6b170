"""Table of Authentication-Results: which mails count as their sender's, by the corners of RFC 8601."""

from __future__ import annotations

from dataclasses import dataclass

from tests.connectors.mail.raw_mail import SERVER

FROM = "Jo Miller <ap@nordwind.example>"
PASS = "dmarc=pass header.from=nordwind.example"
_SPF = "spf=pass smtp.mailfrom=nordwind.example"
_DKIM = "dkim=pass header.d=nordwind.example"


@dataclass(frozen=True, slots=True)
class Case:
    """`headers` as in the mail, newest first; those without a name are Authentication-Results."""

    name: str
    headers: tuple[str, ...]
    senders: tuple[str, ...] = (FROM,)


def by(results: str) -> str:
    """A header of the trusted server."""
    return f"{SERVER}; {results}"


def _rows(*rows: tuple[str, str]) -> tuple[Case, ...]:
    """One header of the trusted server each, with these results."""
    return tuple(Case(name, (by(results),)) for name, results in rows)


def _whole(*rows: tuple[str, str]) -> tuple[Case, ...]:
    return tuple(Case(name, (header,)) for name, header in rows)


def _from(*rows: tuple[str, str, str]) -> tuple[Case, ...]:
    """A sender, and the results for it."""
    return tuple(Case(name, (by(results),), (sender,)) for name, sender, results in rows)


CONFIRMED = (
    *_rows(
        ("DMARC passes", PASS),
        ("SPF passes for the domain", _SPF),
        ("SPF passes for an address", "spf=pass smtp.mailfrom=bounce@nordwind.example"),
        ("SPF passes for an address without a local part", "spf=pass smtp.mailfrom=@nordwind.example"),
        ("SPF passes for a quoted local part", 'spf=pass smtp.mailfrom="a; b"@nordwind.example'),
        ("SPF passes for a quoted address", 'spf=pass smtp.mailfrom="ap@nordwind.example"'),
        ("SPF passes for a subdomain", "spf=pass smtp.mailfrom=mail.nordwind.example"),
        ("DKIM passes for the domain", _DKIM),
        ("DKIM passes for an identity", "dkim=pass header.i=@nordwind.example"),
        ("DKIM passes for both", "dkim=pass header.d=nordwind.example header.i=jo@mail.nordwind.example"),
        ("forwarded: SPF fails, DKIM passes", f"spf=fail smtp.mailfrom=list.example; {_DKIM}"),
        ("one of two signatures passes", f"dkim=neutral header.d=nordwind.example; {_DKIM}"),
        ("a signature of a newsletter tool beside", f"dkim=pass header.d=tool.example; {_DKIM}"),
        ("no DMARC record, SPF passes", f"dmarc=none header.from=nordwind.example; {_SPF}"),
        ("Microsoft's guess, DKIM passes", f"{_DKIM}; dmarc=bestguesspass action=none header.from=x"),
        (
            "Microsoft's words",
            f"{PASS} action=none; compauth=pass reason=100",
        ),
        (
            "Google's words",
            f"{_DKIM} header.s=a header.b=Ab/c+d==; x=y",
        ),
        (
            "unknown methods and properties",
            f"x-a=no x.b=1; iprev=pass policy.iprev=::1; {PASS} x.y=z",
        ),
        ("a reason", "dmarc=pass reason=fine header.from=nordwind.example"),
        (
            "a quoted reason with a failure in it",
            f'{PASS} reason="; dmarc=fail ("',
        ),
        (
            "a reason with an escaped quote",
            rf'{PASS} reason="\"; dmarc=fail"',
        ),
        ("a quoted value", 'dmarc=pass header.from="nordwind.example"'),
        ("capitals", "DMARC=Pass Header.From=NordWind.Example"),
        ("a comment with a failure in it", f"{PASS} (; dmarc=fail)"),
        (
            "comments in comments",
            r"(a (b (c) \) ( d)) ) dmarc (x) = (y) pass (z) header (.) . (=) from = nordwind.example",
        ),
        ("no spaces", "dmarc=pass(ok)header.from=nordwind.example"),
        ("a version of the method", "dmarc/1=pass header.from=nordwind.example"),
        ("a version of the method in comments", "dmarc (a) / (b) 1 (c) = pass header.from=nordwind.example"),
        ("an empty result at the end", f"{PASS};"),
        ("folded lines", "\r\n\tdmarc=pass\r\n  header.from=nordwind.example"),
        ("fifty results", "; ".join([*(["x=y"] * 49), PASS])),
    ),
    *_whole(
        ("a version", f"{SERVER} 1; {PASS}"),
        ("a version in comments", f"(a) {SERVER} (b) 1 (c) ; {PASS}"),
        ("the server in quotes", f'"{SERVER}"; {PASS}'),
        ("the server with an escape", f'"mx\\.acme.example"; {PASS}'),
        ("the server in capitals", f"MX.Acme.EXAMPLE; {PASS}"),
        ("a comment before the server", f"(; none) {SERVER}; {PASS}"),
    ),
    *_from(
        ("a subdomain, results of its organisation", "ap@mail.nordwind.example", PASS),
        ("an address alone", "ap@nordwind.example", PASS),
        ("a name with a comma", '"Miller, Jo" <ap@nordwind.example>', PASS),
        ("a name that is another address", '"boss@evil.example" <ap@nordwind.example>', PASS),
        ("a name in encoded words", "=?utf-8?q?J=C3=B6?= <ap@nordwind.example>", PASS),
        ("comments around the address", "(a, b) Jo <ap@nordwind.example> (c <d@e>)", PASS),
        ("letters of another alphabet", "ap@bücher.example", "spf=pass smtp.mailfrom=xn--bcher-kva.example"),
        ("the same in both", "ap@xn--bcher-kva.example", "dmarc=pass header.from=BÜCHER.example"),
        ("below a public suffix", "ap@nordwind.co.uk", "dkim=pass header.d=mail.nordwind.co.uk"),
    ),
    Case("a failure of another server above", ("mx.evil.example; dmarc=fail", by(PASS))),
    Case("an older failure below", (by(PASS), by("dmarc=fail header.from=nordwind.example"))),
    Case("the header's name in odd case", (f"AUTHENTICATION-results: {by(PASS)}",)),
    Case("another Sender and Reply-To", ("Sender: eve@evil.example", "Reply-To: eve@evil.example", by(PASS))),
)

DOUBTED = (
    *_rows(
        ("none", "none"),
        ("none with a comment", "(no) none (at all)"),
        ("none and a pass", f"none; {PASS}"),
        ("no result for a domain", "dmarc=pass; spf=pass; dkim=pass"),
        ("all none", "dmarc=none header.from=nordwind.example; spf=none smtp.mailfrom=x; dkim=none"),
        ("SPF of the attacker's domain", "spf=pass smtp.mailfrom=evil.example"),
        ("DKIM of the attacker's domain", "dkim=pass header.d=evil.example"),
        ("DMARC of the attacker's domain", "dmarc=pass header.from=evil.example"),
        ("DMARC of the attacker's domain, SPF ours", f"dmarc=pass header.from=evil.example; {_SPF}"),
        ("SPF of HELO only", "spf=pass smtp.helo=nordwind.example"),
        ("SPF of a null sender", "spf=pass smtp.mailfrom=<>"),
        ("SPF without a value", "spf=pass smtp.mailfrom="),
        (
            "our identity, their domain",
            "dkim=pass header.d=evil.example header.i=@nordwind.example",
        ),
        ("two domains of one signature", "dkim=pass header.d=evil.example header.d=nordwind.example"),
        ("two addresses in one", "spf=pass smtp.mailfrom=eve@evil.example@nordwind.example"),
        (
            "a quoted local part as our address",
            'spf=pass smtp.mailfrom="a@nordwind.example"@evil.example',
        ),
        ("a local part before a comment", "spf=pass smtp.mailfrom=nordwind.example (c) @evil.example"),
        ("a domain that ends as ours", "spf=pass smtp.mailfrom=evilnordwind.example"),
        ("ours as a subdomain of theirs", "spf=pass smtp.mailfrom=nordwind.example.evil.example"),
        ("DMARC fails", f"dmarc=fail header.from=nordwind.example; {_SPF}; {_DKIM}"),
        ("DMARC passes and fails", f"{PASS}; dmarc=fail header.from=nordwind.example"),
        ("SPF passes and fails", f"{_SPF}; spf=fail smtp.mailfrom=nordwind.example"),
        ("a failure after the fiftieth result", "; ".join([PASS, *(["x=y"] * 49), "dmarc=fail"])),
        ("more results than are read", "; ".join([PASS, *(["x=y"] * 50)])),
        ("more properties than are read", PASS + " x.y=z" * 60),
        ("a pass in a comment", "(dmarc=pass header.from=nordwind.example)"),
        ("a pass in a reason", 'dmarc=fail reason="; dmarc=pass header.from=nordwind.example; "'),
        ("a pass in a quoted local part", f'spf=pass smtp.mailfrom="; {PASS}; "@evil.example'),
        ("an open comment", f"{PASS} (and on"),
        ("an open string", f'{PASS}; x=y reason="and on'),
        ("a bracket too many", f"{PASS})"),
        ("a backslash at the end", f"{PASS} (a\\"),
        ("a result without a value", f"{PASS}; spf="),
        ("words that are no result", f"{PASS}; all is fine"),
        ("another version of the method", "dmarc/2=pass header.from=nordwind.example"),
        ("passed is not pass", "dmarc=passed header.from=nordwind.example"),
        ("a result in quotes", 'dmarc="pass" header.from=nordwind.example'),
        ("a property of another type", "dmarc=pass smtp.from=nordwind.example"),
        ("a method that begins as one", "dmarc-x=pass header.from=nordwind.example"),
        ("ARC alone", "arc=pass header.d=nordwind.example"),
        ("nothing after the server's semicolon", ""),
        *(
            (f"SPF: {word}", f"spf={word} smtp.mailfrom=nordwind.example")
            for word in ("temperror", "permerror", "neutral", "softfail", "policy", "fail")
        ),
        *(
            (f"DKIM: {word}", f"dkim={word} header.d=nordwind.example")
            for word in ("temperror", "permerror", "neutral", "policy", "none", "fail")
        ),
        *(
            (f"DMARC: {word}, whatever SPF says", f"dmarc={word} header.from=nordwind.example; {_SPF}")
            for word in ("temperror", "permerror", "neutral", "quarantine")
        ),
    ),
    *_whole(
        ("another server", f"mx.evil.example; {PASS}"),
        ("the server in a comment", f"mx.evil.example ({SERVER}); {PASS}"),
        ("the server as a part", f"{SERVER}.evil.example; {PASS}"),
        ("no server", PASS),
        ("the server alone", SERVER),
        ("no semicolon", f"{SERVER} {PASS}"),
        ("another version", f"{SERVER} 2; {PASS}"),
        ("an endless version", f"{SERVER} {'1' * 5_000}; {PASS}"),
        ("an empty header", ""),
        ("longer than is read", by(f"{PASS} ({'x' * 9_000}); dmarc=fail")),
        ("ten thousand brackets", by("(" * 7_000)),
        ("Authentication-Results-Original", f"Authentication-Results-Original: {by(PASS)}"),
        ("ARC-Authentication-Results", f"ARC-Authentication-Results: i=1; {by(PASS)}"),
        ("Received-SPF", "Received-SPF: pass (nordwind.example) client-ip=192.0.2.1"),
        ("X-Authentication-Results", f"X-Authentication-Results: {by(PASS)}"),
    ),
    *_from(
        ("a public suffix", "ap@co.uk", "dmarc=pass header.from=co.uk"),
        ("two owners below a public suffix", "ap@nordwind.co.uk", "spf=pass smtp.mailfrom=evil.co.uk"),
        ("two owners below a private suffix", "ap@nordwind.github.io", "dkim=pass header.d=evil.github.io"),
        ("a top level domain", "ap@nordwind.example", "spf=pass smtp.mailfrom=example"),
        ("letters that look alike", "ap@nordwind.example", "spf=pass smtp.mailfrom=nоrdwind.example"),
        ("ß isn't ss", "ap@faß.example", "spf=pass smtp.mailfrom=fass.example"),
        ("two senders", "ap@nordwind.example, eve@nordwind.example", PASS),
        ("an address before the address", "ap@nordwind.example <eve@nordwind.example>", PASS),
        ("a group", "Us: ap@nordwind.example;", PASS),
        ("an empty group", "Undisclosed:;", PASS),
        ("empty brackets", "<>", PASS),
        ("no sender", "", PASS),
        ("words alone", "nordwind.example", PASS),
        ("a route", "<@evil.example:ap@nordwind.example>", PASS),
        ("an encoded word that is an address", "=?utf-8?q?ap=40nordwind.example?=", PASS),
        ("an address literal", "ap@[127.0.0.1]", "dmarc=pass header.from=[127.0.0.1]"),
        ("an invisible character", "ap\u200b@nordwind.example", PASS),
        ("a sender longer than is read", f"{'x' * 9_000} <ap@nordwind.example>", PASS),
    ),
    Case("no header at all", ()),
    Case("two From headers", (by(PASS),), (FROM, "eve@nordwind.example")),
    Case("the same From twice", (by(PASS),), (FROM, FROM)),
    Case("Sender in place of From", (by(PASS), "Sender: ap@nordwind.example"), ()),
    Case("a forged pass below a failure", (by("dmarc=fail header.from=nordwind.example"), by(PASS))),
    Case("a forged pass below none", (by("none"), by(PASS))),
    Case("a forged pass below what can't be read", (by("dmarc=fail ("), by(PASS))),
    Case("more headers than are read", (by(PASS), *["X-A: b"] * 10_000)),
    Case("a From after more headers than are read", (by(PASS), *["X-A: b"] * 10_000, "From: a@b.example")),
    Case("five megabytes of header", (by(PASS), "X-A: " + "b" * 5_000_000)),
)
