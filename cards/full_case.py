"""A case in private: everything about it when it is opened, or a brief for its new resolver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cards import words
from cards.actions import Action
from cards.files import NO_FILES, CaseFiles, file_part
from cards.lists import Row, list_view
from cards.mentions import People
from cards.present import case_view
from cards.thread import timeline_line
from cards.views import CaseView, FullCaseView, Line, ListView, Strong
from core.case import Case
from core.events import Event
from core.permissions import Role
from core.policy import Policy

_MOST_LINES, _MOST_EARLIER, _MOST_HISTORY, _MOST_EVENTS = 20, 10, 5, 30


def full_case_view(
    case: Case,
    *,
    policy: Policy,
    people: People,
    now: datetime,
    history: Sequence[Row],
    elsewhere: int = 0,
    events: Sequence[Event],
    role: Role | None = None,
    case_url: str | None = None,
    files: CaseFiles = NO_FILES,
    earlier: CaseFiles = NO_FILES,
) -> FullCaseView:
    """The opened case: card, invoice, the customer's other disputes (newest first), the timeline.

    `history` is what the reader may see of the customer's disputes, `elsewhere` the number of the others;
    `earlier` are files of other disputes about the same invoice.
    """
    card = case_view(case, policy=policy, people=people, now=now, case_url=case_url, role=role, files=files)
    return FullCaseView(
        card=_without_open(card),
        lines=(*invoice_lines(case), *_earlier_lines(earlier)),
        history=_history(case, history, elsewhere, policy=policy, people=people, now=now),
        timeline=_timeline(case, events, policy, people),
    )


def brief_view(
    case: Case,
    *,
    policy: Policy,
    people: People,
    now: datetime,
    history: Sequence[Row],
    elsewhere: int = 0,
    reader_id: str,
    case_url: str | None = None,
    files: CaseFiles = NO_FILES,
) -> FullCaseView:
    """The resolver's message: the case, its invoice, the customer's history. The copy of a former resolver
    says who has the case now, and has no button but Open."""
    role = Role(is_manager=False, is_resolver=True, has_case=case.resolver_id == reader_id)
    card = case_view(case, policy=policy, people=people, now=now, case_url=case_url, role=role, files=files)
    if case.resolver_id != reader_id:
        card = _no_longer_resolver(card)
    history_list = _history(case, history, elsewhere, policy=policy, people=people, now=now)
    return FullCaseView(card=card, lines=invoice_lines(case), history=history_list, timeline=())


def invoice_lines(case: Case) -> tuple[Line, ...]:
    """A line with the invoice's total and dates, then its lines with the disputed ones marked."""
    invoice = case.invoice
    dates = [
        f"{word} {on:%d %b %Y}" for word, on in (("issued", invoice.issued_on), ("due", invoice.due_on)) if on
    ]
    head = ", ".join([f" · {words.money(invoice.total)}", *dates])
    lines: list[Line] = [(Strong(f"Invoice {words.name(invoice.number)}"), head)]
    for one in invoice.lines[:_MOST_LINES]:
        amount = words.minor_units(one.amount_minor, invoice.currency)
        said = f"{words.name(one.quantity, 20)} × {words.name(one.text, 120)} · {amount}"
        is_disputed = one.ref in case.line_refs
        lines.append(("▸ ", Strong(said), " (disputed)") if is_disputed else (f"• {said}",))
    left_out = len(invoice.lines) - _MOST_LINES
    if left_out > 0:
        lines.append((f"… and {words.count(left_out, 'more line')}",))
    return tuple(lines)


def _earlier_lines(files: CaseFiles) -> tuple[Line, ...]:
    if not files.files:
        return ()
    said: list[Line] = [(Strong("Came earlier about this invoice"),)]
    said += [("• ", file_part(one, files), f", with {one.case_id}") for one in files.files[:_MOST_EARLIER]]
    left_out = len(files.files) - _MOST_EARLIER
    if left_out > 0:
        said.append((f"… and {words.count(left_out, 'more file')}",))
    return tuple(said)


def _without_open(card: CaseView) -> CaseView:
    kept = tuple(button for button in card.buttons if button.action is not Action.OPEN_CASE)
    return replace(card, buttons=kept)


def _no_longer_resolver(card: CaseView) -> CaseView:
    now_with: Line = (
        ("No longer with you; now with ", card.resolver, ".") if card.resolver else ("Back in its queue.",)
    )
    kept = tuple(button for button in card.buttons if button.action is Action.OPEN_CASE)
    return replace(card, notices=(now_with, *card.notices), buttons=kept, menu=())


def _history(
    case: Case, rows: Sequence[Row], elsewhere: int, *, policy: Policy, people: People, now: datetime
) -> ListView:
    who = words.name(case.customer.name)
    others = [row for row in rows if row.id != case.id]
    older = len(others) - _MOST_HISTORY
    notes = [f"… and {older:,} older"] if older > 0 else []
    notes += [f"… and {elsewhere:,} more in other queues"] if elsewhere else []
    return list_view(
        f"Other disputes of {who}",
        others[:_MOST_HISTORY],
        policy=policy,
        people=people,
        now=now,
        empty="None in your queues." if elsewhere else f"This is the first dispute of {who}.",
        note=" ".join(notes) or None,
    )


def _timeline(case: Case, events: Sequence[Event], policy: Policy, people: People) -> tuple[Line, ...]:
    """The latest events, newest first: a case is mostly opened for what just happened."""
    shown = events[-_MOST_EVENTS:]
    lines: list[Line] = [(Strong("What happened, newest first"),)]
    lines += [timeline_line(event, case, policy, people) for event in reversed(shown)]
    if len(events) > len(shown):
        lines.append((f"… and {len(events) - len(shown):,} earlier",))
    return tuple(lines)
