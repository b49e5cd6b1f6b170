"""People of Teams beside those of Slack, and the conversations that the bot has there.

The people are copied into a table made anew: SQLite's ALTER TABLE would leave another text of the schema
than the code describes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_teams"
down_revision = "2026_11_22_alerts"

_KEPT = "id, name, email, slack_ref, zone, is_active, dm_ref, id_folded, email_folded, slack_folded"
_INDEXES = {
    "ix_people_email_folded": "email_folded",
    "ix_people_id_folded": "id_folded",
    "ix_people_slack_folded": "slack_folded",
    "ux_people_slack_ref": "slack_ref",
}


def upgrade() -> None:
    op.execute(f"CREATE TABLE former_people AS SELECT {_KEPT} FROM people")  # noqa: S608 - no words from outside
    op.drop_table("people")
    op.create_table("people", *_former_columns(), *_teams_columns(), _key())
    _make_indexes()
    op.create_index("ux_people_teams_folded", "people", ["teams_folded"], unique=True)
    op.execute(
        f"INSERT INTO people ({_KEPT}, has_left_slack, has_left_teams) "  # noqa: S608
        f"SELECT {_KEPT}, slack_ref IS NOT NULL AND NOT is_active, FALSE FROM former_people"
    )
    op.drop_table("former_people")
    _conversations()


def _former_columns() -> list[sa.Column[object]]:
    return [
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
    ]


def _teams_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("teams_ref", sa.Text(), nullable=True),
        sa.Column("teams_folded", sa.Text(), nullable=True),
        sa.Column("teams_mri", sa.Text(), nullable=True),
        sa.Column("chats_on", sa.Text(), nullable=True),
        sa.Column("has_left_slack", sa.Boolean(), nullable=False),
        sa.Column("has_left_teams", sa.Boolean(), nullable=False),
    ]


def _key() -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f("pk_people"))


def _make_indexes() -> None:
    for name, column in _INDEXES.items():
        op.create_index(name, "people", [column], unique=name.startswith("ux_"))


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("service_url", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("team_ref", sa.Text(), nullable=True),
        sa.Column("person_ref", sa.Text(), nullable=True),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_conversations")),
    )
    is_personal = sa.text("kind = 'personal'")
    op.create_index("ix_conversations_changed", "conversations", ["changed_at"], unique=False)
    op.create_index(
        "ix_conversations_person",
        "conversations",
        ["person_ref"],
        unique=False,
        sqlite_where=is_personal,
        postgresql_where=is_personal,
    )
    op.create_index("ix_conversations_team", "conversations", ["team_ref"], unique=False)


def downgrade() -> None:
    op.drop_table("conversations")
    op.execute(f"CREATE TABLE former_people AS SELECT {_KEPT} FROM people")  # noqa: S608
    op.drop_table("people")
    op.create_table("people", *_former_columns(), _key())
    _make_indexes()
    op.execute(f"INSERT INTO people ({_KEPT}) SELECT {_KEPT} FROM former_people")  # noqa: S608
    op.drop_table("former_people")
