"""Draft of the form, saved while it is filled in: by the page's script, or by a button without script."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from cards.customer.language import LANGUAGES
from handlers.save_draft import save_draft
from web.customer.access import Visit, customer_page
from web.customer.error_pages import PageRefused
from web.customer.form_validation import from_fields
from web.customer.multipart import FormTooLarge, SubmittedForm, read_form, sending_number
from web.customer.uploads import remove_file
from web.pages import HEADERS, redirect_to

routes = web.RouteTableDef()


@routes.post("/d/{token}/draft")
@customer_page
async def post_draft(request: web.Request, visit: Visit) -> web.StreamResponse:
    """JSON for the page's script: whether the draft is saved. A redirect to the form without script."""
    try:
        sent = await read_form(request, visit)
    except FormTooLarge:
        raise PageRefused("foreign", 413) from None
    removed = sent.first("remove")
    if removed:
        await remove_file(visit, removed)
    body = from_fields(sent.fields).as_body()
    sending = sending_number(sent)
    is_kept = await visit.portal.store.run(save_draft, visit.link.id, body, sending=sending, now=visit.now)
    if request.headers.get("Accept") == "application/json":
        return web.json_response({"kept": is_kept}, status=200 if is_kept else 409, headers=HEADERS)
    return redirect_to(_form_url(visit, sent) if is_kept else visit.path)


def _form_url(visit: Visit, sent: SubmittedForm) -> str:
    """The form's address, with the language that was chosen."""
    asked = sent.first("lang")
    query = {"new": "1"}
    if asked in LANGUAGES:
        query["lang"] = asked
    elif sent.first("later"):
        query["saved"] = "1"
    return f"{visit.path}?{urlencode(query)}{'#step-files' if sent.first('remove') else ''}"
