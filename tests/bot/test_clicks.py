"""What people and programs are told while the database is away is true."""

from __future__ import annotations

import pytest

from bot.clicks import reply_to_click
from cards.actions import Action
from core.case import Case
from handlers.types import Click
from store.engine import Store
from store.errors import OutcomeUnknown, StoreUnavailable
from tests.bot.api.disputes import body
from tests.bot.api_client import ApiClient
from tests.builders import MONDAY_9AM

DOUBT = "can't tell whether that was kept"


async def fail(*_: object, **__: object) -> Case:
    raise OutcomeUnknown


async def be_away(*_: object, **__: object) -> Case:
    raise StoreUnavailable("Nobody answers.")


@pytest.mark.parametrize(("failing", "told"), [(fail, DOUBT), (be_away, "nothing was changed")])
async def test_who_clicked_is_told_whether_it_may_have_been_kept(
    quick_store: Store, monkeypatch: pytest.MonkeyPatch, failing: object, told: str
) -> None:
    monkeypatch.setattr(quick_store, "run", failing)
    reply = await reply_to_click(
        quick_store,
        Click(action=Action.CLAIM, platform="slack", actor_ref="U0ANA", at=MONDAY_9AM, case_id="D-1001"),
    )
    assert told in str(reply.whisper)


@pytest.mark.parametrize(("failing", "told"), [(fail, DOUBT), (be_away, "Nothing was stored")])
async def test_a_program_is_told_whether_it_may_have_been_kept(
    api_client: ApiClient, monkeypatch: pytest.MonkeyPatch, failing: object, told: str
) -> None:
    monkeypatch.setattr(api_client.store, "run", failing)
    refused = await api_client.post(body())
    assert (refused.status, told in refused.json["detail"]) == (503, True)
