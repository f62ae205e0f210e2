"""Servers at the database of a benchmark, each at a port of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.config import environment
from registry.config.bootstrap import HOUSE


def key_text() -> str:
    """The key of a settlement system, as it is sent."""
    now = timezone.now()
    end = now + timedelta(days=1)
    return issue_key(name="结算", scope="settlement_system", expires_at=end, by=None, now=now)[1]


@contextmanager
def served(argv: list[str], folder: Path) -> Iterator[int]:
    """Within, the server answers at this port, in the database of the benchmark."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environ = {**os.environ, **environment.plain_http(), "DATABASE_URL": urlunsplit(address)}
    with (folder / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *argv, "--bind", f"127.0.0.1:{port}"], cwd=HOUSE, env=environ, stdout=log, stderr=log
        )
        try:
            _wait(port, folder / f"{port}.log")
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _wait(port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), 60) as one:
                one.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if one.recv(100):
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())
