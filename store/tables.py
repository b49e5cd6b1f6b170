"""Tables of the database: the one description of the schema; a test compares the migrations with it.

`store/customer_tables.py` continues with what customers hand in, `store/alarm_tables.py` with alarms.

Instants are whole microseconds since 1970 in UTC and documents are text, so that both databases take and
return the same Python values without conversion (docs/decisions/0004).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    literal_column,
)

from core.ids import FIRST_NUMBER

NEVER = 2**63 - 1
"""`cases.due_at` when no clock runs: such cases are last in every list, without NULLS LAST."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

case_numbers = Sequence("case_numbers", start=FIRST_NUMBER, metadata=metadata)
"""PostgreSQL only; on SQLite the only writer takes the highest number plus one."""

_RowId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite makes a primary key the rowid only when it is declared INTEGER."""

cases = Table(
    "cases",
    metadata,
    Column("number", _RowId, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("head_hash", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("queue_id", Text, nullable=False),
    Column("reason_id", Text, nullable=False),
    Column("tier_id", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("resolver_id", Text),
    Column("due_at", BigInteger, nullable=False),
    Column("due_target", Text),
    Column("next_deadline_at", BigInteger),
    Column("raised_at", BigInteger, nullable=False),
    Column("snoozed_until", BigInteger),
    Column("closed_at", BigInteger),
    Column("resolution", Text),
    Column("customer_ref", Text, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("invoice_ref", Text, nullable=False),
    Column("invoice_number", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("disputed_minor", BigInteger, nullable=False),
    Column("chargeback_ref", Text),
    Column("search_text", Text, nullable=False),
    Column("body", Text, nullable=False),
)
"""A case as a JSON document, its timeline's head, and the columns for look-ups and lists."""


def index(
    name: str, *columns: Column[Any], where: ColumnElement[bool] | None = None, unique: bool = False
) -> None:
    """Declare an index of some rows or all, the same on both databases."""
    Index(name, *columns, unique=unique, postgresql_where=where, sqlite_where=where)


_IS_OPEN = cases.c.closed_at.is_(None)
_WAITS = cases.c.status == literal_column("'open'")
_DUE = (cases.c.due_at, cases.c.number)

index(
    "ix_cases_next_deadline",
    cases.c.next_deadline_at,
    cases.c.number,
    where=cases.c.next_deadline_at.is_not(None),
)
index("ix_cases_open", cases.c.queue_id, *_DUE, where=_IS_OPEN)
index("ix_cases_waiting", cases.c.queue_id, *_DUE, where=_WAITS)
index(
    "ix_cases_mine",
    cases.c.resolver_id,
    *_DUE,
    cases.c.queue_id,
    where=_IS_OPEN & cases.c.resolver_id.is_not(None),
)
index("ix_cases_search", cases.c.queue_id, cases.c.number, cases.c.search_text)
index("ix_cases_customer", cases.c.customer_ref, cases.c.queue_id, cases.c.number)
index("ix_cases_invoice", cases.c.invoice_ref, cases.c.customer_ref, cases.c.number)
index("ix_cases_closed", cases.c.queue_id, cases.c.closed_at, where=cases.c.closed_at.is_not(None))
index("ix_cases_raised", cases.c.queue_id, cases.c.raised_at)
index("ux_cases_chargeback", cases.c.chargeback_ref, where=cases.c.chargeback_ref.is_not(None), unique=True)

timeline = Table(
    "timeline",
    metadata,
    Column("number", BigInteger, ForeignKey("cases.number"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("case_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("number", "seq"),
    sqlite_with_rowid=False,
)
"""What happened to each case. Triggers refuse UPDATE and DELETE; each row's hash covers the row before it."""

people = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("slack_ref", Text),
    Column("zone", Text),
    Column("is_active", Boolean(create_constraint=False), nullable=False),
    Column("dm_ref", Text),
    Column("id_folded", Text, nullable=False),
    Column("email_folded", Text),
    Column("slack_folded", Text),
    Column("teams_ref", Text),
    Column("teams_folded", Text),
    Column("teams_mri", Text),
    Column("chats_on", Text),
    Column("has_left_slack", Boolean(create_constraint=False), nullable=False),
    Column("has_left_teams", Boolean(create_constraint=False), nullable=False),
)
"""`dm_ref` is Slack's; a person who `has_left` a platform is deactivated or a guest there
(`store/people/account_linking.py`)."""

index("ix_people_id_folded", people.c.id_folded)
index("ix_people_email_folded", people.c.email_folded)
index("ix_people_slack_folded", people.c.slack_folded)
index("ux_people_slack_ref", people.c.slack_ref, unique=True)
index("ux_people_teams_folded", people.c.teams_folded, unique=True)

members = Table(
    "members",
    metadata,
    Column("channel_ref", Text, nullable=False),
    Column("person_ref", Text, nullable=False),
    PrimaryKeyConstraint("channel_ref", "person_ref"),
    sqlite_with_rowid=False,
)
"""Members of channels; channel and person by the platform's ids."""

channels = Table(
    "channels",
    metadata,
    Column("name", Text, primary_key=True),
    Column("channel_ref", Text),
    Column("problem", Text),
)
"""The platform's id of each channel that the policy names, or why it can't be posted to."""

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""State of the whole installation; `store/installation.py` has the names."""

inbox = Table(
    "inbox",
    metadata,
    Column("source", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("source", "id"),
    sqlite_with_rowid=False,
)
"""Responses to what came in, so that a repeat gets the same response and does nothing."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", _RowId, primary_key=True),
    Column("key", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("effect", Text, nullable=False),
    Column("number", BigInteger),
    Column("seq", Integer),
    Column("payload", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("attempted_at", BigInteger),
    Column("error", Text),
)
"""Effects to be delivered, in the order of `id` per address. `state` is pending, delivered or parked."""

index("ux_outbox_key", outbox.c.key, unique=True)
index("ix_outbox_pending", outbox.c.address, outbox.c.id, where=outbox.c.state == literal_column("'pending'"))
index(
    "ix_outbox_new_cards",
    outbox.c.address,
    outbox.c.id,
    where=(outbox.c.state == literal_column("'pending'"))
    & (outbox.c.effect == literal_column("'post_card'")),
)
index("ix_outbox_parked", outbox.c.id, where=outbox.c.state == literal_column("'parked'"))
index("ix_outbox_delivered", outbox.c.attempted_at, where=outbox.c.state == literal_column("'delivered'"))

lanes = Table(
    "lanes",
    metadata,
    Column("address", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("held_until", BigInteger, nullable=False),
    Column("open_at", BigInteger, nullable=False),
)
"""Leases of addresses: who delivers there now, and from when the rate limit lets more through."""

index("ix_lanes_held", lanes.c.holder, where=lanes.c.held_until > literal_column("0"))

processes = Table(
    "processes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
)
"""Processes that deliver, and when each was last seen alive, by the database's clock."""

posted = Table(
    "posted",
    metadata,
    Column("number", BigInteger, ForeignKey("cases.number"), nullable=False),
    Column("address", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel_ref", Text, nullable=False),
    Column("message_ref", Text, nullable=False),
    PrimaryKeyConstraint("number", "address"),
    sqlite_with_rowid=False,
)
"""The messages on the platforms that show a case."""

index("ix_posted_message", posted.c.channel_ref, posted.c.message_ref)

alerts = Table(
    "alerts",
    metadata,
    Column("number", BigInteger, ForeignKey("cases.number"), nullable=False),
    Column("address", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("channel_ref", Text, nullable=False),
    Column("message_ref", Text, nullable=False),
    PrimaryKeyConstraint("number", "address", "seq"),
    sqlite_with_rowid=False,
)
"""Escalation messages that are not closed yet, with the timeline entry that each was posted for."""

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
"""Conversations that the bot is or was in, with the reference that Teams wants back to post there."""

index("ix_conversations_team", conversations.c.team_ref)
index("ix_conversations_changed", conversations.c.changed_at)
index(
    "ix_conversations_person",
    conversations.c.person_ref,
    where=conversations.c.kind == literal_column("'personal'"),
)
