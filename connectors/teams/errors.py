"""Teams' errors, mapped to TryAgain and GiveUp with a remedy for people.

Microsoft's list: learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages,
“Status codes from bot conversational APIs”.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto

from connectors.errors import ConversationGone, GiveUp, MessageGone, TryAgain

RECHECK_INSTALLATION = timedelta(minutes=1)
DEFAULT_RETRY_AFTER = timedelta(seconds=30)
"""For a 429 without a readable Retry-After."""
LONGEST_RETRY_AFTER = timedelta(hours=1)
"""A longer one has most likely the wrong unit; a retry each hour is harmless."""


class CallTarget(Enum):
    """What a call is about: it decides what “not found” means."""

    CONVERSATION = auto()
    THREAD = auto()
    """The thread under one message."""
    MESSAGE = auto()
    PERSON = auto()
    """A person's chat with the bot, which is to be opened."""
    MEMBER = auto()


class NotAMember(GiveUp):
    def __init__(self) -> None:
        super().__init__(
            "The person isn't in this conversation.", "Add them to the team, or name somebody else."
        )


_DESTINATION_ERRORS: dict[str, tuple[str, str]] = {
    "botnotinconversationroster": (
        "The Ombud app isn't installed there any more.",
        "Add the app to the team (or, for a person, install it for them) in Teams.",
    ),
    "conversationblockedbyuser": (
        "The bot is blocked there.",
        "Ask the person to unblock it, or let apps post in the channel's settings.",
    ),
    "messagewritesblocked": (
        "The person has blocked the bot or removed its app.",
        "Ask them to install the Ombud app in Teams again.",
    ),
    "forbiddenoperationexception": (
        "The Ombud app isn't installed for this person.",
        "Install it for them in Teams; an administrator can do so for everybody by a setup policy.",
    ),
    "botdisabledbyadmin": (
        "An administrator has blocked the Ombud app.",
        "Ask a Teams administrator to allow it under Manage apps.",
    ),
    "notenoughpermissions": (
        "Teams doesn't let the bot do this there.",
        "Let apps post in the channel's settings, or name another channel in policy.yaml.",
    ),
}
"""The destination refuses us: everything for it is parked."""

_NOT_LET_IN = (
    "Teams doesn't let the bot write there.",
    "Check in Teams that the Ombud app is installed there and that no administrator has blocked it.",
)
_NOT_SHOWN_IN_ROSTERS = tuple(
    message
    for message, _ in (
        _DESTINATION_ERRORS["notenoughpermissions"],
        _DESTINATION_ERRORS["conversationblockedbyuser"],
        _NOT_LET_IN,
    )
)
_CONVERSATION_GONE = (
    "The channel or chat doesn't exist in Teams any more.",
    "Correct the channel's id in policy.yaml, or add the Ombud app to the team again.",
)
_NO_SUCH_PERSON = (
    "Teams can't open a chat with this person.",
    "Check that they work in this organisation, or name somebody else in policy.yaml.",
)
_TOO_LARGE = (
    "The card is larger than Teams takes.",
    "Open the case on its page instead. Report it with the row's key: cards should never grow so large.",
)
_PAYLOAD = "Report it with the row's key: what Ombud sent isn't what Teams takes."


def shows_in_rosters(problem: str) -> bool:
    """Whether a readable roster shows that a channel's problem is over; rosters don't tell who may post."""
    return not problem.startswith(_NOT_SHOWN_IN_ROSTERS)


def error_for(
    status: int,
    code: str | None,
    *,
    target: CallTarget = CallTarget.CONVERSATION,
    retry_after: str | None = None,
) -> TryAgain | GiveUp:
    """The error for a response that isn't 2xx. `code` is Teams' error code; `retry_after` the header."""
    folded = (code or "").casefold()
    if folded == "throttled" or status in (408, 409, 412, 429) or status >= 500:
        return _for_now(status, retry_after)
    if folded == "messagesizetoobig" or status == 413:
        return GiveUp(*_TOO_LARGE)
    if status in (401, 407) or status < 400 or folded == "invalidbotapihost":
        return _installation(status, folded)
    if status in (404, 410):
        return _not_found(folded, target)
    if status == 403:
        return _forbidden(folded, target)
    if target is CallTarget.PERSON:
        return GiveUp(*_NO_SUCH_PERSON, is_whole_lane=True)
    return GiveUp(f"Teams refused it ({_name(status, code)}).", _PAYLOAD)


def _for_now(status: int, retry_after: str | None) -> TryAgain:
    """With 412, 429 and 503 nothing was done; other 5xx may come after the work was done."""
    if status in (409, 412):
        return TryAgain("Several changes met in one conversation of Teams.")
    if status == 503:
        return TryAgain("Teams has trouble (HTTP 503).", after=_retry_after(retry_after))
    if status == 408 or status >= 500:
        return TryAgain(f"Teams has trouble (HTTP {status}).", is_unknown=True)
    return TryAgain("Teams asks us to slow down.", after=_retry_after(retry_after) or DEFAULT_RETRY_AFTER)


def _retry_after(retry_after: str | None) -> timedelta | None:
    """The header, in seconds; None when it can't be read."""
    try:
        return timedelta(seconds=max(1.0, min(float(retry_after or ""), LONGEST_RETRY_AFTER.total_seconds())))
    except ValueError:
        return None


def _installation(status: int, folded: str) -> TryAgain:
    """Neither the message nor its destination is wrong: once this is fixed, all waiting rows can be sent."""
    message, remedy = (
        "Teams doesn't accept the bot's token.",
        "Check TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID.",
    )
    if folded == "botnotregistered":
        message = "Teams knows no bot with this app id."
        remedy = "Create the Azure Bot resource for TEAMS_APP_ID and switch its Teams channel on."
    elif folded == "invalidbotapihost" or status < 400:
        message = "Teams is at another address."
        remedy = "Correct TEAMS_SERVICE_URL; government clouds have addresses of their own."
    elif status == 407:
        message, remedy = "The web proxy wants a password.", "Put it into HTTPS_PROXY."
    return TryAgain(message, after=RECHECK_INSTALLATION, remedy=remedy)


def _not_found(folded: str, target: CallTarget) -> GiveUp:
    """In a thread the message or the channel may be missing: the next post, to the channel, shows which."""
    if target is CallTarget.THREAD:
        return MessageGone()
    if target is CallTarget.PERSON:
        return GiveUp(*_NO_SUCH_PERSON, is_whole_lane=True)
    if folded != "conversationnotfound":
        if target is CallTarget.MESSAGE:
            return MessageGone()
        if target is CallTarget.MEMBER:
            return NotAMember()
    return ConversationGone(*_CONVERSATION_GONE)


def _forbidden(folded: str, target: CallTarget) -> TryAgain | GiveUp:
    """For an update of a deleted message Teams responds with 403 `ServiceError`, not 404.

    Seen in github.com/microsoft/BotFramework-Services, number 269. `BadArgument` (an id that “failed to
    decrypt”) was a temporary outage at Microsoft: github.com/MicrosoftDocs/msteams-docs, number 9561.
    """
    if target is CallTarget.MESSAGE and folded == "serviceerror":
        return MessageGone()
    if folded == "badargument":
        return TryAgain("Teams has trouble (it can't read its own ids).")
    return GiveUp(*_DESTINATION_ERRORS.get(folded, _NOT_LET_IN), is_whole_lane=True)


def _name(status: int, code: str | None) -> str:
    """Codes are single words; anything else might repeat what we sent."""
    is_a_word = code is not None and len(code) <= 40 and code.isascii() and code.isalpha()
    return f"HTTP {status}, {code}" if is_a_word else f"HTTP {status}"
