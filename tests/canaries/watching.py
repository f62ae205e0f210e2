"""Everything that leaves the register's hands is written down here, to be searched for what must not be in it."""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis
from celery.signals import before_task_publish
from django.db import connection
from django.test import Client


@dataclass
class Watch:
    """What was seen, by where it was seen."""

    seen: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def note(self, place: str, *things: Any) -> None:
        """Something was written there."""
        self.seen[place] += [thing if isinstance(thing, bytes) else str(thing).encode() for thing in things]

    def leaks(self, *canaries: str) -> dict[str, list[str]]:
        """Where one of the canaries was seen, with what stands around it."""
        found: dict[str, list[str]] = defaultdict(list)
        for place, things in self.seen.items():
            for canary, thing in ((each.encode(), thing) for each in canaries for thing in things):
                if (at := thing.find(canary)) >= 0:
                    found[place].append(thing[max(0, at - 120) : at + 60].decode(errors="replace"))
        return dict(found)


class _Log(logging.Handler):
    """What the log says, as it is written, with everything that hangs on a record."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch
        self.written = next(each.formatter for each in logging.getLogger().handlers if _writes_events(each))

    def emit(self, record: logging.LogRecord) -> None:
        assert self.written is not None
        self.watch.note("log", self.written.format(record), record.getMessage())


def _writes_events(handler: logging.Handler) -> bool:
    return type(handler.formatter).__module__.startswith("structlog")


@contextmanager
def watching() -> Iterator[Watch]:
    """Within, logs, tasks for workers, and every request of a test's client with its answer are noted."""
    watch = Watch()

    def published(body: Any = None, headers: Any = None, **_: Any) -> None:
        watch.note("tasks", repr(body), repr(headers))

    log, ask = _Log(watch), Client.request

    def request(client: Client, **asked: Any) -> Any:
        response = ask(client, **asked)
        _note(watch, asked, response)
        return response

    before_task_publish.connect(published, weak=False)
    logging.getLogger().addHandler(log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", request)
        yield watch
    logging.getLogger().removeHandler(log)
    before_task_publish.disconnect(published)


def _note(watch: Watch, asked: dict[str, Any], response: Any) -> None:
    watch.note("addresses", f"{asked['PATH_INFO']}?{asked.get('QUERY_STRING', '')}")
    watch.note("addresses", *(response.get(name, "") for name in ("Location", "Link", "Content-Disposition")))
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.streaming:
        response.streaming_content = [body]
    refused = response.status_code >= 400
    watch.note("problems" if refused else "answers", *_without_fields(response, body))
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as workbook:
            watch.note("answers", *(workbook.read(name) for name in workbook.namelist()))


def _without_fields(response: Any, body: bytes) -> list[bytes]:
    """A form comes back to whoever filled it in, as it was filled in, and no browser keeps it; all else of the page."""
    if response.status_code != 422 or not response["Content-Type"].startswith("text/html"):
        return [body]
    whose = response.get("Cache-Control", "")
    return [re.sub(rb'value="[^"]*"', b"", body)] if "no-store" in whose else [body]


def look_around(watch: Watch) -> None:
    """What is kept by now: everything in Redis, in the cache, and in every table of the database."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as server:
        for key in server.scan_iter(count=1000):
            watch.note("redis", key, *_values(server, key))
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM registry_cache")
        watch.note("cache", *(base64.b64decode(value) for (value,) in cursor.fetchall()))
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT "{table}"::text FROM "{table}"')
            watch.note(f"table {table}", *(_opened(row) for (row,) in cursor.fetchall()))


def _values(server: Any, key: bytes) -> list[Any]:
    match server.type(key):
        case b"list":
            return [thing for raw in server.lrange(key, 0, -1) for thing in (raw, _message(raw))]
        case b"hash":
            return [server.hgetall(key)]
        case b"zset":
            return [server.zrange(key, 0, -1, withscores=True)]
        case b"set":
            return [server.smembers(key)]
        case _:
            return [server.get(key)]


def _message(raw: bytes) -> bytes:
    """The body of a message of Celery, which is base64."""
    try:
        return base64.b64decode(json.loads(raw)["body"])
    except (ValueError, KeyError, TypeError):
        return b""


def _opened(row: str) -> bytes:
    r"""The row as text, with its bytes (\x…) as they are."""
    hexes = re.findall(r"\\+x([0-9a-f]+)", row)
    return row.encode() + b"".join(bytes.fromhex(each) for each in hexes if len(each) % 2 == 0)
