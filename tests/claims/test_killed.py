"""A file of claims whose check is killed in earnest: the next process goes on, and the result is as if nothing was."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.claims.checking import CHUNK
from registry.config.bootstrap import HOUSE
from registry.models import ApiKey, EmergencyCheck
from tests.claims.files import as_csv
from tests.town import TODAY, Town, build, score

ROWS = 4 * CHUNK
PATIENCE = 120.0  # seconds


@pytest.fixture
def town(committed: None) -> Town:
    town = build("510100")
    score(town, 9, TODAY)
    return town


def services(town: Town) -> bytes:
    """Every third row is of somebody suspended; one in a thousand claims an emergency."""
    rows = []
    for number in range(ROWS):
        urgent = number % 999 == 0
        row = {
            "id": f"A{number}",
            "practitioner": (town.nurse if number % 3 else town.surgeon).code,
            "institution": town.hospital.code,
            "on": str(TODAY + timedelta(days=2)),
            "emergency": urgent,
        }
        rows.append(row | ({"emergency_reason": f"急救{number}"} if urgent else {}))
    return as_csv(rows)


def begun(file: Path, out: Path, key: str) -> subprocess.Popen[bytes]:
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    command = [sys.executable, "manage.py", "check_claims", str(file), "--out", str(out), "--key", key]
    environ = {**os.environ, "DATABASE_URL": urlunsplit(address)}
    return subprocess.Popen(command, cwd=HOUSE, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def rows_done(state: Path) -> int:
    return int(json.loads(state.read_text())["counts"].get("rows", 0)) if state.exists() else 0


def killed_after(process: subprocess.Popen[bytes], state: Path, rows: int) -> None:
    until = time.monotonic() + PATIENCE
    while rows_done(state) < rows:
        assert process.poll() is None, f"it came to its end before {rows} rows were done"
        assert time.monotonic() < until, f"{rows} rows were never done"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_check_killed_twice_tells_every_row_once_and_keeps_every_emergency_once(town: Town, tmp_path: Path) -> None:
    now = timezone.now()
    key, _text = issue_key(
        name="结算",
        scope=ApiKey.Scope.SETTLEMENT,
        expires_at=now + timedelta(days=1),
        by=town.officer,
        now=now,
    )
    file, out = tmp_path / "claims.csv", tmp_path / "result.csv"
    file.write_bytes(services(town))
    for chunks in (1, 2):
        killed_after(begun(file, out, key.prefix), tmp_path / "result.csv.state", chunks * CHUNK)
        assert not out.exists()
    assert begun(file, out, key.prefix).wait(PATIENCE) == 1  # there are rows that are not payable
    told = [line.split(",")[0] for line in out.read_text("utf-8-sig").splitlines()[1:]]
    assert told == [str(number + 2) for number in range(ROWS) if number % 3 == 0 and number % 999]
    reasons = list(EmergencyCheck.objects.values_list("reason", flat=True))
    assert sorted(reasons) == sorted(f"急救{number}" for number in range(0, ROWS, 999))
    assert {path.name for path in tmp_path.iterdir()} == {"claims.csv", "result.csv"}
