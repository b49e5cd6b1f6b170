"""Mail templates of the administrator's, which override ours, and a check that they work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.errors import CannotStart
from bot.mail.samples import sample_mail
from cards.customer.language import LANGUAGES
from cards.email.mail_view import MailKind
from cards.email.render import Templates
from core.policy import Policy

_SUFFIXES = (".txt", ".html")
_LARGEST = 200_000
"""Bytes; ours have 6,000."""


class BadTemplates(CannotStart):
    """The folder of MAIL_TEMPLATES can't be read."""


def read_templates(folder: Path | None) -> Templates:
    """Ours, overridden by those of `folder`: `words/received.txt`, `frame.html`. Raises BadTemplates."""
    return Templates(_overrides(folder) if folder else {})


def failing_templates(templates: Templates, policy: Policy) -> Iterator[tuple[MailKind, str]]:
    """Each kind of mail whose template fails, and why; every language is tried."""
    for kind in MailKind:
        try:
            for language in LANGUAGES:
                templates.render(sample_mail(kind, policy, language))
        except Exception as mistake:
            yield kind, f"{type(mistake).__name__}: {mistake}"


def _overrides(folder: Path) -> Mapping[str, str]:
    if not folder.is_dir():
        raise BadTemplates(f"MAIL_TEMPLATES: there is no folder {folder}. Name one, or leave it out.")
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.suffix not in _SUFFIXES or not file.is_file():
            continue
        name = file.relative_to(folder).as_posix()
        try:
            if file.stat().st_size > _LARGEST:
                raise BadTemplates(f"MAIL_TEMPLATES: {name} is too large for a template.")
            found[name] = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise BadTemplates(f"MAIL_TEMPLATES: {name} can't be read. Make it UTF-8 text.") from None
    return found
