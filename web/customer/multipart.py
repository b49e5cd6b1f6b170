"""Parsing of submitted forms: fields are collected, files are streamed to the evidence receiver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from core.errors import Refused
from core.uploaded_file import File
from store.evidence.refusals import UploadRefused
from store.evidence.uploads import UploadTarget
from web.customer.access import Visit, require_csrf_token
from web.customer.error_pages import PageRefused
from web.customer.upload_target import draft_upload_target, known_kind
from web.request_body import read_body

MOST_FIELD_BYTES = 1024 * 1024
"""Of all fields of a form together."""
_MOST_PARTS = 2_000
_FIRST_PARTS = 4
_FIRST_BYTES = 4 * 1024
"""Of the fields up to the form's token: the button of another language is sent before it."""
_LONGEST_SECONDS = 900.0
_CSRF = "csrf"
_LONGEST_NUMBER = 9
_LARGEST_BODY = 512 * 1024 * 1024
"""A browser without script sends all files in one request; a larger request isn't read at all."""
_FILE = "file:"
_CHUNK = 64 * 1024
FindUploadTarget = Callable[[Visit], Awaitable[UploadTarget]]
"""Gives the upload target of the form's files."""


class FormTooLarge(Refused):
    """More fields, or longer ones, than a form has."""

    def __init__(self) -> None:
        super().__init__("That is more than this form can take.")


class FilesTooLarge(FormTooLarge):
    """With its files the request is too large, and nothing of it was read."""


@dataclass(slots=True)
class SubmittedForm:
    """`fields` has every value of each name; `refused` has a sentence for each file that was rejected."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def first(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")


async def read_form(
    request: web.Request, visit: Visit, place: FindUploadTarget = draft_upload_target
) -> SubmittedForm:
    """Parse the form; its files are received meanwhile, one chunk at a time.

    The form's token comes before any file, so that a form of another site stores nothing here.

    Raises:
        PageRefused: it isn't our form.
        FilesTooLarge: with its files it is larger than anything that is read.
        FormTooLarge: more fields, or longer ones, than a form has.
    """
    if request.content_type == "multipart/form-data":
        return await _read_parts(request, visit, place)
    sent = SubmittedForm()
    for name, value in await _read_urlencoded(request):
        sent.fields.setdefault(name, []).append(value)
    require_csrf_token(visit, sent.first(_CSRF))
    return sent


async def _read_urlencoded(request: web.Request) -> list[tuple[str, str]]:
    try:
        raw = await read_body(request, MOST_FIELD_BYTES)
        return parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_PARTS)
    except (web.HTTPRequestEntityTooLarge, ValueError):
        raise FormTooLarge from None


async def _read_parts(request: web.Request, visit: Visit, place: FindUploadTarget) -> SubmittedForm:
    """The form's token comes among the first few small fields; only then anything else is read."""
    room = _Room(request)
    sent = SubmittedForm()
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            async for each in await request.multipart():
                part = room.take_part(each)
                if part.filename is not None:
                    require_csrf_token(visit, sent.first(_CSRF))
                    await _read_file(part, room, visit, sent, place)
                    continue
                await _read_field(part, room, sent)
                if part.name == _CSRF:
                    require_csrf_token(visit, sent.first(_CSRF))
                    room.grow()
    except (ValueError, AssertionError, RuntimeError, BadHttpMessage, ConnectionResetError, TimeoutError):
        raise PageRefused("foreign", 400) from None  # malformed, or the browser has gone
    require_csrf_token(visit, sent.first(_CSRF))
    return sent


class _Room:
    """What a form may still hold: parts, bytes of all its fields together, and bytes of the whole request."""

    def __init__(self, request: web.Request) -> None:
        if (request.content_length or 0) > _LARGEST_BODY:
            raise FilesTooLarge
        self._content = request.content
        self._parts, self._bytes = _FIRST_PARTS, _FIRST_BYTES
        self._has_grown = False

    def grow(self) -> None:
        """The form is ours: the rest of it may come."""
        if not self._has_grown:
            self._parts, self._bytes, self._has_grown = _MOST_PARTS, MOST_FIELD_BYTES, True

    def take_part(self, part: object) -> BodyPartReader:
        """The part, if there is room for it. Parts inside a part aren't a form's."""
        self._parts -= 1
        if self._parts < 0 or not isinstance(part, BodyPartReader):
            raise FormTooLarge
        self.take_bytes(len(part.name or ""))
        return part

    def take_bytes(self, count: int) -> None:
        self._bytes -= count
        if self._bytes < 0:
            raise FormTooLarge

    def demand_whole(self) -> None:
        """Raises FilesTooLarge once more has come than a request may hold, whatever was announced."""
        if self._content.total_bytes > _LARGEST_BODY:
            raise FilesTooLarge


async def _read_field(part: BodyPartReader, room: _Room, sent: SubmittedForm) -> None:
    raw = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        room.take_bytes(len(chunk))
        raw += chunk
    sent.fields.setdefault(part.name or "", []).append(raw.decode("utf-8", "replace"))


async def _read_file(
    part: BodyPartReader, room: _Room, visit: Visit, sent: SubmittedForm, place: FindUploadTarget
) -> None:
    """Receive a file. A file input without a file sends a part with an empty name, which is skipped."""
    if part.filename and (part.name or "").startswith(_FILE):
        kind = known_kind(visit.portal.store.policy, (part.name or "").removeprefix(_FILE))
        try:
            file = await visit.portal.receiver.receive_whole(
                _chunks(part, room), target=await place(visit), name=part.filename, kind=kind, now=visit.now
            )
            sent.files.append(file)
        except UploadRefused as refusal:
            sent.refused.append(visit.translator.translate(refusal.text, **refusal.values))
    async for _ in _chunks(part, room):  # what is left of it isn't wanted
        pass


async def _chunks(part: BodyPartReader, room: _Room) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        room.demand_whole()
        yield bytes(chunk)


def sending_number(sent: SubmittedForm) -> str:
    """Which of the link's forms this is; a visitor who changes it only makes another case of their own."""
    given = sent.first("sending")
    return given if given.isascii() and given.isdecimal() and len(given) < _LONGEST_NUMBER else "1"
