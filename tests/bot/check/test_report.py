"""Tests of the report of `ombud check`: readable for people, with an exit status for scripts."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.check.report import CheckGroup, CheckResult, exit_status, print_results, summary
from bot.check.run import print_check, run_checks
from bot.settings import Settings

GROUP = CheckGroup("Slack")
OK = GROUP.ok("Ombud is @ombud in Brightwater.")
OFF = CheckGroup("Settings").off("Stripe is off.", "Set STRIPE_WEBHOOK_SECRET.")
WARNING = GROUP.warning("Calls go elsewhere.", "Take SLACK_API_URL out.")
FAILED = GROUP.failed("#billing [private] is archived.", "Unarchive it.")


def printed(*results: CheckResult, width: int = 100) -> str:
    out = io.StringIO()
    print_results(results, Console(file=out, width=width, color_system=None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("results", "status", "sentence"),
    [
        ((OK, OFF), 0, "All is well: 2 checks made."),
        ((OK, WARNING), 0, "Ombud can work; 1 thing should be looked at."),
        ((FAILED, OK), 1, "1 thing must be mended before Ombud can do all its work."),
        (
            (FAILED, FAILED, WARNING),
            1,
            "2 things must be mended before Ombud can do all its work, and 1 thing should be looked at.",
        ),
    ],
)
def test_the_last_line_says_what_it_comes_down_to(
    results: tuple[CheckResult, ...], status: int, sentence: str
) -> None:
    assert exit_status(results) == status
    assert summary(results) == sentence
    assert printed(*results, width=200).rstrip().splitlines()[-1] == sentence


def test_results_stand_in_groups_with_their_remedies_below() -> None:
    assert [line.rstrip() for line in printed(OFF, OK, FAILED).splitlines()] == [
        "Settings",
        "  off   Stripe is off.",
        "        → Set STRIPE_WEBHOOK_SECRET.",
        "",
        "Slack",
        "  ok    Ombud is @ombud in Brightwater.",
        "  MEND  #billing [private] is archived.",
        "        → Unarchive it.",
        "",
        "1 thing must be mended before Ombud can do all its work.",
    ]


def test_what_others_wrote_does_nothing_to_the_terminal() -> None:
    shown = printed(GROUP.failed("a\x1b[2J\u202eb\nMEND", "chmod \x9b31m"))
    assert all(line.isprintable() for line in shown.split("\n"))
    assert r"a\x1b[2J\u202eb\nMEND" in shown


def test_long_sentences_stay_indented_in_a_narrow_window() -> None:
    lines = printed(FAILED, width=30).splitlines()
    assert max(map(len, lines)) <= 30
    assert [line.rstrip() for line in lines[1:3]] == ["  MEND  #billing [private] is", "        archived."]


async def test_a_broken_policy_is_told_line_by_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("tiers:\nqueues: 3\n")
    settings = Settings(
        _env_file=None,
        policy_file=tmp_path / "policy.yaml",
        database_url=f"sqlite:///{tmp_path}/ombud.db",
    )
    results = await run_checks(settings)
    mistakes = [result for result in results if result.group == "Policy"]
    assert len(mistakes) > 2
    assert all("policy.yaml:" in mistake.title for mistake in mistakes)
    assert any(mistake.remedy.startswith("Write for example") for mistake in mistakes)
    assert {"Settings", "Clock", "Database"} < {result.group for result in results}


async def test_the_command_prints_the_page_and_returns_the_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(
        _env_file=None, policy_file=tmp_path / "none.yaml", database_url=f"sqlite:///{tmp_path}/ombud.db"
    )
    assert await print_check(settings) == 1
    assert "POLICY_FILE" in capsys.readouterr().out
