"""Where calls stand that nobody has answered yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_alerts"
down_revision = "2026_11_21_customers"


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("channel_ref", sa.Text(), nullable=False),
        sa.Column("message_ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["cases.number"], name=op.f("fk_alerts_number")),
        sa.PrimaryKeyConstraint("number", "address", "seq", name=op.f("pk_alerts")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("alerts")
