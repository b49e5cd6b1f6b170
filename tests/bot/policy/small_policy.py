"""The smallest policy that has everything, and helpers that change one thing in it."""

from __future__ import annotations

import pytest

from bot.policy.reader import PolicyMistakes, parse_policy

SMALL = """\
tiers:
  standard:
    label: Standard
    priority: 3
    sla: {claim: 1h, first_answer: 2h, resolution: 8h}
default_tier: standard
queues:
  billing:
    name: Billing
    slack_channel: "#billing"
    managers: [dana@brightwater.example]
    resolvers: [ana@brightwater.example, U024BE7LH]
    calendar:
      zone: Europe/Berlin
      hours:
        mon-thu: 09:00-12:30, 13:15-17:30
        fri: 09:00-13:00
      holidays: [2026-12-24]
reasons:
  wrong_amount:
    label: Wrong amount
    explanation: It is too much.
    queue: billing
    evidence: {photo: A photo}
    sla: {standard: {resolution: 4h}}
  chargeback:
    label: Chargeback
    explanation: The bank takes it back.
    queue: billing
chargebacks: {reason: chargeback}
root_causes: {unknown: Unknown}
ladder:
  - {tell: manager, after: 0h, repeat: 4h}
  - {tell: finn@brightwater.example, after: 8h}
digests:
  morning: {queues: billing, at: 09:15, to: managers}
company: Brightwater Supplies
"""


def small(old: str = "", new: str = "") -> str:
    """The small policy with one thing changed."""
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def mistakes_in(text: str) -> list[str]:
    with pytest.raises(PolicyMistakes) as caught:
        parse_policy(text, "policy.yaml")
    return str(caught.value).splitlines()
