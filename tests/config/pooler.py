"""A PgBouncer of our own, that hands few sessions on with each transaction."""

import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, connections
from django.db.utils import load_backend

from registry.config.children import last_lines, spawn, stop
from registry.config.database import IDENTITY, POOLED
from registry.config.unroot import disguise

PROGRAM = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
WAY = ("user", "password", "host", "port", "dbname")
BEGIN_BLIND = "SET ROLE registry_reader"
PATIENCE = 20.0  # seconds


@contextmanager
def pooler(folder: Path, *, sessions: int = 1, connect_query: str = BEGIN_BLIND) -> Iterator[dict[str, Any]]:
    """Within, one runs in front of the database of this process; what is yielded are Django's settings to use it."""
    assert PROGRAM
    there = connection.settings_dict
    reached = connection.get_connection_params()
    way = " ".join(f"{name}='{reached[name]}'" for name in WAY if name in reached)
    begin = connect_query.replace("'", "''")
    (folder / "pgbouncer.ini").write_text(f"""
[databases]
{there["NAME"]} = {way} connect_query='{begin}'
[pgbouncer]
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 200
auth_type = any
unix_socket_dir = {folder}
listen_port = 6432
client_login_timeout = 5
""")
    log = folder / "pgbouncer.log"
    process = spawn(
        [PROGRAM, folder / "pgbouncer.ini"],
        log=log,
        environ={},
        ended_by=signal.SIGKILL,
        become=disguise(Path(PROGRAM), folder).become,
    )
    try:
        until = time.monotonic() + PATIENCE
        while not (folder / ".s.PGSQL.6432").exists():
            assert process.poll() is None, last_lines(log)
            assert time.monotonic() < until, last_lines(log)
            time.sleep(0.02)
        yield {
            **there,
            "ENGINE": POOLED,
            "HOST": str(folder),
            "PORT": "6432",
            "USER": "anybody",
            "PASSWORD": "",
            "OPTIONS": {name: value for name, value in there["OPTIONS"].items() if name not in WAY},
            "DIRECT": {**{name: there[name] for name in IDENTITY}, "OPTIONS": _of_libpq(there["OPTIONS"])},
        }
    finally:
        stop(process, by=signal.SIGINT, grace=5)


def _of_libpq(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in ("server_side_binding", "assume_role")}


@contextmanager
def through(settings_dict: dict[str, Any]) -> Iterator[None]:
    """Within, Django's connection of this thread is one by these settings."""
    before = connections["default"]
    connections["default"] = another(settings_dict)
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = before


def another(settings_dict: dict[str, Any]) -> Any:
    """A connection as Django makes them, by these settings."""
    return load_backend(settings_dict["ENGINE"]).DatabaseWrapper(settings_dict, "default")


def sessions_of(folder: Path) -> list[tuple[Any, ...]]:
    """What the pooler says of its sessions with PostgreSQL."""
    with psycopg.connect(host=str(folder), port=6432, user="pgbouncer", dbname="pgbouncer", autocommit=True) as asked:
        return asked.cursor().execute("SHOW SERVERS").fetchall()
