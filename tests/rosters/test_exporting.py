"""Whose number leaves with a roster can read who took it, and why."""

import datetime as dt

import pytest

from registry.actions.errors import Refused
from registry.actions.people import add_document
from registry.ledger.readings import reading_faults
from registry.models import AccessRecord
from registry.rosters import exporting
from tests import town
from tests.actions.looking import NUMBER, look
from tests.rosters.disclosing import disclosed

DAY = dt.date(2026, 3, 3)


@pytest.fixture
def place(db: None) -> town.Town:
    return town.build()


def test_each_person_of_the_roster_has_a_record_of_the_export(place: town.Town) -> None:
    look(place.surgeon, place.officer)
    exporting.export(place.hospital, DAY, document_numbers=disclosed(place))
    rows = AccessRecord.objects.filter(kind="exported").order_by("practitioner_id")
    assert [(row.practitioner, row.chain_no) for row in rows] == [(place.surgeon, 2), (place.nurse, 1)]
    assert {(row.user, row.reason) for row in rows} == {(place.officer, "社保核对全员证件号码")}
    assert list(reading_faults()) == []


def test_a_roster_without_numbers_is_a_list(place: town.Town) -> None:
    exporting.export(place.hospital, DAY, document_numbers=None)
    assert not AccessRecord.objects.exists()


def test_no_number_leaves_without_a_reason(place: town.Town, monkeypatch: pytest.MonkeyPatch) -> None:
    add_document(practitioner=place.surgeon, kind="resident_id", number=NUMBER, by=None, now=town.at(DAY))
    monkeypatch.setattr("registry.models.sealing.unseal", lambda *_, **__: pytest.fail("unsealed"))
    with pytest.raises(Refused, match="reason_unfit"):
        exporting.export(place.hospital, DAY, document_numbers=disclosed(place, "so"))
    assert not AccessRecord.objects.exists()


def test_a_large_roster_is_kept_part_by_part(place: town.Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.actions.access_log.AT_ONCE", 1)
    exporting.export(place.hospital, DAY, document_numbers=disclosed(place))
    assert AccessRecord.objects.count() == 2
