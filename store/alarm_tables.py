"""Table of what alarms go by: troubles of delivery that are open. Continues `store/tables.py`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from store.tables import metadata

troubles = Table(
    "troubles",
    metadata,
    Column("name", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("over_at", BigInteger),
    Column("problem", Text, nullable=False),
    Column("remedy", Text),
    Column("told", Text),
)
"""Lanes that stand still and outside systems that take nothing, until people were told of the end."""
