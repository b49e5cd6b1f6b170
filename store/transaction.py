"""What may a unit do? Its repositories, and `record`, which keeps what a rule decided."""

from __future__ import annotations

from core.outcome import Outcome
from core.policy import Policy
from store.cases.reports import Reports
from store.cases.repository import Cases
from store.cases.timeline import Timeline
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
from store.people.channels import Channels
from store.people.repository import People
from store.people.teams_conversations import Conversations
from store.recording import Head, effect_rows, timeline_rows
from store.tables import outbox, timeline


class Transaction:
    """One database transaction, made by the store for each unit and worthless after it.

    It is committed when the unit returns and rolled back when it raises. The unit may be run again
    from the start, so it keeps nothing outside and calls nobody.
    """

    __slots__ = (
        "_link",
        "alerts",
        "cases",
        "channels",
        "conversations",
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
        "reports",
        "timeline",
    )

    def __init__(self, link: Connection, policy: Policy) -> None:
        self._link = link
        self.policy = policy
        self.has_recorded_effects = False
        self.cases = Cases(link, policy)
        self.timeline = Timeline(link, policy)
        self.people = People(link)
        self.channels = Channels(link)
        self.conversations = Conversations(link)
        self.inbox = Inbox(link)
        self.installation = InstallationState(link)
        self.outbox = Outbox(link)
        self.posted_cards = PostedCards(link)
        self.alerts = OpenAlerts(link)
        self.reports = Reports(link)
        self.links = CustomerLinks(link)
        self.drafts = Drafts(link)
        self.files = Files(link)
        self.mails = Mails(link)

    def record(self, outcome: Outcome) -> None:
        """Save the case, its timeline and its outbox rows. No events: nothing is written.

        A case that was not locked in this transaction is a new one. An outcome made of an older state of the
        case never gets in: its first entry has a number in the timeline that is taken.
        """
        if not outcome.events:
            return
        case = outcome.case
        body = encode(case)
        former = self.cases.head_of(case.id)
        entries = timeline_rows(outcome, body, former)
        self.cases.save(case, body, Head(entries[-1]["seq"], entries[-1]["hash"]))
        self._link.write_rows(timeline, entries)
        effects = effect_rows(outcome, entries, self.policy)
        if effects:
            self._link.write_rows(outbox, effects)
            self.has_recorded_effects = True

    @property
    def has_added_outbox(self) -> bool:
        return self.has_recorded_effects or self.outbox.has_added
