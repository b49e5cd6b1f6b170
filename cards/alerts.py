"""Messages to a person whose attention is needed: reminders, escalations, deliveries that failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cards import words
from cards.actions import Action
from cards.buttons import LABELS
from cards.event_sentences import sentence_of
from cards.files import NO_FILES, CaseFiles
from cards.mentions import People, by_name, mention_of_handle
from cards.present import reason_label
from cards.thread import quotes_of
from cards.thread_extras import thread_extras
from cards.views import Button, Line, Mention, MessageView, Moment, Part, Strong
from core.case import Case, Status
from core.customer_events import CustomerHeard, CustomerWrote
from core.events import (
    CaseClaimed,
    CaseEscalated,
    CaseReassigned,
    CaseReleased,
    Event,
    ReasonChanged,
    ResolverNudged,
    SlaBreached,
    SlaWarned,
)
from core.policy import Policy


def reminder_view(
    event: Event,
    case: Case,
    policy: Policy,
    people: People,
    now: datetime | None = None,
    *,
    files: CaseFiles = NO_FILES,
) -> MessageView:
    """Message to the resolver: what happened to their case, with the next step as a button.

    `now` is when it is sent, if that isn't when it happened.
    """
    beside = thread_extras(event, case, policy, people, files)
    said = _to_resolver(event, case, policy, people, now)
    return MessageView(
        lines=((*case_summary(case, policy), "."), said, *beside.above),
        quotes=quotes_of(event),
        after=(*beside.below, *_wait_ended(event, case, policy, people)),
        buttons=(*beside.buttons, _open(case)) if beside.buttons else _next_steps(case),
    )


def former_resolver_view(event: Event, case: Case, policy: Policy, people: People) -> MessageView:
    """Message to the former resolver: who has the case now, and why."""
    actor = by_name(event.actor_id, people)
    match event:
        case CaseReassigned():
            said: Line = (actor, " handed it to ", by_name(event.resolver_id, people), ".")
        case CaseReleased():
            said = (actor, " put it back into the queue.")
        case ReasonChanged():
            said = sentence_of(event, case, policy, people)
        case _:
            said = ("It is no longer yours.",)
    return MessageView(
        lines=((*case_summary(case, policy), " is no longer with you."), said),
        quotes=quotes_of(event),
        buttons=(_open(case),),
    )


def alert_view(
    event: CaseEscalated, case: Case, policy: Policy, people: People, *, events: Sequence[Event] = ()
) -> MessageView:
    """Alert to a rung of the ladder: what was missed, what was tried so far, and what they can do.

    `events` is the case's timeline, oldest first; the attempts are read from it. The resolver isn't pinged
    about their own case.
    """
    again = "Still waiting" if event.is_repeat else "Needs you"
    missed = breaches_told_by(event, events)
    return MessageView(
        lines=(
            (f"🔴 {again}: ", *case_summary(case, policy), "."),
            *(missed_deadline(one) for one in missed or (event,)),
            *_attempts_so_far(event, case, [one for one in events if one not in missed], people),
        ),
        mentions=_others_alerted(event, case, people),
        is_loud=True,
        buttons=_manager_steps(case),
    )


def parked_alert_view(
    address: str, error: str, remedy: str, count: int, *, where: str | None = None
) -> MessageView:
    """Message to a manager: messages that can't be delivered, why, and what would help.

    `where` is the address by the name that people know.
    """
    where = words.name(where or address.partition(":")[2] or address)
    waiting = words.count(count, "message")
    return MessageView(
        lines=(
            (Strong(f"{waiting.capitalize()} can't be delivered"), f" to {where}."),
            (f"Why: {words.name(error, 300)}",),
            (f"What helps: {words.name(remedy, 300)}",),
        ),
        buttons=(Button(Action.RETRY_PARKED, "Try again", address, "primary"),),
    )


def unmatched_mail_view(sender: str, subject: str) -> MessageView:
    """Message to a channel: a mail that matches no case."""
    about = f": “{words.name(subject, 200)}”" if subject.strip() else ""
    return MessageView(
        lines=(
            (Strong("A mail fits no case"), f". It is from {words.name(sender)}{about}."),
            ("It was kept, and nobody has answered it.",),
        )
    )


def _wait_ended(event: Event, case: Case, policy: Policy, people: People) -> tuple[Line, ...]:
    """How long the case had waited for the customer's message; empty if it didn't wait."""
    if not isinstance(event, CustomerWrote):
        return ()
    since = [pause.since for pause in case.clock.pauses if pause.until == event.at]
    heard = [CustomerHeard(at=event.at, actor_id=event.actor_id, waited_since=one) for one in since[-1:]]
    return tuple(sentence_of(one, case, policy, people) for one in heard)


def _to_resolver(event: Event, case: Case, policy: Policy, people: People, now: datetime | None) -> Line:
    if isinstance(event, CaseEscalated):
        told, again = joined_names(_others_alerted(event, case, people)), " again" if event.is_repeat else ""
        return ("🔴 ", *missed_deadline(event), *((f" Told{again}: {told}.",) if told else ()))
    if isinstance(event, ResolverNudged):
        quiet = words.duration(event.at - event.quiet_since)
        return (f"Nothing has moved here for {quiet}. What is the next step?",)
    return sentence_of(event, case, policy, people, now)


def missed_deadline(event: CaseEscalated | SlaBreached) -> Line:
    """`Claim was due 09:00.`"""
    return (words.WAS_DUE[event.target], *((" ", Moment(event.due_at)) if event.due_at else ()), ".")


def joined_names(called: Sequence[Mention]) -> str:
    """Names of the people alerted, without mentions; at most five."""
    return words.listed([one.name for one in called[:5]])


def case_summary(case: Case, policy: Policy) -> Line:
    """`D-1042 · Not delivered · €1,234.50 · Nordlicht GmbH`."""
    what = f" · {reason_label(case.reason_id, policy)} · {words.money(case.disputed)}"
    return (Strong(case.id), f"{what} · {words.name(case.customer.name)}")


def _others_alerted(event: CaseEscalated, case: Case, people: People) -> tuple[Mention, ...]:
    """The people alerted, without the resolver, who gets a reminder instead."""
    resolver = people.get(case.resolver_id) if case.resolver_id else None
    others = (one for one in event.tell if resolver is None or not resolver.matches_handle(one))
    return tuple(mention_of_handle(handle, people) for handle in others)


def breaches_told_by(event: CaseEscalated, events: Sequence[Event]) -> tuple[SlaBreached, ...]:
    """Breaches at the moment of the escalation, which the alert reports because no other message does."""
    missed = (one for one in events if isinstance(one, SlaBreached) and one.came_with_call)
    return tuple(one for one in missed if one.at == event.at)


def _attempts_so_far(
    alert: CaseEscalated, case: Case, events: Sequence[Event], people: People
) -> tuple[Line, ...]:
    """Who has the case since when, who was warned, and when it last moved; not the alert's own breach."""
    tried: list[Line] = [_resolver_line(case, events, people)]
    others = [one for one in events if not (isinstance(one, SlaBreached) and one.target is alert.target)]
    told = [line for one in others if (line := _attempt(one, people)) is not None]
    tried += told[-4:]
    tried.append(("• Last movement ", Moment(case.moved_at), "."))
    return (("Tried so far:",), *tried)


def _resolver_line(case: Case, events: Sequence[Event], people: People) -> Line:
    if case.resolver_id is None:
        return ("• Nobody has claimed it since ", Moment(case.clock.unclaimed_since), ".")
    taken = [one for one in events if isinstance(one, CaseClaimed | CaseReassigned)]
    resolver = by_name(case.resolver_id, people)
    return (
        ("• With ", resolver, " since ", Moment(taken[-1].at), ".") if taken else ("• With ", resolver, ".")
    )


def _attempt(event: Event, people: People) -> Line | None:
    match event:
        case SlaWarned():
            return (f"• Warned about the {words.TARGET[event.target]} ", Moment(event.at), ".")
        case SlaBreached():
            return (f"• {words.WAS_DUE[event.target]} ", Moment(event.due_at), ".")
        case ResolverNudged():
            return ("• Reminded the resolver ", Moment(event.at), ".")
        case CaseEscalated() if event.tell:
            names: list[Part] = [mention_of_handle(event.tell[0], people).name]
            if len(event.tell) > 1:
                names.append(f" and {len(event.tell) - 1} more")
            return ("• Told ", *names, " ", Moment(event.at), ".")
        case _:
            return None


def _next_steps(case: Case) -> tuple[Button, ...]:
    if case.status is Status.UNDER_REVIEW:
        decide = Button(Action.ASK_DECIDE, LABELS[Action.ASK_DECIDE], case.id, "primary")
        return (decide, _open(case))
    return (_open(case),)


def _manager_steps(case: Case) -> tuple[Button, ...]:
    """Reassign, which everybody on the ladder may do; a closed case can only be opened."""
    if case.is_closed:
        return (_open(case),)
    return (Button(Action.ASK_REASSIGN, LABELS[Action.ASK_REASSIGN], case.id, "primary"), _open(case))


def _open(case: Case) -> Button:
    return Button(Action.OPEN_CASE, LABELS[Action.OPEN_CASE], case.id)
