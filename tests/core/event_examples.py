"""Example events, at least one of each class."""

from __future__ import annotations

from dataclasses import replace

from core.case import Resolution, Target
from core.customer_events import (
    AddressChanged,
    CustomerAwaited,
    CustomerDisagreed,
    CustomerHeard,
    CustomerReminded,
    CustomerTold,
    CustomerWrote,
    FileRefused,
    MailFailed,
    SenderAccepted,
)
from core.events import (
    CaseClaimed,
    CaseDecided,
    CaseEnded,
    CaseEscalated,
    CaseReassigned,
    CaseReleased,
    CaseReopened,
    CaseSnoozed,
    ChargebackHeard,
    DisputeRaised,
    EvidenceAdded,
    NoteAdded,
    PriorityChanged,
    QueueTold,
    ReasonChanged,
    ResolverNudged,
    SlaBreached,
    SlaWarned,
    SnoozeEnded,
)
from tests.builders import MONDAY_9AM, euros
from tests.core.lifecycle import ANA, BEN

NOW = MONDAY_9AM


def moved(to: str, former: str, resolver: str | None = None) -> ReasonChanged:
    return ReasonChanged(
        at=NOW,
        actor_id=BEN,
        former_reason_id="a",
        reason_id="b",
        former_queue_id=former,
        queue_id=to,
        former_resolver_id=resolver,
        why="",
    )


def ended(resolution: Resolution) -> CaseEnded:
    return CaseEnded(at=NOW, actor_id=BEN, resolution=resolution)


RAISED = DisputeRaised(
    at=NOW, actor_id="api:crm", reason_id="a", queue_id="billing", disputed=euros(1), statement=""
)
GATHERED = EvidenceAdded(at=NOW, actor_id="customer", names=("a",), is_gathering=True)
ADDED = EvidenceAdded(at=NOW, actor_id="customer", names=("a",))
ADDED_WITH_WORDS = replace(ADDED, came_with_words=True)
TOLD = QueueTold(at=NOW, actor_id="clock")
TOLD_LATE = replace(TOLD, said=("We never got one.",))
CLAIMED = CaseClaimed(at=NOW, actor_id=BEN)
CLAIMED_FIRST = CaseClaimed(at=NOW, actor_id=BEN, is_first=True)
RELEASED = CaseReleased(at=NOW, actor_id=BEN, former_resolver_id=ANA)
REASSIGNED = CaseReassigned(at=NOW, actor_id=BEN, resolver_id=BEN, former_resolver_id=ANA, why="")
NOTED = NoteAdded(at=NOW, actor_id=BEN, text="")
SNOOZED = CaseSnoozed(at=NOW, actor_id=BEN, until=NOW, why="")
WOKEN = SnoozeEnded(at=NOW, actor_id="clock")
AWAITED = CustomerAwaited(at=NOW, actor_id=BEN, what="")
ASKED = CustomerAwaited(at=NOW, actor_id=BEN, what="a photo", text="Please send us a photo.")
HEARD = CustomerHeard(at=NOW, actor_id="customer", waited_since=NOW)
HEARD_BY_ANA = CustomerHeard(at=NOW, actor_id=ANA, waited_since=NOW)
WROTE = CustomerWrote(at=NOW, actor_id="customer", text="Here it is.", via="mail")
WROTE_EARLY = replace(WROTE, is_gathering=True)
ACCEPTED = SenderAccepted(at=NOW, actor_id=BEN, sender="lena@nordwind.example")
CONFIRMED = AddressChanged(at=NOW, actor_id="customer", address="lena@nordwind.example", is_confirmed=True)
CORRECTED = replace(CONFIRMED, is_confirmed=False)
WRITTEN_TO = CustomerTold(at=NOW, actor_id=BEN, text="We look into it.")
REMINDED = CustomerReminded(at=NOW, actor_id="clock", what=("a photo",), waiting_since=NOW)
REMINDED_EARLY = replace(REMINDED, is_gathering=True)
DISAGREED = CustomerDisagreed(at=NOW, actor_id="customer", why="Look again.")
BOUNCED = MailFailed(at=NOW, actor_id="clock", to="ap@nordwind.example", why="mailbox full")
THROWN_AWAY = FileRefused(at=NOW, actor_id="clock", name="a.pdf", why="It has a virus.")
URGENT = PriorityChanged(at=NOW, actor_id=BEN, former=3, priority=1, why="")
DECIDED = CaseDecided(
    at=NOW,
    actor_id=BEN,
    verdict=Resolution.ACCEPTED,
    granted=euros(1),
    root_cause_id="x",
    customer_text="",
    internal_text="",
)
REOPENED = CaseReopened(at=NOW, actor_id=BEN, why="")
REOPENED_BY_CUSTOMER = CaseReopened(at=NOW, actor_id="customer", why="Look again.")
WARNED = SlaWarned(at=NOW, actor_id="clock", target=Target.CLAIM, due_at=NOW)
BREACHED = SlaBreached(at=NOW, actor_id="clock", target=Target.CLAIM, due_at=NOW)
BREACHED_WITH_CALL = replace(BREACHED, came_with_call=True)
ESCALATED = CaseEscalated(
    at=NOW, actor_id="clock", target=Target.CLAIM, rung=0, tell=("dana@example.com", "head@example.com")
)
NUDGED = ResolverNudged(at=NOW, actor_id="clock", quiet_since=NOW)
BANK = ChargebackHeard(at=NOW, actor_id="stripe", ref="dp", kind="x", status="lost")
