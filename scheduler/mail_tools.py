"""What does writing to customers need?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cards.email.render import Templates
from connectors.mail.send import SmtpClient
from core.tokens import Tokens


@dataclass(frozen=True, slots=True)
class MailServices:
    smtp: SmtpClient
    tokens: Tokens
    base_url: str
    """Where the customers' pages are, without a slash at its end."""
    domain: str
    """Each case's reply address is in it."""
    sender: str
    """The address that mails come from."""
    new_id: Callable[[], str]
    """Random and not to be guessed: for the link of a customer who has none."""
    templates: Templates

    def page_url(self, link_id: str) -> str:
        """The customer's page."""
        return f"{self.base_url}/d/{self.tokens.sign_link(link_id)}"

    def reply_address(self, case_id: str) -> str:
        """The case's own, signed: whoever writes there means it."""
        return f"{self.tokens.reply_local_part(case_id)}@{self.domain}"
