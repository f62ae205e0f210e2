"""The quick way of the settlement check by a read replica: what it knows, up to when, and for whom."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import timezone

from registry.actions.keys import issue_key, revoke_key
from registry.config.backups.drill import on, restored
from registry.config.check_app import CheckServer
from registry.config.following import followed, of_replica, pause, resume
from registry.config.lines import Lines
from registry.config.replica_lines import STATEMENTS_OF_REPLICA, ReplicaLines
from registry.queries.eligibility import Question
from registry.queries.nearest import CHECKS, MARKS
from registry.queries.quick_check import STATEMENTS
from tests.api.settlement import BATCH, ONE
from tests.backups.test_replica import clock_of_primary
from tests.config.test_lines import lived
from tests.town import TODAY, Town, score

DAY = TODAY + timedelta(days=30)
PATIENCE = 20.0  # seconds
T = TypeVar("T")


class Asking:
    """A settlement system that asks the server about the nurse, and how often that asked its twin."""

    def __init__(self, town: Town, key: str) -> None:
        self._item = {"practitioner": town.nurse.code, "institution": town.hospital.code, "on": DAY.isoformat()}
        self._key, self.twin_asked = key, 0
        self._django = get_wsgi_application()
        lines = {"number": 2, "queue": 10, "patience": 5.0}
        self._primary = Lines(STATEMENTS, **lines)  # type: ignore[arg-type]
        self._replica = Lines(STATEMENTS_OF_REPLICA, alias=CHECKS, **lines)  # type: ignore[arg-type]
        of_replica = ReplicaLines(self._primary, self._replica)
        self._server = CheckServer(self._twin, self._primary, of_replica)
        self._server._threads = ThreadPoolExecutor(1)
        self._threads = (self._server._threads, of_replica._marking)

    def _twin(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        self.twin_asked += 1
        return self._django(environ, start)

    async def ask(self, path: str = ONE) -> tuple[int, dict[str, Any]]:
        """The status and the (first) answer."""
        body = json.dumps(self._item if path == ONE else {"items": [self._item] * 3}).encode()
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": ""}
        environ |= {"SERVER_NAME": "testserver", "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1"}
        environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "wsgi.url_scheme": "http"}
        response = await self._server.answer({**environ, "HTTP_AUTHORIZATION": f"Bearer {self._key}"}, body)
        told = json.loads(response.content)
        return response.status, told["results"][0] if path == BATCH and response.status == 200 else told

    async def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first answer of which that holds."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            _status, told = await self.ask()
            if holds(told):
                return told
            await asyncio.sleep(0.02)
        raise AssertionError(told)

    def close(self) -> None:
        for lines in (self._primary, self._replica):
            lines.close()
        for thread in self._threads:
            thread.submit(connections.close_all).result()


async def aside(act: Callable[..., T], *given: Any, **more: Any) -> T:
    """What Django does not do in a loop."""

    def done() -> T:
        try:
            return act(*given, **more)
        finally:
            connections.close_all()

    return await asyncio.to_thread(done)


def known_at(told: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(told["known_at"])


def test_the_quick_way_answers_from_a_replica_as_far_as_it_followed_and_refuses_a_revoked_key_at_once(
    dump: Path, town: Town, settings: Any
) -> None:
    question = Question(practitioner=town.nurse.code, institution=town.hospital.code, on=DAY)
    settings.REGISTRY_CHECK_LAG = 60.0
    with restored(dump, say=lambda line: None, streaming=True) as copy, on(copy):
        now = timezone.now()
        key, text = issue_key(
            name="结算", scope="settlement_system", expires_at=now + timedelta(days=1), by=town.officer, now=now
        )
        with followed(copy) as standby:
            of_replica(question)
            pause(standby)
            still = clock_of_primary()
            score(town, 6, TODAY, who=town.nurse, number="罚字9号")
            asking = Asking(town, text)

            async def story() -> None:
                try:
                    for path in (ONE, BATCH):
                        await asking.ask(path)  # the manner is learnt, and the key noted as used
                    learnt = asking.twin_asked
                    for path in (ONE, BATCH):
                        status, told = await asking.ask(path)
                        assert (status, told["payable"]) == (200, True)
                        assert known_at(told) <= still
                    settings.REGISTRY_CHECK_LAG = 0.0
                    assert (await asking.ask())[1]["payable"] is False  # the primary's
                    settings.REGISTRY_CHECK_LAG = 60.0
                    assert (await asking.ask())[1]["payable"] is True
                    await aside(resume, standby)
                    told = await asking.until(lambda told: not told["payable"])
                    assert known_at(told) < await aside(clock_of_primary)
                    assert asking.twin_asked == learnt
                    await aside(revoke_key, key=key, by=town.officer, now=timezone.now())
                    assert (await asking.ask())[0] == 401
                    standby.stop()
                    assert (await asking.ask())[0] == 401
                finally:
                    asking.close()

            lived(story())
            MARKS.begin_anew()
