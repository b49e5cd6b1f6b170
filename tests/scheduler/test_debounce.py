"""Tests of the debouncer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from scheduler.debounce import Debouncer


class Work:
    """Counts how often it was done; each rest lasts until a test ends it."""

    def __init__(self) -> None:
        self.times = 0
        self.rests: list[float] = []
        self.is_broken = False
        self.may_go_on = asyncio.Event()
        self.soon = Debouncer(self.do, every=timedelta(seconds=30), sleep=self.sleep)

    async def do(self) -> None:
        self.times += 1
        if self.is_broken:
            raise ValueError("broken")

    async def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        await self.may_go_on.wait()
        self.may_go_on.clear()

    async def end_rest(self) -> None:
        self.may_go_on.set()
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
async def work() -> AsyncIterator[Work]:
    one = Work()
    yield one
    await one.soon.stop()


async def test_what_is_asked_for_is_done_at_once(work: Work) -> None:
    work.soon.request()
    await settle()
    assert (work.times, work.rests) == (1, [30.0])


async def test_however_many_ask_meanwhile_it_is_done_once_more_after_the_rest(work: Work) -> None:
    for _ in range(5):
        work.soon.request()
        await settle()
    assert work.times == 1
    await work.end_rest()
    assert work.times == 2
    await work.end_rest()
    assert work.times == 2
    work.soon.request()
    await settle()
    assert work.times == 3


async def test_a_failure_ends_neither_the_work_nor_the_rest(work: Work) -> None:
    work.is_broken = True
    work.soon.request()
    await settle()
    work.is_broken = False
    work.soon.request()
    await settle()
    assert work.times == 1
    await work.end_rest()
    assert work.times == 2


async def test_after_the_stop_nothing_begins(work: Work) -> None:
    work.soon.request()
    await settle()
    await work.soon.stop()
    work.soon.request()
    await settle()
    assert work.times == 1
