import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from registry.config import folders, servers
from registry.config.bootstrap import HOUSE
from registry.config.programs import valkey_program
from registry.config.trouble import Trouble, failed, need_space
from tests.config.watching import comes_true, processes_with

START_AND_STAY = """
import sys, time
from registry.config import servers
with servers.throwaway(given={}) as named:
    print(named["REDIS_URL"], flush=True)
    time.sleep(600)
"""


def test_a_test_run_gets_both_servers_and_leaves_nothing() -> None:
    with servers.throwaway(given={}) as named:
        assert redis.Redis.from_url(named["REDIS_URL"]).ping()
        with psycopg.connect(named["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone() == (
                True,
            )
        folder = named["REDIS_URL"].removeprefix("unix://").partition("/valkey")[0]
        assert processes_with(folder)
    assert not Path(folder).exists()
    assert not processes_with(folder)


def test_a_server_that_is_named_already_is_not_started() -> None:
    with servers.throwaway(given={"DATABASE_URL": "postgres://elsewhere"}) as named:
        assert set(named) == {"REDIS_URL"}
    with servers.throwaway(given={"DATABASE_URL": "postgres://elsewhere", "REDIS_URL": "redis://elsewhere"}) as named:
        assert named == {}


def test_killing_the_starter_leaves_no_process_and_the_next_run_removes_its_folder() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_STAY], stdout=subprocess.PIPE, text=True, cwd=HOUSE
    ) as starter:
        assert starter.stdout
        folder = starter.stdout.readline().removeprefix("unix://").partition("/valkey")[0]
        assert len(processes_with(folder)) >= 2
        starter.kill()
    assert comes_true(lambda: not processes_with(folder))
    os.utime(folder, (0, 0))
    with folders.temporary("test"):
        assert not Path(folder).exists()


def test_a_folder_that_somebody_holds_is_left_alone() -> None:
    with folders.temporary("try") as held:
        os.utime(held, (0, 0))
        with folders.temporary("try"):
            assert held.exists()


def test_a_second_demo_on_one_folder_is_told_who_has_it(tmp_path: Path) -> None:
    with (
        folders.hold(tmp_path, "demo"),
        pytest.raises(Trouble, match=f"in use by another demo .process {os.getpid()}.*\n.*--data"),
    ):
        folders.hold(tmp_path, "demo")


def test_sockets_go_where_their_name_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("a-folder-with-a-long-name-" * 4)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with folders.temporary("try") as folder:
        assert len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= folders.LONGEST_SOCKET_PATH
        assert not folder.is_relative_to(deep)


def test_a_folder_behind_a_link_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(Trouble, match="is not a folder of yours"):
        folders.private(tmp_path / "link")


def test_a_folder_that_cannot_be_made_is_named() -> None:
    with pytest.raises(Trouble, match="/proc/nowhere cannot be made"):
        folders.private(Path("/proc/nowhere"))


def test_too_little_space_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"not enough space on the disk of .*MB are needed"):
        need_space(tmp_path, megabytes=10**9)


def test_a_disk_that_fills_up_meanwhile_is_recognised_in_the_words_of_the_program(tmp_path: Path) -> None:
    trouble = failed("Starting PostgreSQL", tmp_path, 'FATAL: could not write: No space left on device"')
    assert trouble.what.startswith("There is not enough space on the disk")


def test_without_any_valkey_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.config.programs._package", lambda name: [])
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(Trouble, match="set REDIS_URL"):
        valkey_program()
