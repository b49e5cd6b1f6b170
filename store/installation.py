"""What does the whole installation remember, by name?"""

from __future__ import annotations

from sqlalchemy import Column, MetaData, Table, Text, bindparam, select

from store.db.statements import Connection, Statement, insert_or_update
from store.tables import facts

DEADLINES_POLICY = "reckoned_by"
"""The digest of the policy by which every open case was last reckoned."""

_FIND = Statement(select(facts.c.value).where(facts.c.name == bindparam("name")))
_KEEP = insert_or_update(facts, "name", "value", by=["name"])

_ALEMBIC_VERSION = Table("alembic_version", MetaData(), Column("version_num", Text))
"""Alembic's own, so not among our tables."""
_VERSION = Statement(select(_ALEMBIC_VERSION.c.version_num))


class InstallationState:
    __slots__ = ("_link",)

    def __init__(self, link: Connection) -> None:
        self._link = link

    def find(self, name: str) -> str | None:
        row = self._link.row(_FIND, name=name)
        return None if row is None else row[0]

    def save(self, name: str, value: str) -> None:
        """In place of what was kept under this name."""
        self._link.change(_KEEP, name=name, value=value)

    def schema_version(self) -> str | None:
        """Which version the tables are of; `store.migrate.head` says which this program needs."""
        row = self._link.row(_VERSION)
        return None if row is None else row[0]
