"""Tests of `ombud export`: everything known of a case, in a form that others can read."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from rich.console import Console

from bot.commands.export import export_case, print_cases
from core.errors import NotFound
from store.engine import Store
from tests.bot.case_history import a_store, claim_decide_close, raise_cases, tamper


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with a_store(tmp_path) as store:
        yield store


@pytest.fixture
def document(store: Store) -> dict[str, Any]:
    """The export of a closed case, parsed as its reader would."""
    (case_id,) = store.run_blocking(raise_cases)
    store.run_blocking(claim_decide_close, case_id)
    read: dict[str, Any] = json.loads(orjson.dumps(export_case(store, case_id)))
    return read


def test_the_whole_story_is_there_in_order(document: dict[str, Any]) -> None:
    kinds = [entry["kind"] for entry in document["timeline"]]
    assert kinds[0] == "DisputeRaised"
    assert kinds[-4:] == ["CaseClaimed", "NoteAdded", "CaseDecided", "CaseEnded"]
    assert [entry["seq"] for entry in document["timeline"]] == list(range(1, len(kinds) + 1))


def test_people_are_named_beside_their_ids(document: dict[str, Any]) -> None:
    case, (first, *_) = document["case"], document["timeline"]
    assert (case["resolver_id"], case["resolver_name"]) == ("slack:U0ANA", "Ana")
    assert (case["decision"]["by"], case["decision"]["by_name"]) == ("slack:U0ANA", "Ana")
    assert (first["actor_id"], first["actor_name"]) == ("api:crm", None)


def test_money_is_minor_units_beside_their_currency(document: dict[str, Any]) -> None:
    assert document["case"]["disputed"] == {"minor": 12_000, "currency": "EUR", "amount": "120.00"}
    assert document["case"]["decision"]["granted"] == {"minor": 3_000, "currency": "EUR", "amount": "30.00"}


def test_instants_are_in_utc_to_the_microsecond(document: dict[str, Any]) -> None:
    assert document["case"]["raised_at"] == "2026-03-02T09:00:00Z"
    assert document["case"]["decision"]["at"] == "2026-03-02T09:07:00.000001Z"


def test_every_entry_has_its_hash_and_the_last_one_stands_alone(document: dict[str, Any]) -> None:
    hashes = [entry["hash"] for entry in document["timeline"]]
    assert len(set(hashes)) == len(hashes)
    assert all(len(one) == 64 for one in hashes)
    assert document["head_hash"] == hashes[-1]
    assert document["problems"] == []


def test_ids_have_the_policy_s_words_beside_them(document: dict[str, Any]) -> None:
    assert document["case"]["labels"] == {
        "reason": "Wrong amount",
        "queue": "Billing disputes",
        "tier": "Standard",
        "root_cause": "Pricing error",
    }


def test_what_is_meant_for_the_customer_and_what_is_not_are_kept_apart(document: dict[str, Any]) -> None:
    decision = document["case"]["decision"]
    assert (decision["customer_text"], decision["internal_text"]) == (
        "We credit 30 euros.",
        "Old price list.",
    )


def test_two_exports_are_the_same_to_the_letter(store: Store) -> None:
    (case_id,) = store.run_blocking(raise_cases)
    assert orjson.dumps(export_case(store, case_id)) == orjson.dumps(export_case(store, case_id))


def test_the_document_says_what_it_is(document: dict[str, Any]) -> None:
    assert list(document) == ["format", "id", "case", "timeline", "head_hash", "problems"]
    assert document["format"] == "ombud.case/1"


def test_a_case_is_found_however_a_person_writes_its_number(store: Store) -> None:
    store.run_blocking(raise_cases)
    assert export_case(store, "d1001") == export_case(store, "1001") == export_case(store, "D-1001")


@pytest.mark.parametrize("name", ["D-9999", "nonsense", ""])
def test_a_case_that_isn_t_there_is_refused(store: Store, name: str) -> None:
    with pytest.raises(NotFound):
        export_case(store, name)


def test_an_export_says_when_the_past_was_altered(store: Store, tmp_path: Path) -> None:
    (case_id,) = store.run_blocking(raise_cases)
    tamper(tmp_path, "UPDATE timeline SET body = replace(body, 'api:crm', 'api:erp') WHERE seq = 1")
    assert "entry 1 (DisputeRaised) was altered" in export_case(store, case_id)["problems"][0]


def test_a_case_that_cannot_be_read_is_named_and_the_others_are_written(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken, good = store.run_blocking(raise_cases, 2)
    tamper(tmp_path, f"UPDATE cases SET body = CAST(x'7bff' AS TEXT) WHERE number = {broken[2:]}")
    problems = Console(file=StringIO(), width=200)
    assert print_cases(store, [broken, "D-9999", good], problems) == 1
    assert json.loads(capsys.readouterr().out)["id"] == good
    said = problems.file.getvalue()  # type: ignore[attr-defined]
    assert (f"{broken} can't be read" in said, "There is no case D-9999" in said) == (True, True)
    assert print_cases(store, [good], problems) == 0
