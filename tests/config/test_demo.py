import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from registry.config import environment
from registry.config.bootstrap import HOUSE
from registry.config.crew import reserved
from registry.config.demo_folder import Contents, DemoFolder
from registry.config.trouble import Trouble
from registry.management.commands.demo import in_words
from tests.config.watching import comes_true, processes_with

LONGEST_SECOND_START = 20  # seconds; five on a machine of its own, but these tests share theirs
FEW = ["--practitioners", "80", "--seed", "7"]


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A demo with servers of its own, whatever servers this test run has."""
    own = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    words = [sys.executable, "manage.py", "demo", "--data", str(folder), "--port", "0", "--json", *FEW, *arguments]
    with subprocess.Popen(words, cwd=HOUSE, env=own, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def told_by(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout
    return dict(json.loads(process.stdout.readline()))


@pytest.mark.slow
def test_a_demo_starts_from_nothing_survives_a_kill_and_ends_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as first:
        told = told_by(first)
        assert urllib.request.urlopen(f"{told['url']}healthz").read() == b"ok\n"  # noqa: S310
        assert {"administrator", "agency_officer", "compliance_officer"} <= {each["role"] for each in told["accounts"]}
        assert [each["role"] for each in told["api_keys"]] == ["settlement_system"]
        assert "DATABASE_URL" in environment.of_running_demo(folder)
        assert comes_true(lambda: len(processes_with(str(folder))) >= 5)
        first.kill()
        first.wait()
        assert comes_true(lambda: not processes_with(str(folder)))

    began = time.monotonic()
    with demo(folder) as second:
        again = told_by(second)
        assert time.monotonic() - began < LONGEST_SECOND_START
        assert again["accounts"] == told["accounts"]
        second.send_signal(signal.SIGINT)
        assert second.wait(30) == 0
        assert not processes_with(str(folder))
        assert environment.of_running_demo(folder) == {}


def test_a_port_in_use_is_named_with_the_option() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(Trouble, match=rf"Port {port} of 127\.0\.0\.1 is in use.*\n.*--port {port + 1}"),
            reserved(port),
        ):
            pass


def test_a_port_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Trouble, match=r"Port 99999 .* cannot be used"), reserved(99999):
        pass


def test_a_folder_with_other_things_in_it_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").touch()
    with pytest.raises(Trouble, match="is not empty and not the folder of a demo"), DemoFolder(tmp_path).held():
        pass


def test_data_that_was_made_for_other_numbers_is_kept_and_the_difference_told(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path / "demo")
    with folder.held():
        folder.remember(Contents(practitioners=300, seed=7), {"accounts": []})
        assert folder.contents(practitioners=None, seed=None) == Contents(300, 7)
        wanted = folder.contents(practitioners=500, seed=None)
        with pytest.raises(Trouble, match="made with --practitioners 300 --seed 7"):
            folder.loaded(wanted)


def test_keys_and_passwords_of_a_demo_are_readable_by_nobody_else(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path / "demo")
    with folder.held():
        folder.remember(Contents(), {"accounts": [{"password": "xiaoming"}]})
        keys = folder.keys()
    assert keys == folder.keys()
    assert {path.stat().st_mode & 0o077 for path in folder.path.glob("*.json")} == {0}


def test_a_person_reads_address_log_ins_and_keys() -> None:
    told = {
        "url": "http://127.0.0.1:8000/",
        "accounts": [{"role": "administrator", "username": "administrator", "password": "one-two"}],
        "api_keys": [{"role": "settlement_system", "key": "drk_1"}],
        "sights": [{"number": "C430100-2026-000007", "what": "a window on its last day"}],
    }
    words = in_words(told)
    assert "C430100-2026-000007  a window on its last day" in words
    assert "http://127.0.0.1:8000/" in words
    assert "one-two" in words
    assert "Bearer drk_1" in words
    assert "second factor" not in words
    assert "need no second factor" in in_words({**told, "second_factor": False})
