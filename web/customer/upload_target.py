"""Where do the files of a form that isn't sent yet belong?"""

from __future__ import annotations

from core.policy import Policy
from core.uploaded_file import OTHER_KIND
from handlers.save_draft import draft_id_of
from store.evidence.uploads import UploadTarget
from web.customer.access import Visit


async def draft_upload_target(visit: Visit) -> UploadTarget:
    """With the draft of the link; it is made with the first file, where nothing was written before."""
    draft_id = await visit.portal.store.run(draft_id_of, visit.link.id, now=visit.now)
    invoice, customer = visit.link.invoice, visit.link.customer
    return UploadTarget(invoice_ref=invoice.ref, customer_ref=customer.ref, via="page", draft_id=draft_id)


def known_kind(policy: Policy, kind: str) -> str:
    """What a browser says that a file shows, if any reason asks for such; else it is something else."""
    wanted = {one.id for reason in policy.reasons.values() for one in reason.required_evidence}
    return kind if kind in wanted else OTHER_KIND
