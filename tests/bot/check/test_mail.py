"""Tests of the checks of mail: settings, sender, templates, mail server, each with its remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.check.mail import check_mail
from bot.check.report import CheckResult, State
from bot.policy.reader import read_policy
from bot.settings import Settings
from connectors.mail.send import SmtpClient
from tests.connectors.fake_mail_server import a_mail_server, make_certificates

POLICY = Path(__file__).parents[3] / "policy.yaml"
SOUND: dict[str, Any] = {
    "smtp_url": SecretStr("smtp://mail.example.com"),
    "mail_domain": "reply.example.com",
    "mail_from": "disputes@example.com",
    "mail_listen": "lmtp://127.0.0.1:8024",
    "mail_trusted_server": "mx.example.com",
    "secret_key": (SecretStr("k" * 40),),
}


async def results(out: SmtpClient | None = None, **changes: Any) -> list[CheckResult]:
    settings = Settings(_env_file=None, **{**SOUND, **changes})
    return await check_mail(settings, read_policy(POLICY), out.probe if out else None)


async def test_sound_settings_are_only_confirmed() -> None:
    assert {result.state for result in await results()} == {State.OK}


async def test_without_a_mail_server_it_says_how_to_switch_mail_on() -> None:
    [result] = await results(smtp_url=None)
    assert result.state is State.OFF
    assert "SMTP_URL" in result.remedy


@pytest.mark.parametrize(
    ("changes", "state", "title"),
    [
        ({"mail_listen": None}, State.WARNING, "answers don't get here"),
        ({"mail_trusted_server": None}, State.WARNING, "No mail server is trusted"),
        ({"mail_from": "disputes@elsewhere.test"}, State.WARNING, "answers and bounces go to"),
        ({"mail_templates": Path("/gone")}, State.FAILED, "there is no folder"),
    ],
)
async def test_what_isnt_sound_is_told(changes: dict[str, Any], state: State, title: str) -> None:
    [result] = [one for one in await results(**changes) if one.state is not State.OK]
    assert result.state is state
    assert title in result.title
    assert result.remedy


async def test_a_wrong_template_is_told_before_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "question.txt").write_text("{{ nobody_knows }}", encoding="utf-8")
    [result] = [one for one in await results(mail_templates=tmp_path) if one.state is State.FAILED]
    assert "“question”" in result.title
    (tmp_path / "words" / "question.txt").unlink()
    assert all(one.state is State.OK for one in await results(mail_templates=tmp_path))


async def test_the_mail_server_is_tried(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    async with a_mail_server(tls=certificates.server, login=("me", "right")) as server:
        url = f"smtp://me:{{}}@127.0.0.1:{server.port}"
        good = await results(SmtpClient.open(url.format("right"), certificates.trusting))
        assert "TLS" in good[-1].title
        bad = await results(SmtpClient.open(url.format("wrong"), certificates.trusting))
        assert (bad[-1].state, bad[-1].remedy) == (State.FAILED, "Correct them in SMTP_URL.")
        assert server.came == [], "nothing is sent"


async def test_a_server_that_is_away_or_in_the_open_is_told() -> None:
    async with a_mail_server() as server:
        open_server = await results(SmtpClient.open(f"smtp+plain://127.0.0.1:{server.port}"))
        assert open_server[-1].state is State.WARNING
    away = await results(SmtpClient.open(f"smtp+plain://127.0.0.1:{server.port}"))
    assert "can't be reached" in away[-1].title
    assert away[-1].remedy
