"""App package for Teams: a zip to upload, with the manifest and two icons."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import orjson

from bot.errors import CannotStart
from bot.settings import Settings
from cards.actions import Action
from cards.home import COMMANDS

SCHEMA_VERSION = "1.22"
"""The current one by Microsoft's manifest page. Older ones lack nothing that we use; newer ones aren't
accepted everywhere yet."""
SEARCH_CASES = "searchCases"
_SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA_VERSION}/MicrosoftTeams.schema.json"
_SCOPES = ("personal", "team")
"""No group chats: a queue has a channel, and a person's own messages come to their chat with the bot."""
_ICONS = ("color.png", "outline.png")
_SHORT = "Settles invoice disputes where your team already talks."
_LONG = (
    "A customer objects to an invoice, and Ombud brings the case into the right channel: who disputes what, "
    "how much, why, and how long there is to answer. A resolver claims and decides it with buttons and "
    "forms. Clocks, reminders and escalation keep every case moving, and managers see what is overdue before "
    "anybody has to ask."
)
_ZIP_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold. Fixed, so the same manifest makes the same file, byte for byte."""
_VERSION = re.compile(r"(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2}").fullmatch

Manifest = dict[str, Any]


def package_of(settings: Settings, *, version: str, has_board: bool = False) -> bytes:
    """The zip for this installation.

    Raises:
        CannotStart: Teams isn't set up, or wouldn't take the package.
    """
    if settings.teams_app_id is None:
        raise CannotStart(
            "Teams isn't set up. Register the app as docs/teams.md says, set TEAMS_APP_ID, "
            "TEAMS_APP_PASSWORD and TEAMS_TENANT_ID, and run this again."
        )
    if not _domains(settings.base_url):
        raise CannotStart(
            f"BASE_URL is {settings.base_url}, and Teams takes only apps at a public https address. "
            "Set BASE_URL to yours, and run this again."
        )
    if not _VERSION(version):
        raise CannotStart(f"“{version}” is no version. Write three numbers with dots, such as 1.0.1.")
    return package(manifest(settings.teams_app_id, settings.base_url, version=version, has_board=has_board))


def manifest(app_id: str, base_url: str, *, version: str = "1.0.0", has_board: bool = False) -> Manifest:
    """`base_url` without a slash at its end. Teams takes a new package only with a higher `version`.

    No permission for a team's data is asked for: a bot may read the roster of a team that it is in, and gets
    the messages that mention it.
    """
    return {
        "$schema": _SCHEMA,
        "manifestVersion": SCHEMA_VERSION,
        "version": version,
        "id": app_id.lower(),
        "developer": {
            "name": "Ombud",
            "websiteUrl": base_url,
            "privacyUrl": base_url,
            "termsOfUseUrl": base_url,
        },
        "name": {"short": "Ombud", "full": "Ombud, for invoice disputes"},
        "description": {"short": _SHORT, "full": _LONG},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#1D6B56",
        "bots": [_bot(app_id)],
        "composeExtensions": [_extension(app_id, base_url)],
        **(_tabs(base_url) if has_board else {}),
        "validDomains": list(_domains(base_url)),
        "defaultInstallScope": "team",
    }


def package(content: Manifest) -> bytes:
    """The zip of a manifest: the same bytes for the same manifest."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        _add_file(bundle, "manifest.json", orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
        for name in _ICONS:
            _add_file(bundle, name, files("bot.teams").joinpath("icons", name).read_bytes())
    return out.getvalue()


def _add_file(bundle: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _ZIP_TIMESTAMP)
    entry.compress_type = zipfile.ZIP_STORED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    bundle.writestr(entry, content)


def _bot(app_id: str) -> Manifest:
    commands = [dict(_command(typed, meaning)) for typed, meaning in COMMANDS]
    lists = [{"scopes": [scope], "commands": commands} for scope in _SCOPES]
    return {
        "botId": app_id.lower(),
        "scopes": list(_SCOPES),
        "supportsFiles": False,
        "isNotificationOnly": False,
        "commandLists": lists,
    }


def _command(typed: str, meaning: str) -> Mapping[str, str]:
    """`/disputes show D-1042` -> the command that Teams puts into the message, and its description."""
    words = typed.removeprefix("/disputes ")
    word, _, rest = words.partition(" ")
    said = f"{meaning[:1].upper()}{meaning[1:]}"
    return {"title": word, "description": f"{said}. Write: {words}" if rest else said}


def _extension(app_id: str, base_url: str) -> Manifest:
    domains = list(_domains(base_url))
    handlers = [{"type": "link", "value": {"domains": domains}}] if domains else []
    return {
        "botId": app_id.lower(),
        "commands": [
            _search(),
            _message_action(Action.RAISE_FROM_MESSAGE, "Raise a dispute", "Open a case from what this says"),
            _message_action(
                Action.SEND_TO_CUSTOMER,
                "Send to customer",
                "Write this message of a case's thread to its customer",
            ),
        ],
        **({"messageHandlers": handlers} if handlers else {}),
    }


def _search() -> Manifest:
    what = "Case number, customer or invoice"
    return {
        "id": SEARCH_CASES,
        "type": "query",
        "title": "Search cases",
        "description": "Find a case and put its card into the message",
        "context": ["compose", "commandBox"],
        "initialRun": True,
        "parameters": [{"name": "words", "title": "Words", "description": what, "inputType": "text"}],
    }


def _message_action(action: Action, title: str, description: str) -> Manifest:
    return {
        "id": str(action),
        "type": "action",
        "title": title,
        "description": description,
        "context": ["message"],
        "fetchTask": True,
    }


def _tabs(base_url: str) -> Manifest:
    board = f"{base_url}/board"
    personal = {
        "entityId": "board",
        "name": "Board",
        "contentUrl": board,
        "websiteUrl": board,
        "scopes": ["personal"],
    }
    channel = {"configurationUrl": f"{board}/tab", "canUpdateConfiguration": True, "scopes": ["team"]}
    return {"staticTabs": [personal], "configurableTabs": [channel]}


def _domains(base_url: str) -> tuple[str, ...]:
    """The host of pages and links; none without https, which Teams insists on."""
    parts = urlsplit(base_url)
    return (parts.hostname,) if parts.scheme == "https" and parts.hostname else ()
