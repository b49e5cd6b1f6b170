"""People, channels and conversations of a Slack workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from connectors.errors import GiveUp, TryAgain
from connectors.slack.api import SlackApi, WaitForRate
from core.slack_guests import Workspace, is_guest
from core.slack_installation import Installation


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackPerson:
    ref: str
    name: str
    email: str | None
    zone: str | None
    is_active: bool
    """Neither deactivated nor a guest, who has no role (`core/slack_guests.py`)."""
    is_bot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChannel:
    ref: str
    name: str
    is_archived: bool
    has_bot: bool


class SlackPeople:
    """Each call raises TryAgain or GiveUp as `SlackApi.call` says. `before_each`: once for every page."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._client = api.client
        self._workspace: Workspace | None = None
        self._installation: Installation | None = None
        self._bot_ref = ""

    async def get_person(self, ref: str) -> SlackPerson:
        ours = await self._own_workspace()
        return _person((await self._api.call(self._client.users_info, user=ref))["user"], ours)

    async def find_by_email(self, email: str) -> SlackPerson | None:
        """None: no active member of our own company has this address."""
        ours = await self._own_workspace()
        try:
            answer = await self._api.call(self._client.users_lookupByEmail, email=email)
        except GiveUp as refusal:
            if refusal.is_whole_lane:
                return None
            raise
        return _person(answer["user"], ours) if ours.includes(answer["user"]) else None

    async def list_people(self, before_each: WaitForRate | None = None) -> AsyncIterator[SlackPerson]:
        ours = await self._own_workspace()
        async for page in self._api.pages(self._client.users_list, before_each=before_each):
            for user in page.get("members", ()):
                yield _person(user, ours)

    async def open_dm(self, ref: str) -> str:
        """The id of the bot's conversation with a person; the same each time."""
        answer = await self._api.call(self._client.conversations_open, users=ref)
        return str(answer["channel"]["id"])

    async def get_channel(self, ref: str) -> SlackChannel:
        return _channel((await self._api.call(self._client.conversations_info, channel=ref))["channel"])

    async def list_channels(self, before_each: WaitForRate | None = None) -> AsyncIterator[SlackChannel]:
        """Public channels, and private ones that the bot is in; archived ones too."""
        types = "public_channel,private_channel"
        async for page in self._api.pages(
            self._client.conversations_list, before_each=before_each, types=types, exclude_archived=False
        ):
            for channel in page.get("channels", ()):
                yield _channel(channel)

    async def list_members(self, channel_ref: str, before_each: WaitForRate | None = None) -> list[str]:
        """Slack ids, bots included."""
        method = self._client.conversations_members
        pages = self._api.pages(method, before_each=before_each, channel=channel_ref)
        return [str(ref) async for page in pages for ref in page.get("members", ())]

    async def own_installation(self) -> Installation:
        """The workspace, organisation and app of our token; read once."""
        if self._installation is None:
            ours = await self._own_workspace()
            bot = (await self._api.call(self._client.bots_info, bot=self._bot_ref)).get("bot") or {}
            if not bot.get("app_id"):
                raise TryAgain("Slack doesn't say which app this is.")
            self._installation = Installation(ours, str(bot["app_id"]))
        return self._installation

    async def is_colleague(self, ref: str) -> bool:
        """Whether a person is of our own company, guests included."""
        ours = await self._own_workspace()
        return ours.includes((await self._api.call(self._client.users_info, user=ref))["user"])

    async def _own_workspace(self) -> Workspace:
        """Read once: a token belongs to one workspace, or to one organisation."""
        if self._workspace is None:
            me = await self._api.call(self._client.auth_test)
            if not (me.get("team_id") or me.get("enterprise_id")):
                raise TryAgain("Slack doesn't say whose workspace this is.")
            self._bot_ref = str(me.get("bot_id") or "")
            self._workspace = Workspace(me.get("team_id"), me.get("enterprise_id"))
        return self._workspace


def _person(user: dict[str, Any], ours: Workspace) -> SlackPerson:
    profile = user.get("profile") or {}
    name = profile.get("real_name") or user.get("real_name") or user.get("name") or user["id"]
    has_no_role = is_guest(user, ours)
    return SlackPerson(
        ref=str(user["id"]),
        name=str(name),
        email=None if has_no_role else profile.get("email"),
        zone=user.get("tz"),
        is_active=not (user.get("deleted") or has_no_role),
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
    )


def _channel(channel: dict[str, Any]) -> SlackChannel:
    return SlackChannel(
        ref=str(channel["id"]),
        name=str(channel.get("name") or ""),
        is_archived=bool(channel.get("is_archived")),
        has_bot=bool(channel.get("is_member")),
    )
