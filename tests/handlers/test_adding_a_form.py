"""CONTRIBUTING's recipe for a button with a form: a pretend one is added by it, and used.

The packages are copied, the edits below are made in the copy, and a process of its own presses the button on
the card, on both platforms. It takes two new files (the rule and the handler) and ten places in four files:
four names, the form, the button, the row in `FORMS`. A rule with an event of its own takes eight places in
four more. Nothing in `bot/` changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "cards", "connectors", "core", "handlers", "scheduler", "store", "web")

RULE = """
from dataclasses import replace

from core.errors import FieldRefused
from core.events import CaseFlagged
from core.outcome import Outcome


def flag(case, *, why, actor_id, now):
    if not why.strip():
        raise FieldRefused("why", "Say why.")
    return Outcome(replace(case, moved_at=now), (CaseFlagged(at=now, actor_id=actor_id, why=why),))
"""
HANDLER = """
from cards.forms import flag_form
from core.flagging import flag
from core.permissions import Permission
from handlers.access import get_for, lock_for
from handlers.types import Reply


def open_flag_form(tx, click, actor):
    return Reply(form=flag_form(get_for(tx, actor, Permission.NOTE, click.case_id), click.values))


def flag_case(tx, click, actor):
    case = lock_for(tx, actor, Permission.NOTE, click.case_id)
    tx.record(flag(case, why=click.values.get("why", ""), actor_id=actor.id, now=click.at))
    return Reply()
"""
FORM = """\
def flag_form(case: Case, values: Mapping[str, str]) -> FormView:
    weights = (Choice("light", "It can wait"), Choice("heavy", "It can't"))
    inputs: list[Input] = [
        ChoiceInput(
            id=Field.WEIGHT,
            label="How heavy?",
            choices=weights,
            initial=values.get("weight"),
            on_choose=Action.CHOOSE_WEIGHT,
        )
    ]
    if values.get("weight") == "heavy":
        inputs.append(_why("Why?", is_optional=False))
    return _form(case, Action.FLAG, "Flag", inputs)


"""
ROW = """\
    Action.FLAG: Form(
        flag_case,
        {Action.ASK_FLAG: open_flag_form},
        LiveField(Field.WEIGHT, Action.CHOOSE_WEIGHT, open_flag_form),
    ),
"""
EVENT = """\
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFlagged:
    at: datetime
    actor_id: str
    why: str


"""
SENTENCE = """\
        case CaseFlagged():
            return (by_name(event.actor_id, people), " flagged the case.")
"""

NEW_FILES = {"core/flagging.py": RULE, "handlers/flag.py": HANDLER}
OF_THE_BUTTON = {
    "cards/actions.py": [
        ("    ASK_NOTE =", '    ASK_FLAG = "ask_flag"\n'),
        ("    NOTE =", '    FLAG = "flag"\n'),
        ("    CHOOSE_ENDING =", '    CHOOSE_WEIGHT = "choose_weight"\n'),
        ("    WHY =", '    WEIGHT = "weight"\n'),
    ],
    "cards/forms.py": [("def note_form(", FORM)],
    "cards/buttons.py": [
        ("    Action.ASK_NOTE: Permission.NOTE,", "    Action.ASK_FLAG: Permission.NOTE,\n"),
        ('    Action.ASK_NOTE: "Note",', '    Action.ASK_FLAG: "Flag",\n'),
        ("Action.OPEN_CASE),\n    Status.UNDER_REVIEW", "Action.ASK_FLAG, "),
    ],
    "handlers/actions.py": [
        ("from handlers.types ", "from handlers.flag import flag_case, open_flag_form\n"),
        ("    Action.NOTE: Form(", ROW),
    ],
}
_NO_OTHER_EVENT = "        case _:\n            assert_never(event)\n"
OF_ITS_EVENT = {
    "core/events.py": [("Event = (\n", EVENT), ("    | NoteAdded\n", "    | CaseFlagged\n")],
    "core/effects.py": [
        ("    NoteAdded,\n", "    CaseFlagged,\n"),
        (_NO_OTHER_EVENT, "        case CaseFlagged():\n            return _TELL_CHANNEL\n"),
    ],
    "cards/event_sentences.py": [
        ("    NoteAdded,\n", "    CaseFlagged,\n"),
        (_NO_OTHER_EVENT, SENTENCE),
    ],
    "cards/thread.py": [
        ("    NoteAdded,\n", "    CaseFlagged,\n"),
        (_NO_OTHER_EVENT, "        case CaseFlagged():\n            said = (event.why,)\n"),
    ],
}
"""Left out where the rule's events are there already."""
EDITS = {**OF_THE_BUTTON, **OF_ITS_EVENT}
"""In each file, before which text what is written."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages with the edits, beside the tests as they are."""
    folder = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package)
    (folder / "tests").symlink_to(ROOT / "tests")
    (folder / "policy.yaml").symlink_to(ROOT / "policy.yaml")
    for name, text in NEW_FILES.items():
        assert not (folder / name).exists()
        (folder / name).write_text(text, encoding="utf-8")
    for name, places in EDITS.items():
        source = (folder / name).read_text(encoding="utf-8")
        for anchor, inserted in places:
            assert anchor in source, f"{name} has no {anchor!r} any more"
            source = source.replace(anchor, inserted + anchor, 1)
        (folder / name).write_text(source, encoding="utf-8")
    return folder


def test_the_recipe_has_as_many_edits_as_it_says_and_none_in_bot() -> None:
    assert len(NEW_FILES) == 2
    assert [len(places) for places in OF_THE_BUTTON.values()] == [4, 1, 3, 2]
    assert [len(places) for places in OF_ITS_EVENT.values()] == [2, 2, 2, 2]
    assert not any(name.startswith("bot/") for name in (*EDITS, *NEW_FILES))


def test_a_button_with_a_form_that_was_added_by_the_recipe_works_on_both_platforms(
    copy: Path, tmp_path: Path, sqlite_template: Path
) -> None:
    database = tmp_path / "ombud.db"
    database.write_bytes(sqlite_template.read_bytes())
    run = subprocess.run(
        [sys.executable, "-m", "tests.handlers.press_flag", str(database)],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "CaseFlagged CaseFlagged\n"), run.stderr
