"""Tests of a database of the release before: it opens, and all names in it are the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any, get_args

import pytest

import store.customer_tables  # noqa: F401 - adds its tables to the metadata
from cards.actions import Action, Field
from core.case import Resolution, Status, Target
from core.customer_events import FileRefused
from core.effects import Effect
from core.events import Event
from core.uploaded_file import FileState
from store import migrate
from store.engine import Store
from store.evidence.refusals import Fault, refusal_of, stored_refusal
from store.installation import DEADLINES_POLICY
from store.tables import metadata
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_policy, a_queue
from tests.store.old_databases import REVISION_BEFORE, downgrade_to, load_before, rows_of

POLICY = a_policy(
    queues={
        "billing": a_queue(),
        "logistics": a_queue(
            "logistics", managers=("omar@example.com",), teams_channel="19:logistics@thread.tacv2"
        ),
    }
)
CLAIMED = "D-1014"
"""The case that has files, mails, cards and a submitted form."""
LATER = MONDAY_9AM + timedelta(days=1)

EVENTS = """
    DisputeRaised EvidenceAdded QueueTold CaseClaimed CaseReleased CaseReassigned NoteAdded CaseSnoozed
    SnoozeEnded CustomerAwaited CustomerHeard PriorityChanged ReasonChanged CaseDecided CaseEnded
    CaseReopened SlaWarned SlaBreached CaseEscalated ResolverNudged ChargebackHeard CustomerWrote
    SenderAccepted CustomerTold CustomerReminded CustomerDisagreed MailFailed FileRefused
""".split()
VALUES: dict[type[StrEnum], str] = {
    Effect: """
        post_card refresh_cards tell_story brief_resolver remind_resolver tell_former_resolver
        alert_managers settle_alerts alert_parked send_digest tell_customer send_link alert_stray
    """,
    Action: """
        claim release open_case wake customer_answered retry_parked more page ask_decide ask_reassign
        ask_note ask_snooze ask_await_customer ask_question ask_reply ask_change ask_close ask_reopen
        ask_new raise_from_message send_to_customer choose_verdict choose_ending decide reassign note snooze
        await_customer question reply accept_sender change close reopen new command open_home share_link
        show_card search
    """,
    Field: """
        verdict amount root_cause customer_text internal_text resolver why note until what text reason
        priority ending duplicate_of customer_name customer_email customer_ref tier invoice_number
        invoice_total currency disputed statement
    """,
    Status: "gathering open under_review waiting_on_customer awaiting_approval settling closed",
    Resolution: "accepted part_accepted rejected withdrawn duplicate",
    Target: "claim first_answer resolution external",
    FileState: "uploading held ready refused removed",
}
TABLES = {
    "cases": """
        number seq head_hash status queue_id reason_id tier_id priority resolver_id due_at due_target
        next_deadline_at raised_at snoozed_until closed_at resolution customer_ref customer_name
        invoice_ref invoice_number currency disputed_minor chargeback_ref search_text body
    """,
    "timeline": "number seq at kind body case_hash hash",
    "people": """
        id name email slack_ref zone is_active dm_ref id_folded email_folded slack_folded teams_ref
        teams_folded teams_mri chats_on has_left_slack has_left_teams
    """,
    "members": "channel_ref person_ref",
    "channels": "name channel_ref problem",
    "facts": "name value",
    "inbox": "source id answer digest at",
    "outbox": """
        id key address effect number seq payload state created_at due_at attempts attempted_at error
    """,
    "lanes": "address holder held_until open_at",
    "posted": "number address kind channel_ref message_ref",
    "alerts": "number address seq channel_ref message_ref",
    "links": """
        id invoice_ref invoice_number customer_ref invoice customer made_at expires_at revoked_at
        replaced_at
    """,
    "drafts": "id link_id body saved_at number",
    "files": "id invoice_ref customer_ref number draft_id sha256 state came_at body",
    "mails": "message_id direction number at sha256 sender subject",
    "conversations": "ref kind service_url reference team_ref person_ref is_removed changed_at",
}


@pytest.fixture
def before(empty_url: Callable[[], str]) -> str:
    """The address of that database, not migrated yet."""
    url = empty_url()
    load_before(url)
    return url


@pytest.fixture
def migrated(before: str) -> str:
    migrate.upgrade(before)
    return before


@pytest.fixture
def opened(migrated: str) -> Any:
    store = Store.open(migrated, POLICY)
    yield store
    store.close_blocking()


def case_ids(tx: Transaction) -> list[str]:
    return list(tx.timeline.list_case_ids())


def test_what_is_stored_is_called_what_it_was_called() -> None:
    """Later releases may add names; none of these may be renamed or removed."""
    assert set(EVENTS) <= {kind.__name__ for kind in get_args(Event)}
    for kind, values in VALUES.items():
        assert set(values.split()) <= {one.value for one in kind}, kind
    for table, columns in TABLES.items():
        assert set(columns.split()) <= set(metadata.tables[table].columns.keys()), table


def test_every_case_and_event_is_read(opened: Store) -> None:
    def read(tx: Transaction) -> tuple[set[str], Counter[str]]:
        statuses = {tx.cases.get(case_id).status.value for case_id in case_ids(tx)}
        return statuses, Counter(entry.kind for id_ in case_ids(tx) for entry in tx.timeline.list(id_))

    statuses, kinds = opened.read_blocking(read)
    assert statuses == set(VALUES[Status].split())
    assert set(kinds) == set(EVENTS)
    assert kinds.total() == 68


def test_the_chain_of_every_timeline_proves_that_nothing_was_altered(opened: Store) -> None:
    def problems(tx: Transaction) -> list[str]:
        return [problem for case_id in case_ids(tx) for problem in tx.timeline.verify(case_id)]

    assert len(opened.read_blocking(case_ids)) == 14
    assert opened.read_blocking(problems) == []


def test_every_outbox_row_is_leased_with_an_effect_that_is_known(migrated: str, opened: Store) -> None:
    def lease_all(tx: Transaction) -> list[Effect]:
        effects = []
        for address in tx.outbox.list_due_lanes(LATER, 100):
            rows = tx.outbox.lease_rows(
                address, holder="test", now=LATER, lease=timedelta(hours=1), limit=1000
            )
            effects += [Effect(row.effect) for row in rows]
        return effects

    pending = rows_of(migrated, "SELECT effect FROM outbox WHERE state = 'pending'")
    parked = rows_of(migrated, "SELECT effect FROM outbox WHERE state = 'parked'")
    assert Counter(opened.run_blocking(lease_all)) == Counter(effect for (effect,) in pending)
    listed = opened.read_blocking(lambda tx: tx.outbox.list_parked(100))
    assert Counter(Effect(row.effect) for row in listed) == Counter(effect for (effect,) in parked)
    stored = rows_of(migrated, "SELECT DISTINCT effect FROM outbox")
    assert {effect for (effect,) in stored} == set(VALUES[Effect].split())


def test_everybody_and_everything_else_is_found(opened: Store) -> None:
    def look_up(tx: Transaction) -> dict[str, Any]:
        ana = tx.people.get("slack:U0ANA")
        return {
            "ana": (ana.name, ana.slack_ref, ana.teams_ref, tx.people.find_dm_ref(ana.id)),
            "members": tx.people.list_members("C0BILL"),
            "channel": tx.channels.find_ref("#billing-disputes"),
            "conversations": [one.ref for one in tx.conversations.list()],
            "policy": tx.installation.find(DEADLINES_POLICY),
            "response": tx.inbox.find_response("api:crm", "key-1"),
            "cards": [card.kind for card in tx.posted_cards.list(CLAIMED)],
            "alerts": len(tx.alerts.list("D-1003", "slack:#logistics-disputes", before=2)),
            "links": [link.id for link in tx.links.list_by_invoice("INV-9")],
            "draft": _body(tx),
            "states": {file.state for file in tx.files.list_for_invoice("in_1", "cus_nordwind")},
            "mails": [mail.direction for mail in tx.mails.list_for_case(CLAIMED)],
        }

    assert opened.read_blocking(look_up) == {
        "ana": ("Ana Ruiz", "U0ANA", "0a-na", "D0ANA"),
        "members": ["U0ANA", "U0BEN"],
        "channel": "C0BILL",
        "conversations": ["19:logistics@thread.tacv2", "a:ana"],
        "policy": "test",
        "response": CLAIMED,
        "cards": ["brief", "card"],
        "alerts": 1,
        "links": ["link-3", "link-2"],
        "draft": {"reason": "", "statement": "ü"},
        "states": set(FileState),
        "mails": ["in", "out"],
    }


def _body(tx: Transaction) -> dict[str, Any]:
    draft = tx.drafts.find("link-1")
    assert draft is not None
    return draft.body


NEW_FAULTS = {
    Fault.TOO_MANY_TODAY,
    Fault.TOO_MUCH_TODAY,
    Fault.SCRIPT,
    Fault.STARTS,
    Fault.SENDS,
    Fault.LOADS,
    Fault.PLAYS,
    Fault.ATTACHED,
    Fault.ATTACHED_TO_MAIL,
    Fault.TOO_MANY_PARTS,
}
"""Which that release had not."""


def sentences_of(url: str) -> dict[str, str]:
    """Why each refused file was refused, as the former release stored it."""
    rows = rows_of(url, "SELECT id, body FROM files WHERE state = 'refused'")
    return {file_id: json.loads(body)["why"] for file_id, body in rows}


def test_every_stored_reason_for_refusing_a_file_has_its_code(before: str) -> None:
    sentences = sentences_of(before)
    migrate.upgrade(before)
    store = Store.open(before, POLICY)
    files = store.read_blocking(lambda tx: tx.files.list_for_invoice("in_1", "cus_nordwind"))
    store.close_blocking()
    refusals = {file.id: file.refusal for file in files if file.state is FileState.REFUSED}
    assert {file_id: str(stored_refusal(refusal)) for file_id, refusal in refusals.items()} == sentences
    for fault in set(Fault) - NEW_FAULTS:
        assert stored_refusal(refusals[f"file-refused-{fault.name}"]).text == fault
    infected = stored_refusal(refusals["file-refused-INFECTED"])
    assert infected.values == {"name": "infected “50 %” (1).pdf", "signature": "Eicar-Test-Signature"}
    assert stored_refusal(refusals["file-refused-elsewhere"]).text not in list(Fault)


def test_an_event_without_a_file_id_finds_the_reason_of_its_file(opened: Store) -> None:
    def reason(tx: Transaction) -> str:
        [event] = [one.event for one in tx.timeline.list(CLAIMED) if isinstance(one.event, FileRefused)]
        return refusal_of(event, tx.files.list_for_case(CLAIMED)).text

    assert opened.read_blocking(reason) == Fault.INFECTED


def test_without_the_migration_the_sentences_are_those_of_before(before: str) -> None:
    sentences = sentences_of(before)
    migrate.upgrade(before)
    downgrade_to(before, REVISION_BEFORE)
    assert sentences_of(before) == sentences
