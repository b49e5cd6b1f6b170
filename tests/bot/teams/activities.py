"""Activities as Teams sends them, in the shapes of its documentation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

APP, TENANT = "0b7cf2f5-8f5c-4a7e-8f6e-1d1f0c6f3c10", "d1a6e3a2-7f9b-4c36-8c1c-0e4a5d0a9b11"
BOT = {"id": f"28:{APP}", "name": "Ombud"}
SERVICE_URL = "https://smba.example/emea/"
TEAM, BILLING = "19:general0brightwater@thread.tacv2", "19:billing0brightwater@thread.tacv2"
GROUP = "19:a1b2c3d4@thread.v2"
"""A chat of several people, which has no threads."""
Activity = dict[str, Any]
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class TeamsUser:
    """A person of the tenant."""

    ref: str
    name: str

    @property
    def chat(self) -> str:
        return f"a:chat-with-{self.name.lower()}"

    @property
    def account(self) -> dict[str, str]:
        return {"id": f"29:{self.ref}", "name": self.name, "aadObjectId": self.ref}


ANA = TeamsUser("aaaaaaaa-0000-4000-8000-00000000000a", "Ana")
BEN = TeamsUser("bbbbbbbb-0000-4000-8000-00000000000b", "Ben")
DANA = TeamsUser("dddddddd-0000-4000-8000-00000000000d", "Dana")
ZOE = TeamsUser("eeeeeeee-0000-4000-8000-00000000000e", "Zoe")


@dataclass(slots=True)
class TeamsClient:
    """Teams, as it tells us of one person's doings: in a channel, in its threads, in their chat with us."""

    user: TeamsUser
    channel: str | None = BILLING
    """None: in their chat with us."""
    root: str | None = None
    zone: str = "Europe/Berlin"
    _ids: Iterator[int] = field(default_factory=lambda: _numbers)

    def message(self, text: str, **more: Any) -> Activity:
        entities = [self._client_info()]
        return self._activity("message", text=text, textFormat="plain", entities=entities, **more)

    def mention(self, words: str, name: str = "Ombud", **more: Any) -> Activity:
        said = {"mentioned": {"id": BOT["id"], "name": name}, "text": f"<at>{name}</at>", "type": "mention"}
        more.setdefault("entities", [said, self._client_info()])
        return {**self.message(f"<at>{name}</at> {words}\n"), **more}

    def sent_as_message(self, data: dict[str, Any], card: str) -> Activity:
        """An `Action.Submit` outside of a dialog."""
        return self._activity("message", value=data, replyToId=card)

    def execute(self, data: dict[str, Any], card: str, trigger: str = "manual") -> Activity:
        action = {"type": "Action.Execute", "title": "", "id": "", "verb": data.get("action"), "data": data}
        return self.invoke("adaptiveCard/action", {"action": action, "trigger": trigger}, replyToId=card)

    def fetch(self, data: dict[str, Any], card: str = "1700000000001") -> Activity:
        value = {"data": data, "context": {"theme": "default"}}
        return self.invoke("task/fetch", value, replyToId=card)

    def submit(self, data: dict[str, Any]) -> Activity:
        return self.invoke("task/submit", {"data": data, "context": {"theme": "default"}})

    def query(self, words: str, skip: int = 0, is_initial: bool = False) -> Activity:
        said = {"name": "initialRun", "value": "true"} if is_initial else {"name": "words", "value": words}
        options = {"skip": skip, "count": 25}
        return self.invoke(
            "composeExtension/query", {"commandId": "search", "parameters": [said], "queryOptions": options}
        )

    def paste(self, url: str) -> Activity:
        return self.invoke("composeExtension/queryLink", {"url": url})

    def use_on_message(self, command: str, html: str, message: str, root: str | None = None) -> Activity:
        payload = {
            "linkToMessage": f"https://teams.example/l/message/{self.channel}/{message}",
            "id": message,
            "replyToId": root,
            "body": {"contentType": "html", "content": html},
            "from": {"user": {"id": self.user.ref, "displayName": self.user.name}},
        }
        value = {"commandId": command, "commandContext": "message", "messagePayload": payload}
        return self.invoke("composeExtension/fetchTask", value)

    def submit_on_message(self, command: str, data: dict[str, Any]) -> Activity:
        value = {"commandId": command, "commandContext": "message", "data": data}
        return self.invoke("composeExtension/submitAction", value)

    def invoke(self, name: str, value: dict[str, Any], **more: Any) -> Activity:
        return self._activity("invoke", name=name, value=value, entities=[self._client_info()], **more)

    def installed(self, action: str = "add") -> Activity:
        return self._activity("installationUpdate", action=action)

    def added(self, *members: dict[str, str]) -> Activity:
        shown = list(members) or [BOT]
        return self._activity("conversationUpdate", membersAdded=shown)

    def _activity(self, kind: str, **more: Any) -> Activity:
        number = next(self._ids)
        activity_id = f"f:{number:08x}" if kind == "invoke" else str(1_700_000_000_000 + number)
        return {
            "type": kind,
            "id": activity_id,
            "timestamp": "2026-03-02T09:00:00.000Z",
            "localTimestamp": "2026-03-02T10:00:00.000+01:00",
            "localTimezone": self.zone,
            "channelId": "msteams",
            "serviceUrl": SERVICE_URL,
            "from": self.user.account,
            "recipient": BOT,
            "conversation": self._conversation(activity_id if kind == "message" else None),
            "channelData": self._channel_data(),
            "locale": "en-US",
            **more,
        }

    def _conversation(self, own_id: str | None) -> dict[str, Any]:
        if self.channel is None:
            return {"conversationType": "personal", "tenantId": TENANT, "id": self.user.chat}
        if self.channel == GROUP:
            return {"isGroup": True, "conversationType": "groupChat", "tenantId": TENANT, "id": GROUP}
        root = self.root or own_id
        thread = f"{self.channel};messageid={root}" if root else self.channel
        return {"isGroup": True, "conversationType": "channel", "tenantId": TENANT, "id": thread}

    def _channel_data(self) -> dict[str, Any]:
        is_in_team = self.channel not in (None, GROUP)
        where = {"channel": {"id": self.channel}, "team": {"id": TEAM}} if is_in_team else {}
        return {"tenant": {"id": TENANT}, **where}

    def _client_info(self) -> dict[str, str]:
        return {
            "locale": "en-US",
            "country": "DE",
            "platform": "Web",
            "timezone": self.zone,
            "type": "clientInfo",
        }
