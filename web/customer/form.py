"""The form behind the customer's link: shown, sent, and shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from core.errors import FieldRefused
from core.money import decimals_of
from core.policy import UnknownName
from core.uploaded_file import File
from handlers.save_draft import keep_draft
from handlers.submit_form import Answers, LinkGone, file_dispute, find_sent, sending_of
from store.evidence.limits import MEGABYTE
from store.evidence.refusals import Fault
from store.transaction import Transaction
from web.customer.access import Visit, behind_the_door
from web.customer.form_validation import Written, blank, read, written_in, written_of
from web.customer.form_view import file_views, mistakes, reason_views, slots, waits
from web.customer.invoice_view import invoice_view
from web.customer.multipart import TooLarge, TooMuch, read_sent, sending_in
from web.error_pages import TurnedAway
from web.pages import lead_to, page

ACCEPTED = "image/*,.heic,.heif,.pdf,.docx,.xlsx,.txt,.csv,.eml"
"""What a browser offers to choose; what is taken is decided by content."""
routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class _State:
    """What is kept for the link."""

    written: Written | None
    files: Sequence[File]
    cases: Sequence[str]
    sending: str


async def show_form(
    request: web.Request,
    visit: Visit,
    *,
    written: Written | None = None,
    wrong: dict[str, str] | None = None,
    refused: Sequence[str] = (),
    status: int = 422,
) -> web.Response:
    """The form as it was left: what was just sent, else the draft, else the customer as we know them.

    `status` is for a form with mistakes. What is said of several files alike is said once.
    """
    state = await visit.portal.store.read(_state, visit)
    refused = list(dict.fromkeys(refused))
    found = mistakes(wrong or {}, refused)
    return page(
        request,
        "form.html",
        visit.tongue,
        status=status if found else 200,
        wrong=wrong or {},
        refused=refused,
        mistakes=found,
        is_saved="saved" in request.query and not found,
        **_values(visit, state, written or state.written or blank(visit.link)),
    )


@routes.post("/d/{token}")
@behind_the_door
async def post_form(request: web.Request, visit: Visit) -> web.StreamResponse:
    """303 to the page of the case; the form again with 422 if something is wrong, 413 if it is too large."""
    try:
        sent = await read_sent(request, visit)
    except TooLarge:
        return await show_form(request, visit, refused=[_too_large(visit)], status=413)
    except TooMuch:
        raise TurnedAway("foreign", 413) from None
    written, sending = written_in(sent.fields), sending_in(sent)
    known = await visit.portal.store.read(find_sent, visit.link.id, sending)
    if known is not None:
        return lead_to(f"{visit.path}?sent=1&case={known}")
    answers, wrong = read(written, visit.link, visit.portal.store.policy, visit.tongue)
    if answers is None or sent.refused:
        await visit.portal.store.run(
            keep_draft, visit.link.id, written.as_body(), sending=sending, now=visit.now
        )
        return await show_form(request, visit, written=written, wrong=wrong, refused=sent.refused)
    return await _send(request, visit, written, answers, sending)


async def _send(
    request: web.Request, visit: Visit, written: Written, answers: Answers, sending: str
) -> web.StreamResponse:
    try:
        case = await visit.portal.store.run(
            file_dispute, visit.link.id, answers, sending=sending, now=visit.now
        )
    except LinkGone:
        raise TurnedAway("revoked", 410) from None
    except (UnknownName, FieldRefused):
        wrong = {"reason": visit.tongue.say("This has changed in the meantime. Please choose again.")}
        return await show_form(request, visit, written=written, wrong=wrong)
    return lead_to(f"{visit.path}?sent=1&case={case.id}")


def _values(visit: Visit, state: _State, written: Written) -> dict[str, Any]:
    policy, tongue = visit.portal.store.policy, visit.tongue
    files = file_views(state.files, tongue, visit.path)
    return {
        "company": policy.company,
        "path": visit.path,
        "csrf": visit.csrf,
        "sending": state.sending,
        "invoice": invoice_view(visit.link),
        "decimals": decimals_of(visit.link.invoice.currency),
        "written": written,
        "cases": state.cases,
        "reasons": reason_views(policy, tongue, written.reason),
        "slots": slots(policy, tongue, files, written.reason),
        "waits": waits(policy, tongue),
        "accepted": ACCEPTED,
        "largest": tongue.number(visit.portal.receiver.limits.bytes_per_file // MEGABYTE),
        "next_words": _next_words(visit),
    }


def _too_large(visit: Visit) -> str:
    limit = visit.portal.receiver.limits.bytes_per_case // MEGABYTE
    first = visit.tongue.say("That was too much at once, and nothing of it was kept.")
    return f"{first} {visit.tongue.say(Fault.TOO_MUCH, limit=limit)}"


def _next_words(visit: Visit) -> str:
    if visit.portal.mail_is_on:
        return visit.tongue.say(
            "You get a mail at once that we have it. This page then shows you what happens next, "
            "and you can answer and add files here."
        )
    return visit.tongue.say(
        "This page then shows you what happens next, and you can answer and add files here."
    )


def _state(tx: Transaction, visit: Visit) -> _State:
    link = visit.link
    draft = tx.drafts.find(link.id)
    cases = tx.cases.list_for_invoice(link.invoice.ref, link.customer.ref)
    return _State(
        written=written_of(draft.body) if draft and draft.body else None,
        files=tx.files.list_for_draft(draft.id) if draft else (),
        cases=[case.id for case in cases],
        sending=sending_of(tx, link),
    )
