"""How does a customer see where their dispute stands, and go on with it?"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from aiohttp import web

from cards.customer.language import Translator
from cards.customer.view import customer_view, size_text
from cards.customer.views import CustomerCaseView
from core.customer_events import FileRefused
from core.errors import NotFound, Refused
from core.uploaded_file import OTHER_KIND, File
from handlers.customer_page import (
    CustomerCases,
    disagree_with_decision,
    load_customer_cases,
    send_message,
    withdraw_case,
)
from store.evidence.limits import Limits
from store.evidence.refusals import refusal_of
from store.evidence.uploads import UploadTarget
from web.customer.access import Visit, customer_page
from web.customer.form import ACCEPTED
from web.customer.form_view import ConditionalText, Slot
from web.customer.multipart import FormTooLarge, SubmittedForm, read_form
from web.customer.status_validation import (
    LONGEST_TEXT,
    Message,
    Problem,
    UploadedFile,
    check_length,
    form_key,
    parse_message,
    text_field,
)
from web.error_pages import PageRefused
from web.pages import render_page

routes = web.RouteTableDef()
_NEW_FORM = 16


class TypedText(NamedTuple):
    """What stands in the fields when a form comes back to be mended."""

    text: str = ""
    why: str = ""
    kept: tuple[UploadedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class _InvalidForm:
    """A form that comes back: what is wrong, what was typed, and its key, so that it still counts once."""

    problem: Problem
    typed: TypedText
    once: str


def show_status(
    request: web.Request, visit: Visit, customer_cases: CustomerCases, comeback: _InvalidForm | None = None
) -> web.Response:
    """The page of the chosen case; the customer's others about this invoice stand beside it."""
    view = _view(visit, customer_cases)
    others = [other for other in customer_cases.cases if other.id != view.case_id]
    return render_page(
        request,
        "status.html",
        visit.translator,
        status=422 if comeback else 200,
        company=visit.portal.store.policy.company,
        invoice_number=visit.link.invoice.number,
        view=view,
        slots=_slots(view, visit),
        others=[_view(visit, CustomerCases(customer_cases.cases, other, (), ())) for other in others],
        path=visit.path,
        action=f"{visit.path}/cases/{view.case_id}",
        csrf=visit.csrf,
        once=comeback.once if comeback else secrets.token_urlsafe(_NEW_FORM),
        typed=comeback.typed if comeback else TypedText(),
        problem=comeback.problem if comeback else None,
        flash=_flash(request, visit, is_missing=bool(view.missing)),
        accepted=ACCEPTED,
        largest=size_text(visit.translator, Limits().bytes_per_file),
    )


@routes.get("/d/{token}/cases/{case_id}")
@routes.get("/d/{token}/cases/{case_id}/{deed:message|withdraw|disagree}")
@customer_page
async def get_case(request: web.Request, visit: Visit) -> web.StreamResponse:
    """Where a form was sent to, opened anew: the page of its case."""
    customer_cases = await _load_cases(visit, request.match_info["case_id"])
    return _redirect(_case_url(visit, customer_cases))


@routes.post("/d/{token}/cases/{case_id}/message")
@customer_page
async def post_message(request: web.Request, visit: Visit) -> web.StreamResponse:
    """The customer writes, or adds files, or both."""
    customer_cases = await _load_cases(visit, request.match_info["case_id"])
    message = parse_message(await _read(request, visit, customer_cases))
    problem = message.problem(visit.translator)
    if problem is not None:
        typed = TypedText(text=message.text, kept=message.files)
        return show_status(request, visit, customer_cases, _InvalidForm(problem, typed, message.key))
    return await _apply(visit, customer_cases, "written", partial(_write, visit, message=message))


@routes.post("/d/{token}/cases/{case_id}/withdraw")
@customer_page
async def post_withdraw(request: web.Request, visit: Visit) -> web.StreamResponse:
    """The customer takes the objection back."""
    customer_cases = await _load_cases(visit, request.match_info["case_id"])
    sent = await _read(request, visit, customer_cases)
    why, once = text_field(sent, "why")[:LONGEST_TEXT], form_key(sent)
    return await _apply(visit, customer_cases, "withdrawn", partial(_withdraw, visit, why=why, once=once))


@routes.post("/d/{token}/cases/{case_id}/disagree")
@customer_page
async def post_disagree(request: web.Request, visit: Visit) -> web.StreamResponse:
    """The customer doesn't accept the decision."""
    customer_cases = await _load_cases(visit, request.match_info["case_id"])
    sent = await _read(request, visit, customer_cases)
    why, once = text_field(sent, "why"), form_key(sent)
    problem = check_length("why", why, visit.translator)
    if not why:
        problem = Problem(
            "why", visit.translator.translate("Please tell us what is wrong with the decision.")
        )
    if problem is not None:
        return show_status(request, visit, customer_cases, _InvalidForm(problem, TypedText(why=why), once))
    return await _apply(visit, customer_cases, "disagreed", partial(_disagree, visit, why=why, once=once))


async def _read(request: web.Request, visit: Visit, customer_cases: CustomerCases) -> SubmittedForm:
    """Raises TurnedAway: it isn't our form, or more than anybody writes."""

    async def beside_the_case(visit: Visit) -> UploadTarget:
        invoice, customer, case = visit.link.invoice, visit.link.customer, customer_cases.chosen
        return UploadTarget(
            invoice_ref=invoice.ref,
            customer_ref=customer.ref,
            via="page",
            meant_for=case.id if case else None,
        )

    try:
        return await read_form(request, visit, beside_the_case)
    except FormTooLarge:
        raise PageRefused("too_large", 413) from None


async def _withdraw(visit: Visit, case_id: str, *, why: str, once: str) -> None:
    await visit.portal.store.run(withdraw_case, visit.link, case_id, why=why, key=once, now=visit.now)


async def _disagree(visit: Visit, case_id: str, *, why: str, once: str) -> None:
    await visit.portal.store.run(
        disagree_with_decision, visit.link, case_id, why=why, key=once, now=visit.now
    )


async def _write(visit: Visit, case_id: str, *, message: Message) -> None:
    await visit.portal.store.run(
        send_message,
        visit.link,
        case_id,
        text=message.text,
        file_ids=[file.id for file in message.files],
        key=message.key,
        now=visit.now,
    )


async def _apply(
    visit: Visit, customer_cases: CustomerCases, done: str, deed: Callable[[str], Awaitable[None]]
) -> web.StreamResponse:
    """Do it and show the page; where the case has moved on meanwhile, the page says so instead."""
    case_id = customer_cases.chosen.id if customer_cases.chosen else ""
    try:
        await deed(case_id)
    except NotFound:
        raise PageRefused("no_case", 404) from None
    except Refused:
        done = "stale"
    return _redirect(f"{_case_url(visit, customer_cases)}&done={done}")


def _redirect(place: str) -> web.Response:
    """To one of our own pages, whose address is made of what we wrote ourselves."""
    return web.Response(status=303, headers={"Location": place})


def _case_url(visit: Visit, customer_cases: CustomerCases) -> str:
    return f"{visit.path}?case={customer_cases.chosen.id if customer_cases.chosen else ''}"


async def _load_cases(visit: Visit, case_id: str) -> CustomerCases:
    try:
        return await visit.portal.store.read(load_customer_cases, visit.link, case_id)
    except NotFound:
        raise PageRefused("no_case", 404) from None


def _view(visit: Visit, customer_cases: CustomerCases) -> CustomerCaseView:
    if customer_cases.chosen is None:
        raise PageRefused("no_case", 404)
    return customer_view(
        customer_cases.chosen,
        events=[entry.event for entry in customer_cases.timeline],
        files=customer_cases.files,
        policy=visit.portal.store.policy,
        translator=visit.translator,
        now=visit.now,
        translate_refusal=partial(_translate_refusal, visit.translator, customer_cases.files),
    )


def _translate_refusal(translator: Translator, files: Sequence[File], event: FileRefused) -> str:
    refusal = refusal_of(event, files)
    return translator.translate(refusal.text, **refusal.values)


def _slots(view: CustomerCaseView, visit: Visit) -> list[Slot]:
    """A place for each piece of evidence that is missing, and one for everything else."""
    translate = visit.translator.translate
    last = (OTHER_KIND, translate("Other files") if view.missing else translate("Files"))
    return [
        Slot(kind=kind, number=number, classes="", labels=(ConditionalText(text=name, classes=""),))
        for number, (kind, name) in enumerate((*view.missing, last), 1)
    ]


def _flash(request: web.Request, visit: Visit, *, is_missing: bool) -> str:
    """What the page says after something was done; only what we wrote ourselves can be asked for."""
    translate = visit.translator.translate
    known = {
        "sent": translate("Thank you. Your dispute has reached us.")
        if is_missing
        else translate("Thank you. We have everything and will get back to you."),
        "written": translate("Thank you, we have it."),
        "withdrawn": translate("You have withdrawn your dispute."),
        "disagreed": translate("Thank you. A colleague looks at everything again."),
        "stale": translate(
            "Something has changed meanwhile, so this was not done. Here is how it stands now."
        ),
    }
    done = "sent" if "sent" in request.query else request.query.get("done", "")
    return known.get(done, "")
