"""The limit of a settlement check: the same statement by the same server, without a look at the key and unshaped."""

import json
import os
from datetime import UTC, date, datetime
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")
django.setup()

from registry.config.check_app import LINES, QUEUE  # noqa: E402 - Django first
from registry.config.lines import Lines  # noqa: E402
from registry.queries.eligibility import Question  # noqa: E402
from registry.queries.quick_check import STATEMENTS, parameters  # noqa: E402


class Bare:
    """Asks, and sends what was found as it came."""

    def __init__(self) -> None:
        self._lines = Lines(STATEMENTS, number=LINES, queue=QUEUE, patience=5)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.path != "/api/v1/eligibility":
            protocol.response_bytes(200, [], b"good")
            return
        asked = json.loads(await protocol())
        question = Question(
            practitioner=asked["practitioner"], institution=asked["institution"], on=date.fromisoformat(asked["on"])
        )
        prefix = scope.headers.get("authorization")[11:19]
        [row] = await self._lines.ask("one", parameters(prefix, question, datetime.now(UTC)))
        protocol.response_bytes(200, [("Content-Type", "text/plain")], b" ".join(each or b"" for each in row))


application = Bare()
