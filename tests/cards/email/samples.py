"""A sample of every mail, as customers of a small company get it."""

from __future__ import annotations

from functools import cache

from bot.mail.samples import sample_mail
from cards.email.mail_view import Mail, MailKind, MailView
from cards.email.render import default_templates
from core.policy import Policy, ReasonTranslation, RequiredEvidence
from tests.builders import a_policy, a_queue, a_reason


def a_company() -> Policy:
    german = ReasonTranslation(
        "Nicht geliefert", "Etwas kam nicht an.", {"note": "Ein Foto des Lieferscheins"}
    )
    reason = a_reason(
        "not_delivered",
        queue_id="logistics",
        required_evidence=(RequiredEvidence("note", "A photo of the delivery note"),),
        translations={"de": german},
    )
    policy = a_policy(company="Brightwater Supplies")
    others = {name: one for name, one in policy.reasons.items() if name != "not_delivered"}
    queues = {"billing": a_queue(), "logistics": a_queue("logistics")}
    return a_policy(
        company="Brightwater Supplies", reasons={"not_delivered": reason, **others}, queues=queues
    )


@cache
def view(kind: MailKind, language: str = "en") -> MailView:
    return sample_mail(kind, a_company(), language)


@cache
def mail(kind: MailKind, language: str = "en") -> Mail:
    return default_templates().render(view(kind, language))
