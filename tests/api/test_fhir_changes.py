"""Versions, what changed when, what is held already, and how often the database is asked for it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.actions.merging import merge_files, undo_merge
from registry.actions.people import register_practitioner, rename
from registry.actions.registrations import end_registration, register_at
from registry.api.fhir.windows import Window, within
from registry.models import Practitioner, Registration
from registry.queries.lives import Lives
from registry.queries.tenures import tenures_of
from registry.queries.touched import people_touched, registrations_touched
from tests.api.officers import Program
from tests.api.reading_fhir import Reader, extension, resources
from tests.casework import Desk, desk
from tests.entries import annul_entry
from tests.town import LAW_BEGINS, Town, at, score

NOVEMBER = at(date(2026, 11, 20))


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def reader(here: Desk) -> Reader:
    return Reader(here.reviewer)


def test_what_is_held_already_is_not_sent_again_until_it_changes(here: Desk, reader: Reader) -> None:
    address = f"Practitioner/{here.surgeon.uuid}"
    first = reader.get(address)
    assert (first["ETag"], first["Last-Modified"]) == ('W/"1"', "Wed, 01 Jan 2025 02:00:00 GMT")
    again = reader.get(address, if_none_match='W/"9", W/"1"')
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", 'W/"1"')
    assert reader.get(address, if_none_match='W/"11"').status_code == 200
    score(here.town, 9, NOVEMBER.date())
    changed = reader.get(address, if_none_match='W/"1"')
    assert (changed.status_code, changed["ETag"]) == (200, 'W/"2"')
    with time_machine.travel(at(date(2027, 1, 20)), tick=False):
        assert reader.get(address, if_none_match='W/"2"')["ETag"] == 'W/"4"'  # New Year came between


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("ge2026-11-20", {"surgeon"}),
        ("gt2026-11-20", set()),
        ("gt2026-11-19", {"surgeon"}),
        ("lt2026-11-20", {"nurse"}),
        ("le2026-11-20", {"surgeon", "nurse"}),
        ("2026-11-20", {"surgeon"}),
        ("eq2025", {"nurse"}),
        ("eq2026-11", {"surgeon"}),
        ("eq2026-11-20T04:00:00Z", {"surgeon"}),
        ("gt2026-11-20T12:00:00%2B08:00", set()),
        ("ge2026-11-20T12:00:00.000000%2B08:00", {"surgeon"}),
        ("lt2026-11-20T12:00%2B08:00", {"nurse"}),
        ("ge2025&_lastUpdated=lt2026", {"nurse"}),
    ],
)
def test_who_changed_when_is_found(here: Desk, reader: Reader, said: str, found: set[str]) -> None:
    score(here.town, 9, NOVEMBER.date())
    people = {str(here.surgeon.uuid): "surgeon", str(here.nurse.uuid): "nurse"}
    bundle = reader.read(f"Practitioner?_lastUpdated={said}")
    assert {people[each["id"]] for each in resources(bundle)} == found


def test_a_day_that_ends_a_suspension_is_a_change(here: Desk, reader: Reader) -> None:
    score(here.town, 9, NOVEMBER.date())
    with time_machine.travel(at(date(2027, 1, 20)), tick=False):
        (person,) = resources(reader.read("Practitioner?_lastUpdated=ge2027-01-20"))
        assert person["meta"]["lastUpdated"] == "2027-01-20T00:00:00+08:00"
        (flag,) = reader.find("Flag", subject=here.surgeon.uuid, the_lastUpdated="ge2027-01-20")
        assert flag["status"] == "inactive"
        assert reader.find("Flag", subject=here.surgeon.uuid, the_lastUpdated="lt2027-01-20") == []


def test_the_column_of_the_last_change_is_that_of_the_newest_version(here: Desk) -> None:
    by, now = here.scorer, timezone.now()
    entry = score(here.town, 9, date(2026, 3, 10)).fact
    score(here.town, 3, date(2026, 6, 1), who=here.nurse)
    rename(practitioner=here.nurse, name="李丽", reason="户口簿", by=by, now=at(date(2026, 7, 1)))
    third = register_practitioner(code="D510100000003", name="周三", category="nurse", by=by, now=at(date(2026, 1, 5)))
    two = {"by": by, "second": here.second}
    merge_files(kept=here.nurse, absorbed=here.surgeon, reason="同一人", now=at(date(2026, 8, 1)), **two)
    _agrees(now)
    merge = merge_files(kept=third, absorbed=here.nurse, reason="同一人", now=at(date(2026, 8, 2)), **two)
    annul_entry(entry=entry, reason="改判", now=at(date(2026, 8, 3)), **two)
    _agrees(now)
    undo_merge(merge=merge, reason="两个人", now=at(date(2026, 8, 4)), **two)
    _agrees(now)
    for later in (-120, -100, 1, 30, 31, 32, 400):
        _agrees(now + timedelta(days=later))


def _agrees(now: Any) -> None:
    people = list(people_touched(Practitioner.objects.all(), now).order_by("pk"))
    lives = Lives(people, now)
    assert [row.touched for row in people] == [lives.of(row.pk).present.at for row in people]  # type: ignore[attr-defined]
    for since in {row.touched for row in people}:  # type: ignore[attr-defined]
        found = within(people_touched(Practitioner.objects.all(), now, since=since), [Window(since, None)])
        assert set(found) == {row for row in people if row.touched >= since}  # type: ignore[attr-defined]


def test_the_same_holds_for_registrations(here: Desk) -> None:
    by = here.scorer
    end_registration(
        registration=here.surgeon.registrations.get(),
        ends_on=date(2026, 12, 15),
        reason="调离",
        by=by,
        now=at(date(2026, 11, 4)),
    )
    register_at(
        practitioner=here.nurse,
        institution=here.town.clinic,
        starts_on=date(2026, 12, 10),
        by=by,
        now=at(date(2026, 11, 5)),
    )
    for day in (date(2026, 12, 1), date(2026, 12, 10), date(2026, 12, 15), date(2027, 1, 1)):
        rows = list(registrations_touched(Registration.objects.filter(superseded_at=None), at(day)))
        tenures = tenures_of(rows, at(day))
        assert [row.touched for row in rows] == [tenures[row.record][-1].at for row in rows]  # type: ignore[attr-defined]
        for since in {row.touched for row in rows}:  # type: ignore[attr-defined]
            every = Registration.objects.filter(superseded_at=None)
            found = within(registrations_touched(every, at(day), since=since), [Window(since, None)])
            wanted = {row for row in rows if row.touched >= since}  # type: ignore[attr-defined]
            assert set(found) == wanted


def test_versions_that_were_told_are_never_told_otherwise(here: Desk, reader: Reader) -> None:
    address = f"Practitioner/{here.surgeon.uuid}/_history"
    entry = score(here.town, 9, date(2026, 3, 10)).fact
    score(here.town, 2, date(2026, 4, 1), who=here.nurse)
    told = resources(reader.read(address))
    two = {"by": here.scorer, "second": here.second}
    annul_entry(entry=entry, reason="改判", now=at(date(2026, 8, 3)), **two)
    merge_files(kept=here.surgeon, absorbed=here.nurse, reason="同一人", now=at(date(2026, 8, 4)), **two)
    assert resources(reader.read(address))[-len(told) :] == told


def test_fhir_tells_what_the_api_tells(here: Desk, reader: Reader) -> None:
    score(here.town, 9, date(2026, 3, 10))
    score(here.town, 3, date(2026, 11, 20))
    program = Program(here.reviewer)
    address = f"practitioners/{here.surgeon.uuid}"
    told, said = program.read(f"{address}/standing/"), extension(reader.person(here.surgeon), "standing")
    assert (said["status"]["code"], said["until"], said["points"]) == (
        told["status"]["code"],
        told["until"],
        told["points"],
    )
    periods = program.read(f"{address}/periods/")["items"]
    flags = reader.find("Flag", subject=here.surgeon.uuid)
    assert len(periods) == 2
    assert {(each["code"]["coding"][0]["code"], each["period"]["start"]) for each in flags} == {
        (each["kind"]["code"], each["starts_on"]) for each in periods
    }


def test_roles_that_changed_are_found_by_when(here: Desk, reader: Reader) -> None:
    registration = here.surgeon.registrations.get()
    end_registration(
        registration=registration, ends_on=date(2026, 11, 25), reason="调离", by=here.scorer, now=at(date(2026, 11, 4))
    )
    found = resources(reader.read("PractitionerRole?_lastUpdated=ge2026-11-25"))
    assert [each["id"] for each in found] == [str(registration.record)]
    assert found[0]["meta"]["lastUpdated"] == "2026-11-25T00:00:00+08:00"
    assert reader.find("PractitionerRole", the_lastUpdated="gt2026-11-25") == []


def _ward(here: Desk, size: int) -> Iterator[Practitioner]:
    by = here.scorer
    for number in range(size):
        code = f"N5101000001{Practitioner.objects.count():02}"
        person = register_practitioner(code=code, name=f"护士{number}", category="nurse", by=by, now=NOVEMBER)
        register_at(practitioner=person, institution=here.town.hospital, starts_on=LAW_BEGINS, by=by, now=NOVEMBER)
        score(here.town, 9, NOVEMBER.date(), who=person, number=f"罚{code}")
        yield person


@pytest.mark.parametrize(("address", "most"), [("Practitioner", 15), ("PractitionerRole", 12), ("Organization", 14)])
def test_a_page_asks_as_often_for_many_as_for_few(here: Desk, reader: Reader, address: str, most: int) -> None:
    list(_ward(here, 1))
    few = _questions(reader, address)
    list(_ward(here, 4))
    assert _questions(reader, address) == few <= most


def test_one_person_asks_as_often_whatever_happened(here: Desk, reader: Reader) -> None:
    address = f"Practitioner/{here.surgeon.uuid}"
    few = _questions(reader, address), _questions(reader, f"{address}/_history")
    for month in (2, 5, 8):
        score(here.town, 2, date(2026, month, 1))
    assert (_questions(reader, address), _questions(reader, f"{address}/_history")) == few
    assert max(few) <= 15


def _questions(reader: Reader, address: str) -> int:
    """How often a request asks, once the use of the key has been noted."""
    assert reader.get(address).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert reader.get(address).status_code == 200
    return len(asked)
