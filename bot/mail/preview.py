"""Preview of a mail for administrators: a sample case, with the company's policy and templates."""

from __future__ import annotations

from pathlib import Path

from bot.errors import CannotStart
from bot.mail.samples import sample_mail
from bot.mail.templates import read_templates
from bot.policy.reader import read_policy
from bot.settings import Settings
from cards.customer.language import LANGUAGES, translator_for
from cards.email.mail_view import MailKind


class CannotPreview(CannotStart):
    """There is no such mail, or its template is wrong."""


def preview_mail(settings: Settings, kind: str, language: str, html_file: Path | None) -> str:
    """Subject and text of the mail; its HTML goes into `html_file`.

    Raises:
        CannotPreview, BadTemplates, PolicyMistakes: with what to do.
    """
    if kind not in tuple(MailKind):
        raise CannotPreview(f"There is no mail “{kind}”. There are: {', '.join(MailKind)}.")
    if translator_for(language).language != language.partition("-")[0].lower():
        raise CannotPreview(f"Ombud doesn't speak “{language}”. It speaks {', '.join(LANGUAGES)}.")
    view = sample_mail(MailKind(kind), read_policy(settings.policy_file), language)
    try:
        mail = read_templates(settings.mail_templates).render(view)
    except Exception as mistake:
        raise CannotPreview(
            f"The template of “{kind}” is wrong. {type(mistake).__name__}: {mistake}"
        ) from None
    if html_file is not None:
        try:
            html_file.write_text(mail.html, encoding="utf-8")
        except OSError:
            raise CannotPreview(f"{html_file} can't be written.") from None
    return f"Subject: {mail.subject}\n\n{mail.text}"
