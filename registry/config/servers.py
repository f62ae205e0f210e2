"""The servers that come along: PostgreSQL and Valkey, ours alone, gone when we are gone."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from registry.config import folders
from registry.config.database import ACTING, KEEPING
from registry.config.postgres import OWNER, SUPERUSER, Postgres
from registry.config.trouble import need_space
from registry.config.valkey import Valkey

SPACE_FOR_TESTS = 400  # MB


@contextmanager
def kept(folder: Path, given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Servers on the data in ``folder``, which stays and is held by the caller. Raises Trouble.

    Yields the variables that name them. What ``given`` names already is neither started nor named.
    """
    with folders.temporary("demo") as sockets, _running(folder, sockets, given, throwaway=False) as named:
        yield named


@contextmanager
def throwaway(given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Servers for one test run; nothing stays. The log-in may make test databases. Raises Trouble."""
    with folders.temporary("test") as folder:
        need_space(folder, SPACE_FOR_TESTS)
        with _running(folder, folder, given, throwaway=True) as named:
            yield named


@contextmanager
def _running(folder: Path, sockets: Path, given: Mapping[str, str], *, throwaway: bool) -> Iterator[dict[str, str]]:
    logs = folders.private(folder / "logs")
    named: dict[str, str] = {}
    with ExitStack() as ending:
        if "REDIS_URL" not in given:
            valkey = Valkey(sockets=sockets, log=logs / "valkey.log")
            ending.callback(valkey.stop)
            valkey.start()
            named["REDIS_URL"] = valkey.url
        if "DATABASE_URL" not in given:
            data = folder / "postgres"
            postgres = Postgres(data=data, sockets=sockets, log=logs / "postgres.log", throwaway=throwaway)
            ending.callback(postgres.stop)
            postgres.start()
            named["DATABASE_URL"] = postgres.url(SUPERUSER if throwaway else ACTING)
            named["DATABASE_OWNER_URL"] = postgres.url(SUPERUSER if throwaway else OWNER)
            named["DATABASE_BACKUP_URL"] = postgres.url(KEEPING)
        yield named
