"""Player of the demo's story: acts as its people and customers, so that the workspace has a history."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from sandbox.demo import customers
from sandbox.demo.steps import STEP_TIMEOUT_SECONDS, StoryFailed, require_ok
from sandbox.demo.teams_player import TeamsPlayer
from sandbox.mail import replies
from sandbox.mail.mailbox import Mail
from sandbox.slack import actions
from sandbox.slack.errors import SlackError
from sandbox.slack.forms import find_control
from sandbox.slack.workspace import Channel, Message
from sandbox.teams.errors import TeamsError
from sandbox.world import World

IDLE_SECONDS = 0.6
INSTALL_TIMEOUT_SECONDS = 30.0


class Player:
    """Each method is one thing that a person does; it then waits until the bot has finished."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.teams = TeamsPlayer(world, self.wait_until_idle)

    async def set_time(self, instant: datetime) -> None:
        """Set the clock to `instant`, and wait for the bot to act on what is then due."""
        self.world.clock.set_to(instant)
        offset, now = self.world.clock.offset, self.world.clock.now()
        self.world.stream.publish("clock", clock={"offset": offset, "now": now})
        await self.wait_until_idle()

    async def raise_dispute(self, **wanted: Any) -> str:
        """A customer raises a dispute (fields as in `customers.raise_dispute`); returns its number."""
        self.world.set_progress(f"A customer disputes {wanted['invoice']}")
        answer = await customers.raise_dispute(self.world, wanted)
        if not answer["ok"]:
            raise StoryFailed(f"dispute of {wanted['invoice']}: {answer['body']}")
        await self.wait_until_idle()
        return str(answer["body"]["number"])

    async def press(self, user: str, action_id: str, number: str, value: Any = None) -> None:
        """Press `action_id` on the card of case `number`, once the card shows it."""
        self.world.set_progress(f"{number}: {action_id.replace('_', ' ')}")
        channel, message = await self._wait_for_card(user, action_id, number)
        wanted = {
            "user": user,
            "channel": channel.id,
            "ts": message["ts"],
            "action_id": action_id,
            "value": value,
        }
        require_ok(await actions.press(self.world, wanted), f"{action_id} on {number}")
        await self.wait_until_idle()

    async def submit(self, user: str, values: Mapping[str, Any]) -> None:
        """Fill in and send the form that the bot has just opened for `user`."""
        await self._wait_for_form(user)
        answer = await actions.submit(self.world, {"user": user, "values": values})
        require_ok(answer, f"the form of {user}")
        await self.wait_until_idle()

    async def choose(self, user: str, action_id: str, value: Any) -> None:
        """Use a control of the open form that is sent to the bot at once."""
        view = await self._wait_for_form(user)
        wanted = {"user": user, "view_id": view["id"], "action_id": action_id, "value": value}
        require_ok(await actions.press(self.world, wanted), f"{action_id} in the form of {user}")
        await self.wait_until_idle()

    async def reply_by_mail(self, number: str, text: str, **more: Any) -> None:
        """A customer replies to the newest mail about case `number` (fields as in `mail_replies.reply`)."""
        self.world.set_progress(f"{number}: the customer answers by mail")
        mail = await self._wait_for_mail(number)
        require_ok(
            await replies.reply(self.world, {"id": mail.id, "text": text, **more}), f"mail on {number}"
        )
        await self.wait_until_idle()

    async def wait_until_idle(self) -> None:
        """Wait until the bot has made no call for IDLE_SECONDS; STEP_TIMEOUT_SECONDS at most."""
        seen, still = self.world.calls.count, 0.0
        waited = 0.0
        while still < IDLE_SECONDS and waited < STEP_TIMEOUT_SECONDS:
            await asyncio.sleep(0.1)
            waited, still = waited + 0.1, still + 0.1
            if self.world.calls.count != seen:
                seen, still = self.world.calls.count, 0.0

    async def _wait_for_card(self, user: str, action_id: str, number: str) -> tuple[Channel, Message]:
        for _ in range(round(STEP_TIMEOUT_SECONDS / 0.1)):
            for channel in self.world.slack.workspace.channels.values():
                for message in reversed(list(channel.messages.values())):
                    if user in channel.members and _is_card(message, action_id, number):
                        return channel, message
            await asyncio.sleep(0.1)
        raise StoryFailed(f"no card of {number} with {action_id} for {user}")

    async def _wait_for_mail(self, number: str) -> Mail:
        for _ in range(round(STEP_TIMEOUT_SECONDS / 0.1)):
            for mail in reversed(self.world.mailbox.mails):
                if not mail.is_sent and f"[{number}]" in str(mail.message["Subject"]):
                    return mail
            await asyncio.sleep(0.1)
        raise StoryFailed(f"no mail about {number}")

    async def _wait_for_form(self, user: str) -> dict[str, Any]:
        for _ in range(round(STEP_TIMEOUT_SECONDS / 0.1)):
            stack = self.world.slack.views.stacks.get(user)
            if stack:
                return stack[-1]
            await asyncio.sleep(0.1)
        raise StoryFailed(f"no form opened for {user}")


async def play_story(world: World, script: Callable[[Player], Awaitable[None]]) -> None:
    """Play the whole story once the bot is up; a step that fails ends it and is shown on the page."""
    world.set_progress("Waiting for Ombud to start")
    if not await world.supervisor.wait_ready(60):
        world.set_progress("Ombud did not start, so there is nothing to see yet.")
        return
    player = Player(world)
    try:
        await _wait_for_installations(world)
        await script(player)
    except (StoryFailed, SlackError, TeamsError, KeyError) as problem:
        print(f"Seeding stopped: {problem}", flush=True)
        world.set_progress(f"The story stopped early: {problem}")
        return
    world.set_progress("")


async def _wait_for_installations(world: World) -> None:
    """Wait until the bot has received its installations in Teams, before people act there."""
    if world.settings.has_teams:
        try:
            await asyncio.wait_for(world.teams.installations_announced.wait(), INSTALL_TIMEOUT_SECONDS)
        except TimeoutError:
            raise StoryFailed("Ombud doesn't answer Teams") from None


def _is_card(message: Message, action_id: str, number: str) -> bool:
    blocks = message.get("blocks") or []
    if find_control(blocks, action_id) is None:
        return False
    return re.search(rf"\b{re.escape(number)}\b", orjson.dumps(blocks).decode()) is not None
