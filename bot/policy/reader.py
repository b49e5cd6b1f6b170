"""What does policy.yaml say? Its text becomes the typed policy, or every mistake with its line.

All cross-references are checked: whatever comes out can be worked with as it stands.
"""

from __future__ import annotations

import hashlib
from datetime import time
from pathlib import Path

from bot.policy import values as words
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
    notes = MistakeLog(name, EXAMPLES)
    top = read_yaml(text, notes)
    queues = {id_: _queue(id_, part) for id_, part in _sections_of(top, "queues", "queue").items()}
    tiers = {id_: _tier(id_, part) for id_, part in _sections_of(top, "tiers", "tier").items()}
    reason_parts = _sections_of(top, "reasons", "reason")
    reasons = {id_: _reason(id_, part, queues, tiers) for id_, part in reason_parts.items()}
    chargebacks = top.section("chargebacks", "“chargebacks”")
    policy = Policy(
        reasons=reasons,
        tiers=tiers,
        queues=queues,
        default_tier_id=top.required("default_tier", words.one_of(tiers, "has the default tier"), ""),
        chargeback_reason_id=_chargeback_reason(chargebacks, reasons),
        chargeback_margin_hours=chargebacks.optional("margin_hours", words.number, 48),
        root_causes=_labels(top.section("root_causes", "“root_causes”")),
        ladder=_ladder(top),
        digests=_digests(top, queues),
        nudge_minutes=top.optional("nudge_after", words.positive_minutes, 8 * 60),
        burst_threshold=top.optional("burst_threshold", words.positive, 20),
        digest=hashlib.sha256(text.encode()).hexdigest()[:12],
        company=top.required("company", words.text, ""),
        customers=read_customer_terms(top),
    )
    notes.raise_if_any()
    return policy


def _sections_of(top: Section, key: str, word: str) -> dict[str, Section]:
    return top.section(key, f"“{key}”").sections(words.identifier, word)


def _labels(part: Section) -> dict[str, str]:
    return {id_: label for _, id_, label in part.entries(words.identifier, words.text)}


def _tier(id_: str, part: Section) -> Tier:
    return Tier(
        id=id_,
        label=part.required("label", words.text, ""),
        priority=part.required("priority", words.priority, 4),
        sla=_sla(part.section("sla", f"the SLA of {part.title}"), None),
    )


def _sla(part: Section, usual: Sla | None) -> Sla:
    """The targets. Those left out are the usual ones; a tier has none to fall back on."""
    mistakes_before = len(part.log.mistakes)
    sla = Sla(
        claim_minutes=_target(part, "claim", usual.claim_minutes if usual else None),
        first_answer_minutes=_target(part, "first_answer", usual.first_answer_minutes if usual else None),
        resolution_minutes=_target(part, "resolution", usual.resolution_minutes if usual else None),
        warn_share=part.optional("warn_at", words.share, usual.warn_share if usual else 0.75),
    )
    is_readable = len(part.log.mistakes) == mistakes_before
    if is_readable and sla.resolution_minutes < max(sla.claim_minutes, sla.first_answer_minutes):
        part.add_mistake(
            part.line_of_key("resolution"),
            "gives less time for the resolution than for the claim or the first answer. "
            "Make the resolution the longest.",
        )
    return sla


def _target(part: Section, key: str, usual: int | None) -> int:
    if usual is None:
        return part.required(key, words.positive_minutes, 1)
    return part.optional(key, words.positive_minutes, usual)


def _queue(id_: str, part: Section) -> Queue:
    if not (part.has("slack_channel") or part.has("teams_channel")):
        part.add_mistake(part.line, "has no Slack or Teams channel, so nobody would see its cases. Give one.")
    return Queue(
        id=id_,
        name=part.required("name", words.text, ""),
        slack_channel=part.optional("slack_channel", words.slack_channel, None),
        teams_channel=part.optional("teams_channel", words.teams_channel, None),
        managers=part.list_values("managers", words.person),
        resolvers=_resolvers(part),
        calendar=read_calendar(part.section("calendar", f"the calendar of {part.title}")),
    )


def _resolvers(part: Section) -> tuple[str, ...]:
    found = part.list_values("resolvers", words.word_or((MEMBERS_OF_THE_CHANNEL,), words.person))
    if MEMBERS_OF_THE_CHANNEL in found and len(found) > 1:
        part.add_mistake(
            part.line_of_key("resolvers"),
            f"names people beside “{MEMBERS_OF_THE_CHANNEL}”, who are everybody. Keep one of the two.",
        )
    return found


def _reason(id_: str, part: Section, queues: dict[str, Queue], tiers: dict[str, Tier]) -> Reason:
    evidence = (
        _labels(part.section("evidence", f"the evidence of {part.title}")) if part.has("evidence") else {}
    )
    own_slas = part.section("sla", f"“sla” of {part.title}") if part.has("sla") else None
    own_by_tier = (
        own_slas.sections(words.one_of(tiers, "is for the tier"), f"the SLA of {part.title} for")
        if own_slas
        else {}
    )
    return Reason(
        id=id_,
        label=part.required("label", words.text, ""),
        explanation=part.required("explanation", words.text, ""),
        queue_id=part.required("queue", words.one_of(queues, "goes to the queue"), ""),
        required_evidence=tuple(RequiredEvidence(*entry) for entry in evidence.items()),
        grace_hours=part.optional("grace_hours", words.number, 48),
        sla={tier_id: _sla(own, tiers[tier_id].sla) for tier_id, own in own_by_tier.items()},
        translations=read_translations(part, evidence),
    )


def _chargeback_reason(part: Section, reasons: dict[str, Reason]) -> str:
    """The network's date runs from the first moment, so a chargeback may wait for nothing first."""
    id_ = part.required("reason", words.one_of(reasons, "names the reason"), "")
    if id_ in reasons and reasons[id_].required_evidence:
        part.add_mistake(
            part.line_of_key("reason"),
            f"names the reason “{id_}”, which asks for evidence: its cases would wait for that while the "
            "bank's date runs unseen. Name a reason that asks for none.",
        )
    return id_


def _ladder(top: Section) -> tuple[Rung, ...]:
    ladder: list[Rung] = []
    for part in top.list_sections("ladder", "rung"):
        rung = _rung(part)
        if ladder and 0 <= rung.after_minutes <= ladder[-1].after_minutes:
            part.add_mistake(
                part.line_of_key("after"), "comes no later than the rung before it. Put the rungs in order."
            )
        ladder.append(rung)
    return tuple(ladder)


def _rung(part: Section) -> Rung:
    return Rung(
        tell=part.list_values("tell", words.word_or(("manager",), words.person)),
        after_minutes=part.required("after", words.minutes, -1),
        repeat_minutes=part.optional("repeat", words.positive_minutes, None),
    )


def _digests(top: Section, queues: dict[str, Queue]) -> tuple[Digest, ...]:
    if not top.has("digests"):
        return ()
    return tuple(
        Digest(
            id=id_,
            queue_ids=part.list_values("queues", words.one_of(queues, "lists the queue")),
            at=part.required("at", words.digest_time, time(9)),
            to=part.list_values("to", words.word_or(("managers", "channel"), words.person)),
        )
        for id_, part in _sections_of(top, "digests", "digest").items()
    )
