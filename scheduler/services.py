"""What does everything that happens by itself work with?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from connectors.clamd import Clamd
from connectors.slack.people import SlackPeople
from connectors.slack.posts import SlackPosts
from core.policy import Policy
from core.tokens import Tokens
from scheduler.mail_tools import MailServices
from scheduler.rate_limits import Now, RateLimiter, Sleep
from scheduler.retry import Jitter
from scheduler.teams_tools import TeamsServices
from store.engine import Store
from store.evidence.blobs import Blobs

FILE_LINKS_LAST = timedelta(days=31)


@dataclass(slots=True)
class Counters:
    """What was done since the start, to be read by the metrics."""

    delivered: int = 0
    postponed: int = 0
    parked: int = 0
    found_sent: int = 0
    """Sends whose answer was lost, and which had arrived."""
    folded: int = 0
    """Cases told in a list in place of a card of their own."""
    swept: int = 0
    failed_cases: int = 0


@dataclass(frozen=True, slots=True)
class Services:
    """`posts` and `people` are None while Slack isn't connected."""

    store: Store
    now: Now
    sleep: Sleep
    jitter: Jitter
    rate_limiter: RateLimiter
    posts: SlackPosts | None
    people: SlackPeople | None
    teams: TeamsServices | None = None
    """None while Teams isn't connected."""
    base_url: str | None = None
    has_case_pages: bool = False
    """Whether colleagues find more at a case's address than the way back to the chat."""
    tokens: Tokens | None = None
    """Signs the addresses of files; None without a SECRET_KEY."""
    mail: MailServices | None = None
    """None without a mail server: then nobody is written to."""
    blobs: Blobs | None = None
    """The bytes of evidence; None where customers have no pages."""
    clamd: Clamd | None = None
    """Looks for viruses in what is handed in; None: nobody does."""
    counters: Counters = field(default_factory=Counters)

    @property
    def policy(self) -> Policy:
        return self.store.policy

    def case_url(self, case_id: str) -> str | None:
        """The address of the case's page."""
        return f"{self.base_url}/cases/{case_id}" if self.base_url and self.has_case_pages else None

    def file_url(self, file_id: str) -> str | None:
        """Where those who see the case in chat can open a file; the same all day, and good for a month."""
        if self.tokens is None or self.base_url is None:
            return None
        midnight = self.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return f"{self.base_url}/e/{self.tokens.sign_file(file_id, until=midnight + FILE_LINKS_LAST)}"
