"""Whatever comes in the shape of an activity gets a clean answer."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards.actions import Action, Field
from tests.bot.teams.activities import ANA, TeamsClient
from tests.bot.teams.harness import TeamsHarness
from tests.fixtures.effort import tries

NAMES = [
    "adaptiveCard/action",
    "task/fetch",
    "task/submit",
    "composeExtension/query",
    "composeExtension/queryLink",
    "composeExtension/fetchTask",
    "composeExtension/submitAction",
    "else/where",
]
TYPES = ["message", "conversationUpdate", "installationUpdate", "messageReaction", "invoke"]
KEYS = (
    "action data value verb keep case_id form back previewed shown verdict commandId messagePayload body "
    "content contentType parameters name queryOptions skip url trigger zone id replyToId"
).split()
texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from([*Action, *Field]).map(str),
    st.sampled_from(["D-1001", "1001", "\0", "<![if", "<at>Ombud</at>", "x" * 5000]),
)
things = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), texts), inner, max_size=4),
    ),
    max_leaves=12,
)
datas = st.builds(
    lambda action, value, fields, keep: {"action": action.value, "value": value, **fields, **keep},
    st.sampled_from([*Action]),
    st.one_of(st.just("D-1001"), texts),
    st.dictionaries(st.sampled_from([*Field]).map(str), texts, max_size=5),
    st.dictionaries(
        st.sampled_from(["keep", "shown"]),
        st.dictionaries(st.sampled_from(["case_id", "form", "back"]), texts),
    ),
)
TOP = "from recipient conversation channelData entities value text replyToId id localTimezone action".split()


def clean(answer: dict[str, Any] | None) -> bool:
    """Nothing that speaks of a mistake of ours, and all of it can be sent."""
    return b"this reference" not in orjson.dumps(answer)


@settings(max_examples=tries(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changed=st.dictionaries(st.sampled_from([*TOP, "membersAdded"]), things, max_size=4),
    kind=st.sampled_from(TYPES),
    name=st.sampled_from(NAMES),
)
async def test_any_activity_gets_a_clean_answer(
    harness: TeamsHarness, changed: dict[str, Any], kind: str, name: str
) -> None:
    activity = {**TeamsClient(ANA).invoke(name, {}), "type": kind, "text": "help", **changed}
    assert clean(await harness.send(activity))


@settings(max_examples=tries(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=datas, name=st.sampled_from(NAMES))
async def test_any_form_or_button_gets_a_clean_answer(
    harness: TeamsHarness, data: dict[str, Any], name: str
) -> None:
    if not await harness.store.read(lambda tx: tx.cases.find("D-1001")):
        await harness.claimed(ANA)
    sent = {"data": data, "action": {"data": data}, "commandId": data["action"]}
    assert clean(await harness.send(TeamsClient(ANA).invoke(name, sent)))
    assert await harness.send(TeamsClient(ANA).sent_as_message(data, "1")) is None
    assert all(clean(post.message) for post in harness.recorded.posts)
