"""What happens in a dialog of Teams: how it opens, what its buttons do, what becomes of a sent form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.teams.activity import EMPTY_OBJECT, Activity, id_at, object_at, text_at, time_zone_of
from bot.teams.dispatch import EMPTY_REPLY, Dispatcher
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
    """What goes with each drawing of one form."""

    nonce: str
    zone: str
    back: str | None = None

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
        kept = replace(view, hidden=(*view.hidden, (NONCE, self.nonce), *back))
        drawn = form(kept, zone=self.zone, values=values, errors=errors, refusal=refusal, note=note)
        return show_dialog(drawn)


class Dialogs:
    def __init__(self, asking: Dispatcher) -> None:
        self._asking = asking

    async def on_fetch(self, activity: Activity) -> Body | None:
        """A button that opens a dialog."""
        click = click_of_button(activity, dialog_data_of(activity), self._asking.now())
        return await self._on_button(click, activity) or show_dialog(notice("Done."))

    async def on_message_action(self, activity: Activity) -> Body | None:
        """An entry of a message's menu."""
        click = click_of_message_action(activity, self._asking.now())
        return await self._on_button(click, activity)

    async def on_submit(self, activity: Activity) -> Body | None:
        """A button of an open dialog, or its form."""
        data = dialog_data_of(activity)
        if is_form(data):
            return await self._on_form(activity, data)
        click = click_of_button(activity, data, self._asking.now())
        return await self._on_button(click, activity, back=click.case_id)

    async def _on_button(self, click: Click, activity: Activity, back: str | None = None) -> Body | None:
        reply = await self._asking.reply_to(click)
        if reply == EMPTY_REPLY and click.action in CHANGES and click.case_id:
            reply = await self._asking.request_view(click, Action.OPEN_CASE)
        if reply.form is not None:
            return FormRenderer(id_at(activity, "id"), time_zone_of(activity), back).render(reply.form)
        if reply.home is not None:
            return show_dialog(home_dialog(reply.home))
        return dialog_response(reply, None if click.action is Action.OPEN_CASE else back)

    async def _on_form(self, activity: Activity, data: ActionData) -> Body | None:
        click, kept = click_of_form(activity, data, self._asking.now()), form_state_of(data)
        drawing = FormRenderer(kept.nonce or id_at(activity, "id"), time_zone_of(activity), kept.back)
        chosen = await self._form_for_choice(click, data)
        if chosen is not None:
            view, note = chosen
            return drawing.render(view, values=click.values, note=note)
        reply = await self._asking.reply_to(click)
        if reply.form is not None:
            return drawing.render(reply.form)
        if reply.field_errors or reply.is_refusal:
            return await self._redisplay_form(click, reply, drawing)
        return await self._form_accepted(click, reply, kept)

    async def _form_for_choice(self, click: Click, data: ActionData) -> tuple[FormView, str] | None:
        """The form with the fields of another choice than it was drawn for, and why it came back; None: it
        has them all."""
        live = FORMS[click.action].live if click.action in FORMS else None
        if live is None:
            return None
        field, choose = live.field, live.action
        drawn_for = text_at(object_at(data, "shown"), field)
        if click.values.get(field, "") == drawn_for:
            return None
        wanted = (await self._asking.request_view(click, choose)).form
        before = (
            await self._asking.request_view(click, choose, values={**click.values, field: drawn_for})
        ).form
        if wanted is None or before is None or _field_ids(wanted) == _field_ids(before):
            return None
        return wanted, _NEEDS_MORE if {*_field_ids(wanted)} - {*_field_ids(before)} else _NEEDS_LESS

    async def _redisplay_form(self, click: Click, reply: Reply, drawing: FormRenderer) -> Body:
        """The form with what was typed, and why it wasn't taken; the words alone if it isn't theirs now.

        Teams keeps no form open by itself, so it is drawn again.
        """
        sent = FORMS.get(click.action)
        asked = await self._asking.request_view(click, sent.redrawn_by, value="") if sent else EMPTY_REPLY
        if asked.form is None:
            said = reply.whisper or " ".join(reply.field_errors.values())
            return text_to_copy(said, long_texts(click.values))
        return drawing.render(
            asked.form, values=click.values, errors=reply.field_errors, refusal=reply.whisper
        )

    async def _form_accepted(self, click: Click, reply: Reply, kept: FormState) -> Body | None:
        """The case anew where its dialog was open before, else what there is to say, else nothing."""
        if reply == EMPTY_REPLY and kept.back:
            reply = await self._asking.request_view(click, Action.OPEN_CASE, case_id=kept.back)
        return dialog_response(reply)


def long_texts(values: Mapping[str, str]) -> list[str]:
    """The form's longer texts, as somebody wrote them."""
    return [values[field] for field in _LONG_TEXT_FIELDS if field in values]


def _field_ids(view: FormView) -> list[Field]:
    return [one.id for one in view.inputs]
