"""Connections that tell PostgreSQL, before any query, how far the moment sees (``registry.queries.sight``).

Full sight is a role of its own, whose policies let everything through and cost nothing; everybody else reads as a role
that may not write what lies behind the wall, and that sees no row until a setting of the session says which.
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from registry.config.database import ACTING, READING
from registry.queries.sight import Sight, current

SETTINGS = ("registry.regions", "registry.institutions", "registry.files", "registry.user")

_SHOW = f"SELECT set_config('role', %s, false), {', '.join(f'set_config({name!r}, %s, false)' for name in SETTINGS)}"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection, with the sight of the moment applied before each cursor is handed out."""

    _shown: Sight | None = None
    """The sight that the session has; None where nobody knows: at its start, and after anything was rolled back."""

    def init_connection_state(self) -> None:
        """A session that has been told nothing, whatever was asked while it was set up."""
        super().init_connection_state()
        self._shown = None

    def _cursor(self, name: str | None = None) -> Any:
        cursor = super()._cursor(name)  # type: ignore[misc]  # not in the stubs
        if self.settings_dict["OPTIONS"].get("assume_role") and self._shown != current():
            self._show(current())
        return cursor

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
