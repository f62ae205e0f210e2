#!/usr/bin/env python3
"""Receive the letters of the demerit register: one file to copy. Python 3.9 or newer, and the package ``cryptography``.

    status = receive(headers, raw_body, keys=["whpk_…"], inbox=Inbox("inbox.sqlite3"), effect=effect, now=now)

`effect(letter, db)` is yours. It is called once for each letter, in order for each person, inside of the transaction
that remembers the letter: what it writes to `db` is there exactly if the letter counts as taken. To try it at once:

    python3 receiver.py --key whpk_… --port 8080
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import re
import sqlite3
import ssl
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TAKEN, MALFORMED, UNSIGNED, TOO_LARGE = 204, 400, 401, 413
"""What to answer. Anything but 2xx makes the register try again."""

TOLERANCE = timedelta(seconds=300)
"""How far the second of sending may be from the clock here, in either direction."""
MOST_BYTES = 256 * 1024

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")  # without full stops: these part what is signed
_SECOND = re.compile(r"[0-9]{1,12}")
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


class NotTaken(Exception):
    """The letter is not taken; `status` is what to answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True)
class Letter:
    """What the register says: of whom there is something to read, and where. It never says what.

    `subject` is the person's identifier in the register, empty for a test. `sequence` numbers the letters about that
    person to you, 1…n. `url` is the person's file; read it with your own key. `corrects` are the ids of earlier letters
    that told you wrong. `event` is all of it.
    """

    id: str
    type: str
    subject: str
    sequence: int
    url: str
    notice: str
    corrects: tuple[str, ...]
    event: Mapping[str, Any]


Effect = Callable[[Letter, sqlite3.Connection], object]
"""Yours. It writes and does not commit: that comes after it."""


class Headers(Protocol):
    """The headers of a request, as every framework has them."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Names, in whatever case, and values."""


def receive(
    headers: Headers,
    raw_body: bytes,
    *,
    keys: Iterable[str],
    inbox: Inbox,
    effect: Effect,
    now: datetime,
) -> int:
    """The status to answer a request with.

    `raw_body` are the bytes as they came, before anything parsed them. `keys` are all that hold for you: two while the
    register replaces one. `now` is an aware datetime. What `effect` raises undoes everything and is raised here:
    answer 500, and the letter comes again.
    """
    try:
        letter_id = verify(headers, raw_body, keys=keys, now=now)
        letters = parse_batch(raw_body) if raw_body[:1] == b"[" else [parse(raw_body, letter_id)]
    except NotTaken as problem:
        return problem.status
    inbox.take(letters, effect)
    return TAKEN


# is it from the register? ---------------------------------------------------------------------------------------------


def verify(headers: Headers, raw_body: bytes, *, keys: Iterable[str], now: datetime) -> str:
    """The id of a letter that one of the keys signed within the tolerance. Raises NotTaken; ValueError for a bad key.

    Standard Webhooks 1.0, `v1a`: ed25519 over "id.timestamp.body". Signatures of other kinds are passed over.
    """
    publics = [public_key(each) for each in keys]
    if len(raw_body) > MOST_BYTES:
        raise NotTaken(TOO_LARGE, "too large")
    letter_id = _header(headers, "webhook-id", _ID)
    second = _header(headers, "webhook-timestamp", _SECOND)
    signatures = _header(headers, "webhook-signature", re.compile(r".{1,4096}"))
    signed = f"{letter_id}.{second}.".encode() + raw_body
    if not any(_signed_by(public, each, signed) for each in signatures.split(" ") for public in publics):
        raise NotTaken(UNSIGNED, "no signature of a known key")
    if abs(now.timestamp() - int(second)) > TOLERANCE.total_seconds():
        raise NotTaken(UNSIGNED, "sent too long ago, or a clock is wrong")
    return letter_id


def public_key(text: str) -> Ed25519PublicKey:
    """A key as the register shows it. Raises ValueError for anything else."""
    raw = _decoded(text[5:]) if text.startswith("whpk_") else None
    if raw is None or len(raw) != 32:
        raise ValueError("a key is whpk_ and 44 characters")
    return Ed25519PublicKey.from_public_bytes(raw)


def _header(headers: Headers, name: str, pattern: re.Pattern[str]) -> str:
    found = [value for each, value in headers.items() if each.lower() == name]
    if len(found) != 1 or not pattern.fullmatch(found[0]):
        raise NotTaken(MALFORMED, name)
    return found[0]


def _signed_by(public: Ed25519PublicKey, text: str, signed: bytes) -> bool:
    version, _, encoded = text.partition(",")
    signature = _decoded(encoded) if version == "v1a" else None
    if signature is None:
        return False
    try:
        public.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _decoded(text: str) -> bytes | None:
    """Base64 in the one spelling that there is for these bytes."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None


# what does it say? ----------------------------------------------------------------------------------------------------


def parse(raw_body: bytes, letter_id: str) -> Letter:
    """The letter in a body that was verified. Raises NotTaken where it is no CloudEvent of the register."""
    try:
        event = json.loads(raw_body.decode("utf-8"))
        data = event["data"]
        subject, sequence = event.get("subject", ""), event["sequence"]
        letter = Letter(
            event["id"],
            event["type"],
            subject,
            int(sequence) if _NUMBER.fullmatch(sequence) else 0,
            data["url"],
            data["notice"],
            tuple(data["corrects"]),
            event,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotTaken(MALFORMED, "no letter of the register") from None
    texts = (letter.id, letter.type, letter.subject, letter.url, letter.notice, *letter.corrects)
    if event.get("specversion") != "1.0" or letter.id != letter_id or letter.sequence < 1:
        raise NotTaken(MALFORMED, "no CloudEvent 1.0, or not the one that was signed for")
    if not all(isinstance(each, str) for each in texts):
        raise NotTaken(MALFORMED, "not text")
    return letter


def parse_batch(raw_body: bytes) -> list[Letter]:
    """The letters of a batch that was verified: a JSON array of them. Raises NotTaken."""
    try:
        events = json.loads(raw_body.decode("utf-8"))
        letters = [parse(json.dumps(event).encode(), event["id"]) for event in events]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotTaken(MALFORMED, "no batch of letters") from None
    if not letters:
        raise NotTaken(MALFORMED, "an empty batch")
    return letters


# has it had its effect? -----------------------------------------------------------------------------------------------

_TABLES = """
create table if not exists letters (
    id text primary key,
    subject text not null,
    sequence integer not null,
    parked blob  -- all of it, while an earlier letter about the person is missing
);
create index if not exists parked_letters on letters (subject, sequence) where parked is not null;
create table if not exists people (
    subject text primary key,
    last integer not null  -- up to which letter everything about the person has had its effect
);
"""


class Inbox:
    """What was taken, in SQLite; the same two tables do in any database, beside those that `effect` writes to.

    One inbox belongs to one endpoint: another endpoint counts from 1 again. It may be used by many threads and
    processes at once.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        with self.transaction() as db:
            for statement in _TABLES.split(";\n"):
                db.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing, and nobody else at the same time."""
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        try:
            db.execute("begin immediate")
            try:
                yield db
            except BaseException:
                db.execute("rollback")
                raise
            db.execute("commit")
        finally:
            db.close()

    def take(self, letters: Iterable[Letter], effect: Effect) -> None:
        """Remember the letters, all or none, and do what is now due about their people.

        For one that is known or old that is nothing; one that comes before its turn is parked.
        """
        with self.transaction() as db:
            for letter in letters:
                _take(db, letter, effect)

    def gaps(self) -> list[tuple[str, int, int]]:
        """People about whom letters are missing: the subject, and the first and the last number that are.

        Read their files in the register, or have it send the letters again.
        """
        with self.transaction() as db:
            return db.execute(
                "select subject, coalesce(last, 0) + 1, min(sequence) - 1"
                " from letters left join people using (subject) where parked is not null group by subject"
            ).fetchall()

    def caught_up(self, subject: str, sequence: int, effect: Effect) -> None:
        """You have read the person's file: letters up to this one need no effect any more. What was parked goes on."""
        with self.transaction() as db:
            _go_on(db, subject, max(sequence, _last(db, subject)), effect)


def _take(db: sqlite3.Connection, letter: Letter, effect: Effect) -> None:
    if db.execute("select 1 from letters where id = ?", [letter.id]).fetchone():
        return
    row = (letter.id, letter.subject, letter.sequence)
    if not letter.subject:
        db.execute("insert into letters values (?, ?, ?, null)", row)
        effect(letter, db)
        return
    db.execute("insert into letters values (?, ?, ?, ?)", (*row, json.dumps(letter.event).encode()))
    _go_on(db, letter.subject, _last(db, letter.subject), effect)


def _last(db: sqlite3.Connection, subject: str) -> int:
    row = db.execute("select last from people where subject = ?", [subject]).fetchone()
    return int(row[0]) if row else 0


def _go_on(db: sqlite3.Connection, subject: str, last: int, effect: Effect) -> None:
    """Everything parked that follows without a gap has its effect; what is older has none."""
    following = "select id, parked from letters where subject = ? and sequence = ? and parked is not null"
    while row := db.execute(following, (subject, last + 1)).fetchone():
        effect(parse(row[1], row[0]), db)
        last += 1
        db.execute("update letters set parked = null where id = ?", [row[0]])
    db.execute("update letters set parked = null where subject = ? and sequence <= ?", (subject, last))
    db.execute("insert or replace into people values (?, ?)", (subject, last))


# to try it at once ----------------------------------------------------------------------------------------------------


def remember(letter: Letter, db: sqlite3.Connection) -> None:
    """An example of an effect: a line of what is to be read. Another program reads it, so that the answer is quick."""
    db.execute("create table if not exists to_read (id text primary key, subject text, type text, url text)")
    db.execute("insert into to_read values (?, ?, ?, ?)", (letter.id, letter.subject, letter.type, letter.url))


class Handler(BaseHTTPRequestHandler):
    """Takes letters in at any path; `keys` and `inbox` are set on it."""

    keys: tuple[str, ...]
    inbox: Inbox
    timeout = 10

    def do_POST(self) -> None:
        """A letter."""
        try:
            status = self._receive()
        except Exception as error:  # noqa: BLE001 - whatever it is, the letter comes again
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            status = 500
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def _receive(self) -> int:
        length = self.headers.get("content-length", "")
        if not _SECOND.fullmatch(length):
            return MALFORMED
        if int(length) > MOST_BYTES:
            self.close_connection = True
            return TOO_LARGE
        body = self.rfile.read(int(length))
        now = datetime.now(timezone.utc)
        return receive(self.headers, body, keys=self.keys, inbox=self.inbox, effect=remember, now=now)


def main() -> None:
    """Listen. The register speaks TLS only: give a certificate, or let a server in front of this one do it."""
    parser = argparse.ArgumentParser(description="Receives letters of the demerit register.")
    parser.add_argument("--key", action="append", required=True, help="whpk_…; twice while one is replaced")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--inbox", default="inbox.sqlite3")
    parser.add_argument("--certificate", help="file in PEM, with --private-key")
    parser.add_argument("--private-key")
    given = parser.parse_args()
    for each in given.key:
        public_key(each)
    Handler.keys, Handler.inbox = tuple(given.key), Inbox(given.inbox)
    server = ThreadingHTTPServer(("" if given.certificate else "127.0.0.1", given.port), Handler)
    if given.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate, given.private_key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(f"listening on port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
