"""Teams workspace: channels, chats, installations, messages; publishes every change."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.clock import Clock
from sandbox.stream import Stream
from sandbox.teams import company
from sandbox.teams.errors import activity_not_found, conversation_not_found

Message = dict[str, Any]
Card = dict[str, Any]
MAX_PAST_CARDS = 12


@dataclass(slots=True)
class Conversation:
    id: str
    name: str
    topic: str = ""
    person: str | None = None
    """The person whose chat with the bot it is; None: a channel of the team."""
    is_installed: bool = True
    is_told: bool = False
    """Whether the bot has received the installation."""
    messages: dict[str, Message] = field(default_factory=dict)
    past: dict[str, list[Card]] = field(default_factory=dict)
    """By message, its last replaced cards: a client may still show them for a moment."""
    last_id: int = 0

    @property
    def is_personal(self) -> bool:
        return self.person is not None

    def next_id(self, now: float) -> str:
        """Message ids are milliseconds since 1970, unique in the conversation and increasing."""
        self.last_id = max(round(now * 1000), self.last_id + 1)
        return str(self.last_id)


class TeamsWorkspace:
    """All changes go through here, so that each is published to open pages."""

    def __init__(self, clock: Clock, stream: Stream) -> None:
        self._clock = clock
        self._stream = stream
        self.members = [one.id for one in company.PEOPLE]
        self.names: dict[str, str] = {}
        """New names of people who were renamed."""
        self.conversations: dict[str, Conversation] = {}
        for id_, name, topic in company.CHANNELS:
            self.conversations[id_] = Conversation(id_, name, topic)
        for one in company.PEOPLE:
            chat = company.chat_id(one.id)
            self.conversations[chat] = Conversation(
                chat, one.name, person=one.id, is_installed=not one.is_guest
            )

    def channels(self) -> list[Conversation]:
        return [one for one in self.conversations.values() if not one.is_personal]

    def chats(self) -> list[Conversation]:
        return [one for one in self.conversations.values() if one.is_personal]

    def get_conversation(self, conversation_id: str) -> Conversation:
        """The conversation; a thread's suffix `;messageid=…` is ignored."""
        found = self.conversations.get(conversation_id.partition(";")[0])
        if found is None:
            raise conversation_not_found()
        return found

    def members_of(self, conversation: Conversation) -> list[str]:
        return self.members if conversation.person is None else [conversation.person]

    def name_of(self, entra: str) -> str:
        known = company.find_person(entra)
        return self.names.get(entra) or (known.name if known else entra)

    def add(self, conversation: Conversation, message: Message) -> Message:
        """Store and publish a message; fills `id`, `at` and the fields that are missing."""
        now = self._clock.now()
        given = {"root": None, "text": "", "summary": "", "cards": [], "entities": [], **message}
        at = datetime.fromtimestamp(now, UTC).isoformat()
        saved = given | {"id": conversation.next_id(now), "at": at, "edited_at": None, "views": {}}
        conversation.messages[saved["id"]] = saved
        self._stream.publish("teams_message", conversation=conversation.id, message=saved)
        return saved

    def change(self, conversation: Conversation, message_id: str, **changes: Any) -> None:
        """Change a message for everybody; cards that single people saw in its place are dropped."""
        message = self.get_message(conversation, message_id)
        self._remember_cards(conversation, message, *message["cards"], *message["views"].values())
        at = datetime.fromtimestamp(self._clock.now(), UTC).isoformat()
        message |= {**changes, "edited_at": at, "views": {}}
        self._stream.publish("teams_changed", conversation=conversation.id, message=message)

    def show_card_to(self, conversation: Conversation, message: Message, person: str, card: Card) -> None:
        """Show `card` to one person in place of what the others see."""
        before = message["views"].get(person)
        self._remember_cards(conversation, message, *(message["cards"] if before is None else [before]))
        message["views"][person] = card
        self._stream.publish("teams_changed", conversation=conversation.id, message=message)

    def _remember_cards(self, conversation: Conversation, message: Message, *cards: Card) -> None:
        past = conversation.past.setdefault(message["id"], [])
        past += [card for card in cards if card not in past]
        del past[:-MAX_PAST_CARDS]

    def remove(self, conversation: Conversation, message_id: str) -> None:
        self.get_message(conversation, message_id)
        del conversation.messages[message_id]
        conversation.past.pop(message_id, None)
        self._stream.publish("teams_gone", conversation=conversation.id, id=message_id)

    def get_message(self, conversation: Conversation, message_id: str) -> Message:
        if message_id not in conversation.messages:
            raise activity_not_found()
        return conversation.messages[message_id]

    def publish_conversation(self, conversation: Conversation, *, is_gone: bool = False) -> None:
        shown = self.describe(conversation) | {"is_gone": is_gone}
        self._stream.publish("teams_channel", channel=shown)

    def describe(self, conversation: Conversation) -> dict[str, Any]:
        """A conversation as the page sees it, without its messages."""
        return {
            "id": conversation.id,
            "name": conversation.name,
            "topic": conversation.topic,
            "person": conversation.person,
            "members": self.members_of(conversation),
            "is_installed": conversation.is_installed,
        }

    def dump(self) -> dict[str, Any]:
        conversations = [asdict(one) for one in self.conversations.values()]
        return {"members": self.members, "names": self.names, "conversations": conversations}

    def load(self, saved: dict[str, Any]) -> None:
        self.members, self.names = saved["members"], saved["names"]
        self.conversations = {one["id"]: Conversation(**one) for one in saved["conversations"]}
