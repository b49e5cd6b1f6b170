"""Hypothesis strategies for the property tests of the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from core.calendar import WorkCalendar
from core.case import Evidence
from core.money import Money
from core.policy import Policy
from tests.builders import a_policy, a_queue, a_reason, an_sla

BERLIN_OFFICE = WorkCalendar(
    "Europe/Berlin",
    (((time(9), time(12, 30)), (time(13, 15), time(17, 30))),) * 4 + (((time(9), time(16)),), (), ()),
    frozenset({date(2026, 4, 3), date(2026, 4, 6)}),
)
NEW_YORK_DOCK = WorkCalendar(
    "America/New_York", (((time(0), time(6)), (time(22), time(0))),) * 6 + (((time(1, 30), time(3)),),)
)

STRANGE_DAYS = (
    datetime(2026, 3, 6, 20, 45, tzinfo=UTC),  # the last hours before New York's clocks go forward
    datetime(2026, 3, 27, 15, 30, tzinfo=UTC),  # Friday afternoon before Berlin's do
    datetime(2026, 10, 23, 13, tzinfo=UTC),  # Friday before Berlin's go back
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),  # inside the hour that New York has twice
    datetime(2026, 4, 2, 15, tzinfo=UTC),  # the evening before Good Friday
)

OWN_ADDRESS = "ap@nordwind.example"
addresses = st.sampled_from((OWN_ADDRESS, "lena@nordwind.example", "mallory@evil.example"))
texts = st.sampled_from(("", " ", "Here it is.", "<b>Look</b>"))
pieces = st.lists(st.sampled_from(("delivery_note", "other")), max_size=2).map(
    lambda kinds: tuple(Evidence(kind=kind, name=f"{kind}.pdf", file_id=kind) for kind in kinds)
)
"""What may come with a mail."""

PEOPLE = ("slack:U0ANA", "slack:U0BEN", "slack:U0DANA")

moments = st.one_of(
    st.sampled_from(STRANGE_DAYS),
    st.integers(0, 330 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
)
"""When a story begins."""

spans = st.one_of(
    st.just(timedelta()),
    st.timedeltas(timedelta(microseconds=1), timedelta(minutes=90)),
    st.timedeltas(timedelta(hours=2), timedelta(days=2)),
    st.timedeltas(timedelta(days=3), timedelta(days=40)),
)
"""How long nothing happens: not at all, minutes, a night, or long enough to sleep through everything."""

currencies = st.sampled_from(("EUR", "USD", "GBP", "CHF", "JPY", "KRW", "KWD", "TND", "CLF"))


def amounts(currency: str | None = None) -> st.SearchStrategy[Money]:
    codes = st.just(currency) if currency else currencies
    return st.builds(Money, st.integers(0, 10**15), codes)


def two_offices() -> Policy:
    """Queues in two zones, with breaks, nights and holidays; reasons that move a case between them."""
    policy = a_policy()
    own_terms = {"standard": an_sla(claim_minutes=15, first_answer_minutes=45, resolution_minutes=300)}
    return replace(
        policy,
        queues={
            "billing": a_queue(calendar=BERLIN_OFFICE),
            "logistics": a_queue("logistics", calendar=NEW_YORK_DOCK, managers=("omar@example.com",)),
        },
        reasons={**policy.reasons, "charged_twice": a_reason("charged_twice", sla=own_terms)},
    )
