"""Resumable uploads to the form: begun, sent in pieces, resumed after a lost connection, removed.

    POST   /d/{token}/files        {"name", "size", "kind"}: 201 with where to send the bytes
    GET    /d/{token}/files/{id}/upload   Upload-Offset: how much has arrived
    PATCH  /d/{token}/files/{id}   the bytes from Upload-Offset on; 409 with the right one if that is wrong
    DELETE /d/{token}/files/{id}

All but GET carry the form's token as `X-Csrf`. Responses are JSON; a refusal has a sentence in `why`.
"""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from core.uploaded_file import File, FileState
from handlers.save_draft import find_draft_file
from store.evidence.receiving import Receiver
from store.evidence.refusals import NoSuchUpload, UploadRefused, WrongOffset
from web.customer.access import Visit, customer_page, require_csrf_token
from web.customer.form_view import upload_view
from web.customer.upload_target import draft_upload_target, known_kind
from web.pages import HEADERS
from web.request_body import read_body, read_upload

routes = web.RouteTableDef()
_OFFSET, _LENGTH = "Upload-Offset", "Upload-Length"
_LONGEST_BEGINNING = 4096


@routes.post("/d/{token}/files")
@customer_page
async def post_file(request: web.Request, visit: Visit) -> web.StreamResponse:
    """201: the upload may begin. 422: a file of this size or name is refused before its bytes are sent."""
    require_csrf_token(visit, request.headers.get("X-Csrf"))
    beginning = await _upload_request(request)
    if beginning is None:
        return _json({"why": visit.translator.translate("This didn't work. Try again.")}, 400)
    name, size, kind = beginning
    kind = known_kind(visit.portal.store.policy, kind)
    try:
        place = await draft_upload_target(visit)
        file = await visit.portal.receiver.begin(place, name=name, size=size, kind=kind, now=visit.now)
    except UploadRefused as refusal:
        return _refusal(visit, refusal)
    return _json(_shown(visit, file), 201, file)


@routes.get("/d/{token}/files/{file_id}/upload")
@customer_page
async def get_offset(request: web.Request, visit: Visit) -> web.StreamResponse:
    """The offset at which an upload continues."""
    file = await _own_file(request, visit)
    return _not_found(visit) if file is None else _json(_shown(visit, file), 200, file)


@routes.patch("/d/{token}/files/{file_id}")
@customer_page
async def patch_file(request: web.Request, visit: Visit) -> web.StreamResponse:
    """Append the next bytes. After the last ones the file is inspected, and accepted or refused."""
    require_csrf_token(visit, request.headers.get("X-Csrf"))
    file = await _own_file(request, visit)
    if file is None:
        return _not_found(visit)
    try:
        file = await _append(request, visit, file)
    except WrongOffset as wrong:
        headers = {**HEADERS, _OFFSET: str(wrong.received)}
        return web.Response(status=409, headers=headers)
    except NoSuchUpload:
        return _not_found(visit)
    except web.HTTPBadRequest:
        return web.Response(status=400, headers=HEADERS)  # the client has gone; the bytes so far are kept
    except UploadRefused as refusal:
        return _refusal(visit, refusal)
    return _json(_shown(visit, file), 200, file)


@routes.delete("/d/{token}/files/{file_id}")
@customer_page
async def delete_file(request: web.Request, visit: Visit) -> web.StreamResponse:
    """204, also for a file that is removed already."""
    require_csrf_token(visit, request.headers.get("X-Csrf"))
    await remove_file(visit, request.match_info["file_id"])
    return web.Response(status=204, headers=HEADERS)


async def remove_file(visit: Visit, file_id: str) -> None:
    """Remove a file of this form; a file of any other form is left alone."""
    file = await visit.portal.store.read(find_draft_file, visit.link.id, file_id)
    if file is not None:
        await visit.portal.receiver.remove(file.id)


async def _append(request: web.Request, visit: Visit, file: File) -> File:
    """Append the request's bytes; those received before a lost connection are kept."""
    receiver: Receiver = visit.portal.receiver
    offset = request.headers.get(_OFFSET, "")
    at = int(offset) if offset.isascii() and offset.isdecimal() and len(offset) < 16 else -1
    file = await receiver.append(file.id, at, read_upload(request))
    if file.state is FileState.UPLOADING and file.received == file.size:
        file = await receiver.finish(file.id, now=visit.now)
    return file


async def _upload_request(request: web.Request) -> tuple[str, int, str] | None:
    """Name, size and kind; None for anything else."""
    try:
        body = orjson.loads(await read_body(request, _LONGEST_BEGINNING))
        name, size, kind = body["name"], body["size"], body["kind"]
    except (web.HTTPRequestEntityTooLarge, orjson.JSONDecodeError, KeyError, TypeError):
        return None
    is_right = isinstance(name, str) and isinstance(kind, str) and type(size) is int and size >= 0
    return (name, size, kind) if is_right else None


async def _own_file(request: web.Request, visit: Visit) -> File | None:
    return await visit.portal.store.read(find_draft_file, visit.link.id, request.match_info["file_id"])


def _shown(visit: Visit, file: File) -> dict[str, Any]:
    view = upload_view(file, visit.translator, visit.path)
    return {"id": view.id, "name": view.name, "size": view.size, "state": view.state, "note": view.note}


def _refusal(visit: Visit, refusal: UploadRefused) -> web.Response:
    return _json({"why": visit.translator.translate(refusal.text, **refusal.values)}, 422)


def _not_found(visit: Visit) -> web.Response:
    return _json({"why": visit.translator.translate("This upload is gone. Send the file again.")}, 404)


def _json(body: dict[str, Any], status: int, file: File | None = None) -> web.Response:
    response = web.json_response(body, status=status, headers=HEADERS)
    if file is not None:
        response.headers[_OFFSET] = str(file.received)
        response.headers[_LENGTH] = str(file.size)
    return response
