"""manage.py replay is a shell around the program of the law, and touches no database."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

HISTORY = {"id": "h1", "facts": [], "on": "2025-04-01"}


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    file = tmp_path / "histories.jsonl"
    file.write_text(json.dumps(HISTORY) + "\n", "utf-8")
    return file


def test_the_command_answers_and_explains(lines: Path) -> None:
    out = io.StringIO()
    call_command("replay", str(lines), explain=True, stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["id"], answer["status"], answer["steps"]) == ("h1", "normal", [])


def test_the_command_fails_at_the_end_when_a_line_was_invalid(lines: Path) -> None:
    lines.write_text("no\n" + lines.read_text("utf-8"), "utf-8")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 of 2 lines are no valid history") as error:
        call_command("replay", str(lines), stdout=out)
    assert error.value.returncode == 1
    assert len(out.getvalue().splitlines()) == 2


def test_the_command_names_a_file_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.jsonl cannot be read: No such file or directory"):
        call_command("replay", str(tmp_path / "absent.jsonl"))
