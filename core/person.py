"""Who acts? Persons known to us, and whether a name in the policy means them."""

from __future__ import annotations

from dataclasses import dataclass

CLOCK = "clock"
"""The actor of what happens by itself."""
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the company. `id` is ours and stays; the rest follows the chat platform."""

    id: str
    name: str
    email: str | None = None
    slack_ref: str | None = None
    zone: str | None = None
    is_active: bool = True

    def answers_to(self, handle: str) -> bool:
        """Whether the policy's `handle` (an e-mail address, a Slack id or our id) means this person."""
        wanted = handle.casefold()
        names = (self.id, self.email, self.slack_ref)
        return any(name and name.casefold() == wanted for name in names)

    def is_among(self, handles: tuple[str, ...]) -> bool:
        return any(self.answers_to(handle) for handle in handles)
