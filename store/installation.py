"""Installation state repository: values of the whole installation, by name."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, Table, Text, bindparam, select

from store.db.statements import Connection, Statement, insert_or_update
from store.tables import facts

DEADLINES_POLICY = "reckoned_by"
"""Name of the digest of the policy that every open case's deadlines were last computed with."""

_FIND = Statement(select(facts.c.value).where(facts.c.name == bindparam("name")))
_SAVE = insert_or_update(facts, "name", "value", by=["name"])

_ALEMBIC_VERSION = Table("alembic_version", MetaData(), Column("version_num", Text))
"""Alembic's own table, so not among ours."""
_VERSION = Statement(select(_ALEMBIC_VERSION.c.version_num))


class InstallationState:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> str | None:
        row = self._connection.row(_FIND, name=name)
        return None if row is None else row[0]

    def save(self, name: str, value: str) -> None:
        """Set the value, in place of the former one."""
        self._connection.change(_SAVE, name=name, value=value)

    def schema_version(self) -> str | None:
        """The version of the tables; `store.migrate.head` is the one that this program needs."""
        row = self._connection.row(_VERSION)
        return None if row is None else row[0]
