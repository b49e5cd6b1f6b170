"""Tests of the checks of customers' pages, evidence storage and virus scanner."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.check.customers import NO_PROBES, Probes, check_customers
from bot.check.report import CheckResult, State
from bot.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        base_url="https://disputes.example",
        secret_key=(SecretStr("0123456789abcdef0123456789abcdef"),),
        evidence_url=(tmp_path / "evidence").as_uri(),
    )


async def found(settings: Settings, probes: Probes = NO_PROBES) -> dict[str, CheckResult]:
    return {result.title: result for result in await check_customers(settings, None, probes)}


async def test_without_a_key_customers_have_nothing_and_one_line_says_so(settings: Settings) -> None:
    (result,) = (await found(settings.model_copy(update={"secret_key": ()}))).values()
    assert result.state is State.OFF
    assert "openssl rand -hex 32" in result.remedy


async def test_links_over_an_unencrypted_way_are_warned_of(settings: Settings) -> None:
    results = await found(settings.model_copy(update={"base_url": "http://disputes.example"}))
    result = results["Links lead to http://disputes.example, which isn't encrypted."]
    assert result.state is State.WARNING


async def test_a_folder_nobody_can_write_to_is_a_failure(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file stands here")
    states = [one for one in (await found(settings)).values() if one.state is State.FAILED]
    assert [one.group for one in states] == ["Evidence"]


async def test_an_address_that_is_no_store_is_a_failure_with_what_to_write(settings: Settings) -> None:
    results = await found(settings.model_copy(update={"evidence_url": "ftp://somewhere"}))
    (failure,) = [one for one in results.values() if one.state is State.FAILED]
    assert "s3://bucket/prefix" in f"{failure.title} {failure.remedy}"


async def test_a_scanner_that_does_not_answer_is_a_failure(settings: Settings) -> None:
    async def silence() -> str:
        raise ConnectionError

    results = await found(settings, Probes(scanner=silence))
    (failure,) = [one for one in results.values() if one.state is State.FAILED]
    assert "Files wait for it unseen." in failure.title
