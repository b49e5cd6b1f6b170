"""Click and Reply: what comes from a person, and what goes back to them, on every platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cards.actions import Action
from cards.files import no_url
from cards.views import Card, CaseView, FormView, HomeView
from handlers.mail_preview_settings import DEFAULT_MAIL_PREVIEW, MailPreviewSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """What a person pressed, chose, typed or sent.

    `values` are a form's inputs by field name; `value` is a button's, or a command's text. `key` identifies
    this click: a repeat with the same key does nothing.
    """

    action: Action
    platform: str
    actor_ref: str
    """The person's id on the platform."""
    at: datetime
    case_id: str | None = None
    value: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    channel: str | None = None
    """Where it happened: the platform's channel id."""
    thread: str | None = None
    """The message that it was used on, or the root of that message's thread."""
    previewed: str = ""
    """Which mail the form showed when it was sent (`cards.message_forms.digest_of`)."""
    mail_preview: MailPreviewSettings = DEFAULT_MAIL_PREVIEW
    """How to preview mail to customers."""
    file_url: Callable[[str], str | None] = no_url
    """URL at which a person who sees the case may open one of its files, by the file's id."""
    actor_name: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the person who clicked sees. Everybody else is notified through the outbox.

    `card` is a private message that replaces the private list it came from; `form` opens a dialog, or
    replaces the open one; `field_errors` are shown at a form's inputs; `whisper` is one sentence, and
    `is_refusal` says that nothing was done: a form that was sent stays open with what was typed. `home` is
    the person's home page; `unfurl` goes under a shared link; `found` are cases to choose from.
    """

    whisper: str | None = None
    is_refusal: bool = False
    card: Card | None = None
    form: FormView | None = None
    home: HomeView | None = None
    unfurl: Mapping[str, Card] = field(default_factory=dict)
    found: tuple[CaseView, ...] | None = None
    field_errors: Mapping[str, str] = field(default_factory=dict)
