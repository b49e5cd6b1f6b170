"""Daily uses: what each link and address did on a day; and indexes of files and mails in no case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_daily_uses"
down_revision = "2026_12_01_alarms"


def upgrade() -> None:
    op.create_table(
        "daily_uses",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("subject", "kind", "day", name="pk_daily_uses"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_daily_uses_day", "daily_uses", ["day"])
    _addresses()
    _index_loose_files("number IS NULL")
    strays = sa.text("number IS NULL")
    op.create_index("ix_mails_stray", "mails", ["at"], sqlite_where=strays, postgresql_where=strays)


def _addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("invoice_ref", sa.Text, nullable=False),
        sa.Column("customer_ref", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("confirmed_at", sa.BigInteger),
    )
    unconfirmed = sa.text("confirmed_at IS NULL")
    op.create_index(
        "ix_addresses_unconfirmed",
        "addresses",
        ["asked_at"],
        sqlite_where=unconfirmed,
        postgresql_where=unconfirmed,
    )


def downgrade() -> None:
    op.drop_index("ix_mails_stray", "mails")
    _index_loose_files("number IS NULL AND (state NOT IN ('refused', 'removed'))")
    op.drop_table("addresses")
    op.drop_table("daily_uses")


def _index_loose_files(where: str) -> None:
    """Files in no case; from this release on the sweep deletes them in any state."""
    op.drop_index("ix_files_loose", "files")
    condition = sa.text(where)
    op.create_index(
        "ix_files_loose", "files", ["came_at"], sqlite_where=condition, postgresql_where=condition
    )
