"""File repository: uploaded files by case, form or invoice, and the uses of their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from core.errors import Refused
from core.ids import number_of
from core.uploaded_file import File, FileState
from store.customer_tables import HAS_BYTES, drafts, files, mails
from store.db.documents import encode
from store.db.instants import to_micros
from store.db.statements import Connection, Row, Statement, insert_row
from store.errors import FileRemoved


def _state(state: FileState) -> ColumnElement[str]:
    """A literal, so that the partial indexes are used."""
    return literal_column(f"'{state.value}'")


_IN_ORDER = (files.c.came_at, files.c.id)
_FIND = Statement(select(files.c.body).where(files.c.id == bindparam("id")))
_LOCK = Statement(select(files.c.body).where(files.c.id == bindparam("id")).with_for_update())
_OF_CASE = Statement(select(files.c.body).where(files.c.number == bindparam("number")).order_by(*_IN_ORDER))
_OF_DRAFT = Statement(
    select(files.c.body).where(files.c.draft_id == bindparam("draft_id")).order_by(*_IN_ORDER)
)
_OF_INVOICE = Statement(
    select(files.c.body)
    .where(files.c.invoice_ref == bindparam("invoice_ref"), files.c.customer_ref == bindparam("customer_ref"))
    .order_by(*_IN_ORDER)
)
_HELD = Statement(
    select(files.c.body)
    .where(files.c.state == _state(FileState.HELD))
    .order_by(*_IN_ORDER)
    .limit(bindparam("limit"))
)
_HAS_ITS_FORM = exists().where(drafts.c.id == files.c.draft_id, drafts.c.number.is_(None))
_IS_OLD = files.c.came_at < bindparam("before")
_ABANDONED = Statement(
    select(files.c.body)
    .where(
        or_(
            and_(files.c.state == _state(FileState.UPLOADING), _IS_OLD),
            and_(files.c.number.is_(None), _IS_OLD, HAS_BYTES, ~_HAS_ITS_FORM),
        )
    )
    .order_by(*_IN_ORDER)
    .limit(bindparam("limit"))
    .with_for_update(of=files, skip_locked=True)
)
_REMOVE_ENDED = Statement(delete(files).where(files.c.number.is_(None), _IS_OLD, ~HAS_BYTES, ~_HAS_ITS_FORM))
_COUNT_WITH = Statement(
    select(func.count()).select_from(
        union_all(
            select(files.c.id).where(files.c.sha256 == bindparam("sha256"), HAS_BYTES),
            select(mails.c.message_id).where(mails.c.sha256 == bindparam("sha256")),
        ).subquery()
    )
)
_INSERT = insert_row(files)
_REMOVE = Statement(delete(files).where(files.c.id == bindparam("of_id")))
_MOVING = ("number", "draft_id", "sha256", "state", "body")
_UPDATE = Statement(
    update(files).where(files.c.id == bindparam("of_id")).values({name: bindparam(name) for name in _MOVING})
)

_decoder = msgspec.json.Decoder(File)


class UnknownFile(Refused):
    def __init__(self, file_id: str) -> None:
        super().__init__("This file is not here any more. Add it again.")
        self.file_id = file_id


class Files:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, file: File) -> None:
        self._connection.change(
            _INSERT,
            id=file.id,
            invoice_ref=file.invoice_ref,
            customer_ref=file.customer_ref,
            came_at=to_micros(file.came_at),
            **_moving_columns(file),
        )

    def find(self, file_id: str) -> File | None:
        row = self._connection.row(_FIND, id=file_id)
        return None if row is None else _decoder.decode(row[0])

    def lock(self, file_id: str) -> File | None:
        """As `find`, locked until this transaction ends, because `save` writes the whole row."""
        row = self._connection.row(_LOCK, id=file_id)
        return None if row is None else _decoder.decode(row[0])

    def save(self, file: File) -> None:
        """Replace the whole row. Raises UnknownFile: it was never added, or it was removed."""
        if not self._connection.change(_UPDATE, of_id=file.id, **_moving_columns(file)):
            raise UnknownFile(file.id)

    def attach(self, file: File) -> None:
        """As `save`, for a file that was listed without a lock.

        Raises:
            FileRemoved: another transaction has removed it.
        """
        try:
            self.save(file)
        except UnknownFile:
            raise FileRemoved(file.id) from None

    def remove(self, file_id: str) -> None:
        """Delete the row. Bytes that no other row names are left to the sweep of files."""
        self._connection.change(_REMOVE, of_id=file_id)

    def remove_ended(self, before: datetime) -> int:
        """Delete rows from before then of refused and removed files that are in no case and no form."""
        return self._connection.change(_REMOVE_ENDED, before=to_micros(before))

    def list_for_case(self, case_id: str) -> Sequence[File]:
        """In the order in which they came, in any state."""
        return _to_files(self._connection.rows(_OF_CASE, number=number_of(case_id)))

    def list_for_draft(self, draft_id: str) -> Sequence[File]:
        """In the order in which they came, in any state."""
        return _to_files(self._connection.rows(_OF_DRAFT, draft_id=draft_id))

    def list_for_invoice(self, invoice_ref: str, customer_ref: str) -> Sequence[File]:
        """The customer's files about this invoice, of any case or form, in any state."""
        rows = self._connection.rows(_OF_INVOICE, invoice_ref=invoice_ref, customer_ref=customer_ref)
        return _to_files(rows)

    def list_held(self, limit: int) -> Sequence[File]:
        """Files held for the virus scan, the longest waiting first."""
        return _to_files(self._connection.rows(_HELD, limit=limit))

    def lock_abandoned(self, before: datetime, limit: int = 500) -> Sequence[File]:
        """Files from before then that are of no use: unfinished uploads, and files whose form is gone.

        Files of a form that may still be submitted stay as long as the form. The files are locked; those that
        another transaction has locked are skipped.
        """
        return _to_files(self._connection.rows(_ABANDONED, before=to_micros(before), limit=limit))

    def count_uses(self, sha256: str) -> int:
        """How many files and mails still use these bytes."""
        row = self._connection.row(_COUNT_WITH, sha256=sha256)
        return row[0] if row else 0


def _moving_columns(file: File) -> dict[str, Any]:
    return {
        "number": None if file.case_id is None else number_of(file.case_id),
        "draft_id": file.draft_id,
        "sha256": file.sha256,
        "state": file.state.value,
        "body": encode(file),
    }


def _to_files(rows: Sequence[Row]) -> list[File]:
    return [_decoder.decode(body) for (body,) in rows]
