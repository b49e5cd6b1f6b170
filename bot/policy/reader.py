"""Policy reader: the text of `policy.yaml` into the typed policy, or every mistake with its line.

All references between sections are checked here, so a policy that is returned needs no further checks.
"""

from __future__ import annotations

import hashlib
from datetime import time
from pathlib import Path

from bot.policy import values
from bot.policy.calendar import read_calendar
from bot.policy.customers import read_customer_terms, read_translations
from bot.policy.examples import EXAMPLES
from bot.policy.section import WHOLE_FILE, MistakeLog, PolicyMistakes, Section
from bot.policy.yaml_file import read_yaml
from core.policy import (
    MEMBERS_OF_THE_CHANNEL,
    Digest,
    Policy,
    Queue,
    Reason,
    RequiredEvidence,
    Rung,
    Sla,
    Tier,
)

__all__ = ["PolicyMistakes", "parse_policy", "read_policy"]


def read_policy(path: Path) -> Policy:
    """Read the policy from a file.

    Raises:
        PolicyMistakes: the file can't be read, or something in it is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as mistake:
        sentence = f"The policy can't be read: {mistake.strerror}. Set POLICY_FILE to where it is."
        raise PolicyMistakes(str(path), [(WHOLE_FILE, sentence)]) from None
    except UnicodeDecodeError:
        raise PolicyMistakes(str(path), [(WHOLE_FILE, "The policy is not in UTF-8. Save it so.")]) from None
    return parse_policy(text, str(path))


def parse_policy(text: str, name: str) -> Policy:
    """Read the policy from its text; `name` is what mistakes call the file.

    Raises:
        PolicyMistakes: all that is wrong, each with its line and what to write instead.
    """
    log = MistakeLog(name, EXAMPLES)
    top = read_yaml(text, log)
    queues = {id_: _queue(id_, section) for id_, section in _sections_of(top, "queues", "queue").items()}
    tiers = {id_: _tier(id_, section) for id_, section in _sections_of(top, "tiers", "tier").items()}
    reason_sections = _sections_of(top, "reasons", "reason")
    reasons = {id_: _reason(id_, section, queues, tiers) for id_, section in reason_sections.items()}
    chargebacks = top.subsection("chargebacks", "“chargebacks”")
    policy = Policy(
        reasons=reasons,
        tiers=tiers,
        queues=queues,
        default_tier_id=top.required("default_tier", values.one_of(tiers, "has the default tier"), ""),
        chargeback_reason_id=_chargeback_reason(chargebacks, reasons),
        chargeback_margin_hours=chargebacks.optional("margin_hours", values.number, 48),
        root_causes=_labels(top.subsection("root_causes", "“root_causes”")),
        ladder=_ladder(top),
        digests=_digests(top, queues),
        nudge_minutes=top.optional("nudge_after", values.positive_minutes, 8 * 60),
        burst_threshold=top.optional("burst_threshold", values.positive, 20),
        digest=hashlib.sha256(text.encode()).hexdigest()[:12],
        company=top.required("company", values.text, ""),
        customers=read_customer_terms(top),
    )
    log.raise_if_any()
    return policy


def _sections_of(top: Section, key: str, word: str) -> dict[str, Section]:
    return top.subsection(key, f"“{key}”").subsections(values.identifier, word)


def _labels(section: Section) -> dict[str, str]:
    return {id_: label for _, id_, label in section.entries(values.identifier, values.text)}


def _tier(id_: str, section: Section) -> Tier:
    return Tier(
        id=id_,
        label=section.required("label", values.text, ""),
        priority=section.required("priority", values.priority, 4),
        sla=_sla(section.subsection("sla", f"the SLA of {section.title}"), None),
    )


def _sla(section: Section, usual: Sla | None) -> Sla:
    """The targets; one that is left out is taken from `usual`. A tier (`usual` None) must give them all."""
    mistakes_before = len(section.log.mistakes)
    sla = Sla(
        claim_minutes=_target(section, "claim", usual.claim_minutes if usual else None),
        first_answer_minutes=_target(section, "first_answer", usual.first_answer_minutes if usual else None),
        resolution_minutes=_target(section, "resolution", usual.resolution_minutes if usual else None),
        warn_share=section.optional("warn_at", values.share, usual.warn_share if usual else 0.75),
    )
    is_readable = len(section.log.mistakes) == mistakes_before
    if is_readable and sla.resolution_minutes < max(sla.claim_minutes, sla.first_answer_minutes):
        section.add_mistake(
            section.line_of_key("resolution"),
            "gives less time for the resolution than for the claim or the first answer. "
            "Make the resolution the longest.",
        )
    return sla


def _target(section: Section, key: str, usual: int | None) -> int:
    if usual is None:
        return section.required(key, values.positive_minutes, 1)
    return section.optional(key, values.positive_minutes, usual)


def _queue(id_: str, section: Section) -> Queue:
    if not (section.has("slack_channel") or section.has("teams_channel")):
        section.add_mistake(
            section.line, "has no Slack or Teams channel, so nobody would see its cases. Give one."
        )
    return Queue(
        id=id_,
        name=section.required("name", values.text, ""),
        slack_channel=section.optional("slack_channel", values.slack_channel, None),
        teams_channel=section.optional("teams_channel", values.teams_channel, None),
        managers=section.list_values("managers", values.person),
        resolvers=_resolvers(section),
        calendar=read_calendar(section.subsection("calendar", f"the calendar of {section.title}")),
    )


def _resolvers(section: Section) -> tuple[str, ...]:
    found = section.list_values("resolvers", values.word_or((MEMBERS_OF_THE_CHANNEL,), values.person))
    if MEMBERS_OF_THE_CHANNEL in found and len(found) > 1:
        section.add_mistake(
            section.line_of_key("resolvers"),
            f"names people beside “{MEMBERS_OF_THE_CHANNEL}”, who are everybody. Keep one of the two.",
        )
    return found


def _reason(id_: str, section: Section, queues: dict[str, Queue], tiers: dict[str, Tier]) -> Reason:
    evidence = (
        _labels(section.subsection("evidence", f"the evidence of {section.title}"))
        if section.has("evidence")
        else {}
    )
    own_slas = section.subsection("sla", f"“sla” of {section.title}") if section.has("sla") else None
    own_by_tier = (
        own_slas.subsections(values.one_of(tiers, "is for the tier"), f"the SLA of {section.title} for")
        if own_slas
        else {}
    )
    return Reason(
        id=id_,
        label=section.required("label", values.text, ""),
        explanation=section.required("explanation", values.text, ""),
        queue_id=section.required("queue", values.one_of(queues, "goes to the queue"), ""),
        required_evidence=tuple(RequiredEvidence(*entry) for entry in evidence.items()),
        grace_hours=section.optional("grace_hours", values.number, 48),
        sla={tier_id: _sla(own, tiers[tier_id].sla) for tier_id, own in own_by_tier.items()},
        translations=read_translations(section, evidence),
    )


def _chargeback_reason(section: Section, reasons: dict[str, Reason]) -> str:
    """The id of the reason of chargebacks, which may ask for no evidence: the card network's deadline
    already runs while a case would wait for it."""
    id_ = section.required("reason", values.one_of(reasons, "names the reason"), "")
    if id_ in reasons and reasons[id_].required_evidence:
        section.add_mistake(
            section.line_of_key("reason"),
            f"names the reason “{id_}”, which asks for evidence: its cases would wait for that while the "
            "bank's date runs unseen. Name a reason that asks for none.",
        )
    return id_


def _ladder(top: Section) -> tuple[Rung, ...]:
    ladder: list[Rung] = []
    for section in top.list_sections("ladder", "rung"):
        rung = _rung(section)
        if ladder and 0 <= rung.after_minutes <= ladder[-1].after_minutes:
            section.add_mistake(
                section.line_of_key("after"),
                "comes no later than the rung before it. Put the rungs in order.",
            )
        ladder.append(rung)
    return tuple(ladder)


def _rung(section: Section) -> Rung:
    return Rung(
        tell=section.list_values("tell", values.word_or(("manager",), values.person)),
        after_minutes=section.required("after", values.minutes, -1),
        repeat_minutes=section.optional("repeat", values.positive_minutes, None),
    )


def _digests(top: Section, queues: dict[str, Queue]) -> tuple[Digest, ...]:
    if not top.has("digests"):
        return ()
    return tuple(
        Digest(
            id=id_,
            queue_ids=section.list_values("queues", values.one_of(queues, "lists the queue")),
            at=section.required("at", values.digest_time, time(9)),
            to=section.list_values("to", values.word_or(("managers", "channel"), values.person)),
        )
        for id_, section in _sections_of(top, "digests", "digest").items()
    )
