"""Lists of cases: pages, the list that replaces a burst of cards, the digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from typing import Protocol

from cards import words
from cards.actions import Action
from cards.mentions import People, mention
from cards.present import reason_label
from cards.views import Button, ClockView, DigestView, Line, ListView, Moment, RowView
from core.case import Status, Target
from core.policy import Policy


class Row(Protocol):
    """What a list shows of a case, as the store's lists give it."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def reason_id(self) -> str: ...
    @property
    def tier_id(self) -> str: ...
    @property
    def priority(self) -> int: ...
    @property
    def customer_name(self) -> str: ...
    @property
    def invoice_number(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def disputed_minor(self) -> int: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def due_target(self) -> str | None: ...
    @property
    def resolver_id(self) -> str | None: ...
    @property
    def raised_at(self) -> datetime: ...
    @property
    def snoozed_until(self) -> datetime | None: ...
    @property
    def resolution(self) -> str | None: ...
    @property
    def closed_at(self) -> datetime | None: ...


def row_view(
    row: Row, *, policy: Policy, people: People, now: datetime, offers_claim: bool = False
) -> RowView:
    """One case on two lines. `offers_claim`: an unclaimed case can be claimed from the list."""
    amount = words.minor_units(row.disputed_minor, row.currency)
    may_claim = offers_claim and row.status == Status.OPEN and row.resolver_id is None
    button = Button(Action.CLAIM, "Claim", row.id) if may_claim else Button(Action.OPEN_CASE, "Open", row.id)
    return RowView(
        case_id=row.id,
        headline=f"{row.id} · {reason_label(row.reason_id, policy)} · {amount}",
        details=_details(row),
        state=_state(row),
        clock=_clock(row, now),
        resolver=mention(row.resolver_id, people) if row.resolver_id else None,
        button=button,
    )


def list_view(
    title: str,
    rows: Iterable[Row],
    *,
    policy: Policy,
    people: People,
    now: datetime,
    empty: str = "Nothing here. All quiet.",
    next_page: str | None = None,
    first_page: str | None = None,
    note: str | None = None,
    offers_claim: bool = False,
) -> ListView:
    """A page of cases. `next_page` and `first_page` are opaque values that come back with their buttons."""
    shown = tuple(
        row_view(row, policy=policy, people=people, now=now, offers_claim=offers_claim) for row in rows
    )
    pages = [
        Button(Action.PAGE, label, value)
        for label, value in (("First page", first_page), ("Next page", next_page))
        if value is not None
    ]
    return ListView(title=title, rows=shown, empty=empty, pages=tuple(pages), note=note)


def burst_view(
    rows: Sequence[Row],
    count: int,
    *,
    policy: Policy,
    people: People,
    now: datetime,
    queue_name: str | None = None,
) -> ListView:
    """`37 more disputes` in one message instead of 37 cards, the first ones listed."""
    where = f" in {words.name(queue_name)}" if queue_name else ""
    left_out = count - len(rows)
    note = f"Another {left_out:,} of them: /disputes queue" if left_out > 0 else None
    title = f"{words.count(count, 'more dispute')}{where}"
    return list_view(title, rows, policy=policy, people=people, now=now, note=note, offers_claim=True)


def overdue_view(
    rows: Sequence[Row],
    count: int,
    *,
    policy: Policy,
    people: People,
    now: datetime,
    queue_name: str | None = None,
    offers_claim: bool = False,
) -> ListView:
    """`97 more overdue disputes` in one message instead of 97 alerts, the longest overdue ones listed."""
    where = f" in {words.name(queue_name)}" if queue_name else ""
    left_out = count - len(rows)
    what = f"Another {left_out:,} of them" if left_out > 0 else "Everything that is overdue"
    return list_view(
        f"🔴 {words.count(count, 'more overdue dispute')}{where}",
        rows,
        policy=policy,
        people=people,
        now=now,
        note=f"{what}: /disputes overdue",
        offers_claim=offers_claim,
    )


@dataclass(frozen=True, slots=True)
class DigestList:
    """One list of a digest: its first rows, how many more there are, and the command that shows them."""

    title: str
    rows: Sequence[Row]
    more: int = 0
    _: KW_ONLY
    is_more_uncounted: bool = False
    """There are more cases than `more` counts."""
    command: str = ""

    @property
    def note(self) -> str | None:
        if not self.more:
            return None
        at_least = "more than " if self.is_more_uncounted else ""
        return f"… and {at_least}{self.more:,} more: {self.command}"


def digest_view(
    lists: Iterable[DigestList],
    *,
    greeting: str,
    policy: Policy,
    people: People,
    now: datetime,
) -> DigestView:
    """Overdue and unclaimed cases; a list without cases isn't shown."""
    views = [
        list_view(one.title, one.rows, policy=policy, people=people, now=now, note=one.note)
        for one in lists
        if one.rows
    ]
    return DigestView(greeting=greeting, lists=tuple(views))


def _details(row: Row) -> Line:
    customer, invoice = words.name(row.customer_name), words.name(row.invoice_number)
    return (f"{customer} · {invoice} · {words.priority(row.priority)}",)


def _state(row: Row) -> Line:
    if row.status == Status.CLOSED:
        ended = words.resolution(row.resolution) if row.resolution else words.STATUS[Status.CLOSED]
        return (f"{ended} ", Moment(row.closed_at)) if row.closed_at else (ended,)
    if row.snoozed_until is not None:
        return ("Snoozed until ", Moment(row.snoozed_until))
    if row.status == Status.OPEN:
        return () if row.due_target == Target.CLAIM else ("Unclaimed",)
    return () if row.status == Status.UNDER_REVIEW else (words.STATUS.get(row.status, row.status),)


def _clock(row: Row, now: datetime) -> ClockView | None:
    if row.due_at is None or row.due_target is None or row.status == Status.CLOSED:
        return None
    is_late = row.due_at <= now
    label = (words.WAS_DUE if is_late else words.DUE).get(row.due_target, "Due")
    return ClockView(label, row.due_at, is_late)
