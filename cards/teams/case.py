"""Case card in Teams: number, reason and amount first; then people, deadlines and the customer's words."""

from __future__ import annotations

from cards import words
from cards.teams.buttons import actions, refresh
from cards.teams.elements import DONE, LATE, PAUSED, container, lines, quote, small, text
from cards.teams.layout import CardContent, Element, Layout
from cards.teams.text import bold, date, escape, escape_label, link, markdown, mention
from cards.views import CaseView, ClockView, Link

_GROUNDS = {
    "waiting": "accent",
    "working": "accent",
    "paused": "warning",
    "late": "attention",
    "done": "good",
}
_MARKS = {"late": f"{LATE} Late · ", "paused": f"{PAUSED} Paused · ", "done": f"{DONE} "}


def case_content(view: CaseView, layout: Layout) -> CardContent:
    return CardContent(
        headline=case_headline(view),
        body=[*case_body(view, layout), *case_actions(view, layout)],
        refresh=None if layout.is_dialog else refresh(view.case_id, view.readers),
    )


def case_actions(view: CaseView, layout: Layout) -> list[Element]:
    return actions(view.buttons, layout, view.menu, view.case_id)


def case_headline(view: CaseView) -> str:
    """One line for a notification."""
    return f"{view.case_id} · {view.reason} · {view.amount} · {view.customer} · {view.status}"


def case_body(view: CaseView, layout: Layout) -> list[Element]:
    body = [_head(view), *_who(view, layout), *_state(view, layout)]
    body.append(quote(view.statement, layout, 1000, by="In the customer's words", spacing="Medium"))
    extra = lines((*view.notices, *view.decision), layout, 20)
    if extra:
        body.append(container(extra, spacing="Medium"))
    return [*body, *_small_print(view, layout)]


def _head(view: CaseView) -> Element:
    number = f"{escape_label(view.case_id, 40)} · {escape(words.name(view.reason, 120), 200)}"
    said = escape(words.name(view.amount, 60), 80)
    amount = [text(said, size="ExtraLarge", weight="Bolder", spacing="None")]
    if view.of_total:
        amount.append(small(f"of {escape(view.of_total, 60)} in all", spacing="None"))
    head = [text(number, size="Medium", weight="Bolder", style="heading"), *amount]
    return container(head, style=_GROUNDS.get(view.tone, "default"), bleed=True)


def _who(view: CaseView, layout: Layout) -> list[Element]:
    terms = f"{escape_label(view.tier, 100)}, {escape_label(view.priority, 60)}"
    return [
        text(f"{bold(view.customer, layout.max_chars(300))} · {terms}", spacing="Medium"),
        text(markdown(view.invoice, layout, 1800), spacing="None"),
    ]


def _state(view: CaseView, layout: Layout) -> list[Element]:
    """Status, resolver and deadlines."""
    by = f" · {mention(view.resolver, layout)}" if view.resolver else ""
    said = [text(f"{_MARKS.get(view.tone, '')}{bold(view.status, 200)}{by}", spacing="Medium")]
    said += [_clock(clock) for clock in (view.clock, view.second_clock) if clock]
    if view.paused:
        said.append(text(markdown(view.paused, layout, layout.max_chars(500)), spacing="Small"))
    return said


def _clock(clock: ClockView) -> Element:
    said = f"{bold(clock.label, 100)} {date(clock.at)}"
    return text(said, spacing="Small", **({"color": "Attention"} if clock.is_late else {}))


def _small_print(view: CaseView, layout: Layout) -> list[Element]:
    said: list[Element] = []
    if view.evidence:
        said.append(text(markdown(view.evidence, layout, layout.max_chars(3000)), spacing="Medium"))
    queue = escape_label(view.queue, 200)
    if view.case_url:
        queue += f" · {link(Link('Case file', view.case_url))}"
    return [*said, small(queue, spacing="Small" if said else "Medium")]
