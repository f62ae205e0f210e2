"""The test database: made by its owner, used by the application's role that owns nothing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import override_settings, setup_databases, teardown_databases
from django.utils import translation
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from registry.config.database import ACTING, KEEPING, READING, as_owner
from registry.queries import sight
from tests.committed import Furniture

settings.load_profile("ci")  # the same examples in every run, and no word on how quick the machine is
TEMPLATE = "template"
ASK_THE_DATABASE = "django_db_setup"
"""What every test comes to that asks the database, whether it commits, rolls back, or has its rows with others."""
ONCE = (
    "tests/browser/",
    "tests/fuzz/",
    "tests/access/",  # what each address answers; what the database hides from whom is asked in tests/walls
    "tests/api/test_generated_client.py",
    "tests/appeals/test_walk.py",
    "tests/backups/",
    "tests/canaries/",
    "tests/claims/test_killed.py",
    "tests/config/test_check_server.py",
    "tests/desks/test_demo_casework.py",
    "tests/desks/test_demo_data.py",
    "tests/desks/test_demo_loading.py",
    "tests/notifications/test_crashes.py",
    "tests/notifications/test_hell.py",
    "tests/notifications/test_killed.py",
    "tests/notifications/test_real_processes.py",
    "tests/notifications/test_receiver_killed.py",
    "tests/notifications/test_writer_killed.py",
    "tests/signin/test_foreign_forms.py",
    "tests/signin/test_forged_headers.py",
    "tests/signin/test_provider.py",
    "tests/signin/test_sessions.py",
)
"""Tests that say nothing more on a second database: browsers, fuzzing, crashes, doors, long walks, the demo."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks the database, so that it can be run again on another one: ``-m database``."""
    for item in items:
        asks = ASK_THE_DATABASE in getattr(item, "fixturenames", ()) or item.get_closest_marker("django_db")
        if asks and not item.nodeid.startswith(ONCE):
            item.add_marker("database")


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Passwords of tests need not withstand anybody."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _full_sight() -> None:
    """A test looks at the rows itself; whatever answers a request in it begins blind all the same."""
    sight.begin_process(sight.FULL)


@pytest.fixture(autouse=True)
def _language_of_its_own() -> Iterator[None]:
    """A page asked for in English leaves its thread speaking English; the next test begins in the first language."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _nothing_counted_before() -> Iterator[None]:
    """What this process keeps of figures and of rates is about the rows of another test."""
    yield
    caches["counts"].clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """A name of its own per run and worker, so that two runs on one server do not meet."""
    connection.settings_dict.setdefault("TEST", {})["NAME"] = _named(os.environ.get("PYTEST_XDIST_WORKER", "main"))


def _named(part: str) -> str:
    return f"test_registry_{os.environ['REGISTRY_TEST_RUN']}_{part}"


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Make the database as the owner of its tables; everything between is done as the application."""
    with django_db_blocker.unblock(), as_owner(connection.settings_dict):
        _make_roles()
        with _template():
            made = setup_databases(verbosity=0, interactive=False, aliases={"default": None}, serialized_aliases=[])
        _leave_statistics_alone()
        connection.close()
    yield
    with django_db_blocker.unblock():
        connection.close()
        with as_owner(connection.settings_dict):
            _send_everybody_away()
            teardown_databases(made, verbosity=0)
            _drop(_named(TEMPLATE))


def _leave_statistics_alone() -> None:
    """No vacuum between two tests: it would note that tables are empty, and the next test's thousands of rows would be
    looked for as if there were none.
    """
    every = "SELECT oid::regclass AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    off = "EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', each.name)"
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ DECLARE each record; BEGIN FOR each IN {every} LOOP {off}; END LOOP; END $$")


@contextmanager
def _template() -> Iterator[None]:
    """With several workers the first one migrates, once; every worker's database is a copy of that."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    test = connection.settings_dict["TEST"]
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [_named(TEMPLATE)])
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [_named(TEMPLATE)])
        if cursor.fetchone() is None:
            own, test["NAME"] = test["NAME"], _named(TEMPLATE)
            setup_databases(verbosity=0, interactive=False, aliases={"default": None}, serialized_aliases=[])
            connection.close()
            test["NAME"] = own
        test["TEMPLATE"] = _named(TEMPLATE)
        yield


def _drop(database: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}"')


def _send_everybody_away() -> None:
    """A process that a test killed may not have left the database yet, and one in use cannot be dropped."""
    leave = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    with connection._nodb_cursor() as cursor:
        cursor.execute(leave, [connection.settings_dict["NAME"]])


def _make_roles() -> None:
    """Roles belong to the whole server; on one that others use too, they may be there or appear at the same moment."""
    meanwhile = "EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN NULL"
    with connection._nodb_cursor() as cursor:
        made = (f"CREATE ROLE {ACTING}", f"CREATE ROLE {READING}", f"ALTER ROLE {ACTING} NOINHERIT")
        keeper = (f"CREATE ROLE {KEEPING} BYPASSRLS", f"GRANT pg_read_all_data TO {KEEPING}")
        for make in (*made, f"GRANT {READING} TO {ACTING}", *keeper):
            cursor.execute(f"DO $$ BEGIN {make}; {meanwhile}; END $$")


@pytest.fixture(scope="session")
def furniture(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Furniture:
    with django_db_blocker.unblock():
        return Furniture.of(connection)


@pytest.fixture
def committed(
    request: pytest.FixtureRequest, furniture: Furniture, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The test commits, from as many connections as it likes; then the tables hold again what the migrations left.

    It takes the place of the mark ``django_db``, whose clean-up the application's role may not do.
    """
    assert request.node.get_closest_marker("django_db") is None, "committed and django_db exclude each other"
    with django_db_blocker.unblock():
        yield
        connection.close()
        furniture.put_back()
