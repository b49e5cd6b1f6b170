"""Command line: `ombud serve | demo | check | mail | teams-manifest | migrate | link …`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.errors import CannotStart
from bot.file_modes import keep_new_files_private, warn_of_open_files
from bot.logs import set_up_logs
from bot.policy.in_use import PolicyLacksNames
from bot.policy.reader import PolicyMistakes, read_policy
from bot.read_settings import BadSettings, env_file, read_settings
from bot.settings import Settings
from bot.terminal import safe_lines
from core.policy import Policy
from store.errors import BrokenTimeline, StoreUnavailable

app = typer.Typer(
    help="Ombud settles invoice disputes where your team already talks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
mail = typer.Typer(help="What customers get by mail.", no_args_is_help=True)
app.add_typer(mail, name="mail")
parked = typer.Typer(help="Messages that wait for a person.", invoke_without_command=True)
app.add_typer(parked, name="parked")
_stderr = Console(stderr=True, highlight=False, soft_wrap=True)
_FIXABLE_ERRORS = (
    BadSettings,
    CannotStart,
    PolicyMistakes,
    PolicyLacksNames,
    StoreUnavailable,
    BrokenTimeline,
)


def main() -> None:
    """Run a command. What the administrator can fix is printed as a sentence, without a traceback."""
    keep_new_files_private()
    try:
        app()
    except _FIXABLE_ERRORS as mistake:
        _stderr.print(safe_lines(str(mistake)), style="red", markup=False)
        sys.exit(2)


def _runner() -> Callable[[Coroutine[Any, Any, None]], None]:
    """uvloop where there is one: a fifth more clicks a second (docs/performance.md)."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run
    return uvloop.run


def _prepare() -> tuple[Settings, Policy]:
    settings = read_settings()
    set_up_logs(settings.log_format, settings.secrets())
    return settings, read_policy(settings.policy_file)


@app.command()
def serve() -> None:
    """Run the bot: web server, clocks and outbox, until told to stop."""
    from bot.serve import serve_until_stopped

    settings, policy = _prepare()
    warn_of_open_files(settings, env_file())
    _runner()(serve_until_stopped(settings, policy))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the workspace page listens.")] = 8090,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its database.")] = Path("var/demo"),
) -> None:
    """Try it without any account: a whole chat workspace in your browser."""
    from bot.commands.demo import run_demo

    run_demo(port, folder)


@app.command()
def check() -> None:
    """Prove the installation: settings, policy, database, Slack, Teams; each failure with its remedy."""
    from bot.check.run import print_check
    from bot.wiring.probes import probes_of
    from bot.wiring.teams import teams_probes_of

    settings = read_settings()
    set_up_logs(settings.log_format, settings.secrets())
    probes = probes_of(settings), teams_probes_of(settings)
    sys.exit(asyncio.run(print_check(settings, *probes, env_file())))


@mail.command("preview")
def preview_mail(
    kind: Annotated[str, typer.Argument(help="Such as received, question or rejected.")],
    language: Annotated[str, typer.Option(help="en, de, fr or es.")] = "en",
    html: Annotated[Path | None, typer.Option(help="A file to write the HTML into.")] = None,
) -> None:
    """Show a mail as a customer would get it, with your policy and your templates. Nothing is sent."""
    from bot.mail.preview import preview_mail

    typer.echo(safe_lines(preview_mail(read_settings(), kind, language, html)))


@app.command("teams-manifest")
def write_teams_manifest(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("ombud-teams.zip"),
    app_version: Annotated[str, typer.Option(help="Raise it for a package that replaces one.")] = "1.0.0",
) -> None:
    """Write the package of the Teams app, to be uploaded in the Teams admin centre."""
    from bot.teams.manifest import package_of

    settings = read_settings()
    try:
        out.write_bytes(package_of(settings, version=app_version))
    except OSError as trouble:
        raise CannotStart(f"{out} can't be written: {trouble.strerror}.") from None
    typer.echo(f"{out} is written. Upload it in the Teams admin centre, under Manage apps.")


@app.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    from store.migrate import upgrade

    settings = read_settings()
    upgrade(settings.database_url)
    typer.echo("The database is up to date.")


@app.command()
def export(
    case_ids: Annotated[list[str], typer.Argument(help="Such as D-1042; several are possible.")],
) -> None:
    """Write cases with their whole timelines as JSON, for an auditor or another system."""
    from bot.commands.export import print_cases
    from bot.wiring.application import open_store

    store = open_store(*_prepare())
    try:
        sys.exit(print_cases(store, case_ids, _stderr))
    finally:
        store.close_blocking()


@app.command()
def link(
    invoice: Annotated[str, typer.Argument(help="The invoice's number, or its id on the billing platform.")],
    revoke: Annotated[bool, typer.Option(help="Make the links to it open nothing any more.")] = False,
) -> None:
    """Print the customer's link to an invoice, made or renewed; with --revoke, take it back."""
    from bot.commands.link import print_links, print_revoked
    from bot.wiring.application import open_store
    from scheduler.clock import Clock
    from scheduler.heartbeat import follow_database

    settings, policy = _prepare()
    store = open_store(settings, policy)
    try:
        clock = Clock(settings.clock_file)
        follow_database(clock, store)
        sys.exit((print_revoked if revoke else print_links)(store, settings, invoice, clock.now()))
    finally:
        store.close_blocking()


@parked.callback()
def list_parked(context: typer.Context) -> None:
    """List the messages that can't be delivered until a person acts, each with its number and reason."""
    from bot.commands.parked import print_parked

    if context.invoked_subcommand is None:
        _on_store(lambda store, _now: print_parked(store))


@parked.command("retry")
def retry_parked(number: Annotated[int, typer.Argument(help="As `ombud parked` lists it.")]) -> None:
    """Send one again; one that is damaged is restored from its event first."""
    from bot.commands.parked import retry_parked

    _on_store(lambda store, now: retry_parked(store, number, now))


@parked.command("drop")
def drop_parked(number: Annotated[int, typer.Argument(help="As `ombud parked` lists it.")]) -> None:
    """Give one up for good: nobody gets it."""
    from bot.commands.parked import drop_parked

    _on_store(lambda store, _now: drop_parked(store, number))


def _on_store(command: Callable[[Any, datetime], int]) -> None:
    """Run the command on the opened database, and exit with its code."""
    from bot.wiring.application import open_store
    from scheduler.clock import Clock

    settings, policy = _prepare()
    store = open_store(settings, policy)
    try:
        sys.exit(command(store, Clock(settings.clock_file).now()))
    finally:
        store.close_blocking()


@app.command()
def verify() -> None:
    """Prove from the first entry on that no timeline was altered."""
    from bot.commands.verify import print_verdict
    from bot.wiring.application import open_store

    store = open_store(*_prepare())
    try:
        sys.exit(print_verdict(store))
    finally:
        store.close_blocking()


if __name__ == "__main__":
    main()
