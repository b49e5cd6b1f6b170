"""Services that jobs and deliveries work with: store, clock, rate limiter, platform clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from cards.email.render import Templates
from connectors.clamd import Clamd
from connectors.mail.send import SmtpClient
from connectors.teams.people import TeamsPeople
from connectors.teams.posts import TeamsPosts
from core.policy import Policy
from core.tokens import Tokens
from scheduler.heartbeat import Heartbeat
from scheduler.rate_limits import Now, RateLimiter, Sleep
from scheduler.retry import Jitter
from scheduler.systems import Systems
from store.engine import Store
from store.evidence.blobs import Blobs

if TYPE_CHECKING:  # loaded where Slack is set up
    from connectors.slack.people import SlackPeople
    from connectors.slack.posts import SlackPosts

FILE_LINKS_LAST = timedelta(days=31)
ALARM_AFTER = timedelta(minutes=5)


@dataclass(slots=True)
class Counters:
    """Counts since the start of the process; the metrics read them."""

    delivered: int = 0
    postponed: int = 0
    parked: int = 0
    found_sent: int = 0
    """Sends whose response was lost, and which were found on the platform."""
    folded: int = 0
    """Rows whose cases are shown in a list instead of a message of their own."""
    swept: int = 0
    failed_cases: int = 0


@dataclass(frozen=True, slots=True)
class TeamsServices:
    posts: TeamsPosts
    people: TeamsPeople


@dataclass(frozen=True, slots=True)
class MailServices:
    """What mail to customers and colleagues needs."""

    smtp: SmtpClient
    tokens: Tokens
    base_url: str
    """Of the customers' pages, without a slash at its end."""
    domain: str
    """The domain of the cases' reply addresses."""
    sender: str
    """The From address."""
    new_id: Callable[[], str]
    """Returns a random id that can't be guessed, for a customer's new link."""
    templates: Templates

    def page_url(self, link_id: str) -> str:
        """The URL of the customer's page."""
        return f"{self.base_url}/d/{self.tokens.sign_link(link_id)}"

    def reply_address(self, case_id: str) -> str:
        """The case's own signed address: mail to it belongs to the case."""
        return f"{self.tokens.reply_local_part(case_id)}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Services:
    """`posts` and `people` are None when Slack isn't connected."""

    store: Store
    now: Now
    sleep: Sleep
    jitter: Jitter
    rate_limiter: RateLimiter
    posts: SlackPosts | None
    people: SlackPeople | None
    systems: Systems
    teams: TeamsServices | None = None
    """None when Teams isn't connected."""
    base_url: str | None = None
    has_case_pages: bool = False
    """Whether a case's URL shows more to colleagues than a link back to the chat."""
    tokens: Tokens | None = None
    """Signs the URLs of files; None without a SECRET_KEY."""
    mail: MailServices | None = None
    """None without a mail server: then no mail is sent."""
    blobs: Blobs | None = None
    """The bytes of evidence files; None when customers have no pages."""
    clamd: Clamd | None = None
    """Scans uploaded files for viruses; None: they aren't scanned."""
    heartbeat: Heartbeat | None = None
    """Of this process; None where it delivers alone, as in tests."""
    counters: Counters = field(default_factory=Counters)
    alarm_after: timedelta = ALARM_AFTER
    """How long a lane may stand still, or a system take nothing, before people are told."""

    def is_alive(self) -> bool:
        """Whether other processes still count this one as alive, so that its leases stand."""
        return self.heartbeat is None or self.heartbeat.is_fresh()

    @property
    def policy(self) -> Policy:
        return self.store.policy

    def case_url(self, case_id: str) -> str | None:
        """The URL of the case's page."""
        return f"{self.base_url}/cases/{case_id}" if self.base_url and self.has_case_pages else None

    def file_url(self, file_id: str) -> str | None:
        """Where those who see the case in chat can open a file; the same all day, and good for a month."""
        if self.tokens is None or self.base_url is None:
            return None
        midnight = self.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return f"{self.base_url}/e/{self.tokens.sign_file(file_id, until=midnight + FILE_LINKS_LAST)}"
