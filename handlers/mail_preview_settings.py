"""Settings for previewing customer mail: templates, address, and whether mail is set up."""

from __future__ import annotations

from dataclasses import dataclass, field

from cards.email.render import Templates, default_templates


@dataclass(frozen=True, slots=True)
class MailPreviewSettings:
    """The installation's templates and public URL; `is_mail_on` says whether mail is set up."""

    templates: Templates = field(default_factory=default_templates)
    base_url: str | None = None
    is_mail_on: bool = True

    @property
    def page_url(self) -> str:
        """Placeholder for the URL of the customer's page, which staff may not see."""
        return f"{self.base_url}/d/…" if self.base_url else ""


DEFAULT_MAIL_PREVIEW = MailPreviewSettings()
