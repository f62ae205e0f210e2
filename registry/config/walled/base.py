"""Connections that tell PostgreSQL, before any query, how far the moment sees (``registry.queries.sight``).

Full sight is a role of its own, whose policies let everything through and cost nothing; everybody else reads as a role
that may not write what lies behind the wall, and that sees no row until a setting of the session says which.
"""

import re
from functools import cache
from itertools import count
from typing import Any

from django.db.backends.postgresql import base
from psycopg import RawCursor
from psycopg.pq import Format, TransactionStatus

from registry.config.database import ACTING, READING
from registry.queries.sight import Sight, current

SETTINGS = ("registry.regions", "registry.institutions", "registry.files", "registry.user")

_SHOW = f"SELECT set_config('role', %s, false), {', '.join(f'set_config({name!r}, %s, false)' for name in SETTINGS)}"


_PLACE = re.compile(r"%(?:\((\w+)\))?s|%%")


class PlannedCursor(RawCursor[Any]):
    """Sends statements with their places numbered, as PostgreSQL reads them.

    Whoever looks at what is asked (logs, tests) sees what was written.
    """

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        """The statement with its values, by name or in order."""
        text, names = numbered(query)
        return super().execute(text, [params[name] for name in names] if names else params, **more)


@cache
def numbered(text: str) -> tuple[str, tuple[str, ...]]:
    """The statement with `$1` for each place, or for each name, and the names in order."""
    names: dict[str, int] = {}
    places = count(1)

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        return f"${names.setdefault(found[1], len(names) + 1) if found[1] else next(places)}"

    return _PLACE.sub(number, text), tuple(names)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection, with the sight of the moment applied before each cursor is handed out."""

    keeps_session = True
    """The next transaction has the same session, so plans are worth keeping (``registry.ledger.statements``)."""

    _shown: Sight | None = None
    """The sight that the session has; None where nobody knows: at its start, and after anything was rolled back."""

    def init_connection_state(self) -> None:
        """A session that has been told nothing, whatever was asked while it was set up."""
        super().init_connection_state()
        self._shown = None

    def planned_cursor(self, *, binary: bool = False) -> Any:
        """A cursor for statements whose text is always the same: each is rewritten for PostgreSQL once.

        What comes back is `binary` where it is much: as text, days, instants and UUIDs take six times as long to read.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_thread_sharing()
        self._show_if_changed()
        cursor: Any = PlannedCursor(self.connection)
        cursor.format = Format.BINARY if binary else Format.TEXT
        return self.make_debug_cursor(cursor) if self.queries_logged else self.make_cursor(cursor)

    def _cursor(self, name: str | None = None) -> Any:
        cursor = super()._cursor(name)  # type: ignore[misc]  # not in the stubs
        self._show_if_changed()
        return cursor

    def _show_if_changed(self) -> None:
        if self.settings_dict["OPTIONS"].get("assume_role") and self._shown != current():
            self._show(current())

    def _show(self, sight: Sight) -> None:
        session = self.connection
        if session is None or session.info.transaction_status == TransactionStatus.INERROR:
            return  # whatever is asked now is refused anyhow
        with session.cursor() as cursor:
            cursor.execute(_SHOW, [ACTING if sight.full else READING, *settings_of(sight)])
        self._shown = sight

    def _rollback(self) -> Any:
        self._shown = None
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._shown = None


def settings_of(sight: Sight) -> list[str]:
    """The values of SETTINGS, in their order."""
    own = "" if sight.user is None else str(sight.user)
    return [" ".join(f"{each}%" for each in sight.regions), _spaced(sight.institutions), _spaced(sight.files), own]


def _spaced(numbers: tuple[int, ...]) -> str:
    return " ".join(map(str, numbers))
