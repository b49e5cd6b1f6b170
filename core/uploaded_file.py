"""What is a file somebody handed in? Its bytes lie in the evidence store, under their SHA-256."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

OTHER_KIND = "other"
"""Evidence that no reason asks for by name."""


class FileState(StrEnum):
    """`held` is whole but waits for the virus scan; only what is `ready` is ever shown to anybody."""

    UPLOADING = "uploading"
    HELD = "held"
    READY = "ready"
    REFUSED = "refused"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a file was refused: a code, and the values of its sentence (`store/evidence/refusals.py`)."""

    code: str
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    id: str
    """Random: not to be guessed, but not a permission either."""
    invoice_ref: str
    customer_ref: str
    case_id: str | None
    """None: not handed in yet; it belongs to a form that is being filled in."""
    draft_id: str | None
    kind: str
    """What it shows: an evidence id of the reason, or `other`."""
    name: str
    """Made safe: no path, no control characters, at most 120 characters."""
    size: int
    """Bytes announced while uploading, bytes stored afterwards."""
    received: int = 0
    """Bytes that have arrived; an upload goes on from here."""
    sha256: str | None = None
    media_type: str = "application/octet-stream"
    state: FileState = FileState.UPLOADING
    has_preview: bool = False
    via: str
    """`page` or `mail`."""
    came_at: datetime
    refusal: Refusal | None = None
