"""How are messages posted and changed in Teams?"""

from __future__ import annotations

from connectors.posts import Message, Sent
from connectors.teams_api import TeamsApi


class TeamsPosts:
    def __init__(self, api: TeamsApi) -> None:
        self._api = api

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        key: str,
        thread_ref: str | None = None,
        is_loud: bool = False,
    ) -> Sent:
        raise NotImplementedError

    async def update(self, sent: Sent, message: Message) -> None:
        raise NotImplementedError
