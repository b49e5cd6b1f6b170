"""Uploaded files: what is known of each. The bytes are in the evidence store, under their SHA-256."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

OTHER_KIND = "other"
"""Evidence that no reason asks for by name."""


class FileState(StrEnum):
    """`held` is complete but waits for the virus scan; only a `ready` file is ever shown."""

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
    """Random, so that it can't be guessed, but no permission either."""
    invoice_ref: str
    customer_ref: str
    case_id: str | None
    """None: not submitted yet; it belongs to the draft of a form."""
    draft_id: str | None
    kind: str
    """The kind of evidence: an evidence id of the reason, or `other`."""
    name: str
    """Sanitised: no path, no control characters, at most 120 characters."""
    size: int
    """Bytes announced while uploading, bytes stored afterwards."""
    received: int = 0
    """Bytes received; an upload is resumed from here."""
    sha256: str | None = None
    media_type: str = "application/octet-stream"
    state: FileState = FileState.UPLOADING
    has_preview: bool = False
    via: str
    """`page` or `mail`."""
    came_at: datetime
    refusal: Refusal | None = None
