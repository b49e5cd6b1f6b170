"""Tests of the settings of pages, mail and evidence: which belong together, and defaults."""

from pathlib import Path

import pytest

from tests.bot.test_settings import mistake_with, settings_with

SECRET = "0123456789abcdef0123456789abcdef"
OLDER = "fedcba9876543210fedcba9876543210"
MAIL = {"SMTP_URL": "smtp://mail.example", "MAIL_DOMAIN": "disputes.example", "SECRET_KEY": SECRET}


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*MAIL, "EVIDENCE_URL", "DATABASE_URL", "MAIL_LISTEN", "MAIL_WEBHOOK_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_mail_is_on_with_a_server_a_domain_and_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch, **MAIL)
    assert settings.has_mail
    assert settings.has_pages


@pytest.mark.parametrize("missing", ["MAIL_DOMAIN", "SECRET_KEY", "SMTP_URL"])
def test_mail_by_halves_stops_the_start(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    given = {name: value for name, value in MAIL.items() if name != missing}
    assert mistake_with(monkeypatch, **given).startswith(f"{missing}: missing")


def test_keys_rotate_with_the_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch, SECRET_KEY=f"{SECRET}, {OLDER}")
    assert [key.get_secret_value() for key in settings.secret_key] == [SECRET, OLDER]
    assert {SECRET, OLDER} <= set(settings.secrets())


def test_a_short_key_is_refused_with_a_way_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    mistake = mistake_with(monkeypatch, SECRET_KEY="too-short")
    assert mistake.startswith("SECRET_KEY: ")
    assert "openssl rand -hex 32" in mistake
    assert "too-short" not in mistake


@pytest.mark.parametrize(
    "wrong",
    ["Acme Billing <billing@acme.example>", "disputes", "a@b, c@d", "a@b..c", "a..b@c", "ä@b.example"],
)
def test_a_sender_that_no_mail_could_have_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """Else every mail would fail, and each case would be told that the customer's address is wrong."""
    mistake = mistake_with(monkeypatch, **MAIL, MAIL_FROM=wrong)
    assert mistake == "MAIL_FROM: write one address without a name, like disputes@example.com."


@pytest.mark.parametrize("wrong", ["case@mail.example", "mail..example", "mail example", "<mail.example>"])
def test_a_domain_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    mistake = mistake_with(monkeypatch, **{**MAIL, "MAIL_DOMAIN": wrong})
    assert mistake == "MAIL_DOMAIN: write a domain, like mail.example.com."


def test_a_domain_of_other_letters_is_used_as_it_goes_over_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch, **{**MAIL, "MAIL_DOMAIN": "Antworten.Bücher.example"})
    assert settings.mail_domain == "antworten.xn--bcher-kva.example"


def test_the_mail_servers_password_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch, **{**MAIL, "SMTP_URL": "smtp://ombud:hunter2-hunter2@mail.example"})
    assert "hunter2-hunter2" in settings.secrets()


def test_evidence_lies_beside_the_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = settings_with(monkeypatch, DATABASE_URL=f"sqlite:///{tmp_path}/here/ombud.db")
    assert settings.evidence_location == f"file://{tmp_path}/here/evidence"


def test_evidence_of_a_database_server_lies_in_var(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = settings_with(monkeypatch, DATABASE_URL="postgresql+psycopg://db.example/ombud")
    assert settings.evidence_location == f"file://{tmp_path}/var/evidence"
