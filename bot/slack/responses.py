"""Replies as Slack's responses: in the acknowledgement, or in a call right after it.

Slack shows what a form's or a command's acknowledgement says. The reply to a button needs a call of its own
(`views.open`, `response_url`); it follows the acknowledgement, so that no click waits for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.payloads import RESPONSE_URL, modal_state_of
from cards.actions import Action
from cards.slack import home, message, modal
from cards.slack.dialogs import dialog, home_notice, notice
from cards.slack.text import escape
from cards.views import FormView
from handlers.actions import LIVE_CHOICES
from handlers.types import Reply

Payload = Mapping[str, Any]
PostResponse = Callable[[str, Mapping[str, Any]], Awaitable[int]]
log = structlog.get_logger()
_LONGEST_WHISPER = 2900
_NOT_OPENED = "Slack was too slow to open the form. Press again."
"""Slack opens a dialog within three seconds of the click, or not at all (`expired_trigger_id`)."""


def form_acknowledgement(reply: Reply, view: Payload) -> dict[str, Any]:
    """What the acknowledgement of a submitted form says: errors at their fields, another view, or nothing.

    An error of a field that the form doesn't show is put at the first input. A refusal without a field is
    pushed over the form, which keeps what was typed; another sentence replaces the form.
    """
    if reply.field_errors:
        known = {block.get("block_id") for block in view["blocks"] if block["type"] == "input"}
        errors = {
            (name if name in known else _first_input(view)): text for name, text in reply.field_errors.items()
        }
        return {"response_action": "errors", "errors": errors}
    if reply.form is not None:
        form = _with_response_url(reply.form, modal_state_of(view).response_url)
        return {"response_action": "update", "view": modal(form)}
    if reply.whisper is not None:
        return {"response_action": "push" if reply.is_refusal else "update", "view": notice(reply.whisper)}
    return {}


def command_acknowledgement(reply: Reply) -> dict[str, Any]:
    """What the acknowledgement of a command says. Only the person sees it."""
    if reply.card is not None or reply.whisper is not None:
        return {"response_type": "ephemeral", **_message_body(reply)}
    return {}


class Responder:
    """Sends what an acknowledgement can't carry. A call that fails is logged; nothing depends on it.

    Where a dialog doesn't open, a sentence asks the person to press again, if there is a `response_url`.
    """

    def __init__(self, client: AsyncWebClient, post_response: PostResponse) -> None:
        """`post_response` sends to a `response_url` of Slack's and returns the status; raises for others."""
        self._client = client
        self._post_response = post_response

    async def open_form(self, reply: Reply, body: Payload) -> None:
        """Opens a form for the person who typed a command or used a shortcut; whispers any other reply."""
        if reply.form is not None:
            await self._open_view("views_open", body, modal(reply.form))
        elif reply.whisper is not None or reply.card is not None:
            await self._respond(body.get("response_url"), _message_body(reply))

    async def reply_to_button(self, reply: Reply, body: Payload, action: Action) -> None:
        """Shows the reply where the button is."""
        surface = _surface(body)
        if reply.home is not None:
            await self.publish_home(reply, body["user"]["id"])
        elif reply.form is not None:
            await self._show_form(reply, body, action)
        elif surface in ("home", "modal"):
            await self._show_in_dialog(reply, body, surface)
        elif reply.card is not None or reply.whisper is not None:
            replaces = reply.card is not None and surface == "private"
            words = {**_message_body(reply), "replace_original": replaces, **_thread_arguments(body)}
            await self._respond(body.get("response_url"), words)

    async def publish_home(self, reply: Reply, user: str) -> None:
        if reply.home is not None:
            await self._call("views_publish", user_id=user, view=home(reply.home))
        elif reply.whisper is not None:
            await self._call("views_publish", user_id=user, view=home_notice(reply.whisper))

    async def unfurl(self, reply: Reply, event: Payload) -> None:
        if reply.unfurl:
            unfurls = {url: {"blocks": message(card)["blocks"]} for url, card in reply.unfurl.items()}
            await self._call("chat_unfurl", channel=event["channel"], ts=event["message_ts"], unfurls=unfurls)

    async def reply_in_thread(self, reply: Reply, event: Payload) -> None:
        """Whispers the reply to a mention, in its thread."""
        if reply.form is not None:
            words: dict[str, Any] = {"text": "That needs a form: type `/disputes new` in the message field."}
        else:
            words = _message_body(reply)
        thread = event.get("thread_ts")
        await self._call(
            "chat_postEphemeral", channel=event["channel"], user=event["user"], thread_ts=thread, **words
        )

    async def refresh_private_message(self, reply: Reply, response_url: str) -> None:
        """Updates the private message from which a form was opened."""
        if reply.card is not None:
            await self._respond(response_url, {**message(reply.card), "replace_original": True})

    async def _show_form(self, reply: Reply, body: Payload, action: Action) -> None:
        view = modal(_with_response_url(reply.form, _private_url(body))) if reply.form else {}
        if action in LIVE_CHOICES:
            shown = body["view"]
            await self._call("views_update", view_id=shown["id"], hash=shown.get("hash"), view=view)
        else:
            await self._open_view("views_push" if _surface(body) == "modal" else "views_open", body, view)

    async def _show_in_dialog(self, reply: Reply, body: Payload, surface: str) -> None:
        if reply.card is not None and surface == "modal":
            await self._call("views_update", view_id=body["view"]["id"], view=dialog(reply.card))
        elif reply.card is not None or reply.whisper is not None:
            view = dialog(reply.card) if reply.card is not None else notice(reply.whisper or "")
            await self._open_view("views_push" if surface == "modal" else "views_open", body, view)

    async def _open_view(self, method: str, body: Payload, view: dict[str, Any]) -> None:
        if not await self._call(method, trigger_id=body["trigger_id"], view=view):
            words = {"text": _NOT_OPENED, "replace_original": False, **_thread_arguments(body)}
            await self._respond(body.get("response_url"), words)

    async def _respond(self, response_url: str | None, words: dict[str, Any]) -> None:
        if not response_url:
            return
        try:
            status = await self._post_response(response_url, {"response_type": "ephemeral", **words})
        except Exception as trouble:
            log.warning("slack_answer_failed", call="response_url", reason=type(trouble).__name__)
            return
        if status != 200:
            log.warning("slack_answer_failed", call="response_url", reason=str(status))

    async def _call(self, method: str, **arguments: Any) -> bool:
        """Returns whether Slack did it."""
        try:
            await getattr(self._client, method)(**arguments)
        except SlackApiError as refusal:
            log.warning("slack_answer_failed", call=method, reason=refusal.response.get("error"))
        except Exception as trouble:
            log.warning("slack_answer_failed", call=method, reason=type(trouble).__name__)
        else:
            return True
        return False


def _message_body(reply: Reply) -> dict[str, Any]:
    if reply.card is not None:
        return message(reply.card)
    return {"text": escape(reply.whisper or "Done.", _LONGEST_WHISPER)}


def _surface(body: Payload) -> str:
    """Where the button is: `home`, `modal`, `private` (seen by one person) or `shared`."""
    view = body.get("view")
    if view is not None:
        return "home" if view.get("type") == "home" else "modal"
    return "private" if (body.get("container") or {}).get("is_ephemeral") else "shared"


def _thread_arguments(body: Payload) -> dict[str, str]:
    """The thread, when the button is in a thread; the reply to the button of a card goes into the channel."""
    message = body.get("message") or {}
    thread = message.get("thread_ts")
    return {"thread_ts": thread} if thread and thread != message.get("ts") else {}


def _private_url(body: Payload) -> str | None:
    """Address of the private message that the form is opened from, or was, when it is drawn anew."""
    if _surface(body) == "private":
        return body.get("response_url")
    return modal_state_of(body["view"]).response_url if _surface(body) == "modal" else None


def _with_response_url(form: FormView, response_url: str | None) -> FormView:
    return replace(form, hidden=(*form.hidden, (RESPONSE_URL, response_url))) if response_url else form


def _first_input(view: Payload) -> str:
    inputs = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    return inputs[0] if inputs else ""
