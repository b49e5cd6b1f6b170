"""Dialogs in Teams: how they open, what their buttons do, what becomes of a submitted form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.clicks import EMPTY_REPLY
from bot.teams.activity import EMPTY_OBJECT, Activity, id_at, object_at, text_at, time_zone_of
from bot.teams.dispatch import Dispatcher
from bot.teams.payloads import (
    BACK,
    NONCE,
    ActionData,
    FormState,
    click_of_button,
    click_of_form,
    click_of_message_action,
    dialog_data_of,
    form_state_of,
    is_form,
)
from bot.teams.responses import Body, dialog_response, show_dialog, text_to_copy
from cards.actions import Action, Field
from cards.teams import form, home_dialog, notice
from cards.text_limits import MAX_LENGTHS
from cards.views import FormView
from handlers.actions import CHANGES, FORMS
from handlers.types import Click, Reply

_NEEDS_MORE = "Your choice needs one more thing. Fill it in, then send again."
_NEEDS_LESS = "Your choice needs less than that. Look it over, then send again."
_LONG_TEXT = 300
"""Characters that a field takes whose text is worth giving back when its form is lost."""
_LONG_TEXT_FIELDS = tuple(field for field, longest in MAX_LENGTHS.items() if longest >= _LONG_TEXT)


@dataclass(frozen=True, slots=True)
class FormRenderer:
    """Draws one form, each time with the same nonce, time zone and way back."""

    nonce: str
    """Which opening of the form this is."""
    zone: str
    back: str | None = None
    """The case whose dialog the form was opened from."""

    def render(
        self,
        view: FormView,
        *,
        values: Mapping[str, str] = EMPTY_OBJECT,
        errors: Mapping[str, str] = EMPTY_OBJECT,
        refusal: str | None = None,
        note: str | None = None,
    ) -> Body:
        back = ((BACK, self.back),) if self.back else ()
        marked = replace(view, hidden=(*view.hidden, (NONCE, self.nonce), *back))
        drawn = form(marked, zone=self.zone, values=values, errors=errors, refusal=refusal, note=note)
        return show_dialog(drawn)


class Dialogs:
    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def on_fetch(self, activity: Activity) -> Body | None:
        """A button that opens a dialog."""
        click = click_of_button(activity, dialog_data_of(activity), self._dispatcher.now())
        return await self._on_button(click, activity) or show_dialog(notice("Done."))

    async def on_message_action(self, activity: Activity) -> Body | None:
        """An entry of a message's menu."""
        click = click_of_message_action(activity, self._dispatcher.now())
        return await self._on_button(click, activity)

    async def on_submit(self, activity: Activity) -> Body | None:
        """A button of an open dialog, or its form."""
        data = dialog_data_of(activity)
        if is_form(data):
            return await self._on_form(activity, data)
        click = click_of_button(activity, data, self._dispatcher.now())
        return await self._on_button(click, activity, back=click.case_id)

    async def _on_button(self, click: Click, activity: Activity, back: str | None = None) -> Body | None:
        reply = await self._dispatcher.reply_to(click)
        if reply == EMPTY_REPLY and click.action in CHANGES and click.case_id:
            reply = await self._dispatcher.request_view(click, Action.OPEN_CASE)
        if reply.form is not None:
            return FormRenderer(id_at(activity, "id"), time_zone_of(activity), back).render(reply.form)
        if reply.home is not None:
            return show_dialog(home_dialog(reply.home))
        return dialog_response(reply, None if click.action is Action.OPEN_CASE else back)

    async def _on_form(self, activity: Activity, data: ActionData) -> Body | None:
        click, state = click_of_form(activity, data, self._dispatcher.now()), form_state_of(data)
        renderer = FormRenderer(state.nonce or id_at(activity, "id"), time_zone_of(activity), state.back)
        chosen = await self._form_for_choice(click, data)
        if chosen is not None:
            view, note = chosen
            return renderer.render(view, values=click.values, note=note)
        reply = await self._dispatcher.reply_to(click)
        if reply.form is not None:
            return renderer.render(reply.form)
        if reply.field_errors or reply.is_refusal:
            return await self._redisplay_form(click, reply, renderer)
        return await self._form_accepted(click, reply, state)

    async def _form_for_choice(self, click: Click, data: ActionData) -> tuple[FormView, str] | None:
        """The form with the fields that the choice needs, and why it came back; None: it has them all.

        The form may have been drawn for another choice: in Teams a choice doesn't redraw it.
        """
        live = FORMS[click.action].live if click.action in FORMS else None
        if live is None:
            return None
        field, choose = live.field, live.action
        drawn_for = text_at(object_at(data, "shown"), field)
        if click.values.get(field, "") == drawn_for:
            return None
        wanted = (await self._dispatcher.request_view(click, choose)).form
        before = (
            await self._dispatcher.request_view(click, choose, values={**click.values, field: drawn_for})
        ).form
        if wanted is None or before is None or _field_ids(wanted) == _field_ids(before):
            return None
        return wanted, _NEEDS_MORE if {*_field_ids(wanted)} - {*_field_ids(before)} else _NEEDS_LESS

    async def _redisplay_form(self, click: Click, reply: Reply, renderer: FormRenderer) -> Body:
        """The form with what was typed, and why it was refused; the texts alone if they can't send it now.

        Teams keeps no form open by itself, so it is drawn again.
        """
        sent = FORMS.get(click.action)
        asked = await self._dispatcher.request_view(click, sent.redrawn_by, value="") if sent else EMPTY_REPLY
        if asked.form is None:
            why = reply.whisper or " ".join(reply.field_errors.values())
            return text_to_copy(why, long_texts(click.values))
        return renderer.render(
            asked.form, values=click.values, errors=reply.field_errors, refusal=reply.whisper
        )

    async def _form_accepted(self, click: Click, reply: Reply, state: FormState) -> Body | None:
        """The case, if the form was opened from its dialog; else the reply, which may be empty."""
        if reply == EMPTY_REPLY and state.back:
            reply = await self._dispatcher.request_view(click, Action.OPEN_CASE, case_id=state.back)
        return dialog_response(reply)


def long_texts(values: Mapping[str, str]) -> list[str]:
    """The form's longer texts, as the person typed them."""
    return [values[field] for field in _LONG_TEXT_FIELDS if field in values]


def _field_ids(view: FormView) -> list[Field]:
    return [one.id for one in view.inputs]
