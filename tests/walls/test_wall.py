"""The database alone: what it hides from whoever may not see it, and that it hides nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from pytest_django import DjangoDbBlocker

from appeals.models import Application, Objection
from appeals.queries.applications import visible_applications
from appeals.queries.objections import objectionable, objections
from appeals.queries.visible import experts_for, objections_in, panels_in
from registry.actions.keys import issue_key
from registry.claims.jobs import Handed, receive
from registry.ledger.guards import guarded_tables
from registry.ledger.walls import BEFORE_THE_WALL, wall_faults
from registry.models import ApiKey, FactKind, Practitioner, Registration, Task, User
from registry.queries.file import file_of
from registry.queries.own_data import own_data
from registry.queries.scope import Scope
from registry.queries.sight import BLIND, FULL, as_the_asker, current, full_sight, look, seeing
from tests.desks.loads import load_at, rolled_back
from tests.desks.test_demo_loading import NOW
from tests.walls.country import CITY, SCOPES

SEEN: dict[str, Callable[[Scope], QuerySet[Any]]] = {
    "practitioners": Scope.practitioners,
    "handlings": Scope.handlings,
    "triggers": Scope.triggers,
    "cases": Scope.cases,
    "answering": Scope.answering,
    "proposals": Scope.proposals,
    "proposals found": Scope.proposals_found,
    "entries": Scope.entries,
    "objections": objections,
    "objections to answer": objections_in,
    "objectionable": objectionable,
    "panels": panels_in,
    "applications": visible_applications,
    "experts": lambda seen: experts_for(seen, User(pk=0)),
    "tasks": lambda seen: Task.objects.filter(seen.in_regions("agency__region")),
}


OF_THE_ACCOUNT = ("addresses_for_mail", "mails", "wishes_for_digests", "wishes_for_mail")
"""What is behind the wall of the user whose it is, whoever else holds the file or has it in sight."""


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo at noon of its day; nothing of it stays."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), rolled_back():
        load_at(NOW)
        _hand_in_claims()
        yield


def _hand_in_claims() -> None:
    """A file of a settlement system, which nobody who reads has in sight."""
    ends = NOW + timedelta(days=9)
    key, _text = issue_key(name="结算", scope=ApiKey.Scope.SETTLEMENT, expires_at=ends, by=None, now=NOW)
    receive(handed=Handed(language="en"), contents=[b"1"], key=key, now=NOW)


def behind() -> list[str]:
    return sorted({*guarded_tables()} - BEFORE_THE_WALL)


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_every_table_stands_behind_the_wall_or_is_named_before_it(country: None) -> None:
    assert list(wall_faults(guarded_tables())) == []
    assert {*guarded_tables()} >= BEFORE_THE_WALL


def test_whoever_is_blind_sees_no_row_about_anybody(country: None) -> None:
    full = {table: count(table) for table in behind()}
    assert sum(1 for rows in full.values() if rows) > len(full) * 2 / 3, "the country is too empty to prove anything"
    with seeing(BLIND):
        assert {table: count(table) for table in behind()} == dict.fromkeys(behind(), 0)


def test_support_sees_nobody(country: None) -> None:
    with seeing(SCOPES["support"]().sight):
        assert Practitioner.objects.count() == 0


@pytest.mark.parametrize("who", SCOPES)
def test_the_people_in_sight_are_those_of_the_places_and_whom_they_were_merged_with(country: None, who: str) -> None:
    seen = SCOPES[who]()
    wanted = {row.pk for row in Practitioner.objects.all() if _concerns(seen, row)}
    with seeing(seen.sight):
        assert set(Practitioner.objects.values_list("pk", flat=True)) == wanted
        assert set(Registration.objects.values_list("practitioner_id", flat=True)) <= wanted


def _concerns(seen: Scope, person: Practitioner) -> bool:
    """By walking over the registrations of everybody who is the same person, in Python."""
    family, new = {person}, {person}
    while new:
        kept = {link.kept for each in new for link in each.merges_absorbed.all()}
        absorbed = {link.absorbed for each in new for link in each.merges_kept.all()}
        new = (kept | absorbed) - family
        family |= new
    places = (row.institution for each in family for row in each.registrations.select_related("institution"))
    return any(seen.covers(place) for place in places) or any(seen.is_own(each) for each in family)


@pytest.mark.parametrize("what", SEEN)
@pytest.mark.parametrize("who", SCOPES)
def test_the_wall_hides_nothing_that_the_scope_shows(country: None, who: str, what: str) -> None:
    seen = SCOPES[who]()
    wanted = set(SEEN[what](seen).values_list("pk", flat=True))
    with seeing(seen.sight):
        assert set(SEEN[what](seen).values_list("pk", flat=True)) == wanted


@pytest.mark.parametrize("who", ["an officer of the city", "a compliance officer", "a practitioner"])
def test_a_file_in_sight_is_read_whole(country: None, who: str) -> None:
    seen, today = SCOPES[who](), NOW.date()
    scored = seen.practitioners().filter(facts__kind=FactKind.POINTS_SCORED).distinct()
    people = [*scored[:25], *seen.practitioners()[:10]]
    assert people
    whole = {person: (_read(person, today), own_data(person, NOW)) for person in people}
    with seeing(seen.sight):
        for person, (file, data) in whole.items():
            assert _read(person, today) == file
            seen_of_it = own_data(person, NOW)
            assert {name: seen_of_it.pop(name) for name in OF_THE_ACCOUNT} == {name: [] for name in OF_THE_ACCOUNT}
            assert seen_of_it == {name: rows for name, rows in data.items() if name not in OF_THE_ACCOUNT}


def _read(person: Practitioner, today: date) -> tuple[Any, ...]:
    """The file with what it asks for only when it is shown."""
    file = file_of(person, today)
    shown: dict[str, Any] = {
        name: list(getattr(file, name)) for name in ("codes", "names", "certificates", "documents", "merges")
    }
    return replace(file, **shown), file.changes


def test_with_the_scope_of_queries_taken_away_nothing_foreign_is_left(
    country: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = SCOPES["an officer of the city"]()
    sight, wanted = officer.sight, set(officer.practitioners().values_list("pk", flat=True))
    monkeypatch.setattr(Scope, "sees_everything", True)
    officer = SCOPES["an officer of the city"]()
    assert officer.practitioners().count() > len(wanted), "the scope was not taken away"
    with seeing(sight):
        people = set(officer.practitioners().values_list("pk", flat=True))
        assert {pk for pk in people - wanted if not _merged(pk)} == set()
        rows: list[Objection | Application] = [*objections(officer), *visible_applications(officer)]
        for row in rows:
            assert row.practitioner_id in people or row.agency.region_id[:4] == CITY[:4]
    assert Objection.objects.count() > 0
    assert Application.objects.count() > 0


def _merged(pk: int) -> bool:
    with full_sight():
        person = Practitioner.objects.get(pk=pk)
        return person.merges_kept.exists() or person.merges_absorbed.exists()


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_whoever_reads_writes_nothing_behind_the_wall(country: None, statement: str) -> None:
    with seeing(SCOPES["an officer of the city"]().sight):
        for table in ("registry_practitioner", "registry_case", "registry_task", "appeals_objection"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement.format(table))


def test_a_rollback_brings_nobody_the_sight_of_somebody_else(country: None) -> None:
    """What was set inside a transaction that fails is taken back by the database; the next query must not trust it."""
    with pytest.raises(DatabaseError), transaction.atomic(), full_sight(), seeing(BLIND):
        connection.cursor().execute("SELECT 1 / count(*) FROM registry_practitioner")
    assert Practitioner.objects.exists()
    with seeing(BLIND):
        with pytest.raises(DatabaseError), transaction.atomic(), full_sight():
            connection.cursor().execute("SELECT 1 / 0")
        assert not Practitioner.objects.exists()


def test_an_act_knows_everything_and_looks_its_subject_up_as_the_asker() -> None:
    with seeing(BLIND):
        assert current() == BLIND
        with full_sight():
            assert current() == FULL
            with as_the_asker():
                assert current() == BLIND
            assert current() == FULL
        look(FULL)
        assert current() == FULL
    assert current() == FULL, "the process of the tests"
