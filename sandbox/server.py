"""The sandbox as one aiohttp application: routes, background tasks, start and shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
from aiohttp import web

from sandbox import page_routes
from sandbox.demo import player, story
from sandbox.mail import mailbox, replies
from sandbox.request_origin import LISTENS_ON, refuse_other_sites
from sandbox.slack import responses, socket_mode
from sandbox.slack.web_api import dispatch as web_api
from sandbox.teams import installing
from sandbox.teams import routes as teams_routes
from sandbox.world import WORLD, Settings, World, make_world

PAGES = Path(__file__).parent / "pages"
LARGEST_BODY = 8 * 2**20


def make_app(settings: Settings) -> web.Application:
    """The whole sandbox as one application; tests run it in their own process."""
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[refuse_other_sites])
    app[LISTENS_ON] = settings.host

    async def live(app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as http:
            world = make_world(settings, http)
            app[WORLD] = world
            tasks = [
                asyncio.create_task(world.supervisor.watch()),
                asyncio.create_task(_save_every_second(world)),
            ]
            post_office = await _open_mail(world, tasks)
            if settings.is_seeding:
                # Before the bot starts, so that it never sees its clock go back.
                world.clock.set_to(story.STARTS_AT)
            if settings.run:
                await world.supervisor.control("start")
            if settings.has_teams:
                tasks.append(asyncio.create_task(installing.announce_installations(world)))
            if settings.is_seeding:
                tasks.append(asyncio.create_task(player.play_story(world, story.play_days)))
            yield
            if post_office is not None:
                post_office.close()
            await _shut_down(world, tasks)

    app.cleanup_ctx.append(live)
    app.on_shutdown.append(_close_connections)
    _add_routes(app)
    return app


def _add_routes(app: web.Application) -> None:
    app.router.add_route("*", "/api/{method}", web_api.handle_call)
    app.router.add_get("/link/", socket_mode.connect)
    app.router.add_post("/actions/{key}", responses.handle_response_url)
    page_routes.add_routes(app)
    teams_routes.add_routes(app)
    app.router.add_get("/", _page)
    app.router.add_get("/archives/{rest:.*}", _page)
    app.router.add_get("/teams", _teams)
    app.router.add_get("/mailbox", _mailbox)
    app.router.add_get("/invoices", _invoices)
    app.router.add_static("/pages/", PAGES)


async def _page(request: web.Request) -> web.FileResponse:
    del request
    return web.FileResponse(PAGES / "index.html", headers={"Cache-Control": "no-cache"})


async def _teams(request: web.Request) -> web.FileResponse:
    del request
    return web.FileResponse(PAGES / "teams.html", headers={"Cache-Control": "no-cache"})


async def _mailbox(request: web.Request) -> web.FileResponse:
    del request
    return web.FileResponse(PAGES / "mailbox.html", headers={"Cache-Control": "no-cache"})


async def _invoices(request: web.Request) -> web.FileResponse:
    del request
    return web.FileResponse(PAGES / "invoices.html", headers={"Cache-Control": "no-cache"})


async def _open_mail(world: World, tasks: list[asyncio.Task[None]]) -> asyncio.Server | None:
    """Start the customers' mail server, if mail is on; before the bot starts, which may have mail to send."""
    if not world.settings.mail_port:
        return None
    tasks.append(asyncio.create_task(replies.return_bounces(world)))
    return await mailbox.listen(world.mailbox, world.settings.host, world.settings.mail_port)


async def _save_every_second(world: World) -> None:
    """Save the workspace every second, if there is a state file."""
    while world.settings.state_file is not None:
        await asyncio.sleep(1)
        world.save()


async def _close_connections(app: web.Application) -> None:
    app[WORLD].stream.close()
    for socket in list(app[WORLD].slack.sockets.open):
        await socket.close()


async def _shut_down(world: World, tasks: list[asyncio.Task[None]]) -> None:
    for task in [*tasks, *world.tasks]:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    if world.settings.run:
        await world.supervisor.control("stop")
    world.save()
