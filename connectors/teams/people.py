"""Members of Teams conversations; channels of teams; opening personal chats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.errors import GiveUp, TryAgain
from connectors.teams.api import TeamsApi, WaitForRate
from connectors.teams.errors import CallTarget, NotAMember

PAGE = 500
"""The most that Teams gives at once; it may give fewer."""
MOST_PAGES = 500
"""A team has at most 25,000 members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsPerson:
    """A person in a roster. Bots have no Entra id and are left out."""

    ref: str
    """The Entra object id in lower case: Teams writes it in both cases."""
    mri: str
    """The id by which Teams names them to this bot (`29:…`)."""
    name: str
    email: str | None
    is_guest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsChannel:
    ref: str
    name: str


class TeamsPeople:
    """Each call raises TryAgain or GiveUp as `TeamsApi.call` says. `before_each`: once for every page."""

    def __init__(self, api: TeamsApi) -> None:
        self._api = api

    async def list_members(
        self, conversation_ref: str, before_each: WaitForRate | None = None
    ) -> list[TeamsPerson]:
        """All members of a channel or chat, guests included, once each. An endless list raises TryAgain."""
        found: dict[str, TeamsPerson] = {}
        query, seen = {"pageSize": str(PAGE)}, set[str]()
        for _ in range(MOST_PAGES):
            if before_each is not None:
                await before_each()
            page = await self._api.call(
                "GET",
                "conversations",
                conversation_ref,
                "pagedmembers",
                conversation=conversation_ref,
                query=query,
            )
            if not isinstance(page.get("members"), list):
                raise TryAgain("Teams' list of members can't be read.")
            for member in _list_of(page, "members"):
                person = _person(member, self._api.tenant_id)
                if person is not None:
                    found[person.ref] = person
            token = page.get("continuationToken")
            if not token:
                return list(found.values())
            if token in seen:
                break
            seen.add(token)
            query["continuationToken"] = str(token)
        raise TryAgain("Teams' list of members has no end.")

    async def get_member(self, conversation_ref: str, ref: str) -> TeamsPerson | None:
        """By Entra id or `29:…`. None: they aren't in the conversation."""
        path = ("conversations", conversation_ref, "members", ref)
        try:
            member = await self._api.call(
                "GET", *path, conversation=conversation_ref, target=CallTarget.MEMBER
            )
        except NotAMember:
            return None
        return _person(member, self._api.tenant_id)

    async def open_chat(self, person_ref: str) -> str:
        """The id of the bot's chat with a person, by Entra id; the same each time."""
        tenant = {"id": self._api.tenant_id}
        body = {
            "isGroup": False,
            "bot": {"id": f"28:{self._api.app_id}"},
            "members": [{"id": person_ref}],
            "tenantId": self._api.tenant_id,
            "channelData": {"tenant": tenant},
        }
        answer = await self._api.call(
            "POST", "conversations", conversation=person_ref, body=body, target=CallTarget.PERSON
        )
        ref = answer.get("id")
        if not isinstance(ref, str) or not ref:
            raise GiveUp("Teams opened a chat without saying which.", "Report it.", is_whole_lane=True)
        return ref

    async def list_channels(self, team_ref: str) -> list[TeamsChannel]:
        """The channels of a team that the bot can see; Teams gives no name for the first one."""
        answer = await self._api.call("GET", "teams", team_ref, "conversations", conversation=team_ref)
        channels = [one for one in _list_of(answer, "conversations") if one.get("id")]
        return [TeamsChannel(ref=str(one["id"]), name=str(one.get("name") or "General")) for one in channels]


def _list_of(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    given = answer.get(name)
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _person(member: dict[str, Any], tenant_id: str) -> TeamsPerson | None:
    """None for bots and for participants without an account."""
    ref, mri = member.get("aadObjectId") or member.get("objectId"), str(member.get("id") or "")
    if not ref or mri.startswith("28:"):
        return None
    is_guest = _is_guest(member, tenant_id)
    return TeamsPerson(
        ref=str(ref).casefold(),
        mri=mri,
        name=str(member.get("name") or member.get("givenName") or ref),
        email=None if is_guest else _email(member),
        is_guest=is_guest,
    )


def _is_guest(member: dict[str, Any], tenant_id: str) -> bool:
    """Any sign is enough: a guest of another company must never get a role here by their e-mail address."""
    role, tenant = member.get("userRole") or "user", member.get("tenantId") or tenant_id
    is_external = "#ext#" in str(member.get("userPrincipalName") or "").casefold()
    return str(role).casefold() != "user" or str(tenant).casefold() != tenant_id.casefold() or is_external


def _email(member: dict[str, Any]) -> str | None:
    for address in (member.get("email"), member.get("userPrincipalName")):
        if isinstance(address, str) and "@" in address:
            return address
    return None
