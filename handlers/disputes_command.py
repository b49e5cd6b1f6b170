"""The `/disputes` command: lists, one case, figures, help; and the person's home page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from cards.home import figures_view, help_view, home_view
from core.errors import Refused
from core.ids import find_case_id
from core.person import Person
from handlers.access import managed_queues, visible_queues
from handlers.lists import ListRequest, find_queue, list_cases, requested_queues
from handlers.raise_dispute import open_new_form
from handlers.search import search_list
from handlers.show_case import full_case
from handlers.types import Click, Reply
from store.transaction import Transaction

FIGURES_SPAN = timedelta(days=30)
_HOME_LIMIT = 6


def answer_command(tx: Transaction, click: Click, actor: Person) -> Reply:
    """`/disputes WORD REST`. An unknown word gets the help, a bare number the case."""
    word, _, rest = click.value.strip().partition(" ")
    answer = _COMMANDS.get(word.casefold() or "help")
    if answer is not None:
        return answer(tx, click, actor, rest.strip())
    if find_case_id(word):
        return _show(tx, click, actor, word)
    return Reply(card=help_view(unknown=word))


def show_page(tx: Transaction, click: Click, actor: Person) -> Reply:
    """The page of a list that a paging button asks for."""
    return Reply(card=list_cases(tx, actor, ListRequest.parse(click.value), click.at))


def show_home(tx: Transaction, click: Click, actor: Person) -> Reply:
    """The person's home page: their cases, their queues, and for managers what is overdue."""
    lists = [list_cases(tx, actor, ListRequest("mine"), click.at, _HOME_LIMIT)]
    if managed_queues(tx, actor):
        lists.append(list_cases(tx, actor, ListRequest("overdue"), click.at, _HOME_LIMIT))
    lists += [
        list_cases(tx, actor, ListRequest("queue", queue.id), click.at, _HOME_LIMIT)
        for queue in visible_queues(tx, actor)
    ]
    return Reply(home=home_view(actor, lists=lists, at=click.at))


def _show(tx: Transaction, click: Click, actor: Person, rest: str) -> Reply:
    case_id = find_case_id(rest)
    if case_id is None:
        raise Refused("Write the case's number: /disputes show D-1042")
    return Reply(card=full_case(tx, actor, case_id, click.at, file_url=click.file_url))


def _search(tx: Transaction, click: Click, actor: Person, rest: str) -> Reply:
    return Reply(card=search_list(tx, actor, rest, click.at))


def _stats(tx: Transaction, click: Click, actor: Person, rest: str) -> Reply:
    queues = visible_queues(tx, actor)
    if not queues:
        raise Refused("There are no figures for you: you belong to no queue yet. Ask a manager to add you.")
    if rest:
        queues = requested_queues(tx, actor, find_queue(tx, rest).id)
    queue_ids = tuple(queue.id for queue in queues)
    figures = tx.reports.figures(queue_ids, click.at - FIGURES_SPAN, click.at)
    where = queues[0].name if len(queues) == 1 else "all your queues"
    title = f"The last {FIGURES_SPAN.days} days in {where}"
    people = tx.people.find_many(figures.by_resolver)
    return Reply(card=figures_view(figures, title=title, policy=tx.policy, people=people))


def _new(tx: Transaction, click: Click, actor: Person, _rest: str) -> Reply:
    return open_new_form(tx, click, actor)


def _help(_tx: Transaction, _click: Click, _actor: Person, _rest: str) -> Reply:
    return Reply(card=help_view())


def _listing(kind: str) -> Callable[[Transaction, Click, Person, str], Reply]:
    def show(tx: Transaction, click: Click, actor: Person, rest: str) -> Reply:
        queue_id = find_queue(tx, rest).id if rest and kind != "mine" else ""
        return Reply(card=list_cases(tx, actor, ListRequest(kind, queue_id), click.at))

    return show


_COMMANDS: Mapping[str, Callable[[Transaction, Click, Person, str], Reply]] = {
    "help": _help,
    "mine": _listing("mine"),
    "queue": _listing("queue"),
    "overdue": _listing("overdue"),
    "show": _show,
    "search": _search,
    "new": _new,
    "stats": _stats,
}
