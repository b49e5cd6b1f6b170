"""The demo's company: consistent, and in line with the app's manifest and the example policy."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.teams.manifest import manifest as write_manifest
from sandbox import company
from sandbox.__main__ import read_settings
from sandbox.slack import manifest as pretended
from sandbox.teams import company as teams_company
from sandbox.teams import manifest as teams_manifest
from tests.sandbox.harness import run_sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def manifest() -> Any:
    return yaml.safe_load((ROOT / "manifest.yaml").read_text(encoding="utf-8"))


def test_the_pretend_app_has_what_the_manifest_asks_for_and_no_more(manifest: Any) -> None:
    assert sorted(pretended.SCOPES) == sorted(manifest["oauth_config"]["scopes"]["bot"])
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(pretended.EVENTS) == sorted(events)


def test_shortcuts_and_commands_are_the_manifests(manifest: Any) -> None:
    features = manifest["features"]
    shortcuts = [(one["callback_id"], one["name"]) for one in features["shortcuts"]]
    assert list(pretended.SHORTCUTS) == shortcuts
    assert [name for name, _ in pretended.COMMANDS] == [one["command"] for one in features["slash_commands"]]


def test_what_teams_offers_of_the_app_is_its_manifest_s() -> None:
    written = write_manifest("8a4f4b0e-5a3e-4a8e-9f3a-0d6f5f0a1c11", "https://ombud.example")
    suggested = written["bots"][0]["commandLists"][0]["commands"]
    assert [(one["title"], one["description"]) for one in suggested] == list(teams_manifest.COMMANDS)
    commands = written["composeExtensions"][0]["commands"]
    assert [(one["id"], one["title"]) for one in commands if one["type"] == "action"] == list(
        teams_manifest.MESSAGE_ACTIONS
    )
    assert [one["id"] for one in commands if one["type"] == "query"] == [teams_manifest.SEARCH]


def test_reasons_tiers_and_people_are_those_of_the_example_policy() -> None:
    policy = yaml.safe_load((ROOT / "policy.yaml").read_text(encoding="utf-8"))
    assert {id_ for id_, _, _ in company.REASONS} == set(policy["reasons"])
    for id_, _, evidence in company.REASONS:
        assert evidence in (policy["reasons"][id_].get("evidence") or {None: ""})
    assert {customer.tier for customer in company.CUSTOMERS} == set(policy["tiers"])
    queues = policy["queues"].values()
    channels = {f"#{name}" for _, name, _, _ in company.CHANNELS} | {None}
    assert {queue.get("slack_channel") for queue in queues} <= channels
    in_teams = {id_ for id_, _, _ in teams_company.CHANNELS} | {None}
    assert {queue.get("teams_channel") for queue in queues} <= in_teams
    assert {who for queue in queues for who in queue["resolvers"] if "@" in who} <= {
        one.email for one in teams_company.PEOPLE if not one.is_guest
    }


def test_the_company_has_queues_in_slack_in_teams_and_in_both() -> None:
    policy = yaml.safe_load((ROOT / "policy.yaml").read_text(encoding="utf-8"))
    kinds = {
        tuple(sorted(name for name in queue if name.endswith("_channel")))
        for queue in policy["queues"].values()
    }
    assert kinds == {("slack_channel",), ("teams_channel",), ("slack_channel", "teams_channel")}


def test_who_is_on_both_platforms_has_one_address() -> None:
    on_slack = {one.id: (one.name, one.email) for one in company.PEOPLE}
    on_teams = {one.slack_id: (one.name, one.email) for one in teams_company.PEOPLE if one.slack_id}
    assert on_teams == on_slack
    assert len({one.mri for one in teams_company.PEOPLE}) == len(teams_company.PEOPLE)


def test_an_invoice_adds_up_and_is_due_after_it_was_issued() -> None:
    for customer in company.CUSTOMERS:
        for invoice in customer.invoices:
            shown = company.invoice_json(invoice, today=date(2026, 3, 9), address="http://127.0.0.1:8090")
            assert shown["total_minor"] == sum(line["amount_minor"] for line in shown["lines"])
            assert shown["issued_on"] < shown["due_on"]


@pytest.mark.parametrize("route", ["disputes", "link"])
async def test_what_is_told_of_an_invoice_leads_to_where_it_can_be_seen(route: str) -> None:
    number = company.CUSTOMERS[0].invoices[0].number
    async with run_sandbox() as harness:
        harness.bot.answer = {}
        await harness.post_route(route, invoice=number)
        told = harness.bot.requests[-1].payload["invoice"]["url"]
        assert told == f"{harness.url}/invoices?number={number}"
        async with harness.http.get(told) as page:
            assert (page.status, "invoices.js" in await page.text()) == (200, True)


def test_every_kind_of_currency_is_billed() -> None:
    currencies = {invoice.currency for customer in company.CUSTOMERS for invoice in customer.invoices}
    assert {"EUR", "GBP", "USD", "JPY", "KWD"} <= currencies


def test_the_first_api_key_is_used_without_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEYS", "demo:0123456789abcdef,other:fedcba9876543210")
    assert read_settings([]).api_key == "0123456789abcdef"
