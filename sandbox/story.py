"""What happened at Brightwater in the days before you look? Ten disputes, one after the other."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.seed import Player

BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, clock: str) -> datetime:
    """A day of March 2026 at Brightwater's head office; the 9th is the Monday on which the demo begins."""
    hour, minute = clock.split(":")
    return datetime(2026, 3, day, int(hour), int(minute), tzinfo=BERLIN)


async def tell(play: Player) -> None:
    await play.time(at(4, "09:10"))
    await play.dispute(
        invoice="BW-20399",
        reason="wrong_amount",
        statement="We ordered the sample kit as a free sample. Your sales team confirmed that by mail.",
    )
    await play.time(at(4, "11:40"))
    await play.dispute(
        invoice="BW-20366",
        reason="duplicate_charge",
        statement="These oven liners are already on invoice BW-20351, which we paid in January.",
    )
    await play.time(at(5, "10:05"))
    await play.dispute(
        invoice="BW-20391",
        reason="wrong_amount",
        lines=["il_20391_2"],
        statement="You billed six extra pickups. Our log shows two, on 3 and 17 September.",
    )
    await play.dispute(
        invoice="BW-20409",
        reason="price_agreed",
        amount_minor=48_000,
        evidence=["contract"],
        statement="The agreed price for packing film is 1,680 yen a roll. You billed 1,920.",
    )
    await play.time(at(5, "14:20"))
    await play.dispute(
        invoice="BW-20415",
        reason="damaged",
        lines=["il_20415_2"],
        evidence=["photo"],
        statement="Eleven of the forty loggers arrived with cracked displays.",
    )
    await play.time(at(6, "09:45"))
    await play.dispute(
        invoice="BW-20402",
        reason="tax",
        lines=["il_20402_2"],
        statement="We are a school and exempt from sales tax. Our certificate has been on file since 2023.",
    )
    await play.dispute(
        invoice="BW-20433",
        reason="cancelled_subscription",
        statement="We cancelled the cleaning subscription in January, before the notice period ended.",
    )
    await play.time(at(6, "15:30"))
    await play.dispute(
        invoice="BW-20412",
        reason="not_delivered",
        lines=["il_20412_2"],
        statement="The four pallets never came back with the driver, so we owe no deposit for them.",
    )
    await play.dispute(
        invoice="BW-20425",
        reason="wrong_amount",
        amount_minor=299_000,
        statement="We ordered 800 gowns and received 800. The invoice says 900.",
    )
    await play.time(at(9, "09:12"))
    await play.dispute(
        invoice="BW-20430",
        reason="wrong_amount",
        lines=["il_20430_2"],
        statement="Fourteen trolley repairs? Our hangar signed for nine.",
    )
    await play.time(at(9, "09:30"))
