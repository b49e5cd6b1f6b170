"""Upload target of a form that isn't sent yet: the draft of its link."""

from __future__ import annotations

from core.policy import Policy
from core.uploaded_file import OTHER_KIND
from handlers.save_draft import draft_id_of
from store.evidence.uploads import UploadTarget
from web.customer.access import Visit


async def draft_upload_target(visit: Visit) -> UploadTarget:
    """The link's draft, created with the first file if nothing was saved before."""
    draft_id = await visit.portal.store.run(draft_id_of, visit.link.id, now=visit.now)
    invoice, customer = visit.link.invoice, visit.link.customer
    return UploadTarget(
        invoice_ref=invoice.ref,
        customer_ref=customer.ref,
        via="page",
        draft_id=draft_id,
        link_id=visit.link.id,
    )


def known_kind(policy: Policy, kind: str) -> str:
    """`kind` as the browser sent it, if any reason asks for such evidence; else `OTHER_KIND`."""
    wanted = {one.id for reason in policy.reasons.values() for one in reason.required_evidence}
    return kind if kind in wanted else OTHER_KIND
