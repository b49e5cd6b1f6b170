"""Checks of mail: settings, sender, templates, and the connection to the mail server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from bot.check.report import CheckGroup, CheckResult
from bot.errors import CannotStart
from bot.mail.templates import failing_templates, read_templates
from bot.settings import Settings, sender_of
from core.policy import Policy

_GROUP = CheckGroup("Mail")

Probe = Callable[[], Awaitable[str]]
"""Connects, and logs in where there is a login; returns in a few words how. Raises an error with `message`
and `remedy`."""


async def check_mail(settings: Settings, policy: Policy | None, probe: Probe | None) -> list[CheckResult]:
    """Sends nothing. `probe` connects to the mail server; None: there is none."""
    if settings.smtp_url is None:
        return [
            _GROUP.off("Customers get no mail.", "Set SMTP_URL, MAIL_DOMAIN and SECRET_KEY to write to them.")
        ]
    results = [*_check_settings(settings), *_check_templates(settings, policy)]
    if probe is not None:
        results.append(await _check_server(probe))
    return results


def _check_settings(settings: Settings) -> Iterator[CheckResult]:
    """MAIL_DOMAIN and SECRET_KEY are set here: `read_settings` demands them."""
    yield _GROUP.ok(f"Answers come to addresses of {settings.mail_domain}.")
    yield from _check_sender(sender_of(settings), str(settings.mail_domain))
    if not settings.mail_listen and not settings.mail_webhook_secret:
        yield _GROUP.warning(
            "Customers' answers don't get here.",
            "Set MAIL_LISTEN and let your mail server relay MAIL_DOMAIN to it, or set MAIL_WEBHOOK_SECRET.",
        )
    elif not settings.mail_trusted_server:
        yield _GROUP.warning(
            "No mail server is trusted to say who a mail is from: a resolver must accept each answer.",
            "Let your mail server check SPF, DKIM and DMARC, and set MAIL_TRUSTED_SERVER to the name that it "
            "puts into Authentication-Results.",
        )
    else:
        yield _GROUP.ok(f"Answers count if {settings.mail_trusted_server} confirms their sender.")


def _check_sender(sender: str, domain: str) -> Iterator[CheckResult]:
    """Bounces go to the mail domain, so receivers check SPF there; DMARC requires both domains to be of one
    organisation."""
    own = sender.rpartition("@")[2].lower()
    if own.split(".")[-2:] != domain.lower().split(".")[-2:]:
        yield _GROUP.warning(
            f"Mails come from {own}, but answers and bounces go to {domain}.",
            "Use addresses of one domain, or sign mails with DKIM for the first: else DMARC may stop them.",
        )
    else:
        yield _GROUP.ok(f"Mails come from {sender}.")


def _check_templates(settings: Settings, policy: Policy | None) -> Iterator[CheckResult]:
    if settings.mail_templates is None or policy is None:
        return
    try:
        wrong = list(failing_templates(read_templates(settings.mail_templates), policy))
    except CannotStart as mistake:
        yield _GROUP.failed(str(mistake), "Ombud's own templates are used where MAIL_TEMPLATES is left out.")
        return
    for kind, why in wrong:
        yield _GROUP.failed(
            f"The mail “{kind}” can't be written: {why}",
            f"Correct it; `ombud mail preview {kind}` shows it. Until then Ombud's own words are sent.",
        )
    if not wrong:
        yield _GROUP.ok(f"Every mail can be written with the templates of {settings.mail_templates}.")


async def _check_server(probe: Probe) -> CheckResult:
    try:
        how = await probe()
    except Exception as trouble:
        said = getattr(trouble, "message", f"The mail server can't be tried ({type(trouble).__name__}).")
        remedy = getattr(trouble, "remedy", None)
        return _GROUP.failed(said, remedy or "Check SMTP_URL, and that this machine may reach the server.")
    if how == "unencrypted":
        return _GROUP.warning(
            "The mail server lets us in, without encryption.", "Use smtp:// with STARTTLS, or smtps://."
        )
    return _GROUP.ok(f"The mail server lets us in ({how}).")
