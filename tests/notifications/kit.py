"""A receiver that runs the kit: keys, letters as the register signs them, and an inbox that can be looked into."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from notifications.kit.receiver import Inbox, Letter, receive
from notifications.rules import envelope
from notifications.wire.signing import new_pair, public_text, signature_headers

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECOND = int(NOW.timestamp())
WANG, LI = "0198-wang", "0198-li"


@dataclass(frozen=True)
class Pair:
    """The two halves of a key, as both sides have them."""

    public: bytes
    private: bytes

    @property
    def text(self) -> str:
        """As a receiver enters it."""
        return public_text(self.public)


def pair() -> Pair:
    """A new one."""
    return Pair(*new_pair())


KEY, NEXT_KEY, STRANGER = pair(), pair(), pair()


def written(sequence: int = 1, subject: str = WANG, *, letter_id: str = "", what: str = "points.recorded") -> bytes:
    """The body of a letter, as the register writes it."""
    return envelope.body(
        envelope.Letter(
            id=letter_id or f"{subject}-{sequence}",
            source="cn",
            happening=what,
            subject=subject,
            sequence=sequence,
            time=NOW,
            notice=f"notice-{sequence}",
            url=f"https://register.example/api/v1/practitioners/{subject}/" if subject else "",
        )
    )


def signed(body: bytes, *pairs: Pair, at: int = SECOND, letter_id: str = "") -> dict[str, str]:
    """The headers of a letter, by one or more keys."""
    named = letter_id or json.loads(body)["id"]
    return signature_headers(named, at, body, [each.private for each in pairs or (KEY,)])


@dataclass
class Hospital:
    """A hospital whose system takes letters in, and notes what it did in the same transaction."""

    path: Path
    keys: Sequence[str] = (KEY.text,)
    now: datetime = NOW
    trouble: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inbox = Inbox(str(self.path))
        with self.inbox.transaction() as db:
            db.execute("create table if not exists done (id text, subject text, sequence integer)")

    def act(self, letter: Letter, db: sqlite3.Connection) -> None:
        """Its effect: a line that says what it acted on."""
        db.execute("insert into done values (?, ?, ?)", (letter.id, letter.subject, letter.sequence))
        if self.trouble:
            raise self.trouble.pop()

    def gets(self, body: bytes, headers: dict[str, str] | None = None, **changed: Any) -> int:
        """The status that it answers."""
        given = {"keys": self.keys, "inbox": self.inbox, "effect": self.act, "now": self.now, **changed}
        return receive(signed(body) if headers is None else headers, body, **given)

    def done(self, subject: str | None = None) -> list[int]:
        """The numbers of the letters that had an effect, in order; of one person or of all."""
        with self.inbox.transaction() as db:
            rows = db.execute("select subject, sequence from done order by rowid").fetchall()
        return [number for whose, number in rows if subject in {None, whose}]
