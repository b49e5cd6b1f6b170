"""Mentions of people, from our ids, from sources such as `api:crm`, or from the policy's handles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from cards import words
from cards.views import Mention, Part
from core.person import CLOCK, CUSTOMER, Person
from core.platforms import ENTRA_ID

People = Mapping[str, Person]
"""The people whom a card may name, by our id. Anyone missing is named as well as the id allows."""

_COLLEAGUE = "a colleague"
_SLACK_MEMBER = re.compile(r"[UW][A-Z0-9]{2,20}")
_OTHERS = {CLOCK: Mention("Ombud"), CUSTOMER: Mention("The customer"), "stripe": Mention("Stripe")}


def mention(person_id: str, people: People) -> Mention:
    """The mention of an actor: a person, the clock, the customer, or a source such as `api:crm`."""
    person = people.get(person_id)
    if person is not None:
        return _mention_of(person.name, person.slack_ref, person.teams_ref)
    known = _OTHERS.get(person_id)
    if known is not None:
        return known
    kind, _, rest = person_id.partition(":")
    if kind == "slack" and (ref := _slack_ref(rest)):
        return Mention(_COLLEAGUE, ref)
    if kind == "teams":
        return Mention(_COLLEAGUE, teams_ref=_teams_ref(rest))
    return Mention(words.name(rest or person_id))


def by_name(person_id: str, people: People) -> Part:
    """An actor by name, because a mention would ping people about what they did themselves. Only a Slack
    member whose name we don't know is mentioned: Slack then shows the name. Teams wouldn't."""
    who = mention(person_id, people)
    return who if who.slack_ref and person_id not in people else who.name


def mention_of_handle(handle: str, people: People) -> Mention:
    """The person whom the policy names by an e-mail address, a Slack id or an Entra id."""
    for person in people.values():
        if person.matches_handle(handle):
            return _mention_of(person.name, person.slack_ref, person.teams_ref)
    if slack_ref := _slack_ref(handle):
        return Mention(_COLLEAGUE, slack_ref)
    teams_ref = _teams_ref(handle)
    return Mention(_COLLEAGUE, teams_ref=teams_ref) if teams_ref else mention(handle, people)


@lru_cache(maxsize=2048)
def _mention_of(name: str, slack_ref: str | None, teams_ref: str | None) -> Mention:
    """Cached: there are few colleagues, and each is on many cards."""
    return Mention(words.name(name), _slack_ref(slack_ref), _teams_ref(teams_ref))


def _slack_ref(ref: str | None) -> str | None:
    return ref if ref and _SLACK_MEMBER.fullmatch(ref) else None


def _teams_ref(ref: str | None) -> str | None:
    return ref if ref and ENTRA_ID.fullmatch(ref) else None
