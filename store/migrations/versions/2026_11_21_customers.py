"""What customers hand in: links, drafts, files and mails; cases by invoice, messages by their place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_customers"
down_revision = "2026_11_21_first"


def upgrade() -> None:
    op.create_index("ix_cases_invoice", "cases", ["invoice_ref", "customer_ref", "number"], unique=False)
    op.create_index("ix_posted_message", "posted", ["channel_ref", "message_ref"], unique=False)
    _links()
    _drafts()
    _files()
    _mails()


def downgrade() -> None:
    for table in ("mails", "files", "drafts", "links"):
        op.drop_table(table)
    op.drop_index("ix_posted_message", "posted")
    op.drop_index("ix_cases_invoice", "cases")


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("invoice_ref", sa.Text(), nullable=False),
        sa.Column("invoice_number", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("invoice", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("replaced_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    _partial("ux_links_newest", "links", ["invoice_ref", "customer_ref"], "replaced_at IS NULL", unique=True)
    op.create_index("ix_links_number", "links", ["invoice_number", "made_at"], unique=False)


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("link_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_drafts_link_id")),
        sa.ForeignKeyConstraint(["number"], ["cases.number"], name=op.f("fk_drafts_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    _partial("ux_drafts_unsent", "drafts", ["link_id"], "number IS NULL", unique=True)
    op.create_index("ix_drafts_link", "drafts", ["link_id"], unique=False)
    op.create_index("ix_drafts_saved", "drafts", ["saved_at"], unique=False)


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("invoice_ref", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("draft_id", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("came_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["cases.number"], name=op.f("fk_files_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.create_index("ix_files_invoice", "files", ["invoice_ref", "customer_ref", "came_at"], unique=False)
    _partial("ix_files_case", "files", ["number", "came_at"], "number IS NOT NULL")
    _partial("ix_files_draft", "files", ["draft_id", "came_at"], "draft_id IS NOT NULL")
    _partial("ix_files_sha256", "files", ["sha256"], "sha256 IS NOT NULL")
    _partial("ix_files_held", "files", ["came_at"], "state = 'held'")
    _partial("ix_files_uploading", "files", ["came_at"], "state = 'uploading'")
    _partial(
        "ix_files_loose",
        "files",
        ["came_at"],
        "number IS NULL AND (state NOT IN ('refused', 'removed'))",
    )


def _mails() -> None:
    op.create_table(
        "mails",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["cases.number"], name=op.f("fk_mails_number")),
        sa.PrimaryKeyConstraint("message_id", "direction", name=op.f("pk_mails")),
        sqlite_with_rowid=False,
    )
    _partial("ix_mails_case", "mails", ["number", "at"], "number IS NOT NULL")
    _partial("ix_mails_sha256", "mails", ["sha256"], "sha256 IS NOT NULL")


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, postgresql_where=condition, sqlite_where=condition)
