"""Heartbeats of processes, so that the leases of a dead one end; indexes for what read too much."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_processes"
down_revision = "2026_11_30_refusals"

_IS_HELD = sa.text("held_until > 0")


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_processes")),
    )
    op.create_index("ix_lanes_held", "lanes", ["holder"], postgresql_where=_IS_HELD, sqlite_where=_IS_HELD)
    op.drop_index("ix_cases_customer", "cases")
    op.create_index("ix_cases_customer", "cases", ["customer_ref", "queue_id", "number"])
    op.create_index("ix_links_invoice", "links", ["invoice_ref", "made_at"])


def downgrade() -> None:
    op.drop_index("ix_links_invoice", "links")
    op.drop_index("ix_cases_customer", "cases")
    op.create_index("ix_cases_customer", "cases", ["customer_ref", "number"])
    op.drop_index("ix_lanes_held", "lanes")
    op.drop_table("processes")
