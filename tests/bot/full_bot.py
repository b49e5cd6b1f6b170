"""The whole bot beside Slack's side, in one process: every wire between them is a real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestServer

from bot.routes import make_app
from bot.settings import Settings
from bot.wiring.application import Application, build_application
from core.case import Case
from core.policy import Policy
from handlers.raise_dispute import create_case
from sandbox.server import make_app as make_sandbox
from sandbox.slack import actions, messages
from sandbox.world import WORLD, World
from sandbox.world import Settings as SandboxSettings
from store.transaction import Transaction
from tests.builders import a_dispute, a_policy, a_queue
from tests.fixtures.ports import free_port

ANA, BEN, CLEO, DANA = "U0ANA", "U0BEN", "U0CLEO", "U0DANA"
BILLING = "C0BILLING"
SECRET = "sandbox-signing-secret"
TIMEOUT_SECONDS = 20


@dataclass(slots=True)
class FullBot:
    """`application` is the bot, `world` is Slack's side."""

    application: Application
    world: World
    raised: int = 0

    async def raise_one(self, **changes: Any) -> str:
        self.raised += 1
        now = self.application.context.clock.now()
        raised = await self.application.context.store.run(
            create_case, a_dispute(**changes), source="api:crm", key=str(self.raised), digest="", now=now
        )
        await self.until(lambda: self.card(raised.case.id) is not None)
        return raised.case.id

    async def press(self, action_id: str, by: str, case_id: str, value: Any = None) -> None:
        """Press a control of the case's card in the channel."""
        card = self.card(case_id)
        assert card is not None
        wanted = {"user": by, "channel": BILLING, "ts": card["ts"], "action_id": action_id, "value": value}
        answer = await actions.press(self.world, wanted)
        assert answer["ok"], answer

    async def submit(self, by: str, **values: Any) -> dict[str, Any]:
        """Send the form that is open for the person, as soon as it is."""
        await self.until(lambda: bool(self.world.slack.views.stacks.get(by)))
        return await actions.submit(self.world, {"user": by, "values": values})

    async def command(self, by: str, text: str) -> None:
        wanted = {"user": by, "channel": BILLING, "command": "/disputes", "text": text}
        assert (await actions.command(self.world, wanted))["ok"]

    def post_message(self, by: str, text: str, **more: Any) -> None:
        assert messages.post_message(self.world, {"user": by, "channel": BILLING, "text": text, **more})["ok"]

    def card(self, case_id: str) -> dict[str, Any] | None:
        """The case's card in the channel; its text begins with the case's number, whatever the state."""
        cards = (one for one in self.messages() if one.get("thread_ts") in (None, one["ts"]))
        return next((one for one in cards if str(one["text"]).startswith(f"{case_id} ")), None)

    def messages(self, channel: str = BILLING) -> list[dict[str, Any]]:
        return list(self.world.slack.workspace.channels[channel].messages.values())

    def whispers(self, to: str) -> list[str]:
        """What only this person sees in the channel, as text."""
        found = self.world.slack.workspace.channels[BILLING].whispers.values()
        return [str(one.get("text")) for one in found if one["to"] == to]

    async def case(self, case_id: str) -> Case:
        return await self.application.context.store.read(_case, case_id)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so; fails after TIMEOUT_SECONDS."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not is_so():
                await asyncio.sleep(0.02)

    async def until_case(self, case_id: str, is_so: Callable[[Case], bool]) -> Case:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not is_so(case := await self.case(case_id)):
                await asyncio.sleep(0.02)
        return case


def brightwater() -> Policy:
    """The test policy with the sandbox's people: Ana and Ben in the channel, Dana its manager."""
    billing = a_queue(managers=("dana.whitfield@brightwater.example",))
    return a_policy(queues={**a_policy().queues, "billing": billing})


@asynccontextmanager
async def run_full_bot(folder: Path, **changed: Any) -> AsyncIterator[FullBot]:
    slack_port, bot_port = free_port(), free_port()
    clock_file = folder / "clock"
    bot_url = f"http://127.0.0.1:{bot_port}"
    sandbox = make_sandbox(SandboxSettings(port=slack_port, bot_url=bot_url, clock_file=clock_file))
    settings = Settings(
        _env_file=None,
        **{
            "database_url": f"sqlite:///{folder}/ombud.db",
            "base_url": bot_url,
            "port": bot_port,
            "clock_file": clock_file,
            "slack_api_url": f"http://127.0.0.1:{slack_port}/api/",
            "slack_bot_token": "xoxb-sandbox",
            "slack_signing_secret": SECRET,
            **changed,
        },
    )
    async with TestServer(sandbox, port=slack_port):
        application = await build_application(settings, brightwater())
        app = make_app(application.context, application.readiness, application.slack)
        async with TestServer(app, port=bot_port):
            await application.start()
            bot = FullBot(application, sandbox[WORLD])
            await _until_people_are_known(bot)
            try:
                yield bot
            finally:
                await application.stop()
        await application.finish_presses()
        await application.close()


async def _until_people_are_known(bot: FullBot) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not await bot.application.context.store.read(_knows_everybody):
            await asyncio.sleep(0.02)


def _knows_everybody(tx: Transaction) -> bool:
    """The policy's people first, then who is in the channel."""
    return tx.people.find_by_ref("slack", DANA) is not None and tx.people.is_member(ANA, BILLING)


def _case(tx: Transaction, case_id: str) -> Case:
    return tx.cases.get(case_id)
