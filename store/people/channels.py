"""Channels repository: the platform's id of each channel the policy names, such as `#billing-disputes`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from store.db.statements import Connection, Statement, insert_or_update
from store.tables import channels

_SAVE = insert_or_update(channels, "name", "channel_ref", "problem", by=["name"])
_ALL = select(channels.c.name, channels.c.channel_ref, channels.c.problem)
_LIST = Statement(_ALL.order_by(channels.c.name))
_FIND = Statement(_ALL.where(channels.c.name == bindparam("name")))


@dataclass(frozen=True, slots=True)
class Channel:
    """`name` as the policy writes it; `problem` is a sentence when the bot can't post there."""

    name: str
    ref: str | None
    problem: str | None


class Channels:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, name: str, ref: str | None, problem: str | None = None) -> None:
        """Save what was found out about the channel, in place of what was known."""
        self._connection.change(_SAVE, name=name, channel_ref=ref, problem=problem)

    def find(self, name: str) -> Channel | None:
        row = self._connection.row(_FIND, name=name)
        return None if row is None else Channel(*row)

    def find_ref(self, name: str) -> str | None:
        """The platform's id of the channel; None: it isn't known yet."""
        channel = self.find(name)
        return None if channel is None else channel.ref

    def list(self) -> Sequence[Channel]:
        return [Channel(*row) for row in self._connection.rows(_LIST)]
