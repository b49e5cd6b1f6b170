"""Reasons for refusing files: a code and values in place of the English sentence."""

from __future__ import annotations

import json
import re
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_refusals"
down_revision = "2026_11_23_teams"

_SENTENCES = {
    "EMPTY": "“%(name)s” is empty.",
    "TOO_BIG": (
        "“%(name)s” has %(megabytes)s MB. A file may have at most %(limit)s MB: send a smaller version."
    ),
    "TOO_MANY": "There are %(limit)s files already, and more can't be taken. Remove one first.",
    "TOO_MUCH": "All files together may have at most %(limit)s MB. Send fewer, or smaller ones.",
    "LONGER_THAN_SAID": "More came of “%(name)s” than was announced. Send it again.",
    "WRONG_TYPE": (
        "“%(name)s” is of a type that can't be taken. Send pictures (JPEG, PNG, WebP, HEIC, GIF), PDF, "
        "Word or Excel documents (.docx, .xlsx), text (.txt, .csv) or mails (.eml)."
    ),
    "MISNAMED": (
        "“%(name)s” isn't what its name says: inside it is %(found)s. Name it rightly and send it again."
    ),
    "WEB_PAGE": (
        "“%(name)s” is a web page or a drawing that can run script. Send a PDF or a screenshot of it."
    ),
    "PROGRAM": "“%(name)s” is a program. Programs can't be taken.",
    "ARCHIVE": "“%(name)s” is an archive. Unpack it and send the files one by one.",
    "VIDEO": "“%(name)s” is a video or a sound. Send photos of what matters in it.",
    "TIFF": "“%(name)s” is a TIFF picture, which browsers can't show. Send it as PDF, JPEG or PNG.",
    "OLD_OFFICE": (
        "“%(name)s” is in an old Office or Outlook format, or locked with a password. Send it as PDF, "
        ".docx or .xlsx, without a password."
    ),
    "MACROS": "“%(name)s” has macros or other parts that can run. Send it as PDF, or save it without macros.",
    "HIDDEN": "“%(name)s” has a second file hidden in it. Send a fresh copy: a new PDF, or a screenshot.",
    "BOMB": "“%(name)s” unpacks to far more than a document should. Send it as PDF.",
    "TOO_MANY_PIXELS": (
        "“%(name)s” has %(pixels)s million pixels; %(limit)s is the most. Send a smaller version."
    ),
    "LOCKED": "“%(name)s” is locked with a password. Send it without one.",
    "DAMAGED": "“%(name)s” can't be opened; it seems to be damaged. Send it again, or in another format.",
    "UNSAFE": "“%(name)s” couldn't be looked into safely. Send it in another format, such as PDF or JPEG.",
    "INFECTED": "“%(name)s” was thrown away: the virus scanner found %(signature)s in it.",
}
"""The sentences of that release, by their codes of today."""

_FILES = sa.table("files", sa.column("id", sa.Text), sa.column("state", sa.Text), sa.column("body", sa.Text))
_PLACEHOLDER = re.compile(r"%\\\((\w+)\\\)s")
"""`%(name)s`, escaped for a pattern."""
_NUMBERS = ("megabytes", "limit", "pixels")


def upgrade() -> None:
    for file_id, file in _refused_files():
        why = file.pop("why", "")
        if why and file.get("refusal") is None:
            file["refusal"] = _to_refusal(why, file["name"])
            _save(file_id, file)


def downgrade() -> None:
    for file_id, file in _refused_files():
        refusal = file.pop("refusal", None)
        if refusal is not None:
            sentence = _SENTENCES.get(refusal["code"], "%(sentence)s")
            file["why"] = sentence % {"sentence": "", **refusal["values"]}
            _save(file_id, file)


def _to_refusal(why: str, name: str) -> dict[str, Any]:
    """A sentence that no release has written stays a sentence, under an empty code."""
    for code, sentence in _SENTENCES.items():
        values = _values_in(why, sentence, name)
        if values is not None:
            return {"code": code, "values": values}
    return {"code": "", "values": {"sentence": why}}


def _values_in(why: str, sentence: str, name: str) -> dict[str, str | int] | None:
    """The values in a sentence about the file `name`; None: it is another sentence."""

    def group(placeholder: re.Match[str]) -> str:
        key = placeholder[1]
        value = re.escape(name) if key == "name" else r"\d+" if key in _NUMBERS else ".+"
        return f"(?P<{key}>{value})"

    found = re.fullmatch(_PLACEHOLDER.sub(group, re.escape(sentence)), why, re.DOTALL)
    if found is None:
        return None
    return {key: int(value) if key in _NUMBERS else value for key, value in found.groupdict().items()}


def _refused_files() -> list[tuple[str, dict[str, Any]]]:
    query = sa.select(_FILES.c.id, _FILES.c.body).where(_FILES.c.state == "refused")
    return [(file_id, json.loads(body)) for file_id, body in op.get_bind().execute(query)]


def _save(file_id: str, file: dict[str, Any]) -> None:
    body = json.dumps(file, ensure_ascii=False, separators=(",", ":"))
    op.execute(sa.update(_FILES).where(_FILES.c.id == file_id).values(body=body))
