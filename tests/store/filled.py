"""A database with 100,000 rows in every table that grows, made by statements of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Boolean, Column, Text

from store.customer_tables import drafts, files, links, mails
from store.tables import (
    cases,
    channels,
    conversations,
    facts,
    lanes,
    members,
    metadata,
    outbox,
    people,
    posted,
    processes,
    timeline,
)
from tests.store.raw_sql import execute

ROWS = 100_000
FIRST = 1_000
_OPEN = "i % 5 = 0"
_FEW = {channels: 100, facts: 5, lanes: 2_000, people: 5_000, processes: 4, conversations: 5_000}
"""Of these tables nobody has more."""

_NUMBER = f"{FIRST} + i"
_CASE = {
    "status": "CASE WHEN i % 10 = 0 THEN 'open' WHEN i % 10 = 5 THEN 'under_review' ELSE 'closed' END",
    "queue_id": "'queue_' || (i % 4)",
    "reason_id": "'reason_' || (i % 7)",
    "tier_id": "'tier_' || (i % 3)",
    "resolver_id": "CASE WHEN i % 10 = 0 THEN NULL ELSE 'id_' || (i % 200) END",
    "due_target": "NULL",
    "next_deadline_at": f"CASE WHEN {_OPEN} THEN i * 1000 END",
    "snoozed_until": "NULL",
    "closed_at": f"CASE WHEN {_OPEN} THEN NULL ELSE i END",
    "resolution": f"CASE WHEN {_OPEN} THEN NULL ELSE 'accepted' END",
    "customer_ref": "'customer_ref_' || (i % 5000)",
    "invoice_ref": "'invoice_ref_' || (i % 50000)",
    "chargeback_ref": "CASE WHEN i % 50 = 0 THEN 'chargeback_ref_' || i END",
}
_STATE_OF_MESSAGE = "CASE WHEN i % 5 = 0 THEN 'pending' WHEN i % 1000 = 1 THEN 'parked' ELSE 'delivered' END"
_SPECIAL: Mapping[str, Mapping[str, str]] = {
    cases.name: _CASE,
    timeline.name: {"seq": "1", "kind": "'CaseRaised'"},
    members.name: {"channel_ref": "'channel_ref_' || (i % 200)", "person_ref": "'slack_ref_' || (i / 20)"},
    outbox.name: {
        "address": "'address_' || (i % 500)",
        "effect": "'post_card'",
        "state": _STATE_OF_MESSAGE,
        "error": "NULL",
    },
    lanes.name: {"held_until": "CASE WHEN i % 100 = 0 THEN i ELSE 0 END", "holder": "'name_' || (i % 4)"},
    posted.name: {"kind": "'card'"},
    people.name: {
        "slack_ref": "'slack_ref_' || i",
        "teams_ref": "'ref_' || i",
        "teams_folded": "'ref_' || i",
    },
    conversations.name: {
        "kind": "CASE WHEN i % 50 = 0 THEN 'channel' ELSE 'personal' END",
        "team_ref": "CASE WHEN i % 50 = 0 THEN 'team_ref_' || (i % 20) END",
    },
    links.name: {"revoked_at": "NULL", "replaced_at": "NULL"},
    drafts.name: {"link_id": "'id_' || i", "number": f"CASE WHEN i % 5 = 0 THEN NULL ELSE {_NUMBER} END"},
    files.name: {
        "state": (
            "CASE i % 1000 WHEN 0 THEN 'held' WHEN 1 THEN 'uploading' WHEN 2 THEN 'refused' ELSE 'clean' END"
        ),
        "number": f"CASE WHEN i % 200 = 0 THEN NULL ELSE {_NUMBER} END",
        "draft_id": "CASE WHEN i % 200 = 0 THEN 'id_' || i END",
    },
    mails.name: {"direction": "'in'"},
}


def fill(url: str) -> None:
    quicker = () if url.startswith("sqlite:") else ("SET session_replication_role = replica",)
    execute(url, *quicker, *_statements())


def _statements() -> Iterator[str]:
    for table in metadata.sorted_tables:
        special = _SPECIAL.get(table.name, {})
        values = ", ".join(special.get(column.name) or _value(column) for column in table.columns)
        count = _FEW.get(table, ROWS)
        yield (
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
            f"INSERT INTO {table.name} SELECT {values} FROM n"
        )


def _value(column: Column[object]) -> str:
    if isinstance(column.type, Boolean):
        return "i < 0"
    if isinstance(column.type, Text):
        return f"'{column.name}_' || i"
    return _NUMBER if column.name == "number" else "i"
