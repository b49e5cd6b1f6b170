"""How does a customer see where their dispute stands, and go on with it?"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from aiohttp import web

from cards.customer.language import Tongue
from cards.customer.view import customer_view, size_in
from cards.customer.views import CustomerCaseView
from core.errors import NotFound, Refused
from core.uploaded_file import OTHER_KIND
from handlers.customer_page import Shelf, disagree_with, look, withdraw_case, write
from store.evidence.limits import Limits
from store.evidence.refusals import said_before
from store.evidence.uploads import Place
from web.customer.access import Visit, behind_the_door
from web.customer.form import ACCEPTED
from web.customer.form_view import ForSome, Slot
from web.customer.multipart import Sent, TooMuch, read_sent
from web.customer.status_validation import (
    LONGEST_TEXT,
    Kept,
    Message,
    Problem,
    message_in,
    once_in,
    text_in,
    too_long,
)
from web.error_pages import TurnedAway
from web.pages import page

routes = web.RouteTableDef()
_NEW_FORM = 16


class Typed(NamedTuple):
    """What stands in the fields when a form comes back to be mended."""

    text: str = ""
    why: str = ""
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class _Comeback:
    """A form that comes back: what is wrong, what was typed, and its key, so that it still counts once."""

    problem: Problem
    typed: Typed
    once: str


def show_status(
    request: web.Request, visit: Visit, shelf: Shelf, comeback: _Comeback | None = None
) -> web.Response:
    """The page of the chosen case; the customer's others about this invoice stand beside it."""
    view = _view(visit, shelf)
    others = [other for other in shelf.cases if other.id != view.case_id]
    return page(
        request,
        "status.html",
        visit.tongue,
        status=422 if comeback else 200,
        company=visit.portal.store.policy.company,
        invoice_number=visit.link.invoice.number,
        view=view,
        slots=_slots(view, visit),
        others=[_view(visit, Shelf(shelf.cases, other, (), ())) for other in others],
        path=visit.path,
        action=f"{visit.path}/cases/{view.case_id}",
        csrf=visit.csrf,
        once=comeback.once if comeback else secrets.token_urlsafe(_NEW_FORM),
        typed=comeback.typed if comeback else Typed(),
        problem=comeback.problem if comeback else None,
        flash=_flash(request, visit, is_missing=bool(view.missing)),
        accepted=ACCEPTED,
        largest=size_in(visit.tongue, Limits().bytes_per_file),
    )


@routes.get("/d/{token}/cases/{case_id}")
@routes.get("/d/{token}/cases/{case_id}/{deed:message|withdraw|disagree}")
@behind_the_door
async def get_case(request: web.Request, visit: Visit) -> web.StreamResponse:
    """Where a form was sent to, opened anew: the page of its case."""
    shelf = await _look(visit, request.match_info["case_id"])
    return _go(_place(visit, shelf))


@routes.post("/d/{token}/cases/{case_id}/message")
@behind_the_door
async def post_message(request: web.Request, visit: Visit) -> web.StreamResponse:
    """The customer writes, or adds files, or both."""
    shelf = await _look(visit, request.match_info["case_id"])
    message = message_in(await _read(request, visit, shelf))
    problem = message.problem(visit.tongue)
    if problem is not None:
        typed = Typed(text=message.text, kept=message.files)
        return show_status(request, visit, shelf, _Comeback(problem, typed, message.once))
    return await _do(visit, shelf, "written", partial(_write, visit, message=message))


@routes.post("/d/{token}/cases/{case_id}/withdraw")
@behind_the_door
async def post_withdraw(request: web.Request, visit: Visit) -> web.StreamResponse:
    """The customer takes the objection back."""
    shelf = await _look(visit, request.match_info["case_id"])
    sent = await _read(request, visit, shelf)
    why, once = text_in(sent, "why")[:LONGEST_TEXT], once_in(sent)
    return await _do(visit, shelf, "withdrawn", partial(_withdraw, visit, why=why, once=once))


@routes.post("/d/{token}/cases/{case_id}/disagree")
@behind_the_door
async def post_disagree(request: web.Request, visit: Visit) -> web.StreamResponse:
    """The customer doesn't accept the decision."""
    shelf = await _look(visit, request.match_info["case_id"])
    sent = await _read(request, visit, shelf)
    why, once = text_in(sent, "why"), once_in(sent)
    problem = too_long("why", why, visit.tongue)
    if not why:
        problem = Problem("why", visit.tongue.say("Please tell us what is wrong with the decision."))
    if problem is not None:
        return show_status(request, visit, shelf, _Comeback(problem, Typed(why=why), once))
    return await _do(visit, shelf, "disagreed", partial(_disagree, visit, why=why, once=once))


async def _read(request: web.Request, visit: Visit, shelf: Shelf) -> Sent:
    """Raises TurnedAway: it isn't our form, or more than anybody writes."""

    async def beside_the_case(visit: Visit) -> Place:
        invoice, customer, case = visit.link.invoice, visit.link.customer, shelf.chosen
        return Place(
            invoice_ref=invoice.ref,
            customer_ref=customer.ref,
            via="page",
            meant_for=case.id if case else None,
        )

    try:
        return await read_sent(request, visit, beside_the_case)
    except TooMuch:
        raise TurnedAway("too_large", 413) from None


async def _withdraw(visit: Visit, case_id: str, *, why: str, once: str) -> None:
    await visit.portal.store.run(withdraw_case, visit.link, case_id, why=why, key=once, now=visit.now)


async def _disagree(visit: Visit, case_id: str, *, why: str, once: str) -> None:
    await visit.portal.store.run(disagree_with, visit.link, case_id, why=why, key=once, now=visit.now)


async def _write(visit: Visit, case_id: str, *, message: Message) -> None:
    await visit.portal.store.run(
        write,
        visit.link,
        case_id,
        text=message.text,
        file_ids=[file.id for file in message.files],
        key=message.once,
        now=visit.now,
    )


async def _do(
    visit: Visit, shelf: Shelf, done: str, deed: Callable[[str], Awaitable[None]]
) -> web.StreamResponse:
    """Do it and show the page; where the case has moved on meanwhile, the page says so instead."""
    case_id = shelf.chosen.id if shelf.chosen else ""
    try:
        await deed(case_id)
    except NotFound:
        raise TurnedAway("no_case", 404) from None
    except Refused:
        done = "stale"
    return _go(f"{_place(visit, shelf)}&done={done}")


def _go(place: str) -> web.Response:
    """To one of our own pages, whose address is made of what we wrote ourselves."""
    return web.Response(status=303, headers={"Location": place})


def _place(visit: Visit, shelf: Shelf) -> str:
    return f"{visit.path}?case={shelf.chosen.id if shelf.chosen else ''}"


async def _look(visit: Visit, case_id: str) -> Shelf:
    try:
        return await visit.portal.store.read(look, visit.link, case_id)
    except NotFound:
        raise TurnedAway("no_case", 404) from None


def _view(visit: Visit, shelf: Shelf) -> CustomerCaseView:
    if shelf.chosen is None:
        raise TurnedAway("no_case", 404)
    return customer_view(
        shelf.chosen,
        events=[entry.event for entry in shelf.story],
        files=shelf.files,
        policy=visit.portal.store.policy,
        tongue=visit.tongue,
        now=visit.now,
        say_why=partial(_say_again, visit.tongue),
    )


def _say_again(tongue: Tongue, why: str) -> str:
    refusal = said_before(why)
    return tongue.say(refusal.text, **refusal.values)


def _slots(view: CustomerCaseView, visit: Visit) -> list[Slot]:
    """A place for each piece of evidence that is missing, and one for everything else."""
    say = visit.tongue.say
    last = (OTHER_KIND, say("Other files") if view.missing else say("Files"))
    return [
        Slot(kind=kind, number=number, classes="", labels=(ForSome(text=name, classes=""),))
        for number, (kind, name) in enumerate((*view.missing, last), 1)
    ]


def _flash(request: web.Request, visit: Visit, *, is_missing: bool) -> str:
    """What the page says after something was done; only what we wrote ourselves can be asked for."""
    say = visit.tongue.say
    known = {
        "sent": say("Thank you. Your dispute has reached us.")
        if is_missing
        else say("Thank you. We have everything and will get back to you."),
        "written": say("Thank you, we have it."),
        "withdrawn": say("You have withdrawn your dispute."),
        "disagreed": say("Thank you. A colleague looks at everything again."),
        "stale": say("Something has changed meanwhile, so this was not done. Here is how it stands now."),
    }
    done = "sent" if "sent" in request.query else request.query.get("done", "")
    return known.get(done, "")
