"""Forms in XML within PDF (XFA), which may have script and may send what is typed into them."""

from __future__ import annotations

import re

from store.evidence.refusals import Fault, FileRejected

_SCRIPT = re.compile(rb"<([\w.-]+:)?script[\s/>]")
_SUBMIT = re.compile(rb"<([\w.-]+:)?(submit|execute)[\s/>]")
_DEFINES_ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)")


def demand_passive_form(packets: bytes) -> None:
    """Raises FileRejected; `packets` are all of them, one after the other."""
    plain = packets.replace(b"\x00", b"")  # UTF-16 too
    if _SCRIPT.search(plain) or _DEFINES_ENTITIES.search(plain):
        raise FileRejected(Fault.SCRIPT)
    if _SUBMIT.search(plain):
        raise FileRejected(Fault.SENDS)
