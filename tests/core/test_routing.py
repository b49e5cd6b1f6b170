"""Routing: queue by reason, priority by tier."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.policy import Policy, Tier, UnknownName
from core.routing import route, targets_for
from tests.builders import a_policy, a_reason, an_sla

FAST = an_sla(resolution_minutes=120)


def with_own_terms() -> Policy:
    """Gold customers that were charged twice are settled in two hours."""
    policy = a_policy()
    return replace(
        policy, reasons={**policy.reasons, "charged_twice": a_reason("charged_twice", sla={"gold": FAST})}
    )


@pytest.mark.parametrize(
    ("reason_id", "tier_id", "queue_id", "priority", "claim_minutes"),
    [
        ("wrong_amount", "gold", "billing", 1, 30),
        ("wrong_amount", "standard", "billing", 3, 60),
        ("not_delivered", "standard", "logistics", 3, 60),
        ("not_delivered", "basic", "logistics", 4, 60),
    ],
)
def test_reason_names_the_queue_and_tier_the_urgency(
    reason_id: str, tier_id: str, queue_id: str, priority: int, claim_minutes: int
) -> None:
    way = route(reason_id, tier_id, a_policy())
    assert (way.queue_id, way.priority, way.targets.claim_minutes) == (queue_id, priority, claim_minutes)


def test_a_reason_with_terms_of_its_own_uses_them_for_the_tiers_it_names_only() -> None:
    policy = with_own_terms()
    assert route("charged_twice", "gold", policy).targets == FAST
    assert route("charged_twice", "standard", policy).targets == policy.tier("standard").sla
    assert route("wrong_amount", "gold", policy).targets == policy.tier("gold").sla


def test_a_raised_priority_gives_the_terms_of_the_tier_that_has_it() -> None:
    policy = with_own_terms()
    assert targets_for(1, "standard", "wrong_amount", policy) == policy.tier("gold").sla
    assert targets_for(1, "standard", "charged_twice", policy) == FAST


def test_a_priority_that_no_tier_has_leaves_the_customers_own_terms() -> None:
    policy = a_policy()
    assert targets_for(2, "standard", "wrong_amount", policy) == policy.tier("standard").sla


def test_of_two_tiers_with_one_priority_the_customers_own_counts() -> None:
    policy = a_policy()
    partner = Tier("partner", "Partner", 1, FAST)
    policy = replace(policy, tiers={**policy.tiers, "partner": partner})
    assert targets_for(1, "partner", "wrong_amount", policy) == FAST
    assert targets_for(1, "gold", "wrong_amount", policy) == policy.tier("gold").sla


@pytest.mark.parametrize(
    ("reason_id", "tier_id", "sentence"),
    [
        (
            "wrong",
            "gold",
            "There is no reason “wrong”. Known: wrong_amount, not_delivered, chargeback.",
        ),
        ("wrong_amount", "platinum", "There is no tier “platinum”. Known: gold, standard, basic."),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(reason_id: str, tier_id: str, sentence: str) -> None:
    with pytest.raises(UnknownName) as refused:
        route(reason_id, tier_id, a_policy())
    assert str(refused.value) == sentence


def test_an_unknown_queue_is_refused_too_and_the_error_carries_the_names() -> None:
    with pytest.raises(UnknownName) as refused:
        a_policy().queue("sales")
    assert str(refused.value) == "There is no queue “sales”. Known: billing, logistics."
    assert (refused.value.what, refused.value.name) == ("queue", "sales")
    assert refused.value.known == ("billing", "logistics")
