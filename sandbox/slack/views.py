"""Views per person: stacks of open modals, published App Homes, and the triggers that open them."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from sandbox import company
from sandbox.slack.errors import SlackError
from sandbox.slack.workspace import with_block_ids
from sandbox.stream import Stream

View = dict[str, Any]
TRIGGER_SECONDS = 3.0
MOST_STACKED = 3


@dataclass(slots=True)
class Trigger:
    user: str
    made_at: float
    from_view: str | None = None
    is_used: bool = False


@dataclass(slots=True)
class Views:
    stream: Stream
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)

    def new_trigger(self, user: str, from_view: str | None = None) -> str:
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self.triggers[trigger_id] = Trigger(user, time.monotonic(), from_view)
        return trigger_id

    def use_trigger(self, trigger_id: str) -> Trigger:
        """A trigger works once, within 3 s of real time; the demo clock has no effect on it."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.made_at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger

    def open(self, user: str, given: View) -> View:
        self._refuse_duplicate(given)
        view = _with_defaults(given)
        view["root_view_id"] = view["id"]
        self.stacks[user] = [view]
        self.publish_stack(user)
        return view

    def push(self, user: str, given: View) -> View:
        stack = self.stacks.get(user) or []
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= MOST_STACKED:
            raise SlackError("push_limit_reached")
        self._refuse_duplicate(given)
        view = _with_defaults(given)
        view |= {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
        stack.append(view)
        self.publish_stack(user)
        return view

    def update(self, given: View, *, view_id: str, external_id: str, hash_: str) -> View:
        """Replace an open view; a `hash_` other than its current one means that it was updated meanwhile."""
        user, old = self.find(view_id, external_id)
        if hash_ and hash_ != old["hash"]:
            raise SlackError("hash_conflict")
        identity = {key: old.get(key) for key in ("id", "root_view_id", "previous_view_id")}
        old.clear()
        old |= _with_defaults(given) | identity
        self.publish_stack(user)
        return old

    def publish(self, user: str, given: View, hash_: str) -> View:
        old = self.homes.get(user)
        if hash_ and old is not None and old["hash"] != hash_:
            raise SlackError("hash_conflict")
        view = _with_defaults(given)
        view["id"] = view["root_view_id"] = old["id"] if old else view["id"]
        self.homes[user] = view
        self.stream.publish("home", user=user, view=view)
        return view

    def find(self, view_id: str, external_id: str = "") -> tuple[str, View]:
        """The person whose screen shows an open modal, and the modal."""
        for user, stack in self.stacks.items():
            for view in stack:
                if view["id"] == view_id or (external_id and view.get("external_id") == external_id):
                    return user, view
        raise SlackError("not_found")

    def close(self, user: str, *, everything: bool = False) -> list[View]:
        """Close the top modal, or all; returns those closed, top first."""
        stack = self.stacks.get(user) or []
        gone = [stack.pop() for _ in range(len(stack) if everything else min(1, len(stack)))]
        self.publish_stack(user)
        return gone

    def publish_stack(self, user: str) -> None:
        self.stream.publish("views", user=user, stack=self.stacks.get(user) or [])

    def _refuse_duplicate(self, given: View) -> None:
        external_id = given.get("external_id")
        views = [view for stack in self.stacks.values() for view in stack]
        if external_id and any(view.get("external_id") == external_id for view in views):
            raise SlackError("duplicate_external_id")


def _with_defaults(given: View) -> View:
    """The view with the fields that Slack adds to it."""
    view: View = {
        "id": f"V{secrets.token_hex(5).upper()}",
        "team_id": company.TEAM_ID,
        "app_id": company.APP_ID,
        "app_installed_team_id": company.TEAM_ID,
        "bot_id": company.BOT_ID,
        "callback_id": "",
        "external_id": "",
        "private_metadata": "",
        "title": None,
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
        "previous_view_id": None,
        "state": {"values": {}},
        **given,
        "hash": f"{time.time():.0f}.{secrets.token_hex(4)}",
    }
    with_block_ids(view)
    return view
