"""The first tables: cases, timeline, people, inbox, outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_first"
down_revision = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SQLITE_TRIGGER = """
CREATE TRIGGER timeline_{what} BEFORE {what} ON timeline
BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION timeline_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the timeline is append-only'; END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER timeline_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON timeline
FOR EACH STATEMENT EXECUTE FUNCTION timeline_is_append_only()
"""


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        op.execute(sa.schema.CreateSequence(sa.Sequence("case_numbers", start=1001)))
    _cases()
    _case_indexes()
    _timeline()
    _people()
    _channels()
    _facts()
    _inbox()
    _outbox()
    _lanes()
    _posted()
    if is_postgresql:
        op.execute(POSTGRESQL_FUNCTION)
        op.execute(POSTGRESQL_TRIGGER)
    else:
        op.execute(SQLITE_TRIGGER.format(what="UPDATE"))
        op.execute(SQLITE_TRIGGER.format(what="DELETE"))


def downgrade() -> None:
    raise NotImplementedError("The first tables are where everything begins.")


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("number", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("reason_id", sa.Text(), nullable=False),
        sa.Column("tier_id", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("resolver_id", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("due_target", sa.Text(), nullable=True),
        sa.Column("next_deadline_at", sa.BigInteger(), nullable=True),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("invoice_ref", sa.Text(), nullable=False),
        sa.Column("invoice_number", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("disputed_minor", sa.BigInteger(), nullable=False),
        sa.Column("chargeback_ref", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cases")),
    )


def _case_indexes() -> None:
    op.create_index(
        "ix_cases_closed",
        "cases",
        ["queue_id", "closed_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index("ix_cases_customer", "cases", ["customer_ref", "number"], unique=False)
    op.create_index(
        "ix_cases_mine",
        "cases",
        ["resolver_id", "due_at", "number", "queue_id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND resolver_id IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NULL AND resolver_id IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_next_deadline",
        "cases",
        ["next_deadline_at", "number"],
        unique=False,
        postgresql_where=sa.text("next_deadline_at IS NOT NULL"),
        sqlite_where=sa.text("next_deadline_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_open",
        "cases",
        ["queue_id", "due_at", "number"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_cases_raised", "cases", ["queue_id", "raised_at"], unique=False)
    op.create_index("ix_cases_search", "cases", ["queue_id", "number", "search_text"], unique=False)
    op.create_index(
        "ix_cases_waiting",
        "cases",
        ["queue_id", "due_at", "number"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
        sqlite_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ux_cases_chargeback",
        "cases",
        ["chargeback_ref"],
        unique=True,
        postgresql_where=sa.text("chargeback_ref IS NOT NULL"),
        sqlite_where=sa.text("chargeback_ref IS NOT NULL"),
    )


def _timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("case_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["cases.number"], name=op.f("fk_timeline_number")),
        sa.PrimaryKeyConstraint("number", "seq", name=op.f("pk_timeline")),
        sqlite_with_rowid=False,
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("slack_ref", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("dm_ref", sa.Text(), nullable=True),
        sa.Column("id_folded", sa.Text(), nullable=False),
        sa.Column("email_folded", sa.Text(), nullable=True),
        sa.Column("slack_folded", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_index("ix_people_email_folded", "people", ["email_folded"], unique=False)
    op.create_index("ix_people_id_folded", "people", ["id_folded"], unique=False)
    op.create_index("ix_people_slack_folded", "people", ["slack_folded"], unique=False)
    op.create_index("ux_people_slack_ref", "people", ["slack_ref"], unique=True)


def _channels() -> None:
    op.create_table(
        "members",
        sa.Column("channel_ref", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel_ref", "person_ref", name=op.f("pk_members")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "channels",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel_ref", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_channels")),
    )


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_inbox")),
        sqlite_with_rowid=False,
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempted_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_delivered",
        "outbox",
        ["attempted_at"],
        unique=False,
        postgresql_where=sa.text("state = 'delivered'"),
        sqlite_where=sa.text("state = 'delivered'"),
    )
    op.create_index(
        "ix_outbox_parked",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'parked'"),
        sqlite_where=sa.text("state = 'parked'"),
    )
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["address", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_index("ux_outbox_key", "outbox", ["key"], unique=True)


def _lanes() -> None:
    op.create_table(
        "lanes",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
        sa.Column("open_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_lanes")),
    )


def _posted() -> None:
    op.create_table(
        "posted",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel_ref", sa.Text(), nullable=False),
        sa.Column("message_ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["cases.number"], name=op.f("fk_posted_number")),
        sa.PrimaryKeyConstraint("number", "address", name=op.f("pk_posted")),
        sqlite_with_rowid=False,
    )
