"""Who acts? Persons known to us, and whether a name in the policy means them."""

from __future__ import annotations

from dataclasses import dataclass

CLOCK = "clock"
"""The actor of what happens by itself."""
CUSTOMER = "customer"
NAMELESS = "you"
"""What somebody is called who acts before their name was heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the company. `id` is ours and stays; the rest follows the chat platform."""

    id: str
    name: str
    email: str | None = None
    slack_ref: str | None = None
    teams_ref: str | None = None
    """Their Entra object id, the same in every conversation of the tenant."""
    teams_mri: str | None = None
    """What Teams calls them before this bot (`29:…`); only a card's `refresh` asks for it."""
    chats_on: str | None = None
    """The platform where they last did something; there they are written to."""
    zone: str | None = None
    is_active: bool = True

    @property
    def is_named(self) -> bool:
        """Whether we have heard their name; until then another word or an id stands for it."""
        return self.name not in (NAMELESS, self.slack_ref, self.teams_ref)

    def matches_handle(self, handle: str) -> bool:
        """Whether a handle means this person: the policy's (e-mail address, Slack or Entra id), or an
        address's, which may be our id. The policy never has that: a join may give it up."""
        wanted = handle.casefold()
        names = (self.id, self.email, self.slack_ref, self.teams_ref)
        return any(name and name.casefold() == wanted for name in names)

    def matches_any(self, handles: tuple[str, ...]) -> bool:
        return any(self.matches_handle(handle) for handle in handles)
