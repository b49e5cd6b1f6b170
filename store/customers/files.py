"""Which files were handed in, for which case or form, and who still needs their bytes?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
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


def _state(state: FileState) -> ColumnElement[str]:
    """Written out, so that the indexes of some states are found."""
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
_COUNT_WITH = Statement(
    select(func.count()).select_from(
        union_all(
            select(files.c.id).where(files.c.sha256 == bindparam("sha256"), HAS_BYTES),
            select(mails.c.message_id).where(mails.c.sha256 == bindparam("sha256")),
        ).subquery()
    )
)
_INSERT = insert_row(files)
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
    __slots__ = ("_link",)

    def __init__(self, link: Connection) -> None:
        self._link = link

    def add(self, file: File) -> None:
        self._link.change(
            _INSERT,
            id=file.id,
            invoice_ref=file.invoice_ref,
            customer_ref=file.customer_ref,
            came_at=to_micros(file.came_at),
            **_moving_columns(file),
        )

    def find(self, file_id: str) -> File | None:
        row = self._link.row(_FIND, id=file_id)
        return None if row is None else _decoder.decode(row[0])

    def lock(self, file_id: str) -> File | None:
        """As `find`; until this transaction ends nobody else changes it. What is saved is the whole row."""
        row = self._link.row(_LOCK, id=file_id)
        return None if row is None else _decoder.decode(row[0])

    def save(self, file: File) -> None:
        """The file as a whole, in place of what was known of it. Raises UnknownFile: it was never added."""
        if not self._link.change(_UPDATE, of_id=file.id, **_moving_columns(file)):
            raise UnknownFile(file.id)

    def list_for_case(self, case_id: str) -> Sequence[File]:
        """In the order in which they came, in whatever state."""
        return _to_files(self._link.rows(_OF_CASE, number=number_of(case_id)))

    def list_for_draft(self, draft_id: str) -> Sequence[File]:
        """In the order in which they came, in whatever state."""
        return _to_files(self._link.rows(_OF_DRAFT, draft_id=draft_id))

    def list_for_invoice(self, invoice_ref: str, customer_ref: str) -> Sequence[File]:
        """What this customer has handed in about this invoice, with any case or form, in whatever state."""
        rows = self._link.rows(_OF_INVOICE, invoice_ref=invoice_ref, customer_ref=customer_ref)
        return _to_files(rows)

    def list_held(self, limit: int) -> Sequence[File]:
        """What waits for the virus scan, the longest waiting first."""
        return _to_files(self._link.rows(_HELD, limit=limit))

    def lock_abandoned(self, before: datetime, limit: int = 500) -> Sequence[File]:
        """What came before then and leads nowhere: an upload that never ended, a file whose form is gone.

        The files of a form that may still be sent are kept as long as the form. They are locked; those that
        somebody is just handing in are passed over.
        """
        return _to_files(self._link.rows(_ABANDONED, before=to_micros(before), limit=limit))

    def count_uses(self, sha256: str) -> int:
        """How many files and mails still need these bytes."""
        row = self._link.row(_COUNT_WITH, sha256=sha256)
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
