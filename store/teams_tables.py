"""What is kept of Teams' conversations, in which columns? It goes on from `store/tables.py`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Table, Text, literal_column

from store.tables import index, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("service_url", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("team_ref", Text),
    Column("person_ref", Text),
    Column("is_removed", Boolean(create_constraint=False), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
"""Where the bot was spoken to or installed, with what Teams wants to hear to be written to there."""

index("ix_conversations_team", conversations.c.team_ref)
index("ix_conversations_changed", conversations.c.changed_at)
index(
    "ix_conversations_person",
    conversations.c.person_ref,
    where=conversations.c.kind == literal_column("'personal'"),
)
