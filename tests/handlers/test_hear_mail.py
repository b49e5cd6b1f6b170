"""Does a mail reach its case, and does only the customer's own word count there?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.case import Case, Evidence, Status
from core.closing import withdraw
from core.customer_events import CustomerWrote, MailFailed
from core.file import File, FileState
from core.letter import Failure, Letter, LetterKind
from core.tokens import Tokens
from core.waiting import await_customer
from handlers.hear_mail import STRAYS_AN_HOUR, Heard, hear_mail
from handlers.mail_fit import Arrived, Fit, find_fit
from store.evidence.placing import UNVERIFIED
from store.mails import Mail
from store.transaction import Transaction
from tests.handlers.desk import ANA, Desk
from tests.mail.letters import (
    COLLEAGUE,
    CUSTOMER,
    DOMAIN,
    OUR_ADDRESS,
    STRANGER,
    a_file,
    a_letter,
    an_office,
    reply_address,
)

OURS = "<out-1@disputes.acme.example>"


class Post:
    """What comes to the desk by mail; each letter is another one unless its digest says not."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._count = 0

    def hear(self, letter: Letter, *files: File, digest: str | None = None) -> Heard:
        return self.desk.store.run_blocking(
            hear_mail, self._arrived(letter, files, digest), an_office(), self.desk.now
        )

    def fit(self, letter: Letter) -> Fit:
        return self.desk.store.read_blocking(find_fit, self._arrived(letter, (), None), an_office())

    def _arrived(self, letter: Letter, files: tuple[File, ...], digest: str | None) -> Arrived:
        self._count += 1
        return Arrived(letter=letter, digest=digest or f"{self._count:064}", sha256="b" * 64, files=files)

    def told(self, case_id: str) -> list[CustomerWrote]:
        events = self.desk.store.read_blocking(
            lambda tx: [entry.event for entry in tx.timeline.list(case_id)]
        )
        return [event for event in events if isinstance(event, CustomerWrote)]

    def failed(self, case_id: str) -> list[MailFailed]:
        events = self.desk.store.read_blocking(
            lambda tx: [entry.event for entry in tx.timeline.list(case_id)]
        )
        return [event for event in events if isinstance(event, MailFailed)]

    def strays(self) -> int:
        """How many alerts wait for a channel."""
        return self.desk.store.run_blocking(_take_strays, self.desk.now)

    def send_out(self, case_id: str, message_id: str = OURS) -> None:
        self.desk.store.run_blocking(_send_out, case_id, message_id, self.desk)

    def wait_for_customer(self, case_id: str) -> None:
        self.desk.store.run_blocking(_wait, case_id, self.desk)


@pytest.fixture
def post(desk: Desk) -> Post:
    return Post(desk)


def test_a_reply_to_our_mail_reaches_the_case(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.send_out(case_id)
    assert post.hear(a_letter(references=("<other@x.example>", OURS))) is Heard.TOLD
    assert [event.text for event in post.told(case_id)] == ["The note is on its way."]
    assert post.told(case_id)[0].sender == CUSTOMER
    assert post.told(case_id)[0].is_verified


def test_a_mail_to_the_cases_own_address_reaches_it(post: Post) -> None:
    case_id = post.desk.raise_one()
    assert post.hear(a_letter(recipients=(reply_address(case_id).upper(),))) is Heard.TOLD
    assert post.told(case_id)[0].is_verified


def test_a_mail_whose_subject_names_the_case_reaches_it_from_its_customer(post: Post) -> None:
    case_id = post.desk.raise_one()
    assert post.hear(a_letter(subject=f"AW: Invoice [{case_id.lower()}]")) is Heard.TOLD
    assert post.told(case_id)[0].is_verified


def test_headers_count_before_addresses_and_these_before_subjects(post: Post) -> None:
    first, second, third = (post.desk.raise_one() for _ in range(3))
    post.send_out(first)
    letter = a_letter(references=(OURS,), recipients=(reply_address(second),), subject=third)
    assert post.fit(letter).case_id == first
    assert post.fit(a_letter(recipients=letter.recipients, subject=third)).case_id == second
    assert post.fit(a_letter(subject=third)).case_id == third


def test_a_stranger_who_names_a_case_in_the_subject_doesnt_reach_it(post: Post) -> None:
    case_id = post.desk.raise_one()
    assert post.hear(a_letter(sender=STRANGER, subject=f"[{case_id}]")) is Heard.STRAY
    assert post.told(case_id) == []


@pytest.mark.parametrize("address", ["case+d1001.00000000000000000000", "case+d1001", "case+d99999"])
def test_an_address_that_we_never_signed_leads_nowhere(post: Post, address: str) -> None:
    post.desk.raise_one()
    assert post.hear(a_letter(recipients=(f"{address}@{DOMAIN}",))) is Heard.STRAY


def test_an_address_of_another_domain_leads_nowhere(post: Post) -> None:
    case_id = post.desk.raise_one()
    elsewhere = reply_address(case_id).replace(DOMAIN, "evil.example")
    assert post.hear(a_letter(recipients=(elsewhere,))) is Heard.STRAY


def test_an_address_signed_with_another_key_leads_nowhere(post: Post) -> None:
    case_id = post.desk.raise_one()
    forged = Tokens(("another key of thirty-two letters",)).reply_local_part(case_id)
    assert post.hear(a_letter(recipients=(f"{forged}@{DOMAIN}",))) is Heard.STRAY


def test_whoever_knows_our_mail_but_isnt_the_customer_is_held(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.send_out(case_id)
    post.wait_for_customer(case_id)
    assert post.hear(a_letter(sender=COLLEAGUE, references=(OURS,))) is Heard.HELD
    assert [event.is_verified for event in post.told(case_id)] == [False]
    assert post.desk.case(case_id).status is Status.WAITING_ON_CUSTOMER


def test_a_mail_that_may_not_be_the_customers_is_held_with_its_warning(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.wait_for_customer(case_id)
    letter = a_letter(subject=case_id, is_doubted=True, warning="DMARC failed.", note="A file is left out.")
    assert post.hear(letter) is Heard.HELD
    assert post.told(case_id)[0].warning == "DMARC failed. A file is left out."
    assert post.desk.case(case_id).status is Status.WAITING_ON_CUSTOMER


def test_the_customers_answer_ends_the_wait(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.wait_for_customer(case_id)
    post.hear(a_letter(subject=case_id))
    assert post.desk.case(case_id).status is Status.UNDER_REVIEW


def test_an_absence_is_kept_but_says_nothing_and_ends_no_wait(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.wait_for_customer(case_id)
    promised = post.desk.promises()
    assert post.hear(a_letter(kind=LetterKind.AUTO_REPLY, subject=case_id)) is Heard.KEPT
    assert post.told(case_id) == []
    assert post.desk.promises() == promised
    assert post.desk.case(case_id).status is Status.WAITING_ON_CUSTOMER
    assert [mail.sender for mail in _mails(post, case_id)] == [CUSTOMER]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": LetterKind.LOOP},
        {"sender": OUR_ADDRESS},
        {"sender": reply_address("D-1001")},
        {"message_id": OURS},
    ],
)
def test_our_own_mail_come_back_says_nothing(post: Post, changes: dict[str, Any]) -> None:
    case_id = post.desk.raise_one()
    post.send_out(case_id)
    promised = post.desk.promises()
    assert post.hear(a_letter(references=(OURS,), **changes)) is Heard.KEPT
    assert post.told(case_id) == []
    assert post.desk.promises() == promised


def test_the_same_mail_twice_is_told_once(post: Post) -> None:
    case_id = post.desk.raise_one()
    letter = a_letter(subject=case_id)
    assert post.hear(letter, digest="same") is Heard.TOLD
    assert post.hear(letter, digest="same") is Heard.REPEAT
    assert len(post.told(case_id)) == 1


def test_a_forged_message_id_swallows_nobodys_mail(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.hear(a_letter(sender=STRANGER), digest="1" * 64)
    assert post.hear(a_letter(subject=case_id), digest="2" * 64) is Heard.TOLD
    kept = _mails(post, case_id)
    assert [mail.message_id for mail in kept] == [f"<{'2' * 64}@ombud.invalid>"]
    assert post.told(case_id)[0].mail_id == kept[0].message_id


def test_a_mail_on_a_closed_case_is_told_and_changes_nothing_else(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.desk.store.run_blocking(_close, case_id, post.desk)
    assert post.hear(a_letter(subject=case_id)) is Heard.TOLD
    assert post.desk.case(case_id).is_closed
    assert len(post.told(case_id)) == 1


def test_a_mail_that_fits_no_case_is_told_to_the_first_queue(post: Post) -> None:
    assert post.hear(a_letter(subject="Buy more " * 100)) is Heard.STRAY
    assert post.strays() == 1


def test_a_flood_of_strays_doesnt_flood_the_channel(post: Post) -> None:
    for number in range(3 * STRAYS_AN_HOUR):
        post.hear(a_letter(sender=f"spam{number}@evil.example"))
    assert post.strays() == STRAYS_AN_HOUR
    post.desk.later(hours=1)
    post.hear(a_letter())
    assert post.strays() == STRAYS_AN_HOUR + 1


def test_a_bounce_tells_the_case_who_didnt_get_our_mail(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.send_out(case_id)
    assert post.hear(_bounce(Failure(to=CUSTOMER, why="mailbox full", message_id=OURS))) is Heard.BOUNCED
    assert [(event.to, event.why) for event in post.failed(case_id)] == [(CUSTOMER, "mailbox full")]


def test_a_bounce_to_the_cases_own_address_needs_no_message_id(post: Post) -> None:
    case_id = post.desk.raise_one()
    letter = _bounce(Failure(to=CUSTOMER, why="no such address"), recipients=(reply_address(case_id),))
    assert post.hear(letter) is Heard.BOUNCED
    assert len(post.failed(case_id)) == 1


def test_a_delay_is_no_failure(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.send_out(case_id)
    failure = Failure(to=CUSTOMER, why="their server can't be reached", is_final=False, message_id=OURS)
    assert post.hear(_bounce(failure)) is Heard.KEPT
    assert post.failed(case_id) == []


def test_two_servers_that_report_one_failure_are_told_once(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.send_out(case_id)
    failure = Failure(to=CUSTOMER, why="mailbox full", message_id=OURS)
    assert post.hear(_bounce(failure)) is Heard.BOUNCED
    assert post.hear(_bounce(failure)) is Heard.KEPT
    assert len(post.failed(case_id)) == 1


def test_a_bounce_of_no_mail_of_ours_alarms_nobody(post: Post) -> None:
    failure = Failure(to="x@y.example", why="mailbox full", message_id="<not@ours.example>")
    assert post.hear(_bounce(failure)) is Heard.KEPT
    assert post.strays() == 0


def test_files_become_evidence_of_the_case(post: Post) -> None:
    case_id = post.desk.raise_one()
    file = _added(post, a_file())
    post.hear(a_letter(subject=case_id), file)
    assert post.desk.case(case_id).evidence == (Evidence(kind="other", name="note.jpg", file_id="f-1"),)
    assert post.told(case_id)[0].files == ("note.jpg",)
    assert _file(post).case_id == case_id


def test_a_file_that_waits_for_the_scan_is_the_cases_but_no_evidence(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.hear(a_letter(subject=case_id), _added(post, a_file(state=FileState.HELD)))
    assert post.desk.case(case_id).evidence == ()
    assert _file(post).case_id == case_id


def test_a_file_that_was_scanned_in_between_is_not_set_back(post: Post) -> None:
    case_id = post.desk.raise_one()
    _added(post, a_file())
    post.hear(a_letter(subject=case_id), a_file(state=FileState.HELD))
    assert _file(post).state is FileState.READY
    assert len(post.desk.case(case_id).evidence) == 1


def test_a_strangers_files_are_no_evidence(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.send_out(case_id)
    post.hear(a_letter(sender=COLLEAGUE, references=(OURS,)), _added(post, a_file(kind=UNVERIFIED)))
    assert post.desk.case(case_id).evidence == ()
    assert post.told(case_id)[0].files == ("note.jpg",)


def test_files_count_as_the_one_thing_that_is_missing(post: Post) -> None:
    case_id = post.desk.raise_one(reason_id="not_delivered")
    assert post.fit(a_letter(subject=case_id)).kind == "delivery_note"
    post.hear(a_letter(subject=case_id), _added(post, a_file(kind="delivery_note")))
    assert post.desk.case(case_id).status is Status.OPEN


def test_files_of_a_stranger_or_with_nothing_missing_count_as_nothing_in_particular(post: Post) -> None:
    gathering, whole = post.desk.raise_one(reason_id="not_delivered"), post.desk.raise_one()
    post.send_out(gathering)
    assert post.fit(a_letter(sender=STRANGER, references=(OURS,))).kind == UNVERIFIED
    assert post.fit(a_letter(subject=whole)).kind == "other"


def test_an_absence_brings_no_files(post: Post) -> None:
    case_id = post.desk.raise_one()
    assert not post.fit(a_letter(subject=case_id, kind=LetterKind.AUTO_REPLY)).takes_files
    assert post.fit(a_letter(subject=case_id)).takes_files


def test_mails_are_heard_on_both_databases(any_desk: Desk) -> None:
    post = Post(any_desk)
    case_id = any_desk.raise_one()
    post.send_out(case_id)
    assert post.hear(a_letter(references=(OURS,)), digest="d") is Heard.TOLD
    assert post.hear(a_letter(references=(OURS,)), digest="d") is Heard.REPEAT
    assert post.hear(a_letter(message_id="<2@x>")) is Heard.STRAY
    assert post.hear(_bounce(Failure(to=CUSTOMER, why="mailbox full", message_id=OURS))) is Heard.BOUNCED


def _bounce(*failures: Failure, **changes: Any) -> Letter:
    sender = "mailer-daemon@nordwind.example"
    return a_letter(kind=LetterKind.BOUNCE, sender=sender, failures=failures, **changes)


def _mails(post: Post, case_id: str) -> list[Mail]:
    mails = post.desk.store.read_blocking(lambda tx: tx.mails.list_for_case(case_id))
    return [mail for mail in mails if mail.direction == "in"]


def _added(post: Post, file: File) -> File:
    post.desk.store.run_blocking(lambda tx: tx.files.add(file))
    return file


def _file(post: Post) -> File:
    file = post.desk.store.read_blocking(lambda tx: tx.files.find("f-1"))
    assert file is not None
    return file


def _send_out(tx: Transaction, case_id: str, message_id: str, desk: Desk) -> None:
    sent = Mail(
        message_id=message_id,
        case_id=case_id,
        direction="out",
        at=desk.now,
        sender=OUR_ADDRESS,
        subject=case_id,
    )
    tx.mails.keep(sent)


def _wait(tx: Transaction, case_id: str, desk: Desk) -> None:
    case: Case = tx.cases.lock(case_id)
    tx.record(await_customer(case, what="the note", actor_id=f"slack:{ANA}", now=desk.now))


def _close(tx: Transaction, case_id: str, desk: Desk) -> None:
    tx.record(withdraw(tx.cases.lock(case_id), why="", actor_id="customer", now=desk.now))


def _take_strays(tx: Transaction, now: datetime) -> int:
    rows = tx.outbox.take(
        "slack:#billing-disputes", holder="test", now=now, lease=timedelta(minutes=1), limit=100
    )
    return sum(row.effect == "alert_stray" for row in rows)
