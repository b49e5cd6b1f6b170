"""A sample of everything that is sent to Teams: messages, dialogs and results, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from cards.actions import Action, Field
from cards.teams import dialog, form, home, home_dialog, message, notice, prompt
from cards.teams import search_results as found
from cards.views import Button, Choice, Confirm, FormView, Mention, MessageView, PersonInput
from tests.cards.examples import CASES, view_of
from tests.cards.samples import CARDS, FORMS, HOME

Json = dict[str, Any]
ZONE = "Europe/Berlin"
ANAS_ID = "0a0a0a0a-0000-4000-8000-000000000001"
DANAS_ID = "0a0a0a0a-0000-4000-8000-00000000000d"
ANA_ON_TEAMS = Mention("Ana", "U0ANA", ANAS_ID)
COLLEAGUES = (Choice("slack:U0BEN", "Ben"), Choice("teams:x", "Dana"), Choice("slack:U0EVA", "Eva *Star*"))


def _own_cards() -> dict[str, Callable[[], Json]]:
    """What only Teams has."""
    case = view_of(CASES["under_review"])
    mine = replace(case, resolver=ANA_ON_TEAMS, readers=("29:ana", "29:ben"))
    asked = MessageView(lines=(("Shall it go?",),), mentions=(ANA_ON_TEAMS,), buttons=(SURE,))
    return {
        "case_with_readers": partial(message, mine),
        "story_with_ping": partial(message, asked),
        "dialog_full_case": partial(dialog, CARDS["full_case"]),
        "dialog_list": partial(dialog, CARDS["list"]),
        "dialog_home": partial(home_dialog, HOME),
        "notice": partial(notice, "Ben has D-1042 already. Ask him, or a manager of Logistics disputes."),
        "prompt": partial(prompt, "What is late in your queues?", "Show", Action.COMMAND, "overdue"),
        "found": partial(found, [mine, view_of(CASES["open_late"])]),
        "form_decide_refused": partial(_refused, FORMS["decide_part"]),
        "form_reassign_people": partial(_form, _with_people(FORMS["reassign"])),
        "form_snooze_refused": partial(_refused, FORMS["snooze"]),
    }


SURE = Button(
    Action.ACCEPT_SENDER,
    "Accept the sender",
    "D-1042 x",
    "danger",
    Confirm("Sure?", "Mail of theirs then counts as the customer's.", "Accept"),
)


def _form(view: FormView) -> Json:
    return form(view, zone=ZONE)


def _refused(view: FormView) -> Json:
    return form(
        view,
        zone=ZONE,
        values={Field.AMOUNT: "9999", Field.WHY: "Because.", Field.UNTIL: "1772528400"},
        errors={
            Field.AMOUNT: "More than is disputed.",
            Field.UNTIL: "That is past.",
            Field.NOTE: "Too long.",
        },
        refusal="Somebody changed the case. Look again.",
        note="Your choice needs one more thing. Fill it in, then send again.",
    )


def _with_people(view: FormView) -> FormView:
    inputs = tuple(
        replace(one, choices=COLLEAGUES) if isinstance(one, PersonInput) else one for one in view.inputs
    )
    return replace(view, inputs=inputs)


TEAMS: Mapping[str, Callable[[], Json]] = {
    **{name: partial(message, card) for name, card in CARDS.items()},
    **{f"form_{name}": partial(_form, view) for name, view in FORMS.items()},
    "home": partial(home, HOME),
    **_own_cards(),
}
"""What goes to Teams, by name: part of an activity, or the value of an invoke's answer."""


def adaptive_cards(name: str) -> list[Json]:
    """The Adaptive Cards in it."""
    payload = TEAMS[name]()
    if "card" in payload:
        return [payload["card"]["content"]]
    return [one["content"] for one in payload["attachments"]]
