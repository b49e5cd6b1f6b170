"""Forms as dialogs in Teams."""

from __future__ import annotations

from collections.abc import Mapping

from cards import words
from cards.sanitize import clean_line
from cards.teams.dialogs import dialog_value
from cards.teams.elements import container, lines, paragraphs, text
from cards.teams.inputs import FormState, chosen, field_elements, problem
from cards.teams.layout import CardContent, Element, Layout, fit_card, without_surrogates
from cards.teams.submitted import known_zone
from cards.teams.text import bold, escape
from cards.views import ChoiceInput, FormView, Preview

TITLE = 24
_MOST_INPUTS, _MOST_INTRO, _MOST_PROBLEMS = 80, 10, 20
_MAIL, _MAIL_LINES = 8000, 400
_TALL = 4
"""With this many fields a dialog is tall."""
NOTHING: Mapping[str, str] = {}


def form(
    view: FormView,
    *,
    zone: str,
    values: Mapping[str, str] = NOTHING,
    errors: Mapping[str, str] = NOTHING,
    refusal: str | None = None,
    note: str | None = None,
) -> Element:
    """The dialog, with what was typed so far. A refusal is shown at its field, or on top with the `note`."""
    filled = FormState(known_zone(zone), values, errors)

    def draw(layout: Layout) -> CardContent:
        body = [*_top(view, filled, refusal, note, layout), *lines(view.intro, layout, _MOST_INTRO)]
        body += _preview(view.preview, layout)
        for one in view.inputs[:_MOST_INPUTS]:
            body += field_elements(one, filled, layout)
        return CardContent(view.title, body, [_submit(view, filled)])

    is_tall = len(view.inputs) >= _TALL or view.preview is not None
    title = words.cut(clean_line(view.title), TITLE)
    return dialog_value(title, fit_card(draw, is_dialog=True), "large" if is_tall else "medium")


def _top(
    view: FormView, filled: FormState, refusal: str | None, note: str | None, layout: Layout
) -> list[Element]:
    """What concerns the whole form: the refusal, refusals of fields that it doesn't have, the note."""
    here = {one.id.value for one in view.inputs}
    refused = [refusal, *(said for name, said in filled.errors.items() if name not in here)]
    problems = [problem(said, layout) for said in refused if said][: layout.scaled(_MOST_PROBLEMS)]
    top = [container(problems, style="attention")] if problems else []
    if note:
        top.append(container([text(escape(note, layout.max_chars(1000)))], style="accent"))
    return top


def _preview(mail: Preview | None, layout: Layout) -> list[Element]:
    """The mail that will be sent: recipient, subject, and its whole text."""
    if mail is None:
        return []
    head = [
        text(f"{bold(label)} {escape(said, layout.max_chars(300))}", spacing="None")
        for label, said in (("To", mail.to), ("Subject", mail.subject))
    ]
    said = paragraphs(mail.text, layout, _MAIL, _MAIL_LINES)
    said[0] |= {"separator": True, "spacing": "Medium"}
    return [container([*head, *said], style="emphasis", spacing="Medium")]


def _submit(view: FormView, filled: FormState) -> Element:
    """The submit button, with the hidden values in its data."""
    drawn_for = {
        one.id.value: chosen(one, filled)
        for one in view.inputs
        if isinstance(one, ChoiceInput) and one.on_choose is not None
    }
    return {
        "type": "Action.Submit",
        "title": words.cut(clean_line(view.submit), TITLE) or "Send",
        "style": "positive",
        "data": {
            "action": view.submits.value,
            "keep": {name: without_surrogates(value) for name, value in view.hidden},
            "zone": filled.zone,
            "shown": drawn_for,
        },
    }
