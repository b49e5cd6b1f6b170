"""Tables of what customers hand in: links, drafts, files, mails. Continues `store/tables.py`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    PrimaryKeyConstraint,
    Table,
    Text,
    literal_column,
)

from store.tables import index, metadata

links = Table(
    "links",
    metadata,
    Column("id", Text, primary_key=True),
    Column("invoice_ref", Text, nullable=False),
    Column("invoice_number", Text, nullable=False),
    Column("customer_ref", Text, nullable=False),
    Column("invoice", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("replaced_at", BigInteger),
)
"""Every customer link ever made. Per invoice and customer, one has no `replaced_at`."""

index(
    "ux_links_newest",
    links.c.invoice_ref,
    links.c.customer_ref,
    where=links.c.replaced_at.is_(None),
    unique=True,
)
index("ix_links_invoice", links.c.invoice_ref, links.c.made_at)
index("ix_links_number", links.c.invoice_number, links.c.made_at)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("link_id", Text, ForeignKey("links.id"), nullable=False),
    Column("body", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    Column("number", BigInteger, ForeignKey("cases.number")),
)
"""A form that is being filled in; `number` is the case it was submitted as."""

index("ux_drafts_unsent", drafts.c.link_id, where=drafts.c.number.is_(None), unique=True)
index("ix_drafts_link", drafts.c.link_id)
index("ix_drafts_saved", drafts.c.saved_at)

files = Table(
    "files",
    metadata,
    Column("id", Text, primary_key=True),
    Column("invoice_ref", Text, nullable=False),
    Column("customer_ref", Text, nullable=False),
    Column("number", BigInteger, ForeignKey("cases.number")),
    Column("draft_id", Text),
    Column("sha256", Text),
    Column("state", Text, nullable=False),
    Column("came_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
"""A file as a JSON document, with columns for look-ups. Its bytes are in the evidence store."""

HAS_BYTES = files.c.state.not_in([literal_column("'refused'"), literal_column("'removed'")])
"""With literal states, so that a query with the same condition uses the partial index."""

index("ix_files_invoice", files.c.invoice_ref, files.c.customer_ref, files.c.came_at)
index("ix_files_case", files.c.number, files.c.came_at, where=files.c.number.is_not(None))
index("ix_files_draft", files.c.draft_id, files.c.came_at, where=files.c.draft_id.is_not(None))
index("ix_files_sha256", files.c.sha256, where=files.c.sha256.is_not(None))
index("ix_files_held", files.c.came_at, where=files.c.state == literal_column("'held'"))
index("ix_files_uploading", files.c.came_at, where=files.c.state == literal_column("'uploading'"))
index("ix_files_loose", files.c.came_at, where=files.c.number.is_(None))

addresses = Table(
    "addresses",
    metadata,
    Column("id", Text, primary_key=True),
    Column("invoice_ref", Text, nullable=False),
    Column("customer_ref", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger),
)
"""E-mail addresses other than the invoice's that customers gave; those of before count as confirmed."""

index("ix_addresses_unconfirmed", addresses.c.asked_at, where=addresses.c.confirmed_at.is_(None))

daily_uses = Table(
    "daily_uses",
    metadata,
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("used", BigInteger, nullable=False),
    PrimaryKeyConstraint("subject", "kind", "day"),
    sqlite_with_rowid=False,
)
"""Sums of a day (`2026-03-02`, UTC) by link id, or by `address:` or `sender:` and an address."""

index("ix_daily_uses_day", daily_uses.c.day)

mails = Table(
    "mails",
    metadata,
    Column("message_id", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("number", BigInteger, ForeignKey("cases.number")),
    Column("at", BigInteger, nullable=False),
    Column("sha256", Text),
    Column("sender", Text, nullable=False),
    Column("subject", Text, nullable=False),
    PrimaryKeyConstraint("message_id", "direction"),
    sqlite_with_rowid=False,
)
"""Mails in and out. A stranger's mail may reuse the id of one of ours: `direction` tells them apart."""

index("ix_mails_case", mails.c.number, mails.c.at, where=mails.c.number.is_not(None))
index("ix_mails_stray", mails.c.at, where=mails.c.number.is_(None))
index("ix_mails_sha256", mails.c.sha256, where=mails.c.sha256.is_not(None))
