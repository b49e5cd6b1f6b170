"""Tests of the settings: what the environment may hold, and the sentences for what it may not."""

from pathlib import Path

import pytest

from bot.read_settings import BadSettings, child_environment, read_settings
from bot.settings import Settings

BOT_TOKEN = "xoxb-1-not-to-be-shown"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
KEY = "not-to-be-shown-0001"


@pytest.fixture(autouse=True)
def _an_empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def settings_with(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def mistake_with(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    with pytest.raises(BadSettings) as caught:
        settings_with(monkeypatch, **variables)
    return str(caught.value)


def test_nothing_has_to_be_set() -> None:
    settings = read_settings()
    assert settings.database_url == "sqlite:///var/ombud.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert not settings.has_slack
    assert settings.api_keys == {}


def test_slack_is_on_with_a_token_and_a_signing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch, SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_SIGNING_SECRET=SIGNING_SECRET)
    assert settings.has_slack


def test_socket_mode_needs_no_signing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch, SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_APP_TOKEN="xapp-1-hidden")
    assert settings.has_slack


def test_a_token_alone_is_half_of_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    mistake = mistake_with(monkeypatch, SLACK_BOT_TOKEN=BOT_TOKEN)
    assert mistake.startswith("SLACK_SIGNING_SECRET: missing.")
    assert "Basic Information" in mistake
    assert "SLACK_APP_TOKEN" in mistake


@pytest.mark.parametrize("half", ["SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"])
def test_everything_but_the_token_is_half_of_slack_too(monkeypatch: pytest.MonkeyPatch, half: str) -> None:
    mistake = mistake_with(monkeypatch, **{half: SIGNING_SECRET})
    assert mistake.startswith("SLACK_BOT_TOKEN: missing.")


def test_a_variable_left_empty_is_as_good_as_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not settings_with(monkeypatch, SLACK_BOT_TOKEN="", SLACK_SIGNING_SECRET="").has_slack


def test_blanks_around_a_value_are_left_away(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch, SLACK_BOT_TOKEN=f" {BOT_TOKEN}\n", SLACK_SIGNING_SECRET="abc ")
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == BOT_TOKEN


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("PORT", "eighty-not-shown", "PORT: write a port number, 0 to 65535."),
        ("PORT", "70000", "PORT: write a port number, 0 to 65535."),
        ("LOG_FORMAT", "xml-not-shown", "LOG_FORMAT: write text or json."),
    ],
)
def test_a_mistake_names_its_variable_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    assert mistake_with(monkeypatch, **{variable: value}) == sentence


def test_all_mistakes_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    mistake = mistake_with(monkeypatch, PORT="none", LOG_FORMAT="none", API_KEYS="none")
    assert [line.partition(":")[0] for line in mistake.splitlines()] == ["PORT", "LOG_FORMAT", "API_KEYS"]


def test_keys_are_read_as_name_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch, API_KEYS=f"crm:{KEY}, web.shop : {KEY}:2 ,")
    assert {name: key.get_secret_value() for name, key in settings.api_keys.items()} == {
        "crm": KEY,
        "web.shop": f"{KEY}:2",
    }


@pytest.mark.parametrize(
    "value",
    [
        KEY,
        f":{KEY}",
        "crm:not-shown",
        f"crm:{KEY},shop:",
        f"two words:{KEY}",
        f"crm:{KEY},crm:{KEY}x",
        f"crm:{KEY},shop:{KEY}",
        "crm:                 ",
    ],
)
def test_a_wrong_key_is_told_without_being_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    mistake = mistake_with(monkeypatch, API_KEYS=value)
    assert mistake.startswith("API_KEYS: ")
    assert "shown" not in mistake
    assert KEY not in mistake


def test_a_metrics_key_is_long_and_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    mistake = mistake_with(monkeypatch, METRICS_KEY="only-15-letters")
    assert mistake.startswith("METRICS_KEY: write at least 16 characters.")
    assert "only-15" not in mistake
    assert KEY in settings_with(monkeypatch, METRICS_KEY=KEY).secrets()


def test_no_message_ever_shows_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {name.upper(): "not shown" for name in Settings.model_fields}
    assert "not shown" not in mistake_with(monkeypatch, **variables)


def test_not_even_the_validator_s_own_words_show_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "not shown")
    monkeypatch.setenv("API_KEYS", "not shown")
    with pytest.raises(ValueError, match="2 validation errors") as caught:
        Settings(_env_file=None)
    assert "not shown" not in str(caught.value)


def test_secrets_stay_hidden_when_the_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(
        monkeypatch,
        SLACK_BOT_TOKEN=BOT_TOKEN,
        SLACK_SIGNING_SECRET=SIGNING_SECRET,
        API_KEYS=f"crm:{KEY}",
        STRIPE_WEBHOOK_SECRET="whsec_hidden",
    )
    printed = f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"
    assert not [secret for secret in settings.secrets() if secret in printed]


def test_every_secret_is_known_to_whoever_must_hide_it(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(
        monkeypatch,
        SLACK_BOT_TOKEN=BOT_TOKEN,
        SLACK_SIGNING_SECRET=SIGNING_SECRET,
        SLACK_APP_TOKEN="xapp-1-hidden",
        API_KEYS=f"crm:{KEY},shop:{KEY}2",
        STRIPE_WEBHOOK_SECRET="whsec_hidden",
        DATABASE_URL="postgresql://ombud:pass%20word@db/ombud",
    )
    assert set(settings.secrets()) == {
        BOT_TOKEN,
        SIGNING_SECRET,
        "xapp-1-hidden",
        KEY,
        f"{KEY}2",
        "whsec_hidden",
        "pass word",
    }


def test_the_env_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nBASE_URL=https://file.example.com\n")
    settings = settings_with(monkeypatch, PORT="9002")
    assert (settings.port, settings.base_url) == (9002, "https://file.example.com")


def test_an_env_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe")
    with pytest.raises(BadSettings, match=r"^\.env: it can't be read"):
        read_settings()


def test_variables_of_others_are_no_business_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SOMETHING_ELSE=1\n")
    assert settings_with(monkeypatch, ANOTHER="2").port == 8080


def test_addresses_end_as_they_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(
        monkeypatch, BASE_URL="https://ombud.example.com/", SLACK_API_URL="http://127.0.0.1:1/api"
    )
    assert settings.base_url == "https://ombud.example.com"
    assert settings.slack_api_url == "http://127.0.0.1:1/api/"


def test_settings_never_change_after_the_start() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().port = 1  # type: ignore[misc]


def test_a_child_gets_our_environment_and_its_own_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("KEPT", "yes")
    environment = child_environment(PORT="2")
    assert (environment["PORT"], environment["KEPT"]) == ("2", "yes")


def test_another_file_of_settings_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=1111")
    (tmp_path / "mine.env").write_text("PORT=2222")
    assert settings_with(monkeypatch, OMBUD_ENV_FILE="mine.env").port == 2222
    assert settings_with(monkeypatch, OMBUD_ENV_FILE="").port == 8080


def test_a_named_file_of_settings_that_is_not_there_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mistake_with(monkeypatch, OMBUD_ENV_FILE="gone.env").startswith(
        "OMBUD_ENV_FILE: there is no file gone.env."
    )
