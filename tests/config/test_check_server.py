"""The server of the settlement check as it runs in earnest: what it lets in, and how it goes over to new processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from django.db import connection
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.config.crew import HOST, Crew, reserved
from tests.town import TODAY, Town, build

ASKING = 4
CHECK = ["-m", "registry.config.check_server", "--workers", "1"]


@pytest.fixture
def town(committed: None) -> Town:
    return build("510100")


@contextmanager
def check_server(logs: Path, *more: str) -> Iterator[tuple[str, Crew]]:
    """Within, it answers at this address from the database of the tests."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    crew = Crew(logs, {**os.environ, "DATABASE_URL": urlunsplit(address), "REGISTRY_BEHIND_PROXY": "true"})
    with reserved(0) as listener:
        try:
            crew.start("check", [*CHECK, *more, "--bind", f"fd://{listener.fileno()}"], [listener.fileno()])
            crew.wait_until_ready()
            yield f"http://{HOST}:{listener.getsockname()[1]}", crew
        finally:
            crew.end()


def test_it_answers_the_check_alone_believes_no_forged_header_and_changes_over_without_a_loss(
    town: Town, tmp_path: Path
) -> None:
    now = timezone.now()
    key, text = issue_key(
        name="结算", scope="settlement_system", expires_at=now + timedelta(days=1), by=town.officer, now=now
    )
    key.networks = ["198.51.100.0/24"]
    key.save()
    item = {"practitioner": town.surgeon.code, "institution": town.hospital.code, "on": TODAY.isoformat()}

    def ask(session: requests.Session, **headers: str) -> requests.Response:
        sent = {"authorization": f"Bearer {text}", "x-forwarded-for": "198.51.100.7", **headers}
        return session.post(f"{house}/api/v1/eligibility", json=item, headers=sent, timeout=20)

    with check_server(tmp_path, "--overlap", "3") as (house, crew), requests.Session() as session:
        session.trust_env = False
        assert [ask(session).json()["payable"] for _ in range(3)] == [True] * 3
        batch = {"items": [item] * 3}
        for _ in range(3):
            sent = {"authorization": f"Bearer {text}", "x-forwarded-for": "198.51.100.7"}
            answer = session.post(f"{house}/api/v1/eligibility/batch", json=batch, headers=sent, timeout=20)
            assert [each["payable"] for each in answer.json()["results"]] == [True] * 3
        assert session.get(f"{house}/healthz", timeout=20).status_code == 200
        assert session.get(f"{house}/admin/", timeout=20).status_code == 404
        forged = {"x-forwarded-for": "203.0.113.1", "x_forwarded_for": "198.51.100.7"}
        assert ask(session, **forged).status_code == 401

        asking, enough = _asked_all_the_time(ask)
        process = crew.members["check"]
        before = _children(process.pid)
        process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 60
        while (_children(process.pid) & before) and time.monotonic() < until:
            time.sleep(0.2)
        assert not _children(process.pid) & before, "the old processes are still there"
        enough.set()
        for thread in asking:
            thread.join()
        assert {status for found in asking.values() for status in found} == {200}
        assert all(len(found) > 10 for found in asking.values())


def _asked_all_the_time(
    ask: Callable[[requests.Session], requests.Response],
) -> tuple[dict[threading.Thread, list[int]], threading.Event]:
    enough = threading.Event()
    found: dict[threading.Thread, list[int]] = {}

    def ask_on(statuses: list[int]) -> None:
        while not enough.is_set():
            with requests.Session() as session:
                session.trust_env = False
                try:
                    statuses.append(ask(session).status_code)
                except requests.RequestException:
                    statuses.append(0)

    for _ in range(ASKING):
        statuses: list[int] = []
        thread = threading.Thread(target=ask_on, args=(statuses,))
        found[thread] = statuses
        thread.start()
    return found, enough


def _children(pid: int) -> set[int]:
    return {int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
