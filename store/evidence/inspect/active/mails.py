"""Attachments of a mail that is sent as a file: each is looked at as if it came by itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from email import policy
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from store.evidence.inspect.file_types import FileType, detect_type
from store.evidence.names import ending_of, safe_name
from store.evidence.refusals import Fault, FileRejected

MOST_ATTACHMENTS = 200
_HARMLESS = frozenset({Fault.EMPTY, Fault.DAMAGED, Fault.TIFF, Fault.VIDEO, Fault.TOO_MANY_PIXELS})
"""Alone it would be of no use to us; within a mail it does no harm."""
_USUAL_BESIDE_A_MAIL = frozenset({".p7s", ".asc", ".sig", ".ics", ".vcf"})
_BODIES = ("text/plain", "text/html")


def demand_passive_mail(path: Path, look: Callable[[FileType, Path], None]) -> None:
    """`look` raises FileRejected for a file of a type that is active.

    Raises:
        FileRejected: an attachment is active, or of a type that isn't accepted.
    """
    with path.open("rb") as file:
        mail = BytesParser(policy=policy.compat32).parse(file)
    attached = [part for part in mail.walk() if _is_attached(part)]
    if len(attached) > MOST_ATTACHMENTS:
        raise FileRejected(Fault.TOO_MANY_PARTS)
    for part in attached:
        try:
            _look_at(part, path.parent, look)
        except FileRejected as rejected:
            if rejected.fault not in _HARMLESS:
                raise FileRejected(Fault.ATTACHED_TO_MAIL) from rejected


def _is_attached(part: Message) -> bool:
    if part.is_multipart():
        return False
    return part.get_content_type() not in _BODIES or part.get_filename() is not None


def _look_at(part: Message, folder: Path, look: Callable[[FileType, Path], None]) -> None:
    content = part.get_payload(decode=True)
    name = safe_name(part.get_filename() or "")
    if not isinstance(content, bytes) or ending_of(name) in _USUAL_BESIDE_A_MAIL:
        return
    with tempfile.NamedTemporaryFile(dir=folder) as copy:
        copy.write(content)
        copy.flush()
        look(detect_type(Path(copy.name), name), Path(copy.name))
