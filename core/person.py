"""People of the company, and other actors of events."""

from __future__ import annotations

from dataclasses import dataclass

CLOCK = "clock"
"""The actor of what a deadline does."""
CUSTOMER = "customer"
NAMELESS = "you"
"""Name of a person whose name no platform has given yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of the company. `id` is ours and never changes; the rest follows the chat platforms."""

    id: str
    name: str
    email: str | None = None
    slack_ref: str | None = None
    teams_ref: str | None = None
    """Their Entra object id, the same in every conversation of the tenant."""
    teams_mri: str | None = None
    """Their Teams id for this bot (`29:…`); only a card's `refresh` needs it."""
    chats_on: str | None = None
    """The platform where they acted last; their direct messages go there."""
    zone: str | None = None
    is_active: bool = True

    @property
    def is_named(self) -> bool:
        """Whether a platform gave their name; until then `name` is a placeholder or an id."""
        return self.name not in (NAMELESS, self.slack_ref, self.teams_ref)

    def matches_handle(self, handle: str) -> bool:
        """Whether `handle` means this person.

        It is the policy's (e-mail address, Slack or Entra id) or an outbox address's, which may be our id.
        The policy never has our id: account linking may drop it.
        """
        wanted = handle.casefold()
        names = (self.id, self.email, self.slack_ref, self.teams_ref)
        return any(name and name.casefold() == wanted for name in names)

    def matches_any(self, handles: tuple[str, ...]) -> bool:
        return any(self.matches_handle(handle) for handle in handles)
