"""Microsoft's own client, the Agents Playground, before our bot, with a proxy that signs.

The Playground is a real client with its own page. It signs nothing, and the bot accepts nothing unsigned, so
a proxy is between them: it signs each activity with the keys of the tests' Microsoft and passes the bot's
answer back unchanged. It adds nothing else: what the Playground sends is what Teams would send.

The Playground knows no person by Entra id, so direct messages of the bot to anybody but Ana are lost there.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.routes import make_app
from bot.settings import Settings
from bot.wiring.application import Application, build_application
from core.case import Case
from core.policy import Policy
from handlers.raise_dispute import create_case
from store.transaction import Transaction
from tests.builders import a_dispute, a_policy, a_queue, a_reason
from tests.connectors.fake_microsoft import APP_ID, APP_PASSWORD, TENANT_ID, FakeMicrosoft, entra_id
from tests.fixtures.ports import free_port

Json = dict[str, Any]
CONTRACTS = "19:contracts0brightwater@thread.tacv2"
ANAS_CHAT = "a:ana-and-the-bot"
PACKAGE = "@microsoft/m365agentsplayground"
LOG = "playground.log"
START_SECONDS = 180
_NAMES = ("Ana Ruiz", "Ben Okafor", "Cleo Lind", "Dana Whitfield", "Elif Demir", "Finn Moss")
"""Ana uses the page. The Playground requires five others."""


class NotStarted(Exception):
    """The Playground ended, or didn't answer in time."""


@dataclass(slots=True)
class Playground:
    """Ana's client at `url`, our bot behind it."""

    url: str
    application: Application
    http: aiohttp.ClientSession
    signing_proxy: SigningProxy
    raised: int = 0

    async def raise_one(self, **changes: Any) -> str:
        self.raised += 1
        now = self.application.context.clock.now()
        raised = await self.application.context.store.run(
            create_case, a_dispute(**changes), source="api:crm", key=str(self.raised), digest="", now=now
        )
        return raised.case.id

    async def case(self, case_id: str) -> Case:
        return await self.application.context.store.read(_case, case_id)

    async def press_as(self, name: str, action: str, case_id: str) -> Json:
        """Press a button of the case's card as another person, at their own client; returns the answer."""
        message = await self.application.context.store.read(_card_of, case_id)
        pressed = {"type": "Action.Execute", "verb": action, "data": {"action": action, "value": case_id}}
        wanted = {
            "name": "adaptiveCard/action",
            "value": {"action": pressed},
            "from": {"id": mri_of(name)},
            "conversation": {"id": f"{CONTRACTS};messageid={message}"},
            "replyToId": message,
        }
        async with self.http.post(f"{self.url}/_conversation/v1/invoke", json=wanted) as answer:
            assert answer.status == 200, await answer.text()
            got: Json = await answer.json()
            return got

    async def invoke_as_ana(self, name: str, data: Json) -> Json | None:
        """Send what the Playground can't, as Teams would: `task/fetch` and `task/submit`, in the conversation
        where Ana pressed last."""
        pressed = next(one for one in reversed(self.signing_proxy.delivered) if one["type"] == "invoke")
        activity = {**pressed, "id": str(uuid4()), "name": name, "value": {"data": data}}
        status, body = await self.signing_proxy.deliver(activity)
        assert status == 200, body
        return json.loads(body) if body else None


@dataclass(slots=True)
class SigningProxy:
    """Signs what the Playground sends, and what Teams would have sent where the Playground can't."""

    authority: FakeMicrosoft
    bot_url: str
    http: aiohttp.ClientSession
    delivered: list[Json] = field(default_factory=list)

    async def deliver(self, activity: Json) -> tuple[int, bytes]:
        self.delivered.append(activity)
        headers = {"Authorization": self.authority.sign(activity)}
        async with self.http.post(self.bot_url, json=activity, headers=headers) as answer:
            return answer.status, await answer.read()

    async def on_activity(self, request: web.Request) -> web.Response:
        status, body = await self.deliver(await request.json())
        return web.Response(status=status, body=body, content_type="application/json")


@asynccontextmanager
async def a_playground(package: Path, folder: Path) -> AsyncIterator[Playground]:
    bot_port, port = free_port(), free_port()
    url, bot_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{bot_port}"
    authority = await FakeMicrosoft().start()
    try:
        async with aiohttp.ClientSession() as http:
            proxy = SigningProxy(authority, f"{bot_url}/api/messages", http)
            post = web.Application()
            post.router.add_post("/api/messages", proxy.on_activity)
            async with TestServer(post) as door, _a_client(package, folder, port, door.port or 0):
                await _until_it_answers(http, url, folder)
                settings = _settings(folder, bot_port, url, authority)
                async with _a_bot(settings, bot_port) as application:
                    await _until_people_are_known(application)
                    yield Playground(url, application, http, proxy)
    finally:
        await authority.stop()


async def _until_people_are_known(application: Application) -> None:
    """Wait for the channel's roster: installations name no people, in the Playground and in Teams."""
    async with asyncio.timeout(START_SECONDS):
        while not await application.context.store.read(_knows_dana):
            await asyncio.sleep(0.05)


def contracts_only() -> Policy:
    """One queue, in one channel of Teams: Ana and Ben resolve its cases, Dana is its manager."""
    queue = a_queue(
        "contracts",
        name="Contract disputes",
        slack_channel=None,
        teams_channel=CONTRACTS,
        managers=(email_of("Dana Whitfield"),),
        resolvers=(email_of("Ana Ruiz"), email_of("Ben Okafor")),
    )
    reasons = {one: a_reason(one, queue_id="contracts") for one in ("wrong_amount", "chargeback")}
    return a_policy(queues={"contracts": queue}, reasons=reasons, ladder=(), digests=())


def email_of(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@brightwater.example"


def mri_of(name: str) -> str:
    return f"29:{name.lower().replace(' ', '-')}"


def _settings(folder: Path, port: int, url: str, authority: FakeMicrosoft) -> Settings:
    wanted: Json = {
        "database_url": f"sqlite:///{folder}/ombud.db",
        "base_url": f"http://127.0.0.1:{port}",
        "port": port,
        "teams_app_id": APP_ID,
        "teams_app_password": APP_PASSWORD,
        "teams_tenant_id": TENANT_ID,
        "teams_openid_url": authority.openid_url,
        "teams_login_url": authority.login_url,
        "teams_service_url": f"{url}/_connector",
    }
    return Settings(_env_file=None, **wanted)


@asynccontextmanager
async def _a_bot(settings: Settings, port: int) -> AsyncIterator[Application]:
    application = await build_application(settings, contracts_only())
    try:
        app = make_app(
            application.context,
            application.readiness,
            application.slack,
            application.customers,
            application.teams,
        )
        async with TestServer(app, port=port):
            await application.start()
            try:
                yield application
            finally:
                await application.stop()
    finally:
        await application.finish_presses()
        await application.close()


@asynccontextmanager
async def _a_client(package: Path, folder: Path, port: int, bot_port: int) -> AsyncIterator[None]:
    (folder / ".m365agentsplayground.yml").write_text(json.dumps(_company()), encoding="utf-8")
    command = ["node", str(package / "cli.js"), "start", "-c", "msteams", "-p", str(port)]
    command += ["-e", f"http://127.0.0.1:{bot_port}/api/messages", "--disable-telemetry"]
    command += ["--service-url", f"http://127.0.0.1:{port}/_connector"]
    process = _start(command, folder)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await asyncio.to_thread(process.wait)


def _start(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start it in its own session; without one it exits, since it has no terminal."""
    with (folder / LOG).open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "TEAMSAPPTESTER_BROWSER": "none"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


async def _until_it_answers(http: aiohttp.ClientSession, url: str, folder: Path) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            while True:
                try:
                    async with http.get(url) as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
    except TimeoutError:
        raise NotStarted((folder / LOG).read_text()[-2000:]) from None


def _company() -> Json:
    """The Playground's configuration; JSON is also YAML."""
    ana, *others = (_user(name) for name in _NAMES)
    return {
        "version": "0.1.0",
        "tenantId": TENANT_ID,
        "bot": {"id": f"28:{APP_ID}", "name": "Ombud"},
        "currentUser": ana,
        "users": others,
        "personalChat": {"id": ANAS_CHAT},
        "groupChat": {"id": "19:everybody@thread.v2", "name": "Everybody"},
        "team": {
            "id": "19:general0brightwater@thread.tacv2",
            "name": "Finance",
            "aadGroupId": entra_id("Finance"),
            "channels": [{"id": CONTRACTS, "name": "Contract disputes"}],
        },
    }


def _user(name: str) -> Mapping[str, str]:
    given, _, surname = name.partition(" ")
    return {
        "id": mri_of(name),
        "name": name,
        "userPrincipleName": email_of(name),
        "aadObjectId": entra_id(name),
        "givenName": given,
        "surname": surname,
        "email": email_of(name),
    }


def _knows_dana(tx: Transaction) -> bool:
    return tx.people.find_by_ref("teams", entra_id("Dana Whitfield")) is not None


def _card_of(tx: Transaction, case_id: str) -> str:
    """The id of the case's card in the channel."""
    posted = next(one for one in tx.posted_cards.list(case_id) if one.channel_ref == CONTRACTS)
    return posted.message_ref


def _case(tx: Transaction, case_id: str) -> Case:
    return tx.cases.get(case_id)
