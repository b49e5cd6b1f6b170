"""Origin of a Slack payload: whether it was sent to our own installation, by one of our own people.

Slack's signature proves the app and no more. Another workspace that installed the same app, and people of
another company in a shared channel (Slack Connect), come with the same signature.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from core.slack_guests import Workspace
from core.slack_installation import Installation

Payload = Mapping[str, Any]
LEARNED_WITHIN_SECONDS = 2.0
"""Slack waits three for an acknowledgement."""
MOST_PEOPLE_REMEMBERED = 2_000
REMEMBERED_SECONDS = 600
"""How long Slack isn't asked again about a person's company."""
COMMAND_KIND = "command"
"""The kind of a payload that is a typed command; other kinds are named by its `type`."""
Told = TypeVar("Told")
_EMPTY: Payload = {}
_PERSONAL_EVENTS = ("app_home_opened", "app_mention", "link_shared")
"""Events that do what a person asks for. The others report on members, whose company is looked at there."""
_TEAM_FIELDS = ("user_team", "source_team", "team")


class ForeignPayload(Exception):
    """It is another installation's, or of a person of another company: `app`, `workspace` or `person`."""


class OriginUnknown(Exception):
    """Slack hasn't said yet which installation is ours, or which company the person is of."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The person who acted: `teams` are all the ids that the payload gives of their company."""

    ref: str
    teams: tuple[str, ...]
    is_shared: bool
    """Whether it happened in a channel that another company shares."""


class OriginCheck:
    """Compares payloads with what Slack told of our own token, and with nothing that they say themselves."""

    def __init__(
        self,
        get_installation: Callable[[], Awaitable[Installation]],
        is_colleague: Callable[[str], Awaitable[bool]],
    ) -> None:
        """Both ask Slack and may raise anything; `get_installation` remembers what it was told."""
        self._get_installation = get_installation
        self._is_colleague = is_colleague
        self._colleagues: OrderedDict[str, tuple[bool, float]] = OrderedDict()

    async def own_workspace(self) -> Workspace:
        """Where the app is installed. Raises OriginUnknown."""
        return (await _within_time(self._get_installation())).workspace

    async def check(self, kind: str, body: Payload) -> None:
        """Let a payload pass that was sent to our installation by one of our people.

        Raises:
            ForeignPayload: nothing may be done of what it says.
            OriginUnknown: Slack doesn't answer, and doubt isn't yes.
        """
        ours = await _within_time(self._get_installation())
        if not _names_app(kind, body, ours):
            raise ForeignPayload("app")
        if not all(ours.is_own(team, enterprise) for team, enterprise in _installations_in(kind, body)):
            raise ForeignPayload("workspace")
        sender = _sender_of(kind, body)
        if sender is not None and not await self._is_ours(sender, ours):
            raise ForeignPayload("person")

    async def _is_ours(self, sender: Sender, ours: Installation) -> bool:
        """Slack is asked where the payload can't say: a Grid has workspaces whose ids we don't know."""
        foreign = [team for team in sender.teams if not ours.has_ref(team)]
        if not sender.ref or (foreign and not ours.workspace.enterprise_ref):
            return False
        if not foreign and (sender.teams or not sender.is_shared):
            return True
        return await self._ask_about(sender.ref)

    async def _ask_about(self, ref: str) -> bool:
        now = asyncio.get_running_loop().time()
        answer, until = self._colleagues.get(ref, (False, now))
        if until <= now:
            answer = await _within_time(self._is_colleague(ref))
            self._colleagues[ref] = answer, now + REMEMBERED_SECONDS
            self._colleagues.move_to_end(ref)
        if len(self._colleagues) > MOST_PEOPLE_REMEMBERED:
            self._colleagues.popitem(last=False)
        return answer


async def _within_time(asked: Awaitable[Told]) -> Told:
    try:
        async with asyncio.timeout(LEARNED_WITHIN_SECONDS):
            return await asked
    except Exception as trouble:
        raise OriginUnknown(type(trouble).__name__) from trouble


def _names_app(kind: str, body: Payload, ours: Installation) -> bool:
    """Entries of a message's menu come without the app's id; the signature is this app's."""
    named = body.get("api_app_id")
    return named == ours.app_ref or (named is None and kind == "message_action")


def _installations_in(kind: str, body: Payload) -> Iterator[tuple[str | None, str | None]]:
    """Workspace and organisation of every installation that the payload names: all must be ours."""
    if kind == COMMAND_KIND:
        yield _text(body, "team_id"), _text(body, "enterprise_id")
    elif kind == "event_callback":
        yield from _installations_in_event(body)
    else:
        team = _object(body, "team")
        enterprise = _text(_object(body, "enterprise"), "id") or _text(team, "enterprise_id")
        yield _text(team, "id"), enterprise
        installed = _text(_object(body, "view"), "app_installed_team_id")
        if installed:
            yield installed, enterprise if body.get("is_enterprise_install") is True else None


def _installations_in_event(body: Payload) -> Iterator[tuple[str | None, str | None]]:
    """The event's `team_id` is where it happened, maybe elsewhere; its authorizations say whom it is for."""
    told = body.get("authorizations")
    for one in told if isinstance(told, list) and told else [body]:
        authorization = one if isinstance(one, Mapping) else _EMPTY
        yield _text(authorization, "team_id"), _text(authorization, "enterprise_id")
    if body.get("context_team_id") or body.get("context_enterprise_id"):
        yield _text(body, "context_team_id"), _text(body, "context_enterprise_id")


def _sender_of(kind: str, body: Payload) -> Sender | None:
    """None where nobody asks for anything. A command's workspace is that of the person who typed it."""
    if kind == COMMAND_KIND:
        return None
    if kind != "event_callback":
        user = _object(body, "user")
        team = _text(user, "team_id")
        return Sender(_text(user, "id") or "", (team,) if team else (), is_shared=True)
    event = _object(body, "event")
    ref = _text(event, "user")
    if event.get("type") not in _PERSONAL_EVENTS or ref is None:
        return None
    teams = tuple(filter(None, (_text(event, name) for name in _TEAM_FIELDS)))
    return Sender(ref, teams, is_shared=body.get("is_ext_shared_channel") is True)


def _object(thing: Payload, name: str) -> Payload:
    found = thing.get(name)
    return found if isinstance(found, Mapping) else _EMPTY


def _text(thing: Payload, name: str) -> str | None:
    found = thing.get(name)
    return found if isinstance(found, str) and found else None
