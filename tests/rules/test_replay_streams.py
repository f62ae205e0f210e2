"""What the replay does when its input or its output fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from registry.rules import replay as program
from registry.rules.replay import main


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    file = tmp_path / "histories.jsonl"
    file.write_text(json.dumps({"id": "h1", "facts": [], "on": "2025-04-01"}) + "\n", "utf-8")
    return file


@pytest.mark.parametrize("start", [["-m", "registry.rules.replay"], ["manage.py", "replay"]])
def test_nothing_is_said_when_the_reader_has_left(lines: Path, start: list[str]) -> None:
    lines.write_text(lines.read_text("utf-8") * 2000, "utf-8")
    command = [sys.executable, *start, str(lines)]
    root = Path(program.__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.readline()
        started.stdout.close()
        assert started.stderr.read() == b""
    assert started.returncode == 141


def test_the_program_says_that_standard_input_is_closed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SystemExit):
        main(["-"])
    assert "- cannot be read: standard input is closed" in capsys.readouterr().err


def test_the_program_ends_when_the_reader_has_left(lines: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as output:  # noqa: PTH123 - a pipe has no path
        monkeypatch.setattr(sys, "stdout", output)
        assert main([str(lines)]) == 141


def test_a_full_disk_is_not_called_a_file_that_cannot_be_read(
    lines: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as output:
        monkeypatch.setattr(sys, "stdout", output)
        with pytest.raises(SystemExit):
            main([str(lines)])
    assert "the answers cannot be written: No space left on device" in capsys.readouterr().err
