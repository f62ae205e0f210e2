"""What a backup must hold, written down as the dump is made: so that what is restored can be compared with it."""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from registry.config.backups.shape import Lines, differences, shape
from registry.config.trouble import Trouble
from registry.models import AccessRecord, Fact

FORM = 1
_TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT relispartition ORDER BY 1
"""
_ROWS = "SELECT count(*), coalesce(sum(hashtextextended(the_row::text, 0)::numeric), 0)::text FROM {} the_row"
_ENDS = "SELECT DISTINCT ON (practitioner_id) practitioner_id, chain_no, hash FROM {} ORDER BY 1, 2 DESC"
_SEQUENCES = "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public'"
_SAME_TEXT = """
    SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'iso_8601';
    SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1
"""
_MOST_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What the database held at one moment. Each table has its number of rows and a sum over the digests of all rows,
    each chain its number of files and a digest over all of its ends.
    """

    server: int
    """The first number of the version of PostgreSQL."""

    owner: str
    migrations: list[str]
    tables: dict[str, list[Any]]
    chains: dict[str, list[Any]]
    sequences: dict[str, int]
    shape: Lines

    @classmethod
    def of(cls, connection: psycopg.Connection) -> "Contents":
        """Read all of it in the transaction of the connection, which must see every row."""
        connection.execute(_SAME_TEXT)
        tables = [name for (name,) in connection.execute(_TABLES)]
        return cls(
            server=connection.info.server_version // 10000,
            owner=_one(connection, "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'registry_fact'"),
            migrations=sorted(
                f"{app}.{name}" for app, name in connection.execute("SELECT app, name FROM django_migrations")
            ),
            tables={name: list(_first(connection, _ROWS, name)) for name in tables},
            chains={name: _ends(connection, name) for name in (Fact._meta.db_table, AccessRecord._meta.db_table)},
            sequences={str(name): int(last) for name, last in connection.execute(_SEQUENCES)},
            shape=shape(connection),
        )

    def faults(self, found: "Contents") -> list[str]:
        """What is otherwise in `found`, one sentence each. Sequences may have gone on while the dump was made."""
        told = _other("table", "rows and their digest", self.tables, found.tables)
        told += _other("chain", "files and the digest of their ends", self.chains, found.chains)
        told += [
            f"sequence {name}: stands at {found.sequences.get(name, 0)}, must be {last} or more"
            for name, last in sorted(self.sequences.items())
            if found.sequences.get(name, 0) < last
        ]
        if self.migrations != found.migrations:
            told.append("the migrations are not those of the backup")
        return [*told, *differences(self.shape, found.shape)]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The paper that lies beside a dump."""

    register: str
    made_at: str
    """The moment whose rows are in the dump, by RFC 3339."""

    keys: dict[str, str]
    """By their names and numbers, something by which a key is recognised and nothing is opened."""

    dump: str
    """SHA-256 of the file."""

    contents: Contents
    form: int = FORM

    def write(self, file: Path) -> None:
        """Write it, for our eyes only, where there is no file yet."""
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> "Manifest":
        """Read it. Raises Trouble where it is missing or of another form."""
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            if told["form"] != FORM:
                raise ValueError(f"it is of form {told['form']}")
            return cls(**{**told, "contents": Contents(**told["contents"])})
        except FileNotFoundError:
            raise Trouble(
                f"{file} is missing: without it nobody can say whether the dump is whole.",
                "Take it from where the backup is kept; both files belong together.",
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise Trouble(
                f"{file} is not a manifest that this register reads: {error}.", "Use another backup."
            ) from None


def beside(dump: Path) -> Path:
    """Where the manifest of the dump is."""
    return dump.with_name(f"{dump.name}.manifest.json")


def digest_of(file: Path) -> str:
    """SHA-256 of the file, in hexadecimal digits."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def key_signs() -> dict[str, str]:
    """The keys of this environment, by what they can be recognised and not guessed."""
    several = {
        name: getattr(settings, f"{name}S")
        for name in ("REGISTRY_DOCUMENT_KEY", "REGISTRY_INDEX_KEY", "REGISTRY_CERTIFICATE_KEY")
    }
    numbered = {f"{name} {number}": key for name, keys in several.items() for number, key in keys.items()}
    keys = {"REGISTRY_CHAIN_KEY": settings.REGISTRY_CHAIN_KEY.encode(), **numbered}
    return {name: hmac.digest(key, b"which key is this?", "sha256")[:8].hex() for name, key in keys.items()}


def shown(faults: list[str]) -> str:
    """The first of them, one a line."""
    more = [f"and {len(faults) - _MOST_SHOWN} more"] if len(faults) > _MOST_SHOWN else []
    return "\n".join(f"  {fault}" for fault in chain(faults[:_MOST_SHOWN], more))


def instant(moment: datetime) -> str:
    """The instant as the manifest has it."""
    return moment.isoformat().replace("+00:00", "Z")


def _ends(connection: psycopg.Connection, table: str) -> list[Any]:
    digest, files = hashlib.sha256(), 0
    with connection.cursor(name="ends") as cursor:
        cursor.itersize = 10_000
        cursor.execute(sql.SQL(_ENDS).format(sql.Identifier("public", table)))
        for person, number, end in cursor:
            digest.update(b"%d %d %s\n" % (person, number, bytes(end)))
            files += 1
    return [files, digest.hexdigest()]


def _other(kind: str, what: str, expected: dict[str, list[Any]], found: dict[str, list[Any]]) -> list[str]:
    return [
        f"{kind} {name}: {what} are {found.get(name, 'missing')}, must be {expected.get(name, 'none at all')}"
        for name in sorted(expected.keys() | found.keys())
        if expected.get(name) != found.get(name)
    ]


def _first(connection: psycopg.Connection, question: str, table: str) -> tuple[Any, ...]:
    row = connection.execute(sql.SQL(question).format(sql.Identifier("public", table))).fetchone()
    assert row is not None
    return tuple(row)


def _one(connection: psycopg.Connection, question: str) -> str:
    row = connection.execute(question).fetchone()
    return str(row[0]) if row else ""
