"""Transaction: the repositories a unit works with, and `record`, which saves a rule's outcome."""

from __future__ import annotations

from core.outcome import Outcome
from core.policy import Policy
from store.cases.reports import Reports
from store.cases.repository import Cases
from store.cases.timeline import Timeline
from store.customers.addresses import Addresses
from store.customers.daily_uses import DailyUses
from store.customers.drafts import Drafts
from store.customers.files import Files
from store.customers.links import CustomerLinks
from store.customers.mails import Mails
from store.db.documents import encode
from store.db.statements import Connection
from store.inbox import Inbox
from store.installation import InstallationState
from store.outbox.open_alerts import OpenAlerts
from store.outbox.posted_cards import PostedCards
from store.outbox.repository import Outbox
from store.outbox.rows import effect_rows
from store.outbox.troubles import Troubles
from store.people.channels import Channels
from store.people.repository import People
from store.people.teams_conversations import Conversations
from store.processes import Processes
from store.recording import Head, timeline_rows
from store.tables import outbox, timeline


class Transaction:
    """One database transaction, made by the store for each unit and unusable after it.

    The store commits it when the unit returns and rolls it back when the unit raises. The unit may be run
    again from the start, so it has no side effects outside of the transaction.
    """

    __slots__ = (
        "_connection",
        "addresses",
        "alerts",
        "cases",
        "channels",
        "conversations",
        "daily_uses",
        "drafts",
        "files",
        "has_recorded_effects",
        "inbox",
        "installation",
        "links",
        "mails",
        "outbox",
        "people",
        "policy",
        "posted_cards",
        "processes",
        "reports",
        "timeline",
        "troubles",
    )

    def __init__(self, connection: Connection, policy: Policy) -> None:
        self._connection = connection
        self.policy = policy
        self.has_recorded_effects = False
        self.cases = Cases(connection, policy)
        self.timeline = Timeline(connection, policy)
        self.people = People(connection)
        self.channels = Channels(connection)
        self.conversations = Conversations(connection)
        self.inbox = Inbox(connection)
        self.installation = InstallationState(connection)
        self.outbox = Outbox(connection)
        self.posted_cards = PostedCards(connection)
        self.alerts = OpenAlerts(connection)
        self.processes = Processes(connection)
        self.troubles = Troubles(connection)
        self.reports = Reports(connection)
        self.links = CustomerLinks(connection)
        self.addresses = Addresses(connection)
        self.daily_uses = DailyUses(connection)
        self.drafts = Drafts(connection)
        self.files = Files(connection)
        self.mails = Mails(connection)

    def record(self, outcome: Outcome) -> None:
        """Save the case, its timeline and its outbox rows. No events: nothing is written.

        A case that was not locked in this transaction is new. An outcome computed from an older state of the
        case is never saved: the number of its first timeline entry is already taken.
        """
        if not outcome.events:
            return
        case = outcome.case
        body = encode(case)
        former = self.cases.head_of(case.id)
        entries = timeline_rows(outcome, body, former)
        self.cases.save(case, body, Head(entries[-1]["seq"], entries[-1]["hash"]))
        self._connection.write_rows(timeline, entries)
        effects = effect_rows(outcome, entries, self.policy)
        if effects:
            self._connection.write_rows(outbox, effects)
            self.has_recorded_effects = True

    @property
    def has_added_outbox(self) -> bool:
        return self.has_recorded_effects or self.outbox.has_added
