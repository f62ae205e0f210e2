"""The system of a region as a process of its own: the kit as it is handed out, with an effect that is a line.

What came in with a good signature is counted beside it, one byte each, so that copies can be told from effects.
"""

import os
import random
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from notifications.kit import receiver as kit
from registry.config import ready

REGIONS = ("110000", "120000", "430000")
"""Whose systems there are."""

FAR_AWAY = (0.02, 0.12)
"""Seconds that it takes to get there, or to decide: much is on its way at any moment at which somebody dies."""

Effects = list[tuple[str, str, int]]
"""Id, subject and number of each letter that was acted on, in order."""


def act(letter: kit.Letter, db: sqlite3.Connection) -> None:
    """Nothing keeps a second effect out but the inbox."""
    db.execute("insert into done values (?, ?, ?)", (letter.id, letter.subject, letter.sequence))


def effects(inbox: str) -> Effects:
    """What was acted on so far."""
    return _asked(inbox, "select id, subject, sequence from done order by rowid")


def how_many(inbox: str) -> int:
    """How many effects there were so far."""
    return int(_asked(inbox, "select count(*) from done")[0][0])


def arrivals(inbox: str) -> int:
    """How many letters with a good signature came in, copies included."""
    return Path(f"{inbox}.came").stat().st_size


def _asked(inbox: str, question: str) -> list[Any]:
    db = sqlite3.connect(f"file:{inbox}?mode=ro", uri=True, timeout=30)
    try:
        return db.execute(question).fetchall()
    finally:
        db.close()


class FarAway(kit.Handler):
    """It takes its time before the handshake, too: who dies then has not said what they came for."""

    def setup(self) -> None:
        """A new connection."""
        time.sleep(random.uniform(*FAR_AWAY))
        super().setup()


def _main() -> None:
    inbox = sys.argv[sys.argv.index("--inbox") + 1]
    with kit.Inbox(inbox).transaction() as db:
        db.execute("create table if not exists done (id text, subject text, sequence integer)")
    came = os.open(f"{inbox}.came", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    verify = kit.verify

    def counted(*args: Any, **kwargs: Any) -> str:
        letter = verify(*args, **kwargs)
        os.write(came, b".")
        time.sleep(random.uniform(*FAR_AWAY))
        return letter

    kit.remember, kit.verify, kit.Handler = act, counted, FarAway  # type: ignore[misc]
    ready.tell("receiver")
    kit.main()


if __name__ == "__main__":
    _main()
