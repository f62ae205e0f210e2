import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from registry.config import folders, postgres
from registry.config.database import ACTING
from registry.config.postgres import OWNER, SUPERUSER, Postgres
from registry.config.programs import PostgresPrograms, postgres_programs
from registry.config.trouble import Trouble
from registry.config.unroot import NOBODY, Disguise, NoDisguise, become_nobody, enter_namespace

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    with folders.temporary("try") as sockets:
        made = Postgres(data=tmp_path / "postgres", sockets=sockets, log=tmp_path / "postgres.log", throwaway=True)
        yield made
        made.stop()


def ask(server: Postgres, user: str, question: bytes) -> object:
    with psycopg.connect(server.url(user), autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def do(server: Postgres, user: str, statement: bytes) -> None:
    with psycopg.connect(server.url(user), autocommit=True) as connection:
        connection.execute(statement)


def kill(server: Postgres) -> None:
    assert server.process
    server.process.kill()
    server.process.wait()


def test_the_owner_makes_tables_and_the_application_cannot(server: Postgres) -> None:
    server.start()
    do(server, OWNER, b"CREATE EXTENSION pg_trgm")
    do(server, OWNER, b"CREATE EXTENSION btree_gist")
    do(server, OWNER, b"CREATE TABLE fact (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        do(server, ACTING, b"CREATE TABLE other (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        do(server, ACTING, b"DROP TABLE fact")


def test_names_in_chinese_have_trigrams_and_an_order(server: Postgres) -> None:
    server.start()
    do(server, OWNER, b"CREATE EXTENSION pg_trgm")
    assert ask(server, OWNER, "SELECT cardinality(show_trgm('欧阳修')) > 0".encode()) is True
    assert (
        ask(server, OWNER, b"SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'registry'")
        == "UTF8"
    )


def test_it_listens_on_a_socket_that_nobody_else_may_enter_and_on_no_port(server: Postgres) -> None:
    server.start()
    assert ask(server, SUPERUSER, b"SHOW listen_addresses") == ""
    assert server.sockets.stat().st_mode & 0o777 == 0o700


def test_what_was_written_is_there_after_the_server_was_killed(server: Postgres) -> None:
    server.throwaway = False
    server.start()
    do(server, OWNER, b"CREATE TABLE kept AS SELECT 7 AS n")
    do(server, SUPERUSER, b"CHECKPOINT")
    kill(server)
    server.start()
    assert ask(server, OWNER, b"SELECT n FROM kept") == 7


def test_a_process_that_got_the_number_of_the_dead_server_is_not_taken_for_it(server: Postgres) -> None:
    server.start()
    kill(server)
    pid_file = server.data / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(pid_file.read_text().split("\n")[0], str(os.getpid()), 1))
    server.start()
    assert ask(server, OWNER, b"SELECT 1") == 1


def test_a_server_that_still_runs_on_the_data_is_named(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    server.start()
    assert server.process
    monkeypatch.setattr(postgres, "STOP_SECONDS", 0.1)
    second = Postgres(data=server.data, sockets=server.sockets, log=server.log, throwaway=True)
    with pytest.raises(Trouble, match=f"still runs on .*\n.*kill {server.process.pid}"):
        second.start()


def test_a_folder_that_was_half_made_is_made_again(server: Postgres) -> None:
    server.data.with_name("postgres.unfinished").mkdir()
    server.data.with_name("postgres.unfinished").joinpath("PG_VERSION").write_text("18\n")
    server.start()
    assert ask(server, OWNER, b"SELECT current_database()") == "registry"


def test_data_of_another_version_is_refused_with_both_versions(server: Postgres) -> None:
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("12\n")
    ours = postgres_programs().major
    with pytest.raises(Trouble, match=f"is of PostgreSQL 12; the programs here are of PostgreSQL {ours}") as refused:
        server.start()
    assert "--data" in refused.value.remedy


def test_a_folder_that_is_no_database_is_refused(server: Postgres) -> None:
    server.data.mkdir()
    with pytest.raises(Trouble, match="is not a database folder"):
        server.start()


def test_the_last_lines_of_its_log_tell_why_it_does_not_start(server: Postgres) -> None:
    server.start()
    server.stop()
    with (server.data / "postgresql.conf").open("a") as settings:
        settings.write("colour_of_the_elephant = blue\n")
    with pytest.raises(Trouble, match="colour_of_the_elephant"):
        server.start()


def test_ending_it_leaves_no_process(server: Postgres) -> None:
    server.start()
    assert server.process
    leader = server.process.pid
    server.stop()
    with pytest.raises(ProcessLookupError):
        os.killpg(leader, signal.SIGCONT)


@AS_ROOT
@pytest.mark.parametrize(("become", "owner"), [(enter_namespace, 0), (become_nobody, NOBODY)])
def test_root_runs_it_in_either_disguise_on_the_same_data(
    server: Postgres, monkeypatch: pytest.MonkeyPatch, become: object, owner: int
) -> None:
    server.start()
    do(server, OWNER, b"CREATE TABLE kept AS SELECT 7 AS n")
    do(server, SUPERUSER, b"CHECKPOINT")
    server.stop()
    way = Disguise(become=become, owner=owner)  # type: ignore[arg-type]
    monkeypatch.setattr(postgres, "disguise", lambda program, folder: way)
    server.start()
    assert ask(server, OWNER, b"SELECT n FROM kept") == 7
    assert server.data.stat().st_uid == owner


def test_root_without_any_disguise_is_told_what_to_do(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(program: Path, folder: Path) -> Disguise:
        raise NoDisguise

    monkeypatch.setattr(postgres, "disguise", refuse)
    with pytest.raises(Trouble, match="ordinary user, or set DATABASE_URL"):
        server.start()


@pytest.mark.slow
def test_the_systems_own_postgres_serves_where_the_wheel_has_none(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = max(Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda each: int(each.parent.name), default=None)
    if newest is None or int(newest.parent.name) < 15:
        pytest.skip("no PostgreSQL is installed on this machine")
    monkeypatch.setattr(postgres, "postgres_programs", lambda: PostgresPrograms(newest, int(newest.parent.name)))
    server.start()
    assert str(ask(server, OWNER, b"SHOW server_version")).startswith(newest.parent.name)
