"""Files of a form that change while the form is being sent.

On PostgreSQL: SQLite has one writer, for whom everything happens one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Event, current_thread
from typing import TypeVar

import pytest

from core.case import Case
from core.uploaded_file import File, FileState
from handlers.customer_page import send_message
from scheduler.sweeps.files import _remove_abandoned
from scheduler.sweeps.virus_scan import _clear
from store.customers.files import Files
from store.engine import Store
from store.evidence.uploads import complete_upload, remove_upload
from store.transaction import Transaction
from tests.builders import a_policy
from tests.handlers.harness import Harness
from tests.handlers.test_submit_form import a_link, file_it, put_file

pytestmark = pytest.mark.postgres
A_MOMENT = 0.5
"""Seconds in which it is handed in, unless it waits for the other to end."""
Unit = Callable[[Transaction], object]
T = TypeVar("T")


@pytest.fixture
def pg_desk(new_postgresql: Callable[[], str]) -> Iterator[Harness]:
    store = Store.open(new_postgresql(), a_policy())
    harness = Harness(store)
    a_link(harness)
    yield harness
    store.close_blocking()


def during(harness: Harness, unit: Unit, deed: Callable[[], T], monkeypatch: pytest.MonkeyPatch) -> T:
    """Do the deed when the unit has looked at the file and not yet saved or removed it."""
    has_looked, is_done, slow = Event(), Event(), set()
    save, remove = Files.save, Files.remove

    def wait() -> None:
        if current_thread() in slow:
            has_looked.set()
            is_done.wait(A_MOMENT)

    def save_late(self: Files, file: File) -> None:
        wait()
        save(self, file)

    def remove_late(self: Files, file_id: str) -> None:
        wait()
        remove(self, file_id)

    def slowly(tx: Transaction) -> None:
        slow.add(current_thread())
        unit(tx)
        slow.discard(current_thread())

    monkeypatch.setattr(Files, "save", save_late)
    monkeypatch.setattr(Files, "remove", remove_late)
    with ThreadPoolExecutor() as pool:
        doing = pool.submit(harness.store.run_blocking, slowly)
        assert has_looked.wait(30)
        done = deed()
        is_done.set()
        doing.result()
    return done


def send_during(harness: Harness, unit: Unit, monkeypatch: pytest.MonkeyPatch) -> Case:
    return during(harness, unit, lambda: file_it(harness), monkeypatch)


def ends(harness: Harness, case: Case, file: File) -> tuple[File, list[str | None]]:
    """The file, scanned if it still waits for that, and the case's evidence."""
    harness.store.run_blocking(_clear, file.id, harness.now)
    found = harness.store.read_blocking(lambda tx: tx.files.find(file.id))
    assert found is not None
    return found, [piece.file_id for piece in harness.case(case.id).evidence]


def test_a_file_found_clean_meanwhile_is_in_the_case(
    pg_desk: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = put_file(pg_desk, "note.jpg", state=FileState.HELD)
    case = send_during(pg_desk, lambda tx: _clear(tx, held.id, pg_desk.now), monkeypatch)
    file, evidence = ends(pg_desk, case, held)
    assert (file.case_id, file.state, evidence) == (case.id, FileState.READY, [held.id])


def test_a_file_whose_upload_ends_meanwhile_is_in_the_case(
    pg_desk: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    coming = put_file(pg_desk, "note.jpg", state=FileState.UPLOADING)
    whole = replace(coming, sha256="a" * 64, state=FileState.READY)
    case = send_during(pg_desk, lambda tx: complete_upload(tx, whole, pg_desk.now), monkeypatch)
    file, evidence = ends(pg_desk, case, coming)
    assert (file.case_id, file.state, evidence) == (case.id, FileState.READY, [coming.id])


def test_a_case_never_points_at_a_file_that_was_removed_meanwhile(
    pg_desk: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = put_file(pg_desk, "note.jpg")
    case = send_during(pg_desk, lambda tx: remove_upload(tx, ready.id), monkeypatch)
    left = pg_desk.store.read_blocking(lambda tx: tx.files.find(ready.id))
    evidence = [piece.file_id for piece in pg_desk.case(case.id).evidence]
    assert (left, evidence) == (None, [])


def test_a_file_handed_in_while_it_is_swept_away_is_in_the_case(
    pg_desk: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lay on the status page for a day before its message was sent."""
    case = file_it(pg_desk)
    file = replace(put_file(pg_desk, "note.jpg"), draft_id=None)
    pg_desk.store.run_blocking(lambda tx: tx.files.save(file))
    link = pg_desk.store.read_blocking(lambda tx: tx.links.find("link-1"))
    assert link is not None
    said = partial(
        send_message, link=link, case_id=case.id, text="", file_ids=[file.id], key="k" * 16, now=pg_desk.now
    )
    swept = partial(_remove_abandoned, before=pg_desk.now + timedelta(days=1))
    during(pg_desk, swept, lambda: pg_desk.store.run_blocking(said), monkeypatch)
    found, evidence = ends(pg_desk, case, file)
    assert (found.case_id, found.state, evidence) == (case.id, FileState.READY, [file.id])
