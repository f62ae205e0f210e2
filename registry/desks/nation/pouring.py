"""Many rows at once into tables that stand behind the wall, and the history that each of them would have left.

COPY is refused where policies guard the rows, also to the owner of the table; so rows go to a table of the session
first, and from there in one statement. Whoever loads has full sight.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model

_HISTORY = ("history_date", "history_type", "history_user_id")


def pour(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, order: str = "") -> None:
    """Insert the rows, in the order given or in that of the columns named in `order`; others take their default."""
    table, names = model._meta.db_table, ", ".join(columns)
    shape = f"SELECT {names} FROM {table}"  # noqa: S608 - our own names
    with poured(shape, rows) as source, connection.cursor() as cursor:
        sorted_by = f" ORDER BY {order}" if order else ""
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {source}{sorted_by}")  # noqa: S608


@contextmanager
def poured(shape: str, rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Within, the rows are in a table of the session with the columns that the query `shape` has."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE poured AS {shape} LIMIT 0")
        with cursor.copy("COPY poured FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("ANALYZE poured")
        yield "poured"
        cursor.execute("DROP TABLE poured")


def keep_history(model: Any, *, by: int | None, at: str = "recorded_at") -> None:
    """What saving each row of the table once, by this user and at the instant in column `at`, leaves in its history."""
    history = model.history.model
    kept = [field.column for field in history._meta.concrete_fields if not field.name.startswith("history_")]
    columns = ", ".join((*kept, *_HISTORY))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {history._meta.db_table} ({columns})"  # noqa: S608 - our own names
            f" SELECT {', '.join(kept)}, {at}, '+', %s::bigint FROM {model._meta.db_table}",
            [by],
        )


def set_sequences(models: Iterable[type[Model]]) -> None:
    """Numbers that were given outright are not given again."""
    with connection.cursor() as cursor:
        for model in models:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"  # noqa: S608 - our own names
                f" FROM {table} HAVING max(id) IS NOT NULL"
            )
