"""The limit of an act: pgbench sends the statements of the act, prepared, with the values that the act sent.

The act is done once on each row and undone, and what it sent is kept in a table. Each transaction of pgbench first
fetches its values from there; how long that takes is measured by itself and taken off.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from registry.config.database import as_owner, parameters
from registry.config.programs import postgres_programs
from registry.config.walled.base import numbered

Sent = list[tuple[str, dict[int, Any]]]
"""The statements of one act, each with its values by number."""

_FETCH = "\\set n :client_id * :each + :i\n\\set i :i + 1\nSELECT * FROM bench_sent WHERE n = :n \\gset\n"
_RATE = re.compile(r"tps = ([\d.]+) \(without")


def sent_by(acts: Iterable[Callable[[], None]]) -> list[Sent]:
    """What each act sends; nothing of it stays."""
    return [_sent_by(act) for act in acts]


def rate(recorded: list[Sent], clients: int) -> float:
    """Acts a second, by so many clients of pgbench together. Each is done once; they must all be of one kind."""
    (texts,) = {tuple(text for text, _values in sent) for sent in recorded}
    _keep(recorded)
    each = len(recorded) // clients
    absent = {name for name, value in _named(recorded[0]).items() if value is None}
    statements = [_for_pgbench(number, text, absent) for number, text in enumerate(texts)]
    script = "".join(f"{statement};\n" for statement in ("BEGIN", *statements, "COMMIT"))
    whole = _pgbench(_FETCH + script, clients, each)
    fetching = _pgbench(_FETCH, clients, each)
    return 1 / (1 / whole - 1 / fetching)


def _sent_by(act: Callable[[], None]) -> Sent:
    sent: Sent = []

    def kept(execute: Callable[..., Any], text: str, values: Any, *more: Any) -> Any:
        if not text.startswith(("SAVEPOINT", "RELEASE")):  # those that undoing takes
            places, names = numbered(text)
            sent.append((places, dict(enumerate([values[name] for name in names] if names else values, start=1))))
        return execute(text, values, *more)

    with transaction.atomic():
        with connection.execute_wrapper(kept):
            act()
        transaction.set_rollback(True)
    return sent


def _keep(recorded: list[Sent]) -> None:
    names = list(_named(recorded[0]))
    connection.close()
    with as_owner(connection.settings_dict):
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_sent")
            columns = ", ".join(f"{name} text" for name in names)
            cursor.execute(f"CREATE TABLE bench_sent (n integer PRIMARY KEY, {columns})")
            with cursor.copy(f"COPY bench_sent (n, {', '.join(names)}) FROM STDIN") as copy:
                for number, sent in enumerate(recorded):
                    copy.write_row((number, *map(_as_text, _named(sent).values())))
            cursor.execute("GRANT SELECT ON bench_sent TO registry_app")
            cursor.execute("VACUUM ANALYZE")
        connection.close()


def _named(sent: Sent) -> dict[str, Any]:
    return {f"s{number}_{name}": value for number, (_text, values) in enumerate(sent) for name, value in values.items()}


def _for_pgbench(number: int, text: str, absent: set[str]) -> str:
    def named(found: re.Match[str]) -> str:
        name = f"s{number}_{found[1]}"
        return "NULL" if name in absent else f":{name}"

    return re.sub(r"\$(\d+)", named, text).strip()


def _as_text(value: Any) -> str | None:
    """As PostgreSQL reads it."""
    if isinstance(value, list):
        return "{" + ",".join(f'"{_as_text(each)}"' for each in value) + "}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return None if value is None else str(value)


def _pgbench(script: str, clients: int, each: int) -> float:
    there = parameters(connection.settings_dict, "OWNER")
    words = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    named = {words[name]: value for name, value in there.items() if name in words}
    environ = {**os.environ, **named, "PGOPTIONS": "-c role=registry_app"}
    command = [_program(), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)), "-t", str(each)]
    given = ["-D", "i=0", "-D", f"each={each}", "-f", "/dev/stdin", there["dbname"]]
    done = subprocess.run([*command, *given], input=script, env=environ, capture_output=True, text=True, check=False)
    found = _RATE.search(done.stdout)
    if found is None or done.returncode or "failed transactions: 0 " not in done.stdout:
        raise AssertionError(done.stdout + done.stderr)
    return float(found[1])


def _program() -> str:
    beside = Path(postgres_programs().postgres).with_name("pgbench")
    found = str(beside) if beside.exists() else shutil.which("pgbench")
    assert found, "pgbench is not installed"
    return found
