"""Checks of what customers use: links, evidence storage, virus scanner, mail in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.check.mail import Probe, check_mail
from bot.check.report import CheckGroup, CheckResult
from bot.settings import Settings
from core.policy import Policy
from store.errors import EvidenceUnavailable
from store.evidence.blobs import Blobs

_PAGES = CheckGroup("Customer pages")
_EVIDENCE = CheckGroup("Evidence")


@dataclass(frozen=True, slots=True)
class Probes:
    """Connection attempts, which only connectors can make; None where it isn't set up."""

    mail: Probe | None = None
    scanner: Probe | None = None


NO_PROBES = Probes()


async def check_customers(settings: Settings, policy: Policy | None, probes: Probes) -> list[CheckResult]:
    if not settings.has_pages:
        return [
            _PAGES.off(
                "Customers have no links, pages or mail.",
                "Set SECRET_KEY. Make one with: openssl rand -hex 32",
            )
        ]
    return [
        *_check_pages(settings),
        await _check_evidence(settings),
        await _check_scanner(probes.scanner),
        *await check_mail(settings, policy, probes.mail),
    ]


def _check_pages(settings: Settings) -> Iterator[CheckResult]:
    if settings.base_url.startswith("https://"):
        yield _PAGES.ok(f"Links lead to {settings.base_url}/d/….")
        if not settings.trusted_proxies.is_set:
            yield _PAGES.warning(
                "No proxy is trusted, so all who guess at links count as one client, the proxy.",
                "Set TRUSTED_PROXIES to the number of proxies before Ombud, such as 1, or to their networks.",
            )
    else:
        yield _PAGES.warning(
            f"Links lead to {settings.base_url}, which isn't encrypted.",
            "Set BASE_URL to the https address under which customers reach this server.",
        )


async def _check_evidence(settings: Settings) -> CheckResult:
    try:
        await Blobs.open(settings.evidence_location).check()
    except ValueError as mistake:
        return _EVIDENCE.failed(f"EVIDENCE_URL: {mistake}", "Write file:///a/folder or s3://bucket/prefix.")
    except EvidenceUnavailable as trouble:
        return _EVIDENCE.failed(str(trouble), "Check EVIDENCE_URL, the disk's room and who may write there.")
    return _EVIDENCE.ok(f"Evidence can be kept in {settings.evidence_location}.")


async def _check_scanner(probe: Probe | None) -> CheckResult:
    if probe is None:
        return _EVIDENCE.off("Nobody looks for viruses in it.", "Set CLAMD_URL to have ClamAV do that.")
    try:
        await probe()
    except Exception as trouble:
        said = getattr(trouble, "message", f"ClamAV can't be tried ({type(trouble).__name__}).")
        remedy = getattr(trouble, "remedy", None)
        return _EVIDENCE.failed(
            f"{said} Files wait for it unseen.", remedy or "Start clamd, or correct CLAMD_URL."
        )
    return _EVIDENCE.ok("ClamAV looks for viruses in it.")
