"""Checks of the database: disk, tables, a trial write, names that cases use, outbox."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from bot.check.report import CheckGroup, CheckResult
from bot.policy.in_use import missing_names
from core.policy import Policy
from scheduler.clock import MOST_SKEW, machine_time
from store.engine import Store, sqlite_file
from store.errors import NewerDatabase, StoreUnavailable
from store.migrate import current, head
from store.outbox.repository import OutboxFigures, OutboxRow
from store.transaction import Transaction

_GROUP = CheckGroup("Database")
_POLICY = CheckGroup("Policy")
_OUTBOX = CheckGroup("Outbox")
_MEGABYTE = 2**20
_DISK_FAILED_BELOW = 50 * _MEGABYTE
_DISK_WARNING_BELOW = 500 * _MEGABYTE
_SLOW_SECONDS = 0.5
_LATE_AFTER = timedelta(minutes=10)
_MAX_PARKED_SHOWN = 5
_CLOCK_TOLERANCE = timedelta(minutes=5)
_ZERO = timedelta()


class _RollBack(Exception):
    """Rolls back a unit of work that must leave nothing behind."""


def check_store(
    url: str, policy: Policy | None, now: datetime, machine: Callable[[], datetime] = machine_time
) -> Iterator[CheckResult]:
    """All checks of the database. Without a policy, only whether it is there and up to date."""
    try:
        file = sqlite_file(url)
        if file is not None:
            yield from _check_disk(file)
            if not file.exists():
                return
        yield from _check_tables(url, is_sqlite=file is not None)
        if policy is not None and current(url) == head():
            yield from _check_contents(url, policy, now, machine)
    except NewerDatabase as trouble:
        yield _GROUP.failed(str(trouble), "Install the Ombud that made it.")
    except StoreUnavailable as trouble:
        yield _GROUP.failed(
            f"The database can't be used. {trouble}", "Check DATABASE_URL, and that its server runs."
        )


def _check_disk(file: Path) -> Iterator[CheckResult]:
    """Checks the folder as well as the file: SQLite writes its journal beside the file."""
    folder = _nearest_folder(file)
    if not os.access(folder, os.W_OK | os.X_OK):
        yield _GROUP.failed(f"Nothing can be written in {folder}.", "Let Ombud's account write there.")
    elif file.exists() and not os.access(file, os.R_OK | os.W_OK):
        yield _GROUP.failed(f"{file} can't be written.", "Let Ombud's account read and write it.")
    elif not file.exists():
        yield _GROUP.warning(f"There is no database at {file} yet.", "`ombud serve` makes it when it starts.")
    free = shutil.disk_usage(folder).free
    if free < _DISK_WARNING_BELOW:
        tell = _GROUP.failed if free < _DISK_FAILED_BELOW else _GROUP.warning
        yield tell(f"The disk of {folder} has {free // _MEGABYTE} MB left.", "Make room before it is full.")


def _nearest_folder(file: Path) -> Path:
    return next(folder for folder in file.absolute().parents if folder.is_dir())


def _check_tables(url: str, *, is_sqlite: bool) -> Iterator[CheckResult]:
    has, needs = current(url), head()
    if has == needs:
        yield _GROUP.ok(f"{'SQLite' if is_sqlite else 'PostgreSQL'} answers, and its tables are up to date.")
    elif has is None and is_sqlite:
        yield _GROUP.warning("The database has no tables yet.", "`ombud serve` makes them when it starts.")
    elif has is None:
        yield _GROUP.failed("The database has no tables yet.", "Run `ombud migrate`.")
    else:
        yield _GROUP.failed(
            f"The tables are of version {has}; this program needs {needs}.",
            "Run `ombud migrate`.",
        )


def _check_contents(
    url: str, policy: Policy, now: datetime, machine: Callable[[], datetime]
) -> Iterator[CheckResult]:
    store = Store.open(url, policy, threads=1)
    try:
        yield _check_writing(store, now)
        yield from _check_skew(store, machine)
        yield from _check_names_in_use(store)
        yield from _check_newest_case(store, now)
        yield from _check_outbox(store, now)
    finally:
        store.close_blocking()


def _check_writing(store: Store, now: datetime) -> CheckResult:
    start = perf_counter()
    try:
        store.run_blocking(_write_and_roll_back, secrets.token_hex(8), now)
    except _RollBack:
        took = perf_counter() - start
    else:
        return _GROUP.failed("What was written couldn't be read again.", "Check the disk; restore a backup.")
    if took > _SLOW_SECONDS:
        return _GROUP.warning(
            f"Writing took {took:.1f} s; Slack waits three at most.", "Put the database on a faster disk."
        )
    return _GROUP.ok(f"Written, read again and taken back in {took * 1000:.0f} ms.")


def _write_and_roll_back(tx: Transaction, key: str, now: datetime) -> None:
    address = f"check:{key}"
    tx.outbox.add(key=key, address=address, effect="check", due_at=now)
    if tx.outbox.count_pending(address, "check") == 1:
        raise _RollBack


def _check_skew(store: Store, machine: Callable[[], datetime]) -> Iterator[CheckResult]:
    skew = machine() - store.read_blocking(lambda tx: tx.processes.now())
    if abs(skew) > MOST_SKEW:
        yield _GROUP.failed(
            f"This machine's clock is {_seconds_text(abs(skew))} {'ahead of' if skew > _ZERO else 'behind'} "
            "the database's.",
            "Set both by NTP: signatures and tokens are checked by the machine's.",
        )


def _check_names_in_use(store: Store) -> Iterator[CheckResult]:
    lost = store.read_blocking(lambda tx: list(missing_names(tx)))
    for sentence in lost:
        title, _, remedy = sentence.partition(". ")
        yield _POLICY.failed(f"{title}.", f"{remedy} Or close those cases first.")
    if not lost:
        yield _POLICY.ok("Every open case finds its queue, reason and tier in it.")


def _check_newest_case(store: Store, now: datetime) -> Iterator[CheckResult]:
    newest = store.read_blocking(lambda tx: tx.cases.list_all(None, 1).rows)
    if newest and newest[0].raised_at > now + _CLOCK_TOLERANCE:
        yield _GROUP.warning(
            f"{newest[0].id} was raised in the future, at {newest[0].raised_at:%Y-%m-%d %H:%M} UTC.",
            "The clock was set back, or was moved for a demonstration: its deadlines come late.",
        )


def _check_outbox(store: Store, now: datetime) -> Iterator[CheckResult]:
    figures = store.read_blocking(_figures, now)
    parked = store.read_blocking(_parked)
    for row in parked:
        about = f" about {row.case_id}" if row.case_id else ""
        yield _OUTBOX.warning(
            f"Given up: {row.effect.replace('_', ' ')}{about} to {row.address}. {row.error or ''}".rstrip(),
            "Mend the cause, then press Try again on the alert that the managers got.",
        )
    if figures.parked > len(parked):
        yield _OUTBOX.warning(
            f"{figures.parked - len(parked)} more were given up.", "Begin with those above."
        )
    if figures.oldest_age is not None and figures.oldest_age > _LATE_AFTER:
        yield _OUTBOX.warning(
            f"{figures.pending} wait to be told, the oldest for {_age_text(figures.oldest_age)}.",
            "See that `ombud serve` runs; its log says what it can't deliver.",
        )
    elif not figures.parked:
        yield _OUTBOX.ok(f"Nothing was given up; {figures.pending or 'nothing'} waiting to be told.")


def _figures(tx: Transaction, now: datetime) -> OutboxFigures:
    return tx.outbox.figures(now)


def _parked(tx: Transaction) -> list[OutboxRow]:
    return tx.outbox.list_parked(_MAX_PARKED_SHOWN)


def _seconds_text(amount: timedelta) -> str:
    whole = timedelta(seconds=round(amount.total_seconds()))
    return f"{whole.seconds} seconds" if whole < timedelta(minutes=2) else _age_text(whole)


def _age_text(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
