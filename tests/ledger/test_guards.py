"""What the database itself refuses, and whether a guard that was taken away is missed."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import errors, sql

from registry.ledger.guards import append_only_tables, guard_faults, history_tables
from registry.models import Fact
from tests.town import TODAY, build, score

ATTACKS = ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE")


@pytest.mark.django_db
def test_all_guards_stand_after_the_migrations() -> None:
    assert list(guard_faults()) == []


def test_there_are_histories_to_guard() -> None:
    assert {"registry_historicalpractitioner", "registry_historicalassignment"} <= set(history_tables())
    assert "registry_practitioner" not in history_tables()


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_application_cannot_alter_the_ledger_even_with_raw_sql(attack: str) -> None:
    for table in append_only_tables():
        assert _refusal(attack.format(table)).startswith(f"permission denied for table {table}")


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ["UPDATE {} SET history_id = history_id", *ATTACKS[1:]])
def test_the_application_cannot_alter_a_history(attack: str) -> None:
    for table in history_tables():
        assert _refusal(attack.format(table)).startswith(f"permission denied for table {table}")


@pytest.mark.django_db
def test_the_application_owns_nothing_and_cannot_switch_a_guard_off() -> None:
    attack = "ALTER TABLE registry_fact DISABLE TRIGGER registry_fact_is_append_only"
    assert _refusal(attack).startswith("must be owner of table registry_fact")


def _refusal(statement: str) -> str:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(refusal.value)


def test_the_owner_is_refused_by_the_triggers(owner: psycopg.Connection) -> None:
    score(build("510100"), 9, TODAY)
    for table in append_only_tables():
        for attack in ATTACKS:
            for silenced in ("origin", "replica"):  # replica silences ordinary triggers
                owner.execute(sql.SQL("SET session_replication_role = {}").format(sql.Literal(silenced)))
                with pytest.raises(errors.InsufficientPrivilege, match="append-only"):
                    owner.execute(sql.SQL(attack).format(sql.Identifier(table)))
    assert Fact.objects.count() == 1


WATCH_POINTS_ENTRIES = """
    DROP TRIGGER registry_pointsentry_is_append_only ON registry_pointsentry;
    CREATE TRIGGER registry_pointsentry_is_append_only BEFORE {events} ON registry_pointsentry
        FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_alteration();
    ALTER TABLE registry_pointsentry ENABLE ALWAYS TRIGGER registry_pointsentry_is_append_only
"""
MONTHS_CHECK = """
    ALTER TABLE registry_fact ADD CONSTRAINT a_suspension_is_1_to_6_months
        CHECK (months IS NULL OR months BETWEEN 1 AND 6 AND kind IN ('points_scored', 'entry_revised'))
"""
ABSORBED_ONCE = """
    CREATE UNIQUE INDEX a_file_is_absorbed_by_one_file_at_a_time ON registry_filemerge (absorbed_id)
        WHERE undone_at IS NULL
"""
TAKEN_AWAY = {
    "a trigger switched off": (
        "ALTER TABLE registry_fact DISABLE TRIGGER registry_fact_is_append_only",
        "ALTER TABLE registry_fact ENABLE ALWAYS TRIGGER registry_fact_is_append_only",
        "table registry_fact: the trigger",
    ),
    "a trigger that replication silences": (
        "ALTER TABLE registry_fact ENABLE TRIGGER registry_fact_is_append_only",
        "ALTER TABLE registry_fact ENABLE ALWAYS TRIGGER registry_fact_is_append_only",
        "table registry_fact: the trigger",
    ),
    "a trigger that watches less": (
        WATCH_POINTS_ENTRIES.format(events="DELETE"),
        WATCH_POINTS_ENTRIES.format(events="UPDATE OR DELETE OR TRUNCATE"),
        "table registry_pointsentry: the trigger",
    ),
    "a privilege on the ledger": (
        "GRANT DELETE ON registry_standingchange TO registry_app",
        "REVOKE DELETE ON registry_standingchange FROM registry_app",
        "table registry_standingchange: the application may DELETE",
    ),
    "a privilege on one column": (
        "GRANT UPDATE (points) ON registry_fact TO registry_app",
        "REVOKE UPDATE (points) ON registry_fact FROM registry_app",
        "table registry_fact: the application may UPDATE",
    ),
    "a privilege on a history": (
        "GRANT UPDATE ON registry_historicalregistration TO registry_app",
        "REVOKE UPDATE ON registry_historicalregistration FROM registry_app",
        "table registry_historicalregistration: the application may UPDATE",
    ),
    "the trigger that lets only a seal be renewed": (
        "ALTER TABLE registry_storedfile DISABLE TRIGGER registry_storedfile_only_reseals",
        "ALTER TABLE registry_storedfile ENABLE ALWAYS TRIGGER registry_storedfile_only_reseals",
        "table registry_storedfile: the trigger that lets only its seal be renewed",
    ),
    "a dropped check": (
        "ALTER TABLE registry_fact DROP CONSTRAINT a_suspension_is_1_to_6_months",
        MONTHS_CHECK,
        "the constraint a_suspension_is_1_to_6_months",
    ),
    "a dropped unique index": (
        "DROP INDEX a_file_is_absorbed_by_one_file_at_a_time",
        ABSORBED_ONCE,
        "the constraint a_file_is_absorbed_by_one_file_at_a_time",
    ),
}


@pytest.mark.parametrize(("take", "give_back", "missed"), TAKEN_AWAY.values(), ids=TAKEN_AWAY.keys())
def test_a_guard_that_was_taken_away_is_missed(
    owner: psycopg.Connection, take: str, give_back: str, missed: str
) -> None:
    standing = set(guard_faults())
    try:
        owner.execute(take)
        assert [fault for fault in guard_faults() if fault not in standing and missed in fault]
    finally:
        owner.execute(give_back)
    assert set(guard_faults()) == standing


def test_a_table_that_the_application_owns_is_told_of(owner: psycopg.Connection) -> None:
    owner.execute("CREATE TABLE sneaked_in (); ALTER TABLE sneaked_in OWNER TO registry_app")
    try:
        assert any("sneaked_in: it belongs to the application" in fault for fault in guard_faults())
    finally:
        owner.execute("DROP TABLE sneaked_in")
