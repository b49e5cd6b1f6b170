"""Troubles of delivery, of which people are told when they last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_alarms"
down_revision = "2026_12_01_processes"


def upgrade() -> None:
    op.create_table(
        "troubles",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("over_at", sa.BigInteger()),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text()),
        sa.Column("told", sa.Text()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_troubles")),
    )


def downgrade() -> None:
    op.drop_table("troubles")
