"""Delivery of activities to the bot: signed HTTP, 10 s to answer, retries for events."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from sandbox.teams.activities import Activity, service_url
from sandbox.teams.errors import GENERIC_ERROR
from sandbox.teams.login import ISSUER
from sandbox.world import World

SECONDS_TO_ANSWER = 10.0
TOKEN_SECONDS = 3600
RETRIES = (0.2, 1.0, 3.0, 10.0)
"""Seconds before each retry of an event."""


@dataclass(frozen=True, slots=True)
class TeamsReply:
    """The bot's answer to an invoke; `problem` is what the person sees when there is none."""

    body: Any = None
    problem: str = ""


async def send_activity(world: World, activity: Activity) -> TeamsReply:
    body = orjson.dumps(activity)
    claims = {"iss": ISSUER, "aud": world.settings.teams_app_id, "serviceurl": service_url(world)}
    token = world.teams.channel_keys.sign(claims, seconds=TOKEN_SECONDS)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)",
    }
    limit = aiohttp.ClientTimeout(total=SECONDS_TO_ANSWER)
    url = f"{world.settings.bot_url}/api/messages"
    try:
        async with world.http.post(url, data=body, headers=headers, timeout=limit) as answer:
            raw = await answer.read()
    except (TimeoutError, aiohttp.ClientError):
        return TeamsReply(problem=GENERIC_ERROR)
    if answer.status >= 300:
        return TeamsReply(problem=GENERIC_ERROR)
    try:
        return TeamsReply(orjson.loads(raw) if raw.strip() else None)
    except orjson.JSONDecodeError:
        return TeamsReply(problem=GENERIC_ERROR)


async def send_with_retry(world: World, *activities: Activity) -> bool:
    """Send the activities in order, each with retries; False when one still fails."""
    for activity in activities:
        for pause in (0.0, *RETRIES):
            await asyncio.sleep(pause)
            reply = await send_activity(world, activity)
            if not reply.problem:
                break
        else:
            return False
    return True


def send_in_background(world: World, *activities: Activity) -> None:
    """Send the activities in the background."""
    if not world.settings.has_teams:
        return
    task = asyncio.create_task(_send_all(world, activities))
    world.tasks.add(task)
    task.add_done_callback(world.tasks.discard)


async def _send_all(world: World, activities: tuple[Activity, ...]) -> None:
    await send_with_retry(world, *activities)
