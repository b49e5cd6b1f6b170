"""Tests of the migrations: they lead to exactly the schema that the code describes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from core.person import Person
from store import migrate
from store.engine import Store, sqlite_file
from store.tables import metadata
from tests.builders import a_case, a_policy
from tests.store.customers.test_files import a_file
from tests.store.old_databases import downgrade_to, sqlalchemy_url, upgrade_to
from tests.store.transactions import add_cases, get, verify

pytestmark = pytest.mark.slow

_INDEXES_OF_POSTGRESQL = """
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1
"""
_SCHEMA_OF_SQLITE = """
SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'
AND tbl_name <> 'alembic_version' ORDER BY 1
"""


def test_the_migrated_tables_are_those_that_the_code_describes(url: str) -> None:
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_indexes_and_their_conditions_are_those_that_the_code_describes(
    url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if sqlite_file(url) is not None:
        fresh, schema = f"sqlite:///{tmp_path}/fresh.db", _SCHEMA_OF_SQLITE
    else:
        fresh, schema = str(request.getfixturevalue("new_postgresql")()), _INDEXES_OF_POSTGRESQL
        with create_engine(sqlalchemy_url(fresh), poolclass=NullPool).begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    metadata.create_all(create_engine(sqlalchemy_url(fresh), poolclass=NullPool))
    assert schema_of(url, schema) == schema_of(fresh, schema)


def schema_of(url: str, query: str) -> list[str]:
    with create_engine(sqlalchemy_url(url), poolclass=NullPool).connect() as connection:
        return [" ".join(str(definition).split()) for (definition,) in connection.execute(text(query))]


def test_the_version_says_whether_there_is_something_to_migrate(url: str, tmp_path: Path) -> None:
    assert migrate.current(url) == migrate.head()
    assert migrate.current(f"sqlite:///{tmp_path}/empty.db") is None


def test_migrating_twice_changes_nothing(url: str) -> None:
    migrate.upgrade(url)
    assert migrate.current(url) == migrate.head()


def test_several_processes_may_migrate_at_once(
    tmp_path: Path, request: pytest.FixtureRequest, empty_url: Callable[[], str]
) -> None:
    address = empty_url()
    problems: list[Exception] = []

    def upgrade() -> None:
        try:
            migrate.upgrade(address)
        except Exception as error:  # noqa: BLE001
            problems.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert migrate.current(address) == migrate.head()


def test_a_database_with_cases_gets_the_tables_for_customers(empty_url: Callable[[], str]) -> None:
    url = empty_url()
    upgrade_to(url, "2026_11_21_first")
    former = Store.open(url, a_policy())
    former.run_blocking(add_cases, a_case())
    former.close_blocking()
    migrate.upgrade(url)
    assert migrate.current(url) == migrate.head()
    store = Store.open(url, a_policy())
    assert store.read_blocking(get, "D-1001") == a_case()
    assert store.read_blocking(verify, "D-1001") == []
    store.run_blocking(lambda tx: tx.files.add(a_file(case_id="D-1001")))
    assert store.read_blocking(lambda tx: tx.files.list_for_case("D-1001")) == [a_file(case_id="D-1001")]
    store.close_blocking()


_FORMER_PEOPLE = """
INSERT INTO people
  (id, name, email, slack_ref, zone, is_active, dm_ref, id_folded, email_folded, slack_folded)
VALUES ('slack:U0ANA', 'Ana', 'Ana@Example.com', 'U0ANA', 'Europe/Madrid', TRUE, 'D0ANA',
        'slack:u0ana', 'ana@example.com', 'u0ana'),
       ('slack:U0BEN', 'Ben', NULL, 'U0BEN', NULL, FALSE, NULL, 'slack:u0ben', NULL, 'u0ben')
"""


def test_people_of_slack_alone_are_who_they_were_when_teams_is_added(empty_url: Callable[[], str]) -> None:
    url = empty_url()
    upgrade_to(url, "2026_11_22_alerts")
    with create_engine(sqlalchemy_url(url), poolclass=NullPool).begin() as connection:
        connection.execute(text(_FORMER_PEOPLE))
    migrate.upgrade(url)
    store = Store.open(url, a_policy())
    ana = store.read_blocking(lambda tx: tx.people.get("slack:U0ANA"))
    ben = store.read_blocking(lambda tx: tx.people.get("slack:U0BEN"))
    assert ana == Person(
        id="slack:U0ANA", name="Ana", email="Ana@Example.com", slack_ref="U0ANA", zone="Europe/Madrid"
    )
    assert ben == Person(id="slack:U0BEN", name="Ben", slack_ref="U0BEN", is_active=False)
    assert store.read_blocking(lambda tx: tx.people.find_dm_ref("slack:U0ANA")) == "D0ANA"
    assert store.run_blocking(lambda tx: tx.people.link_account("slack", "U0BEN")).is_active
    store.close_blocking()


def test_teams_can_be_taken_away_again(url: str) -> None:
    store = Store.open(url, a_policy())
    store.run_blocking(lambda tx: tx.people.link_account("slack", "U0ANA", name="Ana"))
    store.close_blocking()
    downgrade_to(url, "2026_11_22_alerts")
    migrate.upgrade(url)
    again = Store.open(url, a_policy())
    assert again.read_blocking(lambda tx: tx.people.get("slack:U0ANA")).name == "Ana"
    again.close_blocking()
