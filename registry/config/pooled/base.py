"""Connections through a pooler that hands a session on with each transaction (PgBouncer, ``pool_mode = transaction``).

Nothing that is said to a session lasts: the next transaction may be in another one, and another client comes after this
one. So the sight of the moment (``registry.config.walled``) is said to each transaction, which forgets it with its end,
and a statement on its own is made a transaction. Sessions must begin as who sees nothing, which is asked for once a
connection: in ``pgbouncer.ini``, ``connect_query = 'SET ROLE registry_reader'``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from psycopg import sql
from psycopg.pq import TransactionStatus

from registry.config.database import ACTING, READING
from registry.config.walled import base
from registry.queries.sight import Sight, current


class _Executes:
    """Django's cursor; what it executes is seen by whom the moment says."""

    db: Any

    def _execute(self, *given: Any) -> Any:
        with self.db.in_sight():
            return super()._execute(*given)  # type: ignore[misc]

    def _executemany(self, *given: Any) -> Any:
        with self.db.in_sight():
            return super()._executemany(*given)  # type: ignore[misc]


class _Cursor(_Executes, CursorWrapper):
    pass


class _DebugCursor(_Executes, CursorDebugWrapper):
    pass


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection, for which each transaction is a session of its own."""

    keeps_session = False

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        """As Django does, with the sight of the moment."""
        return _Cursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> CursorDebugWrapper:
        """The same, and what is asked is written down."""
        return _DebugCursor(cursor, self)

    def chunked_cursor(self) -> Any:
        """A cursor of the server lasts as long as its transaction; without one, all rows come at once."""
        return self._cursor() if self.get_autocommit() else super().chunked_cursor()

    @contextmanager
    def in_sight(self) -> Iterator[None]:
        """Within, the transaction has been told what this moment sees; where there is none, one is made of what is
        executed within.
        """
        session = self.connection
        alone = self._walled and session is not None and session.autocommit
        if not alone or session.info.transaction_status != TransactionStatus.IDLE:
            self._tell()
            yield
            return
        self._say(sql.SQL("BEGIN; ") + _local(current()))
        try:
            yield
        except BaseException:
            if not session.closed:
                self._say(sql.SQL("ROLLBACK"))
            raise
        self._say(sql.SQL("COMMIT"))

    @property
    def _walled(self) -> bool:
        return bool(self.settings_dict["OPTIONS"].get("assume_role"))

    def _tell(self) -> None:
        """Tell the transaction, which psycopg begins with it, once for each sight."""
        session = self.connection
        if not self._walled or session is None or session.autocommit:
            return
        status = session.info.transaction_status
        if status == TransactionStatus.IDLE or (status == TransactionStatus.INTRANS and self._shown != current()):
            self._say(_local(current()))
            self._shown = current()

    def _show_if_changed(self) -> None:
        """Of a cursor as it is made: for what is asked past its own methods, as COPY."""
        self._tell()

    def _say(self, words: sql.Composable) -> None:
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(words)

    def _configure_role(self, connection: Any) -> bool:
        """Nothing is assumed, for it would be another client's later. Raises ImproperlyConfigured where a session does
        not begin as who sees nothing.
        """
        if not self._walled:
            return False
        with connection.cursor() as cursor:
            role = cursor.execute("SELECT current_setting('role')").fetchone()[0]
        if role != READING:
            raise ImproperlyConfigured(
                f"REGISTRY_DATABASE_POOLED is set, and a session of the pooler begins with the role {role!r}, not as"
                f" {READING}. Give its database in pgbouncer.ini: connect_query = 'SET ROLE {READING}'."
            )
        return False


def _local(sight: Sight) -> sql.Composable:
    """What tells a transaction; not a query, so that its isolation can still be chosen after it."""
    role = sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(ACTING if sight.full else READING))
    words = [
        sql.SQL("SET LOCAL {} = {}").format(sql.Identifier(*name.split(".")), sql.Literal(value))
        for name, value in zip(base.SETTINGS, base.settings_of(sight), strict=True)
    ]
    return sql.SQL("; ").join([role, *words])
