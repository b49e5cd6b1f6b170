"""What one activity of Teams tells of places and people, read and checked by the edge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from store.people.teams_conversations import Conversation


@dataclass(frozen=True, slots=True)
class TeamsSender:
    """A person with an Entra id (`ref`). `mri` is Teams' own id of them, `29:…`."""

    ref: str
    name: str | None
    mri: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsUpdate:
    """Every id is one word of plain characters, and every text can be stored."""

    sent_at: datetime
    """By Teams' clock, which tells the order even when the activity comes late."""
    sender: TeamsSender | None = None
    """None for bots and for people without an Entra id."""
    conversation_ref: str = ""
    """Where it happened; empty where no id is given."""
    conversation: Conversation | None = None
    """The same, to be written to; None where the activity gives no address for it."""
    is_kind_guessed: bool = False
    """Whether the conversation's kind isn't Teams' word but concluded from the rest."""
    is_from_extension: bool = False
    """A search or a message's menu works wherever its user is; that says nothing of where the bot is."""
    is_change: bool = False
    """Whether it is sent because somebody or something came, went or was renamed."""
    is_bot_added: bool = False
    is_bot_removed: bool = False
    is_channel_deleted: bool = False
    is_channel_membership: bool = False
    """Whether the members of `channel_ref` alone have changed, not those of its team."""
    team_ref: str | None = None
    channel_ref: str | None = None
    removed_members: tuple[str, ...] = ()
    """Entra ids."""
