"""A form as its user sees it on either platform, driven through the code of that platform's edge.

Nothing of the network is there: what Slack would have been called with is recorded, and Teams is what an
invoke answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.edge import SlackEdge
from bot.teams.dialogs import Dialogs
from bot.teams.dispatch import Dispatcher
from cards.files import no_url
from handlers.mail_preview_settings import DEFAULT_MAIL_PREVIEW
from store.engine import Store
from tests.bot.api_client import FrozenClock
from tests.bot.slack.origins import OURS, PLACE, own_origin, post_nowhere
from tests.bot.teams.activities import TeamsClient, TeamsUser
from tests.bot.teams.harness import card_shown, filled_in

Json = dict[str, Any]
_TRIGGERS = count(1)


class RecordingClient(AsyncWebClient):
    """Slack's Web API: keeps the last view that it was to show."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-test")
        self.shown: Json = {}

    async def views_open(self, *, view: Json, **_more: Any) -> None:  # type: ignore[override]
        self.shown = {"id": "V1", **view}

    async def views_update(self, *, view: Json, **_more: Any) -> None:  # type: ignore[override]
        self.shown = {"id": "V1", **view}


@dataclass
class SlackForms:
    """One person's forms in Slack. A form is its view, as `views.open` takes it."""

    store: Store
    person_ref: str
    now: datetime
    client: RecordingClient = field(default_factory=RecordingClient)

    def __post_init__(self) -> None:
        self.edge = SlackEdge(
            self.store, FrozenClock(self.now), self.client, origin=own_origin(), post_response=post_nowhere
        )

    async def open(self, action: str, case_id: str) -> Json:
        """Press the button of a card."""
        return await self._press({"action_id": action, "value": case_id}, channel={"id": "CBILLING"})

    async def choose(self, form: Json, action: str, values: Json) -> Json:
        """Make a choice that redraws the form."""
        return await self._press({"action_id": action}, view=_with_state(form, values))

    async def send(self, form: Json, values: Json) -> Json:
        """The acknowledgement: empty where the form is accepted."""
        body = {**PLACE, "type": "view_submission", "user": self._user, "view": _with_state(form, values)}
        return dict(await self.edge.acknowledge(body) or {})

    async def _press(self, pressed: Json, **where: Json) -> Json:
        body = {
            **PLACE,
            "type": "block_actions",
            "user": self._user,
            "trigger_id": f"1.{next(_TRIGGERS)}",
            "actions": [pressed],
        }
        await self.edge.acknowledge({**body, **where})
        await self.edge.close()
        return self.client.shown

    @property
    def _user(self) -> Json:
        return {"id": self.person_ref, "name": "ana", "team_id": OURS.workspace.team_ref}


@dataclass
class TeamsForms:
    """One person's forms in Teams. A form is its Adaptive Card."""

    store: Store
    person_ref: str
    now: datetime

    def __post_init__(self) -> None:
        self.client = TeamsClient(TeamsUser(self.person_ref, "Ana"))
        self.dialogs = Dialogs(Dispatcher(self.store, FrozenClock(self.now), DEFAULT_MAIL_PREVIEW, no_url))

    async def open(self, action: str, case_id: str) -> Json:
        """Press the button of a card."""
        data = {"action": action, "value": case_id}
        return card_shown(await self.dialogs.on_fetch(self.client.fetch(data)))

    async def send(self, form: Json, values: Json) -> Json | None:
        """The form once more where it isn't accepted; None where it is."""
        answer = await self.dialogs.on_submit(self.client.submit(filled_in(form, **values)))
        return None if answer is None else card_shown(answer)


def _with_state(form: Json, values: Json) -> Json:
    """The view as a payload has it. What was chosen and what was typed look the same to us."""
    state = {name: {name: {"value": value}} for name, value in values.items()}
    return {"type": "modal", **form, "state": {"values": state}}
