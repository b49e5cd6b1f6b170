"""The demo's story: ten disputes at Brightwater, played in order over the days before the demo begins."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.demo.player import Player
from sandbox.teams import company as teams_company

BERLIN = ZoneInfo("Europe/Berlin")
ANA, BEN = "U0ANA", "U0BEN"
CLEO, DANA, ELIF = teams_company.CLEO, teams_company.DANA, teams_company.ELIF
"""Resolvers of contract disputes work in Teams; so does Cleo when she helps with deliveries."""
_CERTIFICATE = b64encode(b"Exempt from sales tax: Pinecrest School, 2026\n").decode()


def at(day: int, clock: str) -> datetime:
    """A day of March 2026 at Brightwater's head office; the 9th is the Monday on which the demo begins."""
    hour, minute = clock.split(":")
    return datetime(2026, 3, day, int(hour), int(minute), tzinfo=BERLIN)


STARTS_AT = at(4, "09:00")


async def play_days(play: Player) -> None:
    await _wednesday(play)
    await _thursday(play)
    await _friday(play)
    await _monday(play)


async def _wednesday(play: Player) -> None:
    """One dispute is accepted, one rejected."""
    await play.set_time(at(4, "09:10"))
    kit = await play.raise_dispute(
        invoice="BW-20399",
        reason="wrong_amount",
        statement="We ordered the sample kit as a free sample. Your sales team confirmed that by mail.",
    )
    await play.press(ANA, "claim", kit)
    await play.set_time(at(4, "11:40"))
    liners = await play.raise_dispute(
        invoice="BW-20366",
        reason="duplicate_charge",
        statement="These oven liners are already on invoice BW-20351, which we paid in January.",
    )
    await play.press(BEN, "claim", liners)
    await _decide(
        play,
        ANA,
        kit,
        verdict="accepted",
        root_cause="data_entry",
        customer_text="You are right: the kit was a free sample. We credit the whole invoice.",
        internal_text="Sales left the discount out of the order.",
    )
    await play.set_time(at(4, "15:05"))
    await _decide(
        play,
        BEN,
        liners,
        verdict="rejected",
        root_cause="customer_error",
        customer_text="BW-20351 was for 200 liners in December. These are the 250 delivered in January.",
    )


async def _thursday(play: Player) -> None:
    """One is accepted in part, one is snoozed, one waits for the customer."""
    await play.set_time(at(5, "10:05"))
    pickups = await play.raise_dispute(
        invoice="BW-20391",
        reason="wrong_amount",
        lines=["il_20391_2"],
        statement="You billed six extra pickups. Our log shows two, on 3 and 17 September.",
    )
    await play.press(ANA, "claim", pickups)
    film = await play.raise_dispute(
        invoice="BW-20409",
        reason="price_agreed",
        amount_minor=48_000,
        evidence=["agreement"],
        statement="The agreed price for packing film is 1,680 yen a roll. You billed 1,920.",
    )
    await play.set_time(at(5, "14:20"))
    await _broken_loggers(play)
    await play.set_time(at(5, "16:10"))
    await _decide(
        play,
        ANA,
        pickups,
        verdict="part_accepted",
        amount="180.00",
        root_cause="billing_system",
        customer_text="Four of the six pickups were billed by mistake; we credit €180.00. Two took place.",
    )
    await play.teams.press(ELIF, "claim", film)
    await play.teams.press(ELIF, "ask_snooze", film)
    tuesday = {"until_date": "2026-03-10", "until_time": "15:00"}
    await play.teams.submit(ELIF, {**tuesday, "why": "Sales looks for the signed quote, back on Tuesday."})


async def _broken_loggers(play: Player) -> None:
    """Claimed at once in Teams, though Slack shows it too, then waits for the customer."""
    loggers = await play.raise_dispute(
        invoice="BW-20415",
        reason="damaged",
        lines=["il_20415_2"],
        evidence=["photo"],
        statement="Eleven of the forty loggers arrived with cracked displays.",
    )
    await play.teams.press(CLEO, "claim", loggers)
    await play.teams.press(CLEO, "ask_question", loggers)
    asked = {
        "what": "The serial numbers of the eleven broken loggers",
        "text": "We are sorry about the broken loggers. Which serial numbers do they have? "
        "They stand on the back; with them we get you new ones at once.",
    }
    await play.teams.submit(CLEO, asked, stays_open=True)  # shows the mail
    await play.teams.submit(CLEO, asked)  # sends it


async def _friday(play: Player) -> None:
    """One is under review, one is withdrawn, one is left unclaimed over the weekend."""
    await play.set_time(at(6, "09:45"))
    tax = await play.raise_dispute(
        invoice="BW-20402",
        reason="tax",
        lines=["il_20402_2"],
        statement="We are a school and exempt from sales tax. Our certificate has been on file since 2023.",
    )
    await play.press(BEN, "claim", tax)
    await play.press(BEN, "ask_note", tax)
    await play.submit(
        BEN, {"note": "The certificate on file ran out in January. Asked Tax whether it was renewed."}
    )
    await _ask_for_certificate(play, tax)
    await play.set_time(at(6, "15:10"))
    cleaning = await play.raise_dispute(
        invoice="BW-20433",
        reason="cancelled_subscription",
        statement="We cancelled the cleaning subscription in January, before the notice period ended.",
    )
    await play.teams.press(CLEO, "claim", cleaning)
    await play.teams.press(CLEO, "ask_close", cleaning)
    why = "The customer found the renewal mail and keeps the subscription."
    await play.teams.submit(CLEO, {"ending": "withdrawn", "why": why})
    await play.set_time(at(6, "15:30"))
    await play.raise_dispute(
        invoice="BW-20425",
        reason="wrong_amount",
        amount_minor=299_000,
        statement="We ordered 800 gowns and received 800. The invoice says 900.",
    )


async def _ask_for_certificate(play: Player, tax: str) -> None:
    """Asked for by mail; the customer replies three hours later."""
    asked = {
        "what": "Your tax certificate of this year",
        "text": "The certificate that we have ran out in January. Could you send us the new one?",
    }
    await play.press(BEN, "ask_question", tax)
    await play.submit(BEN, asked)
    await play.submit(BEN, asked)
    await play.set_time(at(6, "13:05"))
    certificate = {"name": "certificate-2026.txt", "type": "text/plain", "data": _CERTIFICATE}
    await play.reply_by_mail(
        tax, "Here it is. Sorry, we should have sent it in January.", files=[certificate]
    )


async def _monday(play: Player) -> None:
    """The weekend is over: one lacks its evidence, one has just come in, with a mail about it from an
    unknown sender; the manager asks in Teams for the overdue cases."""
    await play.set_time(at(8, "20:15"))
    await play.raise_dispute(
        invoice="BW-20412",
        reason="not_delivered",
        lines=["il_20412_2"],
        statement="The four pallets never came back with the driver, so we owe no deposit for them.",
    )
    await play.set_time(at(9, "09:12"))
    repairs = await play.raise_dispute(
        invoice="BW-20430",
        reason="wrong_amount",
        lines=["il_20430_2"],
        statement="Fourteen trolley repairs? Our hangar signed for nine.",
    )
    await play.reply_by_mail(
        repairs, "I signed them off: nine, all in the second week.", **{"as": "colleague"}
    )
    await play.teams.post_message(DANA, teams_company.CONTRACTS, "@Ombud overdue")
    await play.set_time(at(9, "09:30"))


async def _decide(play: Player, user: str, number: str, *, verdict: str, **values: str) -> None:
    await play.press(user, "ask_decide", number)
    await play.choose(user, "choose_verdict", verdict)
    await play.submit(user, values)
