"""Probes of `ombud check`: connections to the mail server and the virus scanner that it tries."""

from __future__ import annotations

from bot.check.customers import Probes
from bot.settings import Settings
from connectors.clamd import Clamd
from connectors.mail.send import SmtpClient


def probes_of(settings: Settings) -> Probes:
    """The connections to the mail server and the virus scanner that `ombud check` tries."""
    url = settings.smtp_url.get_secret_value() if settings.smtp_url else None

    async def mail() -> str:
        return await SmtpClient.open(url or "").probe()

    async def scanner() -> str:
        await Clamd(settings.clamd_url or "").check()
        return "it answers"

    return Probes(mail if url else None, scanner if settings.clamd_url else None)
