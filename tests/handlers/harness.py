"""Test harness of the handlers: a real store, the test policy, and people who press things."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from cards.actions import Action
from cards.held_mail import held_mail_key
from cards.message_forms import PREVIEWED
from core.case import Case
from core.customer_events import CustomerWrote
from core.customer_messages import is_from_customer, receive_message
from core.events import Event
from core.intake import Dispute
from core.person import Person
from handlers.actions import CHANGES, change, query
from handlers.raise_dispute import create_case
from handlers.types import Click, Reply
from store.customers.mails import Mail
from store.engine import Store
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_dispute

ANA, BEN, DANA, OMAR, ZOE = "UANA", "UBEN", "UDANA", "UOMAR", "UZOE"
"""Two resolvers of billing, its manager, the manager of logistics, and a colleague of neither."""
HEAD, GONE, STRANGER = "UHEAD", "UGONE", "USTRANGER"
"""The overseer; a deactivated person who is still in billing's channel; a person we have no record of."""
BILLING, LOGISTICS = "CBILLING", "CLOGISTICS"
BILLING_TEAMS, LOGISTICS_TEAMS = "19:second@thread.tacv2", "19:logistics@thread.tacv2"
KIM, ANA_TEAMS, DANA_TEAMS, GUEST = "0c-kim", "0a-na", "0d-ana", "0e-guest"
"""In billing's Teams channel: a colleague whom Slack doesn't know, two of those above, and a guest."""


class Harness:
    """`press` is what a person does; `now` moves only when a test calls `advance`."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now: datetime = MONDAY_9AM
        self._count = 0
        store.run_blocking(_fill)

    def create_case(self, **changes: Any) -> str:
        self._count += 1
        dispute: Dispute = a_dispute(**changes)
        raised = self.store.run_blocking(
            create_case, dispute, source="api:crm", key=f"k{self._count}", digest="d", now=self.now
        )
        return raised.case.id

    def create_claimed_case(self, by: str = ANA, **changes: Any) -> str:
        """A case with a resolver."""
        case_id = self.create_case(**changes)
        self.press(Action.CLAIM, by, case_id)
        return case_id

    def press(self, action: Action, by: str, case_id: str | None = None, **more: Any) -> Reply:
        """Raises what the handler refuses with. Entra ids begin with a digit, Slack's never do."""
        platform = "teams" if by[:1].isdigit() else "slack"
        click = Click(action=action, platform=platform, actor_ref=by, at=self.now, case_id=case_id, **more)
        if action in CHANGES:
            return self.store.run_blocking(change, click)
        return self.store.read_blocking(query, click)

    def send(self, action: Action, by: str, case_id: str | None = None, **values: str) -> Reply:
        """Send a form with these fields."""
        return self.press(action, by, case_id, values=values)

    def send_as_shown(self, action: Action, by: str, case_id: str | None = None, **values: str) -> Reply:
        """Send a form, and send it again with the mail that it then previews."""
        form = self.send(action, by, case_id, **values).form
        assert form is not None
        previewed = dict(form.hidden)[PREVIEWED]
        return self.press(action, by, case_id, values=values, previewed=previewed)

    def receive_message(self, case_id: str, sender: str, text: str = "Here it is.", **more: Any) -> None:
        """A mail about the case comes in; whether it counts is decided as for a real one."""
        message = {"text": text, "sender": sender, "now": self.now, **more}
        self.store.run_blocking(_receive_message, case_id, message)

    def save_mail(self, case_id: str, sender: str) -> None:
        """Store a mail with the case."""
        mail = Mail(
            message_id=f"<{sender}>",
            case_id=case_id,
            direction="in",
            at=self.now,
            sender=sender,
            subject="Your invoice",
        )
        self.store.run_blocking(lambda tx: tx.mails.add(mail))

    def message_names(self, case_id: str) -> list[str]:
        """Values of the buttons under held messages, oldest first."""
        wrote = [
            one for one in self.events(case_id) if isinstance(one, CustomerWrote) and not one.is_verified
        ]
        return [f"{case_id} {held_mail_key(one)}" for one in wrote]

    def events(self, case_id: str) -> list[Event]:
        return self.store.read_blocking(lambda tx: [entry.event for entry in tx.timeline.list(case_id)])

    def type(self, by: str, text: str) -> Reply:
        """`/disputes text`."""
        return self.press(Action.COMMAND, by, value=text)

    def case(self, case_id: str) -> Case:
        return self.store.read_blocking(_case, case_id)

    def event_names(self, case_id: str) -> list[str]:
        """What happened to the case, by the events' names."""
        return self.store.read_blocking(_event_names, case_id)

    def case_ids(self) -> list[str]:
        """Every case there is, the newest first."""
        return self.store.read_blocking(_case_ids)

    def pending_deliveries(self) -> int:
        """How many messages and other effects are still to be sent."""
        return self.store.read_blocking(lambda tx: tx.outbox.figures(self.now).pending)

    def person(self, ref: str) -> Person | None:
        return self.store.read_blocking(lambda tx: tx.people.find_by_ref("slack", ref))

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


def _fill(tx: Transaction) -> None:
    named = {ANA: "Ana", BEN: "Ben", DANA: "Dana", OMAR: "Omar", ZOE: "Zoe", HEAD: "Head", GONE: "Gone"}
    for ref, name in named.items():
        email = f"{name.lower()}@example.com"
        person = Person(id=f"slack:{ref}", name=name, email=email, slack_ref=ref)
        tx.people.save(replace(person, is_active=ref != GONE))
    tx.channels.save("#billing-disputes", BILLING, None)
    tx.channels.save("#logistics-disputes", LOGISTICS, None)
    tx.people.set_members(BILLING, [ANA, BEN, GONE])


def add_teams_people(tx: Transaction) -> None:
    """Add what a sync with Teams' rosters adds."""
    for ref, name in {KIM: "Kim", ANA_TEAMS: "Ana", DANA_TEAMS: "Dana"}.items():
        email = f"{name}@Example.com"
        tx.people.link_account("teams", ref, name=name, email=email, mri=f"29:{name.lower()}")
    tx.people.link_account("teams", GUEST, name="Gus", is_active=False, mri="29:gus")
    tx.people.set_members(BILLING_TEAMS, [ANA_TEAMS, GUEST, KIM])


def _case(tx: Transaction, case_id: str) -> Case:
    return tx.cases.get(case_id)


def _receive_message(tx: Transaction, case_id: str, message: dict[str, Any]) -> None:
    case = tx.cases.lock(case_id)
    is_verified = is_from_customer(case, message["sender"]) and not message.get("warning")
    tx.record(receive_message(case, via="mail", is_verified=is_verified, policy=tx.policy, **message))


def _event_names(tx: Transaction, case_id: str) -> list[str]:
    return [entry.kind for entry in tx.timeline.list(case_id)]


def _case_ids(tx: Transaction) -> list[str]:
    return [row.id for row in tx.cases.list_all(None, 100).rows]
