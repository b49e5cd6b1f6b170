"""Cost of a signed press of Claim in Teams, until it is committed and answered with the card.

`python -m tests.bench.teams_clicks` measures this alone.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson
from rich.console import Console

from bot.policy.reader import read_policy
from core.person import Person
from core.policy import Policy
from store.engine import Store
from store.outbox.posted_cards import PostedCard
from store.transaction import Transaction
from tests.bench import databases, floors
from tests.bench.load import http_post, run_load
from tests.bench.servers import ROOT, bare_teams, bot, slack
from tests.bench.table import Result, at_least, at_most, show
from tests.connectors.fake_microsoft import (
    APP_ID,
    APP_PASSWORD,
    TENANT_ID,
    FakeMicrosoft,
    an_activity,
    entra_id,
)

MANY, SINGLE = 2_000, 800
CHANNEL = "19:billing0brightwater@thread.tacv2"
ANA = Person(
    id="teams:ana",
    name="Ana Ruiz",
    email="ana.ruiz@brightwater.example",
    teams_ref=entra_id("ana"),
    teams_mri="29:ana",
)


def measure(database_url: str, slack_url: str, case_ids: Sequence[str], policy: Policy) -> list[Result]:
    """Needs `MANY` + `SINGLE` unclaimed cases of billing; claims each once from its card."""
    name = database_url.partition(":")[0]
    _seed_database(database_url, policy, case_ids)
    with fake_microsoft() as authority:
        presses = claims(authority, case_ids)
        environment = environment_of(authority)
        with floors.database_beside(database_url) as beside, bare_teams(beside, environment) as port:
            run_load(port, presses[:200], clients=1)
            floor_busy = run_load(port, presses[:MANY], clients=16).demand_only(200)
            floor = run_load(port, presses[MANY:], clients=1).demand_only(200)
        with bot(database_url, slack_url, **environment) as (port, _):
            busy = run_load(port, presses[:MANY], clients=16).demand_only(200)
            alone = run_load(port, presses[MANY:], clients=1).demand_only(200)
    floor_is = "floor: the SDK alone and three raw inserts, committed in groups"
    what = f"signed Claim in Teams to answer, one client, {name}; {floor_is}"
    return [
        at_most(what, alone.median_ms, floor.median_ms, 1.5),
        at_least(f"signed Claims in Teams, 16 clients, {name}; {floor_is}", busy.rate, floor_busy.rate, 0.67),
    ]


def claims(authority: FakeMicrosoft, case_ids: Sequence[str]) -> list[bytes]:
    """Presses as Teams sends them, with a token of the same hour."""
    presses = [_press(number, case_id) for number, case_id in enumerate(case_ids)]
    signed = authority.sign(presses[0])
    return [
        http_post("/api/messages", orjson.dumps(one), Authorization=signed, Content_Type="application/json")
        for one in presses
    ]


def environment_of(authority: FakeMicrosoft) -> dict[str, str]:
    return {
        "TEAMS_APP_ID": APP_ID,
        "TEAMS_APP_PASSWORD": APP_PASSWORD,
        "TEAMS_TENANT_ID": TENANT_ID,
        "TEAMS_OPENID_URL": authority.openid_url,
        "TEAMS_LOGIN_URL": authority.login_url,
    }


@contextmanager
def fake_microsoft() -> Iterator[FakeMicrosoft]:
    """Microsoft's keys and login, in a thread beside what is measured."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    authority = FakeMicrosoft()
    try:
        asyncio.run_coroutine_threadsafe(authority.start(), loop).result(20)
        yield authority
    finally:
        asyncio.run_coroutine_threadsafe(authority.stop(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _press(number: int, case_id: str) -> dict[str, object]:
    data = {"action": "claim", "value": case_id}
    action = {"type": "Action.Execute", "title": "Claim", "id": "", "verb": "claim", "data": data}
    conversation = {
        "isGroup": True,
        "conversationType": "channel",
        "tenantId": TENANT_ID,
        "id": f"{CHANNEL};messageid={_message_of(case_id)}",
    }
    return an_activity(
        type="invoke",
        name="adaptiveCard/action",
        id=f"f:{number:032x}",
        timestamp=datetime(2026, 3, 2, 9, tzinfo=UTC).isoformat(),
        localTimezone="Europe/Berlin",
        locale="en-US",
        entities=[{"type": "clientInfo", "locale": "en-US", "country": "DE", "platform": "Web"}],
        conversation=conversation,
        channelData={"tenant": {"id": TENANT_ID}, "channel": {"id": CHANNEL}, "team": {"id": CHANNEL}},
        replyToId=_message_of(case_id),
        value={"action": action, "trigger": "manual"},
    )


def _message_of(case_id: str) -> str:
    return f"17000000{case_id[2:]}"


def _seed_database(url: str, policy: Policy, case_ids: Sequence[str]) -> None:
    """Adds Ana, and a card of each case in the channel where it is pressed."""
    store = Store.open(url, policy)
    try:
        store.run_blocking(lambda tx: tx.people.save(ANA))
        for start in range(0, len(case_ids), 500):
            store.run_blocking(_post, case_ids[start : start + 500])
    finally:
        store.close_blocking()


def _post(tx: Transaction, case_ids: Sequence[str]) -> None:
    for case_id in case_ids:
        posted = PostedCard(
            case_id=case_id,
            address=f"teams:{CHANNEL}",
            kind="card",
            channel_ref=CHANNEL,
            message_ref=_message_of(case_id),
        )
        tx.posted_cards.save(posted)


def main() -> None:
    policy = read_policy(Path(ROOT / "policy.yaml"))
    results: list[Result] = []
    with slack() as slack_url:
        for database in (databases.sqlite, databases.postgresql):
            with database() as url:
                cases = databases.raise_cases(url, policy, MANY + SINGLE)
                results += measure(url, slack_url, cases, policy)
    show(results, Console(width=170))


if __name__ == "__main__":
    main()
