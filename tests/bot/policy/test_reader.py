"""Tests of the policy reader: each mistake has its line, and says what to write instead."""

from __future__ import annotations

import hashlib
from datetime import date, time
from pathlib import Path

import pytest

from bot.policy.reader import PolicyMistakes, parse_policy, read_policy
from core.policy import MEMBERS_OF_THE_CHANNEL, RequiredEvidence, Rung, Sla
from tests.bot.policy.small_policy import SMALL, mistakes_in, small

EXAMPLE_FILE = Path(__file__).parents[3] / "policy.yaml"
EXAMPLE = EXAMPLE_FILE.read_text(encoding="utf-8")

# --- what is right -------------------------------------------------------------------------------


def test_the_example_policy_is_right() -> None:
    policy = read_policy(EXAMPLE_FILE)
    assert policy.default_tier_id == "standard"
    assert policy.sla_for("gold", "wrong_amount") == Sla(60, 240, 960, 0.75)
    assert policy.reason("not_delivered").required_evidence == (
        RequiredEvidence("delivery_note", "A note or photo showing what arrived"),
    )
    assert policy.queue("logistics").resolvers == (MEMBERS_OF_THE_CHANNEL,)
    assert policy.ladder[1].tell == ("finn.aalto@brightwater.example",)
    assert policy.digests[0].at == time(9, 15)


def test_a_reason_changes_only_the_targets_it_names() -> None:
    policy = parse_policy(SMALL, "policy.yaml")
    assert policy.sla_for("standard", "wrong_amount") == Sla(60, 120, 240, 0.75)
    assert policy.sla_for("standard", "chargeback") == Sla(60, 120, 480, 0.75)


def test_what_is_left_out_has_its_usual_value() -> None:
    policy = parse_policy(SMALL, "policy.yaml")
    assert (policy.nudge_minutes, policy.burst_threshold) == (480, 20)
    assert policy.chargeback_margin_hours == policy.reason("chargeback").grace_hours == 48
    assert policy.ladder[1] == Rung(("finn@brightwater.example",), 480, None)
    without = SMALL.partition("digests")[0] + "company: Brightwater Supplies\n"
    assert parse_policy(without, "policy.yaml").digests == ()


def test_days_that_are_not_listed_are_free() -> None:
    calendar = parse_policy(SMALL, "policy.yaml").queue("billing").calendar
    assert calendar.describe() == (
        "Mon–Thu 09:00–12:30 and 13:15–17:30, Fri 09:00–13:00 (Europe/Berlin), except holidays"
    )


@pytest.mark.parametrize(
    ("hours", "described"),
    [
        ("{mon-sun: 00:00-24:00}", "around the clock"),
        ("{sat-mon: 9:00-17:00}", "Mon 09:00–17:00, Sat–Sun 09:00–17:00"),
        ("{'mon, wed': 22:00–24:00, tue: closed}", "Mon 22:00–24:00, Wed 22:00–24:00"),
    ],
)
def test_hours_may_be_written_in_several_ways(hours: str, described: str) -> None:
    text = small("        mon-thu: 09:00-12:30, 13:15-17:30\n        fri: 09:00-13:00\n")
    policy = parse_policy(text.replace("hours:\n", f"hours: {hours}\n"), "policy.yaml")
    assert policy.queue("billing").calendar.describe() == f"{described} (Europe/Berlin), except holidays"


@pytest.mark.parametrize(
    ("place", "a_holiday", "a_working_day"),
    [
        ("DE", date(2026, 10, 3), date(2026, 1, 6)),
        ("DE-BY", date(2026, 1, 6), date(2026, 12, 24)),
        ("US", date(2040, 7, 4), date(2026, 5, 1)),
        ("GB-ENG", date(2020, 8, 31), date(2026, 1, 2)),
    ],
)
def test_public_holidays_are_free(place: str, a_holiday: date, a_working_day: date) -> None:
    policy = parse_policy(small("[2026-12-24]", place), "policy.yaml")
    days_off = policy.queue("billing").calendar.holidays
    assert a_holiday in days_off
    assert a_working_day not in days_off


def test_holidays_may_be_a_place_and_dates_together() -> None:
    days_off = (
        parse_policy(small("[2026-12-24]", "[NO, 2026-12-24]"), "policy.yaml")
        .queue("billing")
        .calendar.holidays
    )
    assert {date(2026, 5, 17), date(2026, 12, 24)} <= days_off


@pytest.mark.parametrize(("words", "minutes"), [("30m", 30), ("4h", 240), ("1h 30m", 90), ("90m", 90)])
def test_lengths_of_time_are_written_as_people_do(words: str, minutes: int) -> None:
    policy = parse_policy(SMALL + f"nudge_after: {words}\n", "policy.yaml")
    assert policy.nudge_minutes == minutes


def test_the_digest_names_this_very_text() -> None:
    assert parse_policy(SMALL, "a").digest == hashlib.sha256(SMALL.encode()).hexdigest()[:12]
    assert parse_policy(SMALL + "\n", "a").digest != parse_policy(SMALL, "a").digest


def test_an_anchor_says_a_thing_once_for_several() -> None:
    text = small("sla: {claim", "sla: &usual {claim") + "burst_threshold: 5\n"
    text = text.replace("default_tier", "  gold: {label: Gold, priority: 2, sla: *usual}\ndefault_tier", 1)
    policy = parse_policy(text, "policy.yaml")
    assert policy.tier("gold").sla == policy.tier("standard").sla


# --- what is wrong -------------------------------------------------------------------------------


def test_a_queue_that_is_not_there_is_named_with_the_one_meant() -> None:
    text = EXAMPLE.replace("queue: logistics", "queue: logistic", 1)
    line = text[: text.index("queue: logistic\n")].count("\n") + 1
    sentence = (
        "reason “not_delivered” goes to the queue “logistic”, which isn't there. Did you mean “logistics”?"
    )
    assert mistakes_in(text) == [f"policy.yaml:{line}: {sentence}"]


def test_chargebacks_may_not_wait_for_evidence_while_the_banks_date_runs() -> None:
    text = small("chargebacks: {reason: chargeback}", "chargebacks:\n  reason: wrong_amount")
    (mistake,) = mistakes_in(text)
    assert mistake.startswith("policy.yaml:31: “chargebacks” names the reason “wrong_amount”, which asks for")
    assert mistake.endswith("Name a reason that asks for none.")


def test_all_mistakes_are_told_together_in_the_order_of_lines() -> None:
    text = small("priority: 3", "priority: 9").replace("at: 09:15", "at: 25:15").replace("zone:", "zoen:")
    with pytest.raises(PolicyMistakes) as caught:
        parse_policy(text, "policy.yaml")
    assert [line for line, _ in caught.value.mistakes] == [4, 13, 14, 36]


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        # names of other things
        ("default_tier: standard", "default_tier: gold", 6, "the default tier “gold”, which isn't there"),
        ("queues: billing,", "queues: [billing, biling],", 36, "Did you mean “billing”?"),
        ("{reason: chargeback}", "{reason: charge_back}", 30, "Did you mean “chargeback”?"),
        ("{standard: {resolution", "{silver: {resolution", 25, "the tier “silver”, which isn't there"),
        # keys
        ("label: Standard", "lable: Standard", 3, "no place for “lable”. Did you mean “label”?"),
        ("label: Standard", "lable: Standard", 2, "tier “standard” has no “label”. Write for example label:"),
        ("    priority: 3\n", "    priority: 3\n    priority: 2\n", 5, "“priority” twice, first in line 4"),
        ("managers: [dana@brightwater.example]", "managers: []", 11, "has nothing behind “managers”"),
        ("root_causes: {unknown: Unknown}", "root_causes: {}", 31, "has nothing behind “root_causes”"),
        ('slack_channel: "#billing"', "slack_channel: #billing", 10, "has nothing behind “slack_channel”"),
        ('    slack_channel: "#billing"\n', "", 8, "no Slack or Teams channel"),
        ("  wrong_amount:", "  Wrong-Amount:", 20, "“Wrong-Amount” can't be an id"),
        ("  wrong_amount:", "  ? [a]\n  :", 20, "a key that is not a plain word"),
        ("label: Wrong amount", "label: [Wrong, amount]", 21, "more than a word in “label”"),
        ("label: Wrong amount", "label: ''", 21, "the text is empty"),
        ("label: Wrong amount", "<<: *none", 21, "An alias (*name) stands for an anchor"),
        # numbers, times, shares
        ("priority: 3", "priority: high", 4, "“high” is not a priority. Write 1 (urgent)"),
        ("claim: 1h", "claim: 2d", 5, "“2d” is in days, and working days differ"),
        ("claim: 1h", "claim: 4", 5, "“4” has no unit. Write 4h for hours"),
        ("claim: 1h", "claim: soon", 5, "“soon” is not a length of time. Write one such as 4h"),
        ("claim: 1h", "claim: 0m", 5, "“0m” is no time at all"),
        ("claim: 1h", "claim: 9999h", 5, "more than a year"),
        ("claim: 1h", "claim: 9h", 5, "less time for the resolution than for the claim"),
        (
            "{resolution: 4h}",
            "{resolution: 1h}",
            25,
            "the SLA of reason “wrong_amount” for “standard” gives less",
        ),
        ("resolution: 8h}", "resolution: 8h, warn_at: 0.75}", 5, "such as 75%"),
        ("at: 09:15", "at: 9.15", 36, "“9.15” is not a time of day"),
        ("at: 09:15", "at: 24:30", 36, "“24:30” is not a time of day"),
        ("at: 09:15", "at: 23:00", 36, "“23:00” is at night"),
        ("after: 8h", "after: 0h", 34, "rung 2 comes no later than the rung before it"),
        ("chargeback}", "chargeback, margin_hours: few}", 30, "“few” is not a whole number"),
        ("ladder:", "burst_threshold: 0\nladder:", 32, "0 is too little"),
        # calendars
        ("zone: Europe/Berlin", "zone: Europe/Berlim", 14, "Did you mean “Europe/Berlin”?"),
        ("zone: Europe/Berlin", "zone: Middle-earth/Shire", 14, "Zones have names like Europe/Berlin."),
        ("zone: Europe/Berlin", "zone: Europe", 14, "there is no time zone “Europe”"),
        ("fri: 09:00-13:00", "friday: 09:00-13:00", 17, "Did you mean “fri”?"),
        ("fri: 09:00-13:00", "thu: 09:00-13:00", 17, "names thu again, after line 16"),
        ("fri: 09:00-13:00", "fri: 22:00-06:00", 17, "Write a night shift as 22:00-24:00"),
        ("fri: 09:00-13:00", "fri: 09:00-13:00, 12:00-15:00", 17, "before the shift before it has ended"),
        ("fri: 09:00-13:00", "fri: 09:00", 17, "“09:00” is not a shift. Write its start and end"),
        ("fri: 09:00-13:00", "fri: 09:00", 17, "has a mistake in “fri”: "),
        ("fri: 09:00-13:00", "fri, Sat: 09:00", 17, "has a mistake in “fri, Sat”: "),
        ("fri: 09:00-13:00", "fri: 09:00-00:00", 17, "a day starts at 00:00 and ends at 24:00"),
        ("fri: 09:00-13:00", "fri:", 17, "is not a shift"),
        ("[2026-12-24]", "[2026-12-24, 2026-02-30]", 18, "“2026-02-30” is a date that doesn't exist"),
        ("[2026-12-24]", "[24.12.2026]", 18, "“24.12.2026” is not a date. Write year-month-day"),
        ("[2026-12-24]", "de-by", 18, "there is no country “de”. Did you mean “DE-BY”?"),
        ("[2026-12-24]", "XX", 18, "there is no country “XX”. Use codes such as DE"),
        ("[2026-12-24]", "DE-XX", 18, "DE has no part “XX”. Known: Augsburg, BB, BE"),
        # people and channels
        ("[dana@brightwater.example]", "[dana]", 11, "“dana” is nobody. Write an e-mail address"),
        ("U024BE7LH]", "members]", 12, "Or write: members of the channel."),
        ("U024BE7LH]", "members of the channel]", 12, "who are everybody. Keep one of the two"),
        ("to: managers", "to: manager", 36, "Or write: managers or channel."),
        ('"#billing"', '"#Billing Team"', 10, "“#Billing Team” is not a Slack channel"),
        ('slack_channel: "#billing"', "teams_channel: General", 10, "choose “Get link to channel”"),
        # shapes
        ("tiers:", "tiers: {}\nTiers:", 1, "has nothing behind “tiers”"),
        ("  morning: {queues: billing, at: 09:15, to: managers}", "  - morning", 35, "“key: value”"),
        (
            "ladder:\n  - {tell: manager, after: 0h, repeat: 4h}\n  - ",
            "ladder: ",
            32,
            "Start each item with “- ”",
        ),
        ("label: Standard", "x: [a", 3, "A bracket is opened here"),
        # YAML itself
        ("    label: Standard", "\tlabel: Standard", 3, "A tab stands here"),
        ("label: Standard", "label: Standard: gold", 3, "A colon stands where none can be"),
        ("label: Standard", "label: 'Standard", 3, "A quote is opened here"),
        ("label: Standard", "label: @Standard", 3, "can't start with @"),
        ("    label: Standard\n", "    label: Standard\n   priority: 3\n", 4, "indentation"),
        ("label: Standard", "label: Stan\x07dard", 3, "An invisible character stands here"),
        ("default_tier: standard\n", "default_tier\n", 7, "A colon and a space are missing"),
        ("default_tier: standard\n", "---\n", 6, "starts a second document"),
        ("    name: Billing\n", "    name Billing\n", 10, "see if the line above lacks its colon"),
    ],
)
def test_a_mistake_has_its_line_and_its_remedy(old: str, new: str, line: int, sentence: str) -> None:
    found = mistakes_in(small(old, new))
    assert any(told.startswith(f"policy.yaml:{line}: ") and sentence in told for told in found), found


def test_a_calendar_without_any_hours_is_of_no_use() -> None:
    text = small("mon-thu: 09:00-12:30, 13:15-17:30", "mon-thu: closed").replace("09:00-13:00", "closed")
    assert "no working time at all" in mistakes_in(text)[0]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "null", "~"])
def test_an_empty_policy_points_to_the_example(text: str) -> None:
    assert mistakes_in(text) == ["policy.yaml: The policy is empty. Start from the example policy.yaml."]


@pytest.mark.parametrize(
    "text", ["[" * 5000, "- a\n- b", "just words", '"\\UFFFFFFFF"', "a: *b", "a: &a [*a]"]
)
def test_strange_yaml_is_a_mistake_like_any_other(text: str) -> None:
    assert mistakes_in(text)


def test_a_file_that_cannot_be_read_is_a_mistake_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(PolicyMistakes, match="No such file or directory"):
        read_policy(tmp_path / "nowhere.yaml")
    (tmp_path / "latin.yaml").write_bytes("name: Köln".encode("latin-1"))
    with pytest.raises(PolicyMistakes, match="not in UTF-8"):
        read_policy(tmp_path / "latin.yaml")
