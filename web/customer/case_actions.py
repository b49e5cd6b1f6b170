"""Actions of the status page: write or add files, withdraw the dispute, disagree with the decision."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web

from core.email_address import is_email_address
from core.errors import NotFound, Refused
from core.link_budget import OverBudget
from handlers.confirm_address import change_address
from handlers.customer_page import (
    CustomerCases,
    disagree_with_decision,
    load_customer_cases,
    send_message,
    withdraw_case,
)
from store.evidence.uploads import UploadTarget
from web.customer.access import Visit, customer_page
from web.customer.error_pages import PageRefused
from web.customer.multipart import FormTooLarge, SubmittedForm, read_form
from web.customer.status import InvalidForm, TypedText, show_status
from web.customer.status_validation import (
    LONGEST_TEXT,
    Message,
    Problem,
    check_length,
    form_key,
    parse_message,
    text_field,
)

routes = web.RouteTableDef()


@routes.get("/d/{token}/cases/{case_id}")
@routes.get("/d/{token}/cases/{case_id}/{deed:message|withdraw|disagree|address}")
@customer_page
async def get_case(request: web.Request, visit: Visit) -> web.StreamResponse:
    """Redirect to the case's page: a browser may reopen the address that a form was sent to."""
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
        return show_status(request, visit, customer_cases, InvalidForm(problem, typed, message.key))
    return await _apply(visit, customer_cases, "written", partial(_write, visit, message=message))


@routes.post("/d/{token}/cases/{case_id}/withdraw")
@customer_page
async def post_withdraw(request: web.Request, visit: Visit) -> web.StreamResponse:
    """The customer withdraws the dispute."""
    customer_cases = await _load_cases(visit, request.match_info["case_id"])
    sent = await _read(request, visit, customer_cases)
    why, key = text_field(sent, "why")[:LONGEST_TEXT], form_key(sent)
    return await _apply(visit, customer_cases, "withdrawn", partial(_withdraw, visit, why=why, key=key))


@routes.post("/d/{token}/cases/{case_id}/disagree")
@customer_page
async def post_disagree(request: web.Request, visit: Visit) -> web.StreamResponse:
    """The customer doesn't accept the decision."""
    customer_cases = await _load_cases(visit, request.match_info["case_id"])
    sent = await _read(request, visit, customer_cases)
    why, key = text_field(sent, "why"), form_key(sent)
    problem = check_length("why", why, visit.translator)
    if not why:
        problem = Problem(
            "why", visit.translator.translate("Please tell us what is wrong with the decision.")
        )
    if problem is not None:
        return show_status(request, visit, customer_cases, InvalidForm(problem, TypedText(why=why), key))
    return await _apply(visit, customer_cases, "disagreed", partial(_disagree, visit, why=why, key=key))


@routes.post("/d/{token}/cases/{case_id}/address")
@customer_page
async def post_address(request: web.Request, visit: Visit) -> web.StreamResponse:
    """The mail to an unconfirmed address is sent again, or the address is corrected."""
    customer_cases = await _load_cases(visit, request.match_info["case_id"])
    sent = await _read(request, visit, customer_cases)
    email, problem = text_field(sent, "email"), None
    if not is_email_address(email):
        text = visit.translator.translate("Write one e-mail address, such as name@company.com.")
        problem = Problem("email", text)
    else:
        try:
            return await _apply(visit, customer_cases, "asked", partial(_ask, visit, email=email))
        except OverBudget:
            text = visit.translator.translate("No more such mails can be sent today. Try again tomorrow.")
            problem = Problem("email", text)
    return show_status(request, visit, customer_cases, InvalidForm(problem, TypedText(), form_key(sent)))


async def _ask(visit: Visit, case_id: str, *, email: str) -> None:
    await visit.portal.store.run(change_address, visit.link, case_id, email=email, now=visit.now)


async def _read(request: web.Request, visit: Visit, customer_cases: CustomerCases) -> SubmittedForm:
    """Raises PageRefused: it isn't our form, or it is too large."""

    async def upload_target(visit: Visit) -> UploadTarget:
        invoice, customer, case = visit.link.invoice, visit.link.customer, customer_cases.chosen
        return UploadTarget(
            invoice_ref=invoice.ref,
            customer_ref=customer.ref,
            via="page",
            link_id=visit.link.id,
            meant_for=case.id if case else None,
        )

    try:
        return await read_form(request, visit, upload_target)
    except FormTooLarge:
        raise PageRefused("too_large", 413) from None


async def _withdraw(visit: Visit, case_id: str, *, why: str, key: str) -> None:
    await visit.portal.store.run(withdraw_case, visit.link, case_id, why=why, key=key, now=visit.now)


async def _disagree(visit: Visit, case_id: str, *, why: str, key: str) -> None:
    await visit.portal.store.run(disagree_with_decision, visit.link, case_id, why=why, key=key, now=visit.now)


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
    visit: Visit, customer_cases: CustomerCases, done: str, action: Callable[[str], Awaitable[None]]
) -> web.StreamResponse:
    """Run `action` and show the page. If the case no longer allows it, the page says so."""
    case_id = customer_cases.chosen.id if customer_cases.chosen else ""
    try:
        await action(case_id)
    except NotFound:
        raise PageRefused("no_case", 404) from None
    except OverBudget:
        raise
    except Refused:
        done = "stale"
    return _redirect(f"{_case_url(visit, customer_cases)}&done={done}")


def _redirect(path: str) -> web.Response:
    """Redirect to one of our own pages; `path` holds nothing that a visitor typed."""
    return web.Response(status=303, headers={"Location": path})


def _case_url(visit: Visit, customer_cases: CustomerCases) -> str:
    return f"{visit.path}?case={customer_cases.chosen.id if customer_cases.chosen else ''}"


async def _load_cases(visit: Visit, case_id: str) -> CustomerCases:
    try:
        return await visit.portal.store.read(load_customer_cases, visit.link, case_id)
    except NotFound:
        raise PageRefused("no_case", 404) from None
