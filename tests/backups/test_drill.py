"""The drill in its short form: a town is backed up, restored on an empty PostgreSQL, and compared; losses are found."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from registry.config.backups.drill import Copy, look_over, restored, see_that_it_answers_alike, see_that_it_holds
from registry.config.backups.dumping import compare, restore
from registry.config.backups.manifest import Contents
from registry.config.trouble import Trouble

NO_GUARD = b"ALTER TABLE registry_fact DISABLE TRIGGER registry_fact_is_append_only"
LOSSES = {
    "table registry_sanctionperiod: rows": [b"DELETE FROM registry_sanctionperiod"],
    "table registry_practitioner: rows": [b"UPDATE registry_practitioner SET name = name || '.'"],
    "table appeals_vote: rows and their digest are missing": [b"DROP TABLE appeals_vote CASCADE"],
    "chain registry_fact: files": [NO_GUARD, b"UPDATE registry_fact SET hash = sha256(hash) WHERE chain_no = 1"],
    "sequence registry_fact_origin_seq: stands at 1": [b"SELECT setval('registry_fact_origin_seq', 1)"],
    "policies: missing: registry_fact in_sight": [b"DROP POLICY in_sight ON registry_fact"],
    "row-level security: missing: registry_fact t t": [b"ALTER TABLE registry_fact NO FORCE ROW LEVEL SECURITY"],
    "grants: not in the backup: registry_fact registry_app DELETE": [b"GRANT DELETE ON registry_fact TO registry_app"],
    "triggers: missing: registry_fact A": [NO_GUARD],
    "constraints: missing: registry_sanctionperiod suspensions_of_a_person_do_not_overlap": [
        b"ALTER TABLE registry_sanctionperiod DROP CONSTRAINT suspensions_of_a_person_do_not_overlap"
    ],
    "roles: missing: registry_app f f f": [b"ALTER ROLE registry_app INHERIT"],
}


@contextmanager
def altered(copy: Copy, *statements: bytes) -> Iterator[psycopg.Connection]:
    with psycopg.connect(**copy.superuser) as session:  # type: ignore[arg-type]
        session.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            session.execute(statement)
        yield session


def not_found(copy: Copy) -> Iterator[str]:
    """The losses that nobody noticed."""
    for expected, statements in LOSSES.items():
        with altered(copy, *statements) as session:
            faults = copy.manifest.contents.faults(Contents.of(session))
            session.rollback()
        if not any(fault.startswith(expected) for fault in faults):
            yield f"{expected}: {faults}"


def test_what_is_restored_is_the_register_and_every_loss_is_found(dump: Path) -> None:
    said: list[str] = []
    with restored(dump, say=said.append) as copy:
        look_over(copy, say=said.append)
        assert said[-1] == "2 settlement checks have the same answers as on the register that runs"
        assert list(not_found(copy)) == []
        with pytest.raises(Trouble, match="is not empty: it has "):
            restore(dump, copy.owner)

        with altered(copy, b"UPDATE registry_serviceagreement SET ends_on = starts_on + 1"):
            pass
        with pytest.raises(Trouble, match="agreement_not_in_force"):
            see_that_it_answers_alike(copy)
        with altered(copy, b"UPDATE registry_sanctionperiod SET ends_on = ends_on + 1"):
            pass
        with pytest.raises(Trouble, match="the periods kept are"):
            see_that_it_holds(copy)
        with pytest.raises(Trouble, match="does not hold what the backup held"):
            compare(copy.manifest, copy.owner)
