"""Documents as stored: cases and events as JSON, encoded and decoded by msgspec without mapping code.

A field added with a default needs no migration: older documents are read with the default.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, get_args

import msgspec

from core import events as core_events
from core.case import Case
from core.events import Event
from store.errors import BrokenTimeline

_encoder = msgspec.json.Encoder()
_case_decoder = msgspec.json.Decoder(Case)
_event_decoders = {kind.__name__: msgspec.json.Decoder(kind) for kind in get_args(core_events.Event)}
_payload_decoder = msgspec.json.Decoder(dict[str, Any])


def encode(document: object) -> str:
    return _encoder.encode(document).decode()


def decode_case(body: str) -> Case:
    return _case_decoder.decode(body)


def decode_event(kind: str, body: str) -> Event:
    """Raises BrokenTimeline for an unknown kind or a body that isn't of that kind."""
    decoder = _event_decoders.get(kind)
    if decoder is None:
        raise BrokenTimeline(f"There is no event called {kind}.")
    try:
        event: Event = decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise BrokenTimeline(f"This is not a {kind}: {error}") from error
    return event


def decode_payload(body: str) -> dict[str, Any]:
    return _payload_decoder.decode(body)


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()
