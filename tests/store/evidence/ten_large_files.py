"""Measurement of the memory that ten large uploads at once take; a process of its own that prints KB."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from core.uploaded_file import File
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from store.evidence.uploads import UploadTarget
from tests.builders import MONDAY_9AM, a_policy

PLACE = UploadTarget(invoice_ref="in_1", customer_ref="cus_1", via="page", draft_id="form-1")
_NETWORK = 64 * 1024


async def _read(file: Path) -> AsyncIterator[bytes]:
    """As it comes from the network."""
    with file.open("rb") as opened:
        while piece := opened.read(_NETWORK):
            yield piece
            await asyncio.sleep(0)


async def _upload(receiver: Receiver, source: Path) -> File:
    size = await asyncio.to_thread(lambda: source.stat().st_size)
    file = await receiver.begin(PLACE, name=source.name, kind="other", size=size, now=MONDAY_9AM)
    await receiver.append(file.id, 0, _read(source))
    return await receiver.finish(file.id, now=MONDAY_9AM)


async def main(url: str, evidence: str, sources: list[Path]) -> None:
    store = Store.open(url, a_policy())
    receiver = Receiver(store, Blobs.open(evidence))
    files = await asyncio.gather(*(_upload(receiver, source) for source in sources))
    await store.close()
    print(
        json.dumps(
            {
                "ready": sum(file.has_preview and file.state == "ready" for file in files),
                "bytes": sum(file.size for file in files),
                "ours": _most_memory(),
                "a_worker's": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
            }
        )
    )


def _most_memory() -> int:
    """Of this process alone; `getrusage` begins with what its parent had when it started this one."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], [Path(name) for name in sys.argv[3:]]))
