"""The company's policy: reasons, tiers, queues, SLA targets, escalation and digests.

`bot/policy/reader.py` reads it from `policy.yaml`. All minutes are
minutes of the queue's working time unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import TypeVar

from core.calendar import WorkCalendar
from core.errors import Refused
from core.link_budget import LinkBudget

T = TypeVar("T")

MEMBERS_OF_THE_CHANNEL = "members of the channel"
"""In a queue's resolvers."""
MANAGER = "manager"
"""In a rung of the ladder: the managers of the case's queue."""
MANAGERS, CHANNEL = "managers", "channel"
"""In a digest: the managers, and the channels, of its queues."""


class UnknownName(Refused):
    """The policy has no such reason, tier or queue."""

    def __init__(self, what: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no {what} “{name}”. Known: {', '.join(known)}.")
        self.what = what
        self.name = name
        self.known = known


class NameRemoved(Refused):
    """A closed case needs a reason, tier or queue that was removed from the policy."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(
            f"The {what} “{name}” is no longer in the policy. Put it back, or raise the dispute anew."
        )


@dataclass(frozen=True, slots=True)
class RequiredEvidence:
    """Evidence that the customer should submit for a reason, such as a photo of the delivery note."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class ReasonTranslation:
    """A reason in another language, for customers."""

    label: str
    explanation: str
    evidence: Mapping[str, str] = field(default_factory=dict)
    """Labels of the required evidence, by id."""


@dataclass(frozen=True, slots=True)
class CustomerTerms:
    """Terms for customers. Hours and days are wall-clock time."""

    remind_after_hours: int = 48
    """After this time without an answer the customer is reminded of a question, once."""
    grace_reminder_share: float = 0.5
    """After this share of the grace period the customer is reminded of missing evidence, once."""
    disagree_within_days: int = 30
    """How long after a decision the customer may disagree with it."""
    link_days: int = 180
    """How long a customer's link is valid."""
    link_budget: LinkBudget = field(default_factory=LinkBudget)
    """What one link may do in a day."""
    is_mailed: bool = True
    """Whether mail is set up; from the settings, not the policy file. Without mail no reminders are due."""


@dataclass(frozen=True, slots=True)
class Sla:
    """How long things may take, in working minutes of the queue's calendar."""

    claim_minutes: int
    first_answer_minutes: int
    resolution_minutes: int
    warn_share: float = 0.75
    """A warning goes out when this share of a target is used up, 0 < share < 1."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that a customer may give, and the queue of such disputes."""

    id: str
    label: str
    explanation: str
    """The sentence that the customer reads beside the choice."""
    queue_id: str
    required_evidence: tuple[RequiredEvidence, ...] = ()
    grace_hours: int = 48
    """Wall-clock hours that we wait for required evidence before the case goes to its queue without it."""
    sla: Mapping[str, Sla] = field(default_factory=dict)
    """Targets that differ from the tier's, by tier id."""
    translations: Mapping[str, ReasonTranslation] = field(default_factory=dict)
    """By language, such as `de`."""

    def translated_to(self, language: str) -> ReasonTranslation:
        """The reason in that language; in the policy's own where there is no translation."""
        own = ReasonTranslation(
            self.label, self.explanation, {one.id: one.label for one in self.required_evidence}
        )
        found = self.translations.get(language.partition("-")[0])
        if found is None:
            return own
        return ReasonTranslation(found.label, found.explanation, {**own.evidence, **found.evidence})


@dataclass(frozen=True, slots=True)
class Tier:
    """Importance of a customer's account."""

    id: str
    label: str
    priority: int
    """1 (urgent) to 4 (low)."""
    sla: Sla


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the escalation ladder, climbed when a target is missed."""

    tell: tuple[str, ...]
    """`manager` (the queue's), or e-mail addresses, Slack or Entra ids."""
    after_minutes: int
    """Working minutes after the target was missed."""
    repeat_minutes: int | None = None
    """Repeated every so many working minutes until the next rung; None: alerted once."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue: where unclaimed cases wait, and who works on them."""

    id: str
    name: str
    slack_channel: str | None
    """A channel id (`C0…`) or a name with `#`."""
    teams_channel: str | None
    managers: tuple[str, ...]
    """E-mail addresses, Slack or Entra ids."""
    resolvers: tuple[str, ...]
    """E-mail addresses, Slack or Entra ids, or just `MEMBERS_OF_THE_CHANNEL`."""
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True)
class Digest:
    """A list of what is overdue and unclaimed, sent on working days at a local time."""

    id: str
    queue_ids: tuple[str, ...]
    at: time
    """Local time of the first queue's calendar."""
    to: tuple[str, ...]
    """`managers`, `channel`, e-mail addresses, Slack or Entra ids."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole policy, checked at start. `digest` is the hash of its text."""

    reasons: Mapping[str, Reason]
    tiers: Mapping[str, Tier]
    queues: Mapping[str, Queue]
    default_tier_id: str
    chargeback_reason_id: str
    """The reason of cases that a card network's chargeback opens."""
    chargeback_margin_hours: int
    """How many hours our deadline is before the network's evidence date."""
    root_causes: Mapping[str, str]
    """Id to label: what may have gone wrong on our side."""
    ladder: tuple[Rung, ...]
    digests: tuple[Digest, ...]
    nudge_minutes: int
    """Working minutes without any work after which the resolver is nudged."""
    burst_threshold: int
    """If more new cases than this wait for one channel, they are posted as one list."""
    digest: str
    company: str = "Accounts"
    """The company's name in customers' pages and mails."""
    customers: CustomerTerms = field(default_factory=CustomerTerms)

    def reason(self, reason_id: str) -> Reason:
        return _find("reason", self.reasons, reason_id)

    def tier(self, tier_id: str) -> Tier:
        return _find("tier", self.tiers, tier_id)

    def queue(self, queue_id: str) -> Queue:
        return _find("queue", self.queues, queue_id)

    def sla_for(self, tier_id: str, reason_id: str) -> Sla:
        """The targets of a tier, unless the reason has its own for it."""
        return self.reason(reason_id).sla.get(tier_id) or self.tier(tier_id).sla


def _find(what: str, known: Mapping[str, T], name: str) -> T:
    try:
        return known[name]
    except KeyError:
        raise UnknownName(what, name, tuple(known)) from None
