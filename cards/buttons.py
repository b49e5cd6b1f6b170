"""Buttons and menu of a case, by its state and the reader's role."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cards.actions import Action
from cards.views import Button, MenuItem
from core.case import Case, Status
from core.permissions import Permission, Role, is_permitted

REQUIRED_PERMISSIONS: Mapping[Action, Permission] = {
    Action.CLAIM: Permission.CLAIM,
    Action.RELEASE: Permission.RELEASE,
    Action.OPEN_CASE: Permission.SEE,
    Action.WAKE: Permission.PAUSE,
    Action.CUSTOMER_ANSWERED: Permission.PAUSE,
    Action.ASK_DECIDE: Permission.DECIDE,
    Action.ASK_REASSIGN: Permission.REASSIGN,
    Action.ASK_NOTE: Permission.NOTE,
    Action.ASK_SNOOZE: Permission.PAUSE,
    Action.ASK_QUESTION: Permission.WRITE_TO_CUSTOMER,
    Action.ASK_REPLY: Permission.WRITE_TO_CUSTOMER,
    Action.ASK_CHANGE: Permission.CHANGE,
    Action.ASK_CLOSE: Permission.CLOSE,
    Action.ASK_REOPEN: Permission.REOPEN,
}
"""The permission that a reader must have to be shown the button."""

LABELS: Mapping[Action, str] = {
    Action.CLAIM: "Claim",
    Action.RELEASE: "Give back to the queue",
    Action.OPEN_CASE: "Open case",
    Action.WAKE: "Wake now",
    Action.CUSTOMER_ANSWERED: "Customer answered",
    Action.ASK_DECIDE: "Decide",
    Action.ASK_REASSIGN: "Reassign",
    Action.ASK_NOTE: "Note",
    Action.ASK_SNOOZE: "Snooze",
    Action.ASK_QUESTION: "Ask customer",
    Action.ASK_REPLY: "Reply to customer",
    Action.ASK_CHANGE: "Change reason or priority",
    Action.ASK_CLOSE: "Close without a decision",
    Action.ASK_REOPEN: "Reopen",
}

_BUTTONS: Mapping[Status, tuple[Action, ...]] = {
    Status.GATHERING: (Action.ASK_NOTE, Action.OPEN_CASE),
    Status.OPEN: (Action.CLAIM, Action.OPEN_CASE),
    Status.UNDER_REVIEW: (
        Action.ASK_DECIDE,
        Action.ASK_QUESTION,
        Action.ASK_REPLY,
        Action.ASK_NOTE,
        Action.OPEN_CASE,
    ),
    Status.WAITING_ON_CUSTOMER: (
        Action.CUSTOMER_ANSWERED,
        Action.ASK_DECIDE,
        Action.ASK_QUESTION,
        Action.ASK_REPLY,
        Action.ASK_NOTE,
        Action.OPEN_CASE,
    ),
    Status.AWAITING_APPROVAL: (Action.ASK_REPLY, Action.ASK_NOTE, Action.OPEN_CASE),
    Status.SETTLING: (Action.ASK_REPLY, Action.ASK_NOTE, Action.OPEN_CASE),
    Status.CLOSED: (Action.ASK_REOPEN, Action.OPEN_CASE),
}
_IN_MENU: Mapping[Status, tuple[Action, ...]] = {
    Status.GATHERING: (Action.ASK_CLOSE,),
    Status.OPEN: (Action.ASK_NOTE, Action.ASK_REASSIGN, Action.ASK_CHANGE, Action.ASK_CLOSE),
    Status.UNDER_REVIEW: (
        Action.ASK_REASSIGN,
        Action.ASK_SNOOZE,
        Action.RELEASE,
        Action.ASK_CHANGE,
        Action.ASK_CLOSE,
    ),
    Status.WAITING_ON_CUSTOMER: (
        Action.ASK_REASSIGN,
        Action.ASK_SNOOZE,
        Action.RELEASE,
        Action.ASK_CHANGE,
        Action.ASK_CLOSE,
    ),
    Status.AWAITING_APPROVAL: (Action.ASK_CLOSE,),
    Status.SETTLING: (),
    Status.CLOSED: (Action.ASK_REPLY, Action.ASK_NOTE),
}
_PRIMARY = frozenset({Action.CLAIM, Action.ASK_DECIDE, Action.CUSTOMER_ANSWERED})


def buttons_of(case: Case, role: Role | None = None) -> tuple[Button, ...]:
    """The row of buttons, the most important first. Without a role: all that the state allows."""
    case_id = case.id
    return tuple([Button(action, label, case_id, style) for action, label, style in _row(case.status, role)])


@lru_cache(maxsize=512)
def menu_of(status: Status, is_snoozed: bool, role: Role | None = None) -> tuple[MenuItem, ...]:
    """Actions needed less often, at most five; a snoozed case has Wake instead of Snooze."""
    actions = [
        Action.WAKE if action is Action.ASK_SNOOZE and is_snoozed else action for action in _IN_MENU[status]
    ]
    return tuple(MenuItem(action, LABELS[action]) for action in actions if _is_shown(action, role))


@lru_cache(maxsize=512)
def _row(status: Status, role: Role | None) -> tuple[tuple[Action, str, str | None], ...]:
    shown = [action for action in _BUTTONS[status] if _is_shown(action, role)]
    return tuple(
        (action, LABELS[action], "primary" if action in _PRIMARY and action is shown[0] else None)
        for action in shown
    )


def _is_shown(action: Action, role: Role | None) -> bool:
    """Open is always shown: only people who may see the case get a private card of it."""
    return role is None or action is Action.OPEN_CASE or is_permitted(REQUIRED_PERMISSIONS[action], role)
