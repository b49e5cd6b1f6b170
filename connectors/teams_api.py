"""How is the connector API of Teams called, and what becomes of a call that fails?"""

from __future__ import annotations


class TeamsApi:
    """One bot's way to Teams. Made inside the running event loop, closed with `close`."""

    async def close(self) -> None:
        raise NotImplementedError
