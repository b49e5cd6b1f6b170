"""Export of one case and its whole timeline, for an auditor or another system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import orjson
from rich.console import Console

from bot.terminal import safe_json, safe_text
from core.case import Case
from core.errors import NotFound
from core.ids import find_case_id
from core.money import Money, to_plain
from core.person import CLOCK, CUSTOMER, Person
from core.policy import Policy
from store.cases.timeline import Entry
from store.engine import Store
from store.transaction import Transaction

FORMAT = "ombud.case/1"
"""A key may be added; none is renamed or removed under this name."""
_PERSON_FIELDS = frozenset({"actor_id", "resolver_id", "former_resolver_id", "by"})

Json = dict[str, Any]


def export_case(store: Store, case_id: str) -> Json:
    """The document, of JSON's own types, its keys always in the same order.

    Instants are ISO 8601 in UTC, money is integer minor units beside its currency and as plain text.
    The last entry's hash proves the whole timeline: keep it, and `ombud verify` can't be fooled later.

    Raises:
        NotFound: there is no such case.
    """
    return store.read_blocking(_document, find_case_id(case_id) or case_id)


def print_cases(store: Store, case_ids: Iterable[str], problems: Console) -> int:
    """For the command line: one document after the other on standard output. The exit status: 1 when one of
    the cases isn't there or can't be read."""
    status = 0
    for case_id in case_ids:
        try:
            document = export_case(store, case_id)
        except NotFound:
            problems.print(f"There is no case {safe_text(case_id)}.", style="red", markup=False)
            status = 1
        except Exception as trouble:
            problems.print(safe_text(f"{case_id} can't be read: {trouble}"), style="red", markup=False)
            status = 1
        else:
            print(safe_json(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()))  # noqa: T201
    return status


def _document(tx: Transaction, case_id: str) -> Json:
    case = tx.cases.find(case_id)
    if case is None:
        raise NotFound(case_id)
    entries = tx.timeline.list(case_id)
    names = _names_by_id(tx, case, entries)
    return {
        "format": FORMAT,
        "id": case.id,
        "case": _with_labels(_to_json(case, names), case, tx.policy),
        "timeline": [_entry(entry, names) for entry in entries],
        "head_hash": entries[-1].hash if entries else None,
        "problems": tx.timeline.verify(case_id),
    }


def _entry(entry: Entry, names: Mapping[str, str]) -> Json:
    event = _to_json(entry.event, names)
    return {"seq": entry.seq, "kind": entry.kind, **event, "hash": entry.hash}


def _with_labels(case: Json, source: Case, policy: Policy) -> Json:
    """The policy's labels of today beside the ids; null for an id that is no longer in the policy."""
    reason, queue = policy.reasons.get(source.reason_id), policy.queues.get(source.queue_id)
    tier = policy.tiers.get(source.customer.tier_id)
    cause = source.decision and policy.root_causes.get(source.decision.root_cause_id)
    labels = {
        "reason": reason.label if reason else None,
        "queue": queue.name if queue else None,
        "tier": tier.label if tier else None,
        "root_cause": cause,
    }
    return {**case, "labels": labels}


def _names_by_id(tx: Transaction, case: Case, entries: Iterable[Entry]) -> dict[str, str]:
    """The names, by id, of everybody in the case. The clock is called Ombud; a customer, by the company."""
    ids = set(_person_ids(case))
    for entry in entries:
        ids.update(_person_ids(entry.event))
    known: dict[str, Person] = tx.people.find_many(ids)
    names = {CLOCK: "Ombud", CUSTOMER: case.customer.name}
    return names | {person.id: person.name for person in known.values()}


def _person_ids(thing: object) -> Iterable[str]:
    if not is_dataclass(thing):
        return
    for field in fields(thing):
        value = getattr(thing, field.name)
        if field.name in _PERSON_FIELDS and isinstance(value, str):
            yield value
        elif is_dataclass(value):
            yield from _person_ids(value)


def _to_json(value: object, names: Mapping[str, str]) -> Any:
    """JSON's own types, in the order in which the fields are declared."""
    match value:
        case Money():
            return {"minor": value.minor, "currency": value.currency, "amount": to_plain(value)}
        case Mapping():
            return {str(key): _to_json(inner, names) for key, inner in value.items()}
        case frozenset():
            return sorted(_to_json(inner, names) for inner in value)
        case tuple():
            return [_to_json(inner, names) for inner in value]
    return _dataclass_to_json(value, names) if is_dataclass(value) else _scalar(value)


def _scalar(value: object) -> Any:
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an export")


def _dataclass_to_json(value: Any, names: Mapping[str, str]) -> Json:
    """A dataclass; beside each person's id is their name of today."""
    record: Json = {}
    for field in fields(value):
        inner = getattr(value, field.name)
        record[field.name] = _to_json(inner, names)
        if field.name in _PERSON_FIELDS:
            record[f"{field.name.removesuffix('_id')}_name"] = names.get(inner) if inner else None
    return record
