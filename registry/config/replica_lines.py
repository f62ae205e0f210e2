"""The quick way of the settlement check by a read replica, as `registry.queries.nearest` says; nobody waits for marks.

The key is looked up on the primary before, so a revoked one is refused at once. The session that answers says
first how far it has replayed; which of several replicas it is does not matter.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, connections

from registry.api.quick import Asked
from registry.config.lines import Lines
from registry.queries.nearest import MARKS, REPLAYED, REST, Behind
from registry.queries.quick_check import BY_A_KNOWN_KEY, Row, with_key

STATEMENTS_OF_REPLICA = {**BY_A_KNOWN_KEY, "replayed": REPLAYED}

log = structlog.get_logger(__name__)


class ReplicaLines:
    """Lines to the replica, and to the primary for keys."""

    def __init__(self, primary: Lines, replica: Lines) -> None:
        """`replica` knows STATEMENTS_OF_REPLICA."""
        self._primary, self._replica = primary, replica
        self._marking = ThreadPoolExecutor(1, thread_name_prefix="marks")
        self._renewal: asyncio.Future[None] | None = None

    async def ask(self, asked: Asked) -> tuple[Asked, list[Row]] | None:
        """What is answered, with the instant up to which the replica is known to have followed, and the rows.

        None where the primary has to be asked. Raises Busy: too many for the replica are not sent to the primary.
        """
        if MARKS.resting():
            return None
        self._renew_soon()
        try:
            keys = await self._primary.ask("key", [asked.prefix.encode(), asked.now.isoformat().encode()])
            if not keys or keys[0][1] != b"t":
                return asked, []
            told, rows = await self._replica.ask_in_turn(("replayed", []), (asked.statement, asked.parameters))
            known = _known(told[0])
        except Behind:
            return None
        except psycopg.OperationalError as error:
            MARKS.rest()
            log.warning("replica_left_alone", error=type(error).__name__, seconds=REST)
            return None
        return replace(asked, now=known), [with_key(keys[0], row) for row in rows]

    def _renew_soon(self) -> None:
        """Nobody waits for it: until then the marks that there are go on aging."""
        if MARKS.due() and (self._renewal is None or self._renewal.done()):
            self._renewal = asyncio.get_running_loop().run_in_executor(self._marking, _renew)


def _renew() -> None:
    try:
        MARKS.renew()
    except (DatabaseError, InterfaceError):  # it will be behind soon, and whoever asks the primary says why
        connections["default"].close()


def _known(told: Row) -> datetime:
    standby, length, primary = told
    return MARKS.moment_of(standby == b"t", int(length or 0), int(primary or 0))
