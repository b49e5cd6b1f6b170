"""Rate of tickets over django-helpdesk's public form.

It is served as in production: gunicorn, one process, 4 threads (1 and 16 were slower). Only the posts are
timed; the forms they answer, each with its CSRF token, are fetched before.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg.conninfo import make_conninfo

from tests.bench.load import http_post, run_load
from tests.bench.servers import ROOT, free_port, wait_until_it_answers

PYTHON = ROOT / "build" / "peers" / "bin" / "python"
QUEUE = ROOT / "tests" / "bench" / "peer_helpdesk" / "queue.json"
FORM = "/tickets/submit/"
CLIENTS = 16
WARM_UP = 50
COUNT = 500

SERVE = (
    "gunicorn --workers 1 --worker-class gthread --threads 4 --keep-alive 75 --graceful-timeout 5 "
    "--no-control-socket django.core.wsgi:get_wsgi_application()"
).split()

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def rate(ombuds_url: str) -> float:
    """Tickets a second, in a fresh database of its own beside Ombud's.

    Raises:
        RuntimeError: a post was refused, or a ticket isn't in the database.
    """
    address = _database_beside(ombuds_url)
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "tests.bench.peer_helpdesk.settings",
    }
    for command in (["migrate", "--verbosity=0"], ["loaddata", "--verbosity=0", str(QUEUE)]):
        subprocess.run([PYTHON, "-m", "django", *command], cwd=ROOT, env=environment, check=True)
    with _served(environment) as port:
        forms = [_fetch_form(port) for _ in range(CLIENTS)]
        posts = [_post(*forms[number % CLIENTS], number) for number in range(WARM_UP + COUNT)]
        run_load(port, posts[:WARM_UP], clients=CLIENTS).demand_only(302)
        load = run_load(port, posts[WARM_UP:], clients=CLIENTS).demand_only(302)
    if (found := _count_tickets(address)) != len(posts):
        raise RuntimeError(f"{len(posts)} tickets were posted and {found} are there")
    return load.rate


def _database_beside(url: str) -> str:
    if url.startswith("sqlite"):
        return f"sqlite:///{Path(url.removeprefix('sqlite:///')).with_name('helpdesk.db')}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE helpdesk")
    return make_conninfo(url, dbname="helpdesk")


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[int]:
    port = free_port()
    command = [str(PYTHON), "-m", *SERVE, "--bind", f"127.0.0.1:{port}"]
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}{FORM}", child)
        yield port
    finally:
        child.terminate()
        child.wait(20)


def _fetch_form(port: int) -> tuple[str, str]:
    """The cookie and the token that a browser would send back."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{FORM}") as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        token = TOKEN.search(answer.read().decode())
    assert token is not None
    return cookie, token[1]


def _post(cookie: str, token: str, number: int) -> bytes:
    """What intake.py posts to Ombud, as far as a ticket has fields for it."""
    fields = {
        "csrfmiddlewaretoken": token,
        "queue": "1",
        "title": f"INV-{number}: wrong amount, Nordwind GmbH",
        "body": "We agreed on 90 euros.",
        "priority": "3",
        "submitter_email": "ap@nordwind.example",
    }
    return http_post(
        FORM,
        urlencode(fields).encode(),
        Content_Type="application/x-www-form-urlencoded",
        Cookie=cookie,
    )


def _count_tickets(address: str) -> int:
    query = "SELECT count(*) FROM helpdesk_ticket"
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as connection:
            return int(connection.execute(query).fetchone()[0])
    with psycopg.connect(address) as server:
        row = server.execute(query).fetchone()
    assert row is not None
    return int(row[0])
