"""Tests of logging: no secret gets into the log, whichever way a value takes there."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from bot.logs import HIDDEN, secret_hider, set_up_logs

SHAPED = (
    "xoxb-1234-abcd-EFGH",
    "xoxe.xoxp-1-Mi0yLTEyMzQ",
    "xapp-1-A0B1-xyz",
    "whsec_abc123XYZ",
    "sk_live_51abcDEF",
    "sk_test_51abcDEF",
    "rk_live_51abcDEF",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
)
"""Recognised by their form."""
UNSHAPED = ("8f742231b10e8888abcd99yyyzzz85a5", "crm-key with 16 letters & more")
"""A signing secret and an API key have no form of their own; they are recognised by value."""

Speak = Callable[[], None]


@pytest.fixture(params=["text", "json"])
def log_format(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def said(log_format: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Speak], str]]:
    """What a function's log lines look like on standard error."""
    before = structlog.get_config()
    handlers, level = logging.root.handlers[:], logging.root.level

    def speak(fn: Speak) -> str:
        out = io.StringIO()
        monkeypatch.setattr(sys, "stderr", out)
        set_up_logs(log_format, UNSHAPED)
        fn()
        return out.getvalue()

    yield speak
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def fail_with(message: object) -> None:
    raise RuntimeError(message)


def log_failure(secret: str) -> None:
    a_local_variable = secret
    try:
        fail_with(f"refused: {a_local_variable}")
    except RuntimeError:
        structlog.get_logger().exception("fault")


def log_chained_failure(secret: str) -> None:
    try:
        try:
            fail_with(secret)
        except RuntimeError as cause:
            raise ValueError("after that") from cause
    except ValueError:
        structlog.get_logger().exception("fault")


def log_library_failure(secret: str) -> None:
    try:
        fail_with(secret)
    except RuntimeError:
        logging.getLogger("some.library").exception("it broke with %s", secret)


WAYS: dict[str, Callable[[str], Any]] = {
    "the event": lambda secret: structlog.get_logger().info(f"token {secret} refused"),
    "a value": lambda secret: structlog.get_logger().info("refused", reason=f"bad token {secret}!"),
    "bytes": lambda secret: structlog.get_logger().info("refused", body=secret.encode()),
    "a nested value": lambda secret: structlog.get_logger().info(
        "refused", payload={"a": [{"b": (1, {secret})}]}
    ),
    "a deep value": lambda secret: structlog.get_logger().info("refused", payload=deep(secret)),
    "a key": lambda secret: structlog.get_logger().info("refused", payload={secret: 1}),
    "an object": lambda secret: structlog.get_logger().info("refused", error=ValueError(secret)),
    "an exception": log_failure,
    "an exception's cause": log_chained_failure,
    "a library": lambda secret: logging.getLogger("some.library").warning("token %s", secret),
    "a library's exception": log_library_failure,
    "the context": lambda secret: log_in_context(secret),
}


def deep(value: object) -> object:
    for _ in range(30):
        value = {"inner": [value]}
    return value


def log_in_context(secret: str) -> None:
    with structlog.contextvars.bound_contextvars(reason=secret):
        structlog.get_logger().info("refused")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("secret", [*SHAPED, *UNSHAPED])
def test_no_secret_gets_into_a_line(said: Callable[[Speak], str], way: str, secret: str) -> None:
    lines = said(lambda: WAYS[way](secret))
    assert HIDDEN in lines
    assert secret not in lines


def test_local_variables_stay_out_of_tracebacks(said: Callable[[Speak], str]) -> None:
    def fail() -> None:
        customers_words = "we pay nothing"  # noqa: F841 - it must not be shown
        try:
            fail_with("fault")
        except RuntimeError:
            structlog.get_logger().exception("fault")

    lines = said(fail)
    assert "fail_with" in lines
    assert "we pay nothing" not in lines.replace('customers_words = "we pay nothing"', "")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Authorization: Bearer abc.DEF-123", "abc.DEF-123"),
        ("authorization: basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("postgresql+psycopg://ombud:p@ss:w0rd@db.example.com/ombud", "p@ss:w0rd"),
        ("redis://:hunter22@cache:6379/0", "hunter22"),
        ("https://hooks.slack.com/actions/T0/1/abcdef", "T0/1/abcdef"),
        ("wss://wss-primary.slack.com/link/?ticket=1f2e3d&app_id=A0", "1f2e3d"),
        ("payload token=gIkuvaNzQIHg97ATvDxqgjtO&team_id=T0", "gIkuvaNzQIHg97ATvDxqgjtO"),
        ("{'token': 'gIkuvaNzQIHg97ATvDxqgjtO', 'team_id': 'T0'}", "gIkuvaNzQIHg97ATvDxqgjtO"),
        ('{"client_secret": "s3cr3t-value"}', "s3cr3t-value"),
    ],
)
def test_secrets_are_known_by_what_stands_around_them(text: str, hidden: str) -> None:
    line = secret_hider()(None, "info", {"event": text})
    assert hidden not in line["event"]
    assert HIDDEN in line["event"]


@pytest.mark.parametrize("name", ["token", "bot_token", "password", "Authorization", "api_key", "Set-Cookie"])
def test_a_value_called_a_secret_is_one(name: str) -> None:
    line = secret_hider()(None, "info", {name: "anything", "headers": {name: b"anything"}})
    assert line == {name: HIDDEN, "headers": {name: HIDDEN}}


@pytest.mark.parametrize(
    "text",
    [
        "D-1042 claimed by slack:U0ANA",
        "SLACK_SIGNING_SECRET: missing. Copy it from the Slack app's Basic Information page.",
        "https://ombud.example.com:8080/cases/D-1042?tab=story",
        "mail for ana.ruiz@brightwater.example",
        "the tokens were revoked",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert secret_hider(UNSHAPED)(None, "info", {"event": text}) == {"event": text}


def test_short_words_are_never_blotted_out_everywhere() -> None:
    assert secret_hider(["a", "", "case"])(None, "info", {"event": "a case"}) == {"event": "a case"}


def test_a_secret_is_hidden_in_its_web_form_too() -> None:
    line = secret_hider(["a key & more"])(None, "info", {"event": "?key=a%20key%20%26%20more"})
    assert line["event"] == f"?key={HIDDEN}"


def test_figures_and_names_pass_unchanged(said: Callable[[Speak], str], log_format: str) -> None:
    def speak() -> None:
        structlog.get_logger().info(
            "claimed", case_id="D-1042", attempts=3, share=0.5, is_late=True, why=None
        )

    line = said(speak)
    if log_format == "json":
        read = json.loads(line)
        assert read.pop("timestamp").endswith("Z")
        assert read == {
            "event": "claimed",
            "level": "info",
            "case_id": "D-1042",
            "attempts": 3,
            "share": 0.5,
            "is_late": True,
            "why": None,
        }
    else:
        assert line.endswith("claimed attempts=3 case_id=D-1042 is_late=True share=0.5 why=None\n")


def test_the_case_of_the_context_stands_in_every_line(said: Callable[[Speak], str]) -> None:
    def speak() -> None:
        with structlog.contextvars.bound_contextvars(case_id="D-1042"):
            structlog.get_logger().info("one")
            logging.getLogger("some.library").warning("two")

    assert said(speak).count("D-1042") == 2


def test_an_object_that_can_not_be_shown_does_not_cost_the_line(said: Callable[[Speak], str]) -> None:
    class Sulking:
        def __repr__(self) -> str:
            raise OSError("no")

    assert "Sulking that can't be shown" in said(lambda: structlog.get_logger().info("odd", thing=Sulking()))


def test_a_library_that_chatters_is_heard_only_when_it_warns(said: Callable[[Speak], str]) -> None:
    def speak() -> None:
        logging.getLogger("slack_sdk.web").info("calling")
        logging.getLogger("slack_sdk.web").warning("slow")

    lines = said(speak)
    assert "slow" in lines
    assert "calling" not in lines


def test_what_others_wrote_moves_no_cursor_and_fakes_no_line(said: Callable[[Speak], str]) -> None:
    hostile = "x\x1b[2J\x9b31m\u202ey\r\n2026-01-01T00:00:00Z [info] all is well"

    def speak() -> None:
        structlog.get_logger().info("refused", name=hostile, word="\x1b[31m")
        structlog.get_logger().info(hostile)
        logging.getLogger("some.library").warning("heard %s", hostile)
        log_failure(hostile)

    lines = said(speak)
    assert all(line.isprintable() for line in lines.split("\n"))
    assert [line for line in lines.splitlines() if line.startswith("2026-01-01")] == []
