"""Index of new cards that wait, which go before what repeats itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_new_cards"
down_revision = "2026_12_01_daily_uses"

_WAITS = sa.text("state = 'pending' AND effect = 'post_card'")


def upgrade() -> None:
    op.create_index(
        "ix_outbox_new_cards", "outbox", ["address", "id"], postgresql_where=_WAITS, sqlite_where=_WAITS
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_new_cards", "outbox")
