"""Check that the policy still has every name that open cases need (docs/decisions/0007)."""

from __future__ import annotations

from collections.abc import Iterator

from core.policy import Policy
from store.transaction import Transaction


class PolicyLacksNames(Exception):
    """Open cases need names that are no longer in the policy. The text says which, and what to do."""


def check_names_in_use(tx: Transaction) -> None:
    """Raises PolicyLacksNames. Called at the start, before any request is served."""
    mistakes = list(missing_names(tx))
    if mistakes:
        raise PolicyLacksNames("\n".join(mistakes))


def missing_names(tx: Transaction) -> Iterator[str]:
    """A sentence for each queue, reason and tier that open cases use and the policy lacks."""
    used = tx.reports.names_in_use()
    for what, known, column in _known_names(tx.policy):
        counts: dict[str, int] = {}
        examples: dict[str, str] = {}
        for names in used:
            name = getattr(names, column)
            if name not in known:
                counts[name] = counts.get(name, 0) + names.count
                examples.setdefault(name, names.example)
        for name, count in counts.items():
            needing = f"open case {examples[name]} needs" if count == 1 else f"{count} open cases need"
            example = "" if count == 1 else f", such as {examples[name]}"
            yield f"The policy no longer has the {what} “{name}”, which {needing}{example}. Put it back."


def _known_names(policy: Policy) -> tuple[tuple[str, frozenset[str], str], ...]:
    return (
        ("queue", frozenset(policy.queues), "queue_id"),
        ("reason", frozenset(policy.reasons), "reason_id"),
        ("tier", frozenset(policy.tiers), "tier_id"),
    )
