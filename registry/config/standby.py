"""A PostgreSQL of our own that follows another one on this machine, made by pg_basebackup."""

from pathlib import Path

from registry.config.postgres import SUPERUSER, Postgres, make_folder
from registry.config.programs import PostgresPrograms
from registry.config.unroot import Disguise


class Standby(Postgres):
    """One that follows `primary`, which must be streaming, and can be read."""

    def __init__(self, primary: Postgres, *, data: Path, sockets: Path, log: Path) -> None:
        super().__init__(
            data=data,
            sockets=sockets,
            log=log,
            throwaway=primary.throwaway,
            streaming=True,
            programs=primary.programs,
        )
        self.primary = primary

    def _fill(self, programs: PostgresPrograms, way: Disguise) -> None:
        words = ["--checkpoint=fast", "--write-recovery-conf", "--wal-method=stream", "--no-sync", "--no-password"]
        log_in = ["--host", str(self.primary.sockets), "--username", SUPERUSER]
        make_folder(self.data, [programs.folder / "pg_basebackup", *words, *log_in], way)

    def _make_roles(self) -> None:
        """They come from the primary."""
