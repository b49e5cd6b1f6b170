"""Problem documents (RFC 9457): what was wrong with a request, precise to the field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from aiohttp import web
from pydantic import ValidationError

from bot.api.models import FieldProblem, Problem


class ApiProblem(Exception):
    """Ends a request with a problem document."""

    def __init__(
        self, status: int, title: str, detail: str, errors: Sequence[FieldProblem] = (), **headers: str
    ) -> None:
        super().__init__(detail)
        self.document = Problem(title=title, status=status, detail=detail, errors=list(errors))
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def response(self) -> web.Response:
        return web.Response(
            status=self.document.status,
            body=orjson.dumps(self.document.model_dump()),
            content_type="application/problem+json",
            headers=self.headers,
        )


MOST_ERRORS = 50
"""Told in one answer."""


def invalid_body(problem: ValidationError) -> ApiProblem:
    """Every field that is wrong, at once, but no more than MOST_ERRORS."""
    errors = [
        FieldProblem(
            pointer=_pointer(error["loc"]), detail=_SENTENCES.get(error["type"]) or _as_sentence(error["msg"])
        )
        for error in problem.errors(include_url=False, include_input=False, include_context=False)
    ]
    return _unreadable(errors)


def invalid_body_at(steps: Sequence[int | str], detail: str) -> ApiProblem:
    """The one part that is wrong, where the others weren't looked at."""
    return _unreadable([FieldProblem(pointer=_joined(steps), detail=detail)])


def _unreadable(errors: Sequence[FieldProblem]) -> ApiProblem:
    count = f"{len(errors)} field{'s' if len(errors) > 1 else ''}"
    detail = f"{count} must be mended; see errors."
    if len(errors) > MOST_ERRORS:
        detail = f"{count} must be mended; errors has the first {MOST_ERRORS}."
    return ApiProblem(422, "The body can't be read", detail, errors[:MOST_ERRORS])


def invalid_field(pointer: str, detail: str) -> ApiProblem:
    return ApiProblem(
        422, "The dispute can't be taken in", detail, [FieldProblem(pointer=pointer, detail=detail)]
    )


_LONGEST_STEP = 100
"""Characters of a pointer's step: of a field that nobody knows, the name is what was sent."""
_SENTENCES = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field.",
    "json_invalid": "The body is not JSON.",
    "string_pattern_mismatch": "This is not written as it should be; /api/openapi.json shows how.",
    "string_too_short": "This may not be empty.",
    "greater_than_equal": "This is too small.",
    "less_than_equal": "This is too large.",
}
"""Our sentences, where pydantic's are for programmers."""


def _pointer(location: tuple[int | str, ...]) -> str:
    """`/invoice/lines/0/amount_minor`. The kind of `disputed` that pydantic chose isn't part of the body."""
    return _joined(location[:1] + location[2:] if location[:1] == ("disputed",) else location)


def _joined(steps: Sequence[int | str]) -> str:
    return "".join("/" + str(step)[:_LONGEST_STEP].replace("~", "~0").replace("/", "~1") for step in steps)


def _as_sentence(message: Any) -> str:
    text = str(message).removeprefix("Value error, ")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
