"""On whose paper do mails to customers go out, as far as somebody sees it before they leave?"""

from __future__ import annotations

from dataclasses import dataclass, field

from cards.email.render import Templates, default_templates


@dataclass(frozen=True, slots=True)
class MailPreviewSettings:
    """The installation's templates and address; without mail set up, nothing goes out."""

    templates: Templates = field(default_factory=default_templates)
    base_url: str | None = None
    is_mail_on: bool = True

    @property
    def page_url(self) -> str:
        """Stands for the customer's own page, whose address is nobody else's to see."""
        return f"{self.base_url}/d/…" if self.base_url else ""


DEFAULT_MAIL_PREVIEW = MailPreviewSettings()
