"""Who is found in a region: whoever is or was registered at an institution that lies there now."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from random import Random
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from registry.actions.registrations import end_registration, register_at
from registry.config.database import as_owner
from registry.ledger.whereabouts import found_elsewhere, not_found, trigger_faults
from registry.models import Institution, Practitioner, Region, Registration, Whereabouts
from tests.town import LAW_BEGINS, TODAY, Town, at, build

PATIENCE = 30
"""Seconds until a test says that somebody waits for ever."""


def faults() -> list[str]:
    """All that may be wrong with where people are found."""
    return [*trigger_faults(), *not_found(), *found_elsewhere()]


@pytest.fixture
def town(db: None) -> Town:
    return build("430100")


@pytest.fixture
def at_once(committed: None) -> Iterator[Town]:
    yield build("430100")
    connection.close()


def region(code: str) -> Region:
    return Region.objects.get_or_create(code=code, defaults={"name_zh": f"区{code}"})[0]


def move(place: Institution, code: str) -> None:
    Institution.objects.filter(pk=place.pk).update(region=region(code))


def found_in(person: Practitioner) -> set[str]:
    return set(Whereabouts.objects.filter(practitioner=person).values_list("prefix", flat=True))


def test_who_is_registered_is_found_in_the_county_the_city_and_the_province(town: Town) -> None:
    move(town.hospital, "430102")
    assert found_in(town.surgeon) == {"43", "4301", "430102"}


def test_who_left_is_found_where_the_work_was(town: Town) -> None:
    registration = Registration.objects.get(practitioner=town.nurse)
    end_registration(registration=registration, ends_on=TODAY, reason="离职", by=town.officer, now=at(TODAY))
    assert {"43", "4301"} <= found_in(town.nurse)


def test_people_move_with_their_institution_and_stay_where_they_also_work(town: Town) -> None:
    who: dict[str, Any] = {"by": town.officer, "now": at(TODAY)}
    register_at(practitioner=town.nurse, institution=town.clinic, starts_on=TODAY, department="", **who)
    move(town.hospital, "510104")
    assert found_in(town.surgeon) == {"51", "5101", "510104"}
    assert found_in(town.nurse) == {"43", "4301", town.clinic.region_id, "51", "5101", "510104"}
    assert faults() == []


def test_after_any_registrations_and_moves_people_are_found_where_their_rows_say(town: Town) -> None:
    chance, now = Random(29), at(LAW_BEGINS)
    places = [town.hospital, town.clinic, town.pharmacy]
    people = Practitioner.objects.bulk_create(
        Practitioner(code=f"W{number}", name=f"群众{number}", category="nurse", recorded_at=now) for number in range(12)
    )
    codes = ("430102", "430103", "430202", "510104", "510105", "430100", "430000")
    for _ in range(60):
        if chance.random() < 0.4:
            move(chance.choice(places), chance.choice(codes))
        else:
            rows = {(chance.choice(people), chance.choice(places)) for _ in range(3)}
            free = [row for row in rows if not Registration.objects.filter(practitioner=row[0], institution=row[1])]
            Registration.objects.bulk_create(
                Registration(practitioner=person, institution=place, starts_on=LAW_BEGINS, recorded_at=now)
                for person, place in free
            )
        of = {row.pk: row.region_id for row in Institution.objects.all()}
        said = {
            (of[place][:digits], person)
            for person, place in Registration.objects.values_list("practitioner", "institution")
            for digits in (2, 4, 6)
        }
        assert set(Whereabouts.objects.values_list("prefix", "practitioner")) == said
    assert faults() == []


def test_who_is_not_found_and_who_is_found_elsewhere_are_faults(at_once: Town) -> None:
    surgeon, nurse = at_once.surgeon.pk, at_once.nurse.pk
    connection.close()
    with as_owner(connection.settings_dict):
        Whereabouts.objects.filter(prefix="43", practitioner=surgeon).delete()
        Whereabouts.objects.create(prefix="11", practitioner_id=nurse)
        connection.close()
    assert faults() == [
        f"file {surgeon}: is or was registered in 43 and is not found there",
        f"file {nurse}: is found in 11 and was never registered there",
    ]


def test_nobody_but_the_database_writes_where_somebody_is(town: Town) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Whereabouts.objects.create(prefix="11", practitioner=town.nurse)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Whereabouts.objects.all().delete()


def test_everybody_who_was_there_before_is_found_batch_by_batch(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    migration = import_module("registry.migrations.0030_whereabouts_of_all")
    monkeypatch.setattr(migration, "BATCH", 1)
    monkeypatch.setattr(migration, "_NOTE", migration._NOTE.replace("registry_whereabouts", "whereabouts_again"))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE whereabouts_again (prefix text, practitioner_id bigint)")
        cursor.execute("CREATE UNIQUE INDEX ON whereabouts_again (prefix, practitioner_id)")
        migration.note_everybody(apps, SimpleNamespace(connection=connection))
        cursor.execute("TABLE whereabouts_again")
        again = set(cursor.fetchall())
    assert again == set(Whereabouts.objects.values_list("prefix", "practitioner"))


def at_that_moment(come: Callable[[], None], go: Callable[[], None]) -> None:
    """What `go` does begins when `come` has been done and is not committed yet, and must wait for it."""
    came, moved = Event(), Event()

    def first() -> None:
        try:
            with transaction.atomic():
                come()
                came.set()
                assert not moved.wait(1)
        finally:
            connection.close()

    def second() -> None:
        try:
            assert came.wait(PATIENCE)
            go()
            moved.set()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result(PATIENCE)


def comes_to(town: Town, place: Institution) -> None:
    who: dict[str, Any] = {"by": town.officer, "now": at(TODAY)}
    register_at(practitioner=town.nurse, institution=place, starts_on=TODAY, department="", **who)


def test_an_institution_moves_only_when_who_comes_there_at_that_moment_has_come(at_once: Town) -> None:
    at_that_moment(lambda: comes_to(at_once, at_once.clinic), lambda: move(at_once.clinic, "510104"))
    assert "510104" in found_in(at_once.nurse)
    assert faults() == []


def test_nobody_is_lost_who_comes_to_another_place_of_the_region_that_the_first_leaves(at_once: Town) -> None:
    at_that_moment(lambda: comes_to(at_once, at_once.clinic), lambda: move(at_once.hospital, "510104"))
    assert {"43", "4301", "510104"} <= found_in(at_once.nurse)
    assert faults() == []


def test_two_institutions_that_leave_a_region_at_once_take_along_who_works_at_both(at_once: Town) -> None:
    comes_to(at_once, at_once.clinic)
    at_that_moment(lambda: move(at_once.clinic, "510104"), lambda: move(at_once.hospital, "510105"))
    assert found_in(at_once.nurse) == {"51", "5101", "510104", "510105"}
    assert faults() == []


def test_what_the_triggers_call_finds_no_table_of_whoever_asks(town: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, proconfig FROM pg_proc WHERE prosecdef AND proname LIKE 'registry%'")
        found = dict(cursor.fetchall())
    assert len(found) >= 4
    assert set(map(tuple, found.values())) == {("search_path=pg_catalog, public, pg_temp",)}


def test_a_trigger_that_was_switched_off_is_a_fault(at_once: Town) -> None:
    connection.close()
    with as_owner(connection.settings_dict), connection.cursor() as cursor:
        turn = "ALTER TABLE registry_institution {} TRIGGER registry_institution_moves_whereabouts"
        cursor.execute(turn.format("DISABLE"))
        told = faults()
        cursor.execute(turn.format("ENABLE ALWAYS"))
    connection.close()
    assert [each.split(":")[0] for each in told] == ["trigger registry_institution_moves_whereabouts"]
