"""Drafts of the customer's dispute form, and the files uploaded to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.uploaded_file import File
from handlers.submit_form import find_submitted_case
from store.transaction import Transaction


def save_draft(tx: Transaction, link_id: str, body: dict[str, Any], *, sending: str, now: datetime) -> bool:
    """Save the form as it is; False: it was sent meanwhile, perhaps in another window."""
    if find_submitted_case(tx, link_id, sending) is not None:
        return False
    tx.drafts.save(link_id, body, now)
    return True


def draft_id_of(tx: Transaction, link_id: str, *, now: datetime) -> str:
    """The id of the draft, created if there is none: files may be uploaded before anything is typed."""
    draft = tx.drafts.find(link_id)
    return draft.id if draft else tx.drafts.save(link_id, {}, now).id


def find_draft_file(tx: Transaction, link_id: str, file_id: str) -> File | None:
    """A file of the link's unsent draft; None for any other file."""
    draft = tx.drafts.find(link_id)
    file = tx.files.find(file_id)
    if draft is None or file is None or file.draft_id != draft.id or file.case_id is not None:
        return None
    return file
