"""Writes of many rows with their history in the same statement, as the signal of simple-history would have written
it row by row.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from psycopg import Cursor, sql

_STATEMENT = sql.SQL(
    """
    WITH written AS ({write} RETURNING t.*)
    INSERT INTO {history} ({columns}, history_date, history_type, history_user_id, history_change_reason)
    SELECT {columns}, {now}, {kind}, {actor}, {reason} FROM written
    """
)


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes with one actor, one instant and one reason. Every statement names the table it writes to `t`."""

    cursor: Cursor[Any]
    actor: int | None
    now: datetime
    reason: str

    def insert(self, model: type[models.Model], write: sql.Composable) -> int:
        """Rows added; returns how many."""
        return self._write(model, write, "+")

    def update(self, model: type[models.Model], write: sql.Composable) -> int:
        """Rows changed; returns how many. The statement itself must leave out rows that would stay as they are."""
        return self._write(model, write, "~")

    def _write(self, model: type[models.Model], write: sql.Composable, kind: str) -> int:
        history: Any = getattr(model, "history")  # noqa: B009 - added by simple-history, unknown to the type checker
        columns = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in history.model.tracked_fields)
        self.cursor.execute(
            _STATEMENT.format(
                write=write,
                history=sql.Identifier(history.model._meta.db_table),
                columns=columns,
                now=sql.Literal(self.now),
                kind=sql.Literal(kind),
                actor=sql.Literal(self.actor),
                reason=sql.Literal(self.reason),
            )
        )
        return self.cursor.rowcount
