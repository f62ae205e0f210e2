"""Asking another register for letters that did not come, by person or by day."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from notifications.actions.exchange.receiving import Taken, keep_letter
from notifications.models import Letter, Register
from notifications.models.pushes import Problem
from notifications.queries.exchange.asking import elsewhere
from notifications.rules.exchange import Malformed, arrived
from notifications.wire.asking import NotAnswered, ask

MOST_PAGES = 200


def pull_missing(letter: Letter, *, after: int, now: datetime) -> int:
    """Ask for the letters about the same person between `after` and this one; how many are new. Raises NotAnswered."""
    asked = {"subject": letter.subject, "above": after, "below": letter.sequence}
    return pull(letter.register, asked, now=now)


def pull(register: Register, asked: dict[str, Any], *, now: datetime) -> int:
    """Keep every letter that the question brings; how many are new. Raises NotAnswered, also for what is unreadable."""
    return sum(keep_letter(register, *each, now=now) is Taken.NEW for each in _letters(register, asked))


def _letters(register: Register, asked: dict[str, Any]) -> Iterator[tuple[Any, bytes]]:
    there, page = elsewhere(register), f"/api/v1/letters/?{urlencode(asked)}"
    for _ in range(MOST_PAGES):
        answer = ask(there, page)
        try:
            for event in answer["items"]:
                body = json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
                letter = arrived(body)
                if letter.source != register.code:
                    raise Malformed("source")
                yield letter, body
            page = answer["next"]
        except (Malformed, KeyError, TypeError):
            raise NotAnswered(Problem.BROKEN) from None
        if not page:
            return
        if not isinstance(page, str) or not page.startswith("/api/v1/letters/?"):
            raise NotAnswered(Problem.BROKEN)
