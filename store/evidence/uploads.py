"""Transactions of an upload: its target, the limits, duplicates, and when it becomes evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.case import Evidence
from core.intake import submit_evidence
from core.link_budget import Use
from core.person import CUSTOMER
from core.uploaded_file import File, FileState, Refusal
from store.evidence.limits import MEGABYTE, Limits
from store.evidence.refusals import Fault, NoSuchUpload, UploadRefused, WrongOffset
from store.transaction import Transaction

UNVERIFIED = "unverified"
"""The kind of a file mailed by a sender who isn't accepted as the customer. It belongs to the case, but isn't
evidence after its scan; accepting the sender gives it another kind."""

_GONE = (FileState.REFUSED, FileState.REMOVED)
_WHOLE = (FileState.READY, FileState.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadTarget:
    """What a file is uploaded for: a customer's invoice, and one of its cases, a form not submitted yet
    (`draft_id`), or neither so far."""

    invoice_ref: str
    customer_ref: str
    via: str
    """`page` or `mail`."""
    case_id: str | None = None
    draft_id: str | None = None
    link_id: str | None = None
    """The customer link whose budget the upload counts against; None: a mail, which has none."""
    meant_for: str | None = None
    """The case that the file will be added to later. Its files count against the limits too."""


def add_file(tx: Transaction, file: File, place: UploadTarget, limits: Limits) -> None:
    """Raises UploadRefused when there is no room for it, or the link's budget of the day is spent."""
    demand_room(tx, file.size, place, limits)
    if place.link_id is not None:
        _spend_budget(tx, file, place.link_id)
    tx.files.add(file)


def _spend_budget(tx: Transaction, file: File, link_id: str) -> None:
    budget = tx.policy.customers.link_budget
    if tx.daily_uses.add(link_id, Use.FILES, file.came_at) > budget.files_a_day:
        raise UploadRefused(Fault.TOO_MANY_TODAY, limit=budget.files_a_day)
    if tx.daily_uses.add(link_id, Use.BYTES, file.came_at, file.size) > budget.megabytes_a_day * MEGABYTE:
        raise UploadRefused(Fault.TOO_MUCH_TODAY, limit=budget.megabytes_a_day)


def demand_room(tx: Transaction, size: int, place: UploadTarget, limits: Limits) -> None:
    """Raises UploadRefused when there is no room for one more file of `size` bytes."""
    taken = [file for file in _siblings(tx, place) if file.state not in _GONE]
    if len(taken) >= limits.files_per_case:
        raise UploadRefused(Fault.TOO_MANY, limit=limits.files_per_case)
    if sum(file.size for file in taken) + size > limits.bytes_per_case:
        raise UploadRefused(Fault.TOO_MUCH, limit=limits.bytes_per_case // MEGABYTE)


def get_uploading(tx: Transaction, file_id: str) -> File:
    """Raises NoSuchUpload unless the file is being uploaded."""
    file = tx.files.find(file_id)
    if file is None or file.state is not FileState.UPLOADING:
        raise NoSuchUpload(file_id)
    return file


def save_received(tx: Transaction, file_id: str, *, before: int, after: int) -> File:
    """Save that `after` bytes have arrived. Raises WrongOffset unless it was `before`, or NoSuchUpload."""
    file = get_uploading(tx, file_id)
    if file.received != before:
        raise WrongOffset(file_id, file.received)
    moved = replace(file, received=after)
    tx.files.save(moved)
    return moved


def save_content_hash(tx: Transaction, file_id: str, sha256: str) -> None:
    """Save the hash before the bytes are stored, so that no sweep takes them for unused."""
    tx.files.save(replace(get_uploading(tx, file_id), sha256=sha256))


def complete_upload(tx: Transaction, whole: File, now: datetime, *, meant_for: str | None = None) -> File:
    """Save the stored file. A file with the same content, target and kind is returned instead.

    If its form was submitted during the upload, the file is added to the case that the form became.
    """
    known = get_uploading(tx, whole.id)
    duplicate = _find_duplicate(tx, known, whole.sha256, meant_for)
    if duplicate is not None:
        tx.files.remove(known.id)
        return duplicate
    stored = replace(whole, kind=known.kind, case_id=known.case_id, draft_id=known.draft_id)
    draft = tx.drafts.lock_by_id(known.draft_id) if known.draft_id and known.case_id is None else None
    if draft is None or draft.case_id is None:
        tx.files.save(stored)
        return stored
    added = replace(stored, case_id=draft.case_id)
    save_and_pin(tx, added, now)
    return added


def save_and_pin(tx: Transaction, file: File, now: datetime) -> None:
    """Save the file; if it is ready and belongs to an open case, it becomes evidence."""
    tx.files.save(file)
    if file.case_id is None or file.state is not FileState.READY or file.kind == UNVERIFIED:
        return
    case = tx.cases.lock(file.case_id)
    if case.is_closed or any(piece.file_id == file.id for piece in case.evidence):
        return
    piece = Evidence(kind=file.kind, name=file.name, file_id=file.id)
    tx.record(submit_evidence(case, (piece,), tx.policy, actor_id=CUSTOMER, now=now))


def refuse_upload(tx: Transaction, file_id: str, refusal: Refusal) -> None:
    """Save why the upload was refused, for a repeated request. The caller discards its parts."""
    file = tx.files.find(file_id)
    if file is not None and file.state is FileState.UPLOADING:
        tx.files.save(replace(file, state=FileState.REFUSED, refusal=refusal))


def remove_upload(tx: Transaction, file_id: str) -> None:
    """Delete a file that is in no case yet, for its customer. Any other file isn't changed."""
    file = tx.files.lock(file_id)
    if file is not None and file.case_id is None:
        tx.files.remove(file.id)


def _find_duplicate(tx: Transaction, file: File, sha256: str | None, meant_for: str | None) -> File | None:
    place = UploadTarget(
        invoice_ref=file.invoice_ref,
        customer_ref=file.customer_ref,
        via=file.via,
        case_id=file.case_id,
        draft_id=file.draft_id,
        meant_for=meant_for,
    )
    for other in _siblings(tx, place):
        is_same = other.sha256 == sha256 and other.kind == file.kind
        if is_same and other.id != file.id and other.state in _WHOLE:
            return other
    return None


def _siblings(tx: Transaction, place: UploadTarget) -> list[File]:
    """The files of the same target, in any state."""
    files = tx.files.list_for_invoice(place.invoice_ref, place.customer_ref)
    cases = {place.case_id, place.meant_for} - {None}
    return [file for file in files if _is_in(file, cases, place)]


def _is_in(file: File, cases: set[str | None], place: UploadTarget) -> bool:
    if file.case_id is not None:
        return file.case_id in cases
    return place.case_id is None and file.draft_id == place.draft_id
