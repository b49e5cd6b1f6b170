"""Parsing of submitted forms: fields are collected, files are streamed to the evidence receiver."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from core.errors import Refused
from core.uploaded_file import File
from store.evidence.refusals import UploadRefused
from store.evidence.uploads import UploadTarget
from web.customer.access import Visit, require_csrf_token
from web.customer.error_pages import PageRefused
from web.customer.upload_target import draft_upload_target, known_kind

_LONGEST_FIELD = 64 * 1024
_MOST_FIELDS = 2_000
_LONGEST_NUMBER = 9
_LARGEST_BODY = 512 * 1024 * 1024
"""A browser without script sends all files in one request; a larger request isn't read at all."""
_FILE = "file:"
_CHUNK = 64 * 1024
_LONGEST_FORM = 1024 * 1024
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
        TooLarge: with its files it is larger than anything that is read.
        TooMuch: more fields, or longer ones, than a form has.
    """
    is_multipart = request.content_type == "multipart/form-data"
    if (request.content_length or 0) > (_LARGEST_BODY if is_multipart else _LONGEST_FORM):
        raise FilesTooLarge if is_multipart else FormTooLarge
    if is_multipart:
        return await _read_parts(request, visit, place)
    sent = SubmittedForm()
    form = await request.post()
    for name, value in form.items():
        if isinstance(value, str):
            sent.fields.setdefault(name, []).append(value)
    require_csrf_token(visit, sent.first("csrf"))
    return sent


async def _read_parts(request: web.Request, visit: Visit, place: FindUploadTarget) -> SubmittedForm:
    sent, count = SubmittedForm(), 0
    try:
        reader = await request.multipart()
        async for part in reader:
            count += 1
            if count > _MOST_FIELDS or not isinstance(part, BodyPartReader):
                raise FormTooLarge
            if part.filename is None:
                await _read_field(part, sent)
                continue
            require_csrf_token(visit, sent.first("csrf"))
            await _read_file(part, visit, sent, place)
    except (ValueError, AssertionError, ConnectionResetError):  # malformed, or the browser has gone
        raise PageRefused("foreign", 400) from None
    require_csrf_token(visit, sent.first("csrf"))
    return sent


async def _read_field(part: BodyPartReader, sent: SubmittedForm) -> None:
    raw = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        raw += chunk
        if len(raw) > _LONGEST_FIELD:
            raise FormTooLarge
    sent.fields.setdefault(part.name or "", []).append(raw.decode("utf-8", "replace"))


async def _read_file(
    part: BodyPartReader, visit: Visit, sent: SubmittedForm, place: FindUploadTarget
) -> None:
    """Receive a file. A file input without a file sends a part with an empty name, which is skipped."""
    if not part.filename or not (part.name or "").startswith(_FILE):
        await part.release()
        return
    kind = known_kind(visit.portal.store.policy, (part.name or "").removeprefix(_FILE))
    try:
        file = await visit.portal.receiver.receive_whole(
            _chunks(part), target=await place(visit), name=part.filename, kind=kind, now=visit.now
        )
        sent.files.append(file)
    except UploadRefused as refusal:
        sent.refused.append(visit.translator.translate(refusal.text, **refusal.values))
        await part.release()


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        yield bytes(chunk)


def sending_number(sent: SubmittedForm) -> str:
    """Which of the link's forms this is; a visitor who changes it only makes another case of their own."""
    given = sent.first("sending")
    return given if given.isascii() and given.isdecimal() and len(given) < _LONGEST_NUMBER else "1"
