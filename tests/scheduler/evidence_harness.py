"""Harness for uploaded files: a store with a case, a folder for evidence and a virus scanner."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.case import Case
from core.intake import raise_dispute
from core.uploaded_file import File
from scheduler.sweeps.virus_scan import VirusScan
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from store.evidence.uploads import UploadTarget
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_dispute
from tests.connectors.fake_clamav import ClamAv


@dataclass
class EvidenceHarness:
    store: Store
    blobs: Blobs
    clamav: ClamAv
    scan: VirusScan
    has_scanner: bool = True

    async def raise_one(self, reason_id: str = "wrong_amount") -> str:
        return await self.store.run(_raise, reason_id)

    async def take(
        self, content: bytes, name: str = "words.txt", *, case_id: str | None = None, kind: str = "other"
    ) -> File:
        receiver = Receiver(self.store, self.blobs, has_scanner=self.has_scanner)
        place = UploadTarget(invoice_ref="in_1", customer_ref="cus_nordwind", via="page", case_id=case_id)
        return await receiver.receive_whole(content, target=place, name=name, kind=kind, now=MONDAY_9AM)

    async def again(self, file: File) -> File:
        found = await self.store.read(lambda tx: tx.files.find(file.id))
        assert found is not None
        return found

    async def case(self, case_id: str) -> Case:
        return await self.store.read(lambda tx: tx.cases.get(case_id))

    async def story(self, case_id: str) -> list[str]:
        return await self.store.read(lambda tx: [entry.kind for entry in tx.timeline.list(case_id)])

    async def has(self, file: File) -> bool:
        return await self.blobs.has(file.sha256 or "")


def pin(tx: Transaction, file_id: str, case_id: str) -> None:
    """Attach a file to a case, as an upload does."""
    file = tx.files.find(file_id)
    assert file is not None
    tx.files.save(replace(file, case_id=case_id))


def _raise(tx: Transaction, reason_id: str) -> str:
    case_id = tx.cases.next_id()
    dispute = a_dispute(reason_id=reason_id)
    tx.record(raise_dispute(dispute, tx.policy, case_id=case_id, actor_id="api:crm", now=MONDAY_9AM))
    return case_id
