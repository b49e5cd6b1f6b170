"""Tests that every sample mail is read as a person would read it."""

from __future__ import annotations

import pytest

from connectors.mail.read import read_email
from tests.connectors.mail import from_machines, from_people, from_strangers, with_files
from tests.connectors.mail import odd_charsets as in_odd_letters
from tests.connectors.mail.raw_mail import SERVER, Sample

SAMPLES: tuple[Sample, ...] = (
    *from_people.SAMPLES,
    *in_odd_letters.SAMPLES,
    *with_files.SAMPLES,
    *from_machines.SAMPLES,
    *from_strangers.SAMPLES,
)


def test_the_corpus_is_large_enough_and_nothing_is_in_it_twice() -> None:
    assert len(SAMPLES) >= 60
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_mail_is_read_as_a_person_would_read_it(sample: Sample) -> None:
    email, contents = read_email(sample.raw, SERVER)
    assert email.kind is sample.kind
    assert email.sender == sample.sender
    if sample.text is not None:
        assert email.text == sample.text
    assert sample.whole in email.whole_text
    assert tuple(attachment.name for attachment in email.attachments) == sample.files
    assert [attachment.size for attachment in email.attachments] == [len(content) for content in contents]
    assert tuple((one.to, one.why, one.is_final) for one in email.failures) == sample.failures
    if sample.answers is not None:
        known = (*(one.message_id for one in email.failures), *email.references)
        assert known[0] == sample.answers
    assert email.is_doubted is sample.is_doubted
    for said, wanted in ((email.warning, sample.warning), (email.note, sample.note)):
        assert wanted in said if wanted else said == ""
