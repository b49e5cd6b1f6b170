"""The status page: where a dispute stands, and the forms by which its customer goes on with it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from aiohttp import web

from cards.customer.language import Translator
from cards.customer.view import customer_view, size_text
from cards.customer.views import CustomerCaseView
from core.customer_events import FileRefused
from core.uploaded_file import OTHER_KIND, File
from handlers.customer_page import CustomerCases
from store.evidence.limits import Limits
from store.evidence.refusals import refusal_of
from web.customer.access import Visit
from web.customer.error_pages import PageRefused
from web.customer.form import ACCEPTED
from web.customer.form_view import ConditionalText, Slot
from web.customer.status_validation import Problem, UploadedFile
from web.pages import render_page

_FORM_KEY_BYTES = 16


class TypedText(NamedTuple):
    """What the fields hold when a form is shown again to be corrected."""

    text: str = ""
    why: str = ""
    kept: tuple[UploadedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class InvalidForm:
    """A form that is shown again: what is wrong, what was typed, and the key by which it counts once."""

    problem: Problem
    typed: TypedText
    once: str


def show_status(
    request: web.Request, visit: Visit, customer_cases: CustomerCases, invalid: InvalidForm | None = None
) -> web.Response:
    """The page of the chosen case, beside the customer's other cases about this invoice."""
    view = _view(visit, customer_cases)
    others = [other for other in customer_cases.cases if other.id != view.case_id]
    return render_page(
        request,
        "status.html",
        visit.translator,
        status=422 if invalid else 200,
        company=visit.portal.store.policy.company,
        invoice_number=visit.link.invoice.number,
        view=view,
        unconfirmed=_unconfirmed_email(visit, customer_cases),
        slots=_slots(view, visit),
        others=[_view(visit, CustomerCases(customer_cases.cases, other, (), ())) for other in others],
        path=visit.path,
        action=f"{visit.path}/cases/{view.case_id}",
        csrf=visit.csrf,
        once=invalid.once if invalid else secrets.token_urlsafe(_FORM_KEY_BYTES),
        typed=invalid.typed if invalid else TypedText(),
        problem=invalid.problem if invalid else None,
        flash=_flash(request, visit, is_missing=bool(view.missing)),
        accepted=ACCEPTED,
        largest=size_text(visit.translator, Limits().bytes_per_file),
    )


def _unconfirmed_email(visit: Visit, customer_cases: CustomerCases) -> str:
    """The address that the case's mails wait for; empty: none, or no mail is sent at all."""
    customer = customer_cases.chosen.customer if customer_cases.chosen else None
    if customer is None or customer.email or not visit.portal.mail_is_on:
        return ""
    return customer.unconfirmed_email


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
    """An upload for each piece of evidence that is missing, and one for everything else."""
    translate = visit.translator.translate
    last = (OTHER_KIND, translate("Other files") if view.missing else translate("Files"))
    return [
        Slot(kind=kind, number=number, classes="", labels=(ConditionalText(text=name, classes=""),))
        for number, (kind, name) in enumerate((*view.missing, last), 1)
    ]


def _flash(request: web.Request, visit: Visit, *, is_missing: bool) -> str:
    """What the page says after an action. `?done=` chooses among our sentences; it is never shown itself."""
    translate = visit.translator.translate
    known = {
        "sent": translate("Thank you. Your dispute has reached us.")
        if is_missing
        else translate("Thank you. We have everything and will get back to you."),
        "written": translate("Thank you, we have it."),
        "withdrawn": translate("You have withdrawn your dispute."),
        "disagreed": translate("Thank you. A colleague looks at everything again."),
        "asked": translate("We have sent the mail. Press the button on the page that it leads to."),
        "stale": translate(
            "Something has changed meanwhile, so this was not done. Here is how it stands now."
        ),
    }
    done = "sent" if "sent" in request.query else request.query.get("done", "")
    return known.get(done, "")
