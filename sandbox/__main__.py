"""The sandbox: a pretend Slack, Teams and customers' mail, beside the bot or with the bot as its child."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from aiohttp import web

from sandbox.server import make_app
from sandbox.world import Settings


def main() -> None:
    settings = read_settings()
    # The workspace, the clock and the log, and all that the bot makes, are this user's alone.
    os.umask(0o077)
    try:
        web.run_app(
            make_app(settings),
            host=settings.host,
            port=settings.port,
            print=lambda _: print(f"Open {settings.url} in a browser. Ctrl+C ends it.", flush=True),
            access_log=None,
            shutdown_timeout=1,
        )
    except OSError as error:
        raise SystemExit(f"Cannot listen on {settings.url}: {error.strerror}. Try another --port.") from None


def read_settings(arguments: list[str] | None = None) -> Settings:
    given = _parser().parse_args(arguments)
    defaults = Settings()
    environment = os.environ
    first_key = environment.get("API_KEYS", "").split(",")[0]
    return Settings(
        host=given.host,
        port=given.port,
        bot_url=given.bot_url.rstrip("/"),
        signing_secret=environment.get("SLACK_SIGNING_SECRET") or defaults.signing_secret,
        bot_token=environment.get("SLACK_BOT_TOKEN") or defaults.bot_token,
        app_token=environment.get("SLACK_APP_TOKEN") or defaults.app_token,
        api_key=first_key.rpartition(":")[2].strip() or defaults.api_key,
        clock_file=given.clock_file,
        state_file=given.state,
        run=given.run,
        mail_port=given.mail_port,
        bot_mail_port=given.bot_mail_port,
        run_log=given.run_log,
        is_seeding=given.seed,
        has_strict_rates=given.strict_rates,
        teams_app_id=given.teams_app_id,
        teams_app_password=environment.get("TEAMS_APP_PASSWORD", ""),
        teams_tenant_id=given.teams_tenant_id,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8090, help="port to listen on")
    parser.add_argument("--bot-url", default="http://127.0.0.1:8080", help="where the bot listens")
    parser.add_argument("--mail-port", type=int, default=0, help="where mail to customers is taken")
    parser.add_argument("--bot-mail-port", type=int, default=0, help="where the bot takes mail")
    parser.add_argument("--clock-file", type=Path, help="file with the demo clock's offset in seconds")
    parser.add_argument("--state", type=Path, help="file that keeps the workspace over a restart")
    parser.add_argument("--run", default="", help="the bot's command, started and stopped from the page")
    parser.add_argument("--run-log", type=Path, help="file for what the bot says, else the terminal")
    parser.add_argument("--seed", action="store_true", help="play the company's last days first")
    parser.add_argument("--strict-rates", action="store_true", help="answer 429 above the limits")
    parser.add_argument("--teams-app-id", default="", help="the app's id in Teams; empty: no Teams")
    parser.add_argument("--teams-tenant-id", default="", help="the company's tenant, as Entra knows it")
    return parser


if __name__ == "__main__":
    main()
