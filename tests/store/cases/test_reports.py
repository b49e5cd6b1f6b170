"""Tests of the figures for managers."""

from __future__ import annotations

from datetime import timedelta

from core.case import Resolution, Status
from store.cases.reports import Figures
from store.engine import Store
from tests.builders import MONDAY_9AM, a_case
from tests.store.transactions import add_cases

HOUR = timedelta(hours=1)
NOW = MONDAY_9AM + 6 * HOUR


def test_figures_count_what_is_open_and_what_happened_since(store: Store) -> None:
    ended = {"status": Status.CLOSED, "resolution": Resolution.REJECTED}
    store.run_blocking(
        add_cases,
        a_case(),
        a_case(id="D-1002", resolver_id="ana"),
        a_case(id="D-1003", queue_id="logistics", reason_id="not_delivered", raised_at=MONDAY_9AM - 2 * HOUR),
        a_case(id="D-1004", closed_at=MONDAY_9AM + HOUR, **ended),
        a_case(id="D-1005", closed_at=MONDAY_9AM + 4 * HOUR, **ended),
        a_case(id="D-1006", closed_at=MONDAY_9AM - HOUR, raised_at=MONDAY_9AM - 3 * HOUR, **ended),
    )
    figures = store.read_blocking(lambda tx: tx.reports.figures(["billing", "logistics"], MONDAY_9AM, NOW))
    assert figures == Figures(
        open=3,
        unclaimed=2,
        overdue=3,
        raised=4,
        closed=2,
        by_resolution={"rejected": 2},
        median_hours=2.5,
        by_reason={"wrong_amount": 4},
        by_queue={"billing": 2, "logistics": 1},
        by_resolver={"ana": 1},
    )


def test_figures_are_of_the_queues_asked_for(store: Store) -> None:
    store.run_blocking(add_cases, a_case(), a_case(id="D-1002", queue_id="logistics"))
    figures = store.read_blocking(lambda tx: tx.reports.figures(["logistics"], MONDAY_9AM, NOW))
    assert (figures.open, figures.unclaimed, figures.raised, figures.by_queue) == (1, 1, 1, {"logistics": 1})


def test_figures_of_no_queues_are_all_nothing(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    figures = store.read_blocking(lambda tx: tx.reports.figures([], MONDAY_9AM, NOW))
    assert (figures.open, figures.raised, figures.median_hours) == (0, 0, None)
