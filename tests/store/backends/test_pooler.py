"""Tests with pgbouncer in transaction mode: each transaction may have another session, and nothing minds."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from store import migrate
from store.backends import sessions
from store.backends.postgres import PostgresConnection
from store.engine import Store
from store.transaction import Transaction
from tests.builders import a_case, a_policy
from tests.fixtures.ports import free_port
from tests.store.transactions import add_cases, get

pytestmark = pytest.mark.postgres

_PGBOUNCER = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
_SETTINGS = """
[databases]
* = host={host}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
ignore_startup_parameters = extra_float_digits
"""


@pytest.fixture
def pooled_url(new_postgresql: Callable[[], str], tmp_path: Path) -> Iterator[str]:
    if _PGBOUNCER is None:
        pytest.skip("pgbouncer isn't installed here (Debian: apt install pgbouncer)")
    direct = urlsplit(new_postgresql())
    host, port = parse_qs(direct.query)["host"][0], free_port()
    settings = tmp_path / "pgbouncer.ini"
    database = direct.path.removeprefix("/")
    target = f"{database} = host={host} user={direct.username or 'postgres'}"
    settings.write_text(_SETTINGS.format(host=host, port=port).replace(f"* = host={host}", target))
    command = [_PGBOUNCER, str(settings)]
    if os.getuid() == 0:
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        for folder in (tmp_path, *tmp_path.parents[:3], Path(host)):
            folder.chmod(folder.stat().st_mode | 0o055)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pooler:
        assert pooler.stdout is not None
        for line in pooler.stdout:
            if "process up" in line:
                break
        yield f"postgresql://postgres@127.0.0.1:{port}/{database}"
        pooler.terminate()


def test_a_pooler_is_noticed_and_a_server_is_not_taken_for_one(
    pooled_url: str, new_postgresql: Callable[[], str]
) -> None:
    with sessions.connect(pooled_url) as pooled, sessions.connect(new_postgresql()) as direct:
        assert (sessions.has_session(pooled), sessions.has_session(direct)) == (False, True)


def test_many_units_through_a_pooler_do_what_they_should(pooled_url: str) -> None:
    migrate.upgrade(pooled_url)
    store = Store.open(pooled_url, a_policy())
    case_ids = [f"D-{1001 + place}" for place in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: store.run_blocking(add_cases, a_case(id=one)), case_ids))
        for _ in range(5):
            cases = list(pool.map(lambda one: store.read_blocking(get, one), case_ids))
            assert [case.id for case in cases] == case_ids
    store.close_blocking()


def time_limit(tx: Transaction) -> str:
    tx.processes.now()
    connection = tx._connection
    assert isinstance(connection, PostgresConnection)
    row = connection._connection.execute("SHOW statement_timeout").fetchone()
    assert row is not None
    return str(row[0])


def test_statements_have_a_time_limit_that_is_not_left_to_others(pooled_url: str) -> None:
    store = Store.open(pooled_url, a_policy())
    assert store.read_blocking(time_limit) == "30s"
    store.close_blocking()
    with psycopg.connect(pooled_url, autocommit=True) as after:
        assert after.execute("SHOW statement_timeout").fetchone() == ("0",)
