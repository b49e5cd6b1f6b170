"""Where do the files of a form that isn't sent yet belong?"""

from __future__ import annotations

from handlers.keep_draft import draft_of
from store.evidence.placing import Place
from web.door import Visit


async def place_of(visit: Visit) -> Place:
    """With the draft of the link; it is made with the first file, where nothing was written before."""
    draft_id = await visit.portal.store.run(draft_of, visit.link.id, now=visit.now)
    invoice, customer = visit.link.invoice, visit.link.customer
    return Place(invoice_ref=invoice.ref, customer_ref=customer.ref, via="page", draft_id=draft_id)
