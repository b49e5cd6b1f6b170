"""The dispute form: shown, sent, and shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from core.errors import FieldRefused
from core.link_budget import Excess, OverBudget
from core.money import decimals_of
from core.policy import UnknownName
from core.uploaded_file import File
from handlers.save_draft import save_draft
from handlers.submit_form import FormAnswers, LinkRevoked, find_submitted_case, next_form_number, submit_form
from store.evidence.limits import MEGABYTE
from store.evidence.refusals import Fault
from store.transaction import Transaction
from web.customer.access import Visit, customer_page
from web.customer.error_pages import PageRefused
from web.customer.form_validation import FormInput, from_draft, from_fields, prefilled, validate
from web.customer.form_view import mistakes, reason_views, slots, upload_views, wait_notes
from web.customer.invoice_view import invoice_view
from web.customer.multipart import FilesTooLarge, FormTooLarge, read_form, sending_number
from web.pages import redirect_to, render_page

ACCEPTED = "image/*,.heic,.heif,.pdf,.docx,.xlsx,.txt,.csv,.eml"
"""Files that a browser offers to choose; whether one is accepted depends on its content."""
routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class _SavedForm:
    """What is stored for the link before the form is sent, and the cases that it has made."""

    written: FormInput | None
    files: Sequence[File]
    cases: Sequence[str]
    sending: str


async def show_form(
    request: web.Request,
    visit: Visit,
    *,
    written: FormInput | None = None,
    wrong: dict[str, str] | None = None,
    refused: Sequence[str] = (),
    status: int = 422,
) -> web.Response:
    """The form, filled with what was just sent, else with the draft, else with the customer's data.

    `status` is for a form with mistakes. The same refusal of several files is shown once.
    """
    state = await visit.portal.store.read(_saved_form, visit)
    refused = list(dict.fromkeys(refused))
    found = mistakes(wrong or {}, refused)
    return render_page(
        request,
        "form.html",
        visit.translator,
        status=status if found else 200,
        wrong=wrong or {},
        refused=refused,
        mistakes=found,
        is_saved="saved" in request.query and not found,
        **_values(visit, state, written or state.written or prefilled(visit.link)),
    )


@routes.post("/d/{token}")
@customer_page
async def post_form(request: web.Request, visit: Visit) -> web.StreamResponse:
    """303 to the case's page; the form again with 422 if something is wrong, with 413 if it is too large."""
    try:
        sent = await read_form(request, visit)
    except FilesTooLarge:
        return await show_form(request, visit, refused=[_too_large(visit)], status=413)
    except FormTooLarge:
        raise PageRefused("foreign", 413) from None
    written, sending = from_fields(sent.fields), sending_number(sent)
    known = await visit.portal.store.read(find_submitted_case, visit.link.id, sending)
    if known is not None:
        return redirect_to(f"{visit.path}?sent=1&case={known}")
    answers, wrong = validate(written, visit.link, visit.portal.store.policy, visit.translator)
    if answers is None or sent.refused:
        await visit.portal.store.run(
            save_draft, visit.link.id, written.as_body(), sending=sending, now=visit.now
        )
        return await show_form(request, visit, written=written, wrong=wrong, refused=sent.refused)
    return await _send(request, visit, written, answers, sending)


async def _send(
    request: web.Request, visit: Visit, written: FormInput, answers: FormAnswers, sending: str
) -> web.StreamResponse:
    try:
        case = await visit.portal.store.run(
            submit_form, visit.link.id, answers, sending=sending, now=visit.now
        )
    except LinkRevoked:
        raise PageRefused("revoked", 410) from None
    except OverBudget as over:
        await visit.portal.store.run(
            save_draft, visit.link.id, written.as_body(), sending=sending, now=visit.now
        )
        where = "email" if over.excess is Excess.ADDRESSES_TODAY else "reason"
        wrong = {where: visit.translator.translate(over.excess, **over.values)}
        return await show_form(request, visit, written=written, wrong=wrong, status=429)
    except (UnknownName, FieldRefused):
        wrong = {
            "reason": visit.translator.translate("This has changed in the meantime. Please choose again.")
        }
        return await show_form(request, visit, written=written, wrong=wrong)
    return redirect_to(f"{visit.path}?sent=1&case={case.id}")


def _values(visit: Visit, state: _SavedForm, written: FormInput) -> dict[str, Any]:
    policy, translator = visit.portal.store.policy, visit.translator
    files = upload_views(state.files, translator, visit.path)
    return {
        "company": policy.company,
        "path": visit.path,
        "csrf": visit.csrf,
        "sending": state.sending,
        "invoice": invoice_view(visit.link),
        "decimals": decimals_of(visit.link.invoice.currency),
        "written": written,
        "cases": state.cases,
        "reasons": reason_views(policy, translator, written.reason),
        "slots": slots(policy, translator, files, written.reason),
        "waits": wait_notes(policy, translator),
        "accepted": ACCEPTED,
        "largest": translator.number(visit.portal.receiver.limits.bytes_per_file // MEGABYTE),
        "next_words": _next_words(visit),
    }


def _too_large(visit: Visit) -> str:
    limit = visit.portal.receiver.limits.bytes_per_case // MEGABYTE
    first = visit.translator.translate("That was too much at once, and nothing of it was kept.")
    return f"{first} {visit.translator.translate(Fault.TOO_MUCH, limit=limit)}"


def _next_words(visit: Visit) -> str:
    if visit.portal.mail_is_on:
        return visit.translator.translate(
            "You get a mail at once that we have it. This page then shows you what happens next, "
            "and you can answer and add files here."
        )
    return visit.translator.translate(
        "This page then shows you what happens next, and you can answer and add files here."
    )


def _saved_form(tx: Transaction, visit: Visit) -> _SavedForm:
    link = visit.link
    draft = tx.drafts.find(link.id)
    cases = tx.cases.list_for_invoice(link.invoice.ref, link.customer.ref)
    return _SavedForm(
        written=from_draft(draft.body) if draft and draft.body else None,
        files=tx.files.list_for_draft(draft.id) if draft else (),
        cases=[case.id for case in cases],
        sending=next_form_number(tx, link),
    )
