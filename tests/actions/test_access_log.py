"""Looks into files are kept, and whole numbers are seen in no other way."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from registry.actions.access_log import Kind, clean_reason, record_many, unmask_document
from registry.actions.errors import Refused
from registry.actions.registrations import end_registration
from registry.ledger.readings import reading_faults
from registry.models import AccessRecord, Assignment, Registration, Role, User
from tests.actions.looking import NUMBER, REASON, card, look
from tests.casework import Desk, desk
from tests.town import LAW_BEGINS, TODAY, Town, at, build


@pytest.fixture
def town(db: None) -> Town:
    return build("510100")


@pytest.fixture
def here(db: None) -> Desk:
    return desk()


def test_a_look_is_kept_with_who_looked_and_why(town: Town) -> None:
    kept = AccessRecord.objects.get(pk=look(town.surgeon, town.officer, reason=REASON).pk)
    assert (kept.practitioner, kept.user, kept.key, kept.reason) == (town.surgeon, town.officer, None, REASON)
    assert (kept.kind, kept.face, kept.at, kept.chain_no) == ("opened", "office", at(TODAY), 1)


def test_each_file_has_a_chain_of_its_own(town: Town) -> None:
    first, elsewhere, second = (look(who, town.officer) for who in (town.surgeon, town.nurse, town.surgeon))
    assert [first.chain_no, elsewhere.chain_no, second.chain_no] == [1, 1, 2]
    assert bytes(second.prev_hash) == bytes(first.hash) != bytes(elsewhere.hash)
    assert list(reading_faults()) == []


def test_a_look_never_goes_before_the_one_before_it(town: Town) -> None:
    look(town.surgeon, town.officer, hour=12)
    assert look(town.surgeon, town.officer, hour=11).at == at(TODAY, 12)


def test_many_at_once_are_kept_each_in_their_own_file(town: Town) -> None:
    look(town.surgeon, town.officer)
    ids = [town.nurse.pk, town.surgeon.pk, town.nurse.pk]
    kept = record_many(
        practitioners=ids, by=town.officer, key=None, kind=Kind.EXPORTED, reason=REASON, now=at(TODAY, 11)
    )
    assert kept == 2
    exported = AccessRecord.objects.filter(kind="exported")
    assert {row.practitioner_id: row.chain_no for row in exported} == {town.surgeon.pk: 2, town.nurse.pk: 1}
    assert list(reading_faults()) == []


@pytest.mark.parametrize("reason", ["", "zu kurz", " " * 40, "x" * 501, "a reason with \x07 in it"])
def test_a_reason_that_says_nothing_is_refused(reason: str) -> None:
    with pytest.raises(Refused, match="reason_unfit"):
        clean_reason(reason)


def test_recording_takes_two_questions(town: Town, django_assert_num_queries: object) -> None:
    with transaction.atomic(), django_assert_num_queries(4) as asked:  # type: ignore[operator]
        look(town.surgeon, town.officer)
    assert [query["sql"][:6] for query in asked.captured_queries] == ["SAVEPO", "SELECT", "INSERT", "RELEAS"]


def test_the_application_can_neither_alter_nor_remove_a_look(town: Town) -> None:
    look(town.surgeon, town.officer)
    table = "registry_accessrecord"
    for attack in (f"UPDATE {table} SET reason = ''", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with (
            pytest.raises(DatabaseError, match=f"permission denied for table {table}"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(attack)


def test_an_officer_of_the_agency_sees_the_number_and_that_is_kept(here: Desk) -> None:
    document = card(here.surgeon)
    assert unmask_document(document=document, by=here.scorer, reason=REASON, now=at(TODAY)) == NUMBER
    kept = AccessRecord.objects.get()
    assert (kept.practitioner, kept.user, kept.kind, kept.reason) == (here.surgeon, here.scorer, "unmasked", REASON)


def test_nobody_sees_a_number_without_a_reason(here: Desk) -> None:
    with pytest.raises(Refused, match="reason_unfit"):
        unmask_document(document=card(here.surgeon), by=here.scorer, reason="so", now=at(TODAY))
    assert not AccessRecord.objects.exists()


def test_nobody_sees_the_number_of_somebody_outside_their_work(here: Desk) -> None:
    document = card(here.surgeon)
    row = Registration.objects.get(practitioner=here.surgeon, superseded_at=None)
    left = TODAY - timedelta(days=3)
    end_registration(registration=row, ends_on=left, reason="调离", by=here.town.officer, now=at(left))
    with pytest.raises(Refused, match="not_ones_work"):
        unmask_document(document=document, by=here.scorer, reason=REASON, now=at(TODAY))
    assert not AccessRecord.objects.exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_keeps_no_staff_sees_no_number(here: Desk, role: Role) -> None:
    place = {"agency": here.town.agency} if role == Role.REVIEWER else {}
    user = User.objects.create_user("ping")
    Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **place)
    with pytest.raises(Refused, match="not_ones_work"):
        unmask_document(document=card(here.surgeon), by=user, reason=REASON, now=at(TODAY))


def test_a_number_that_cannot_be_kept_is_not_shown(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr("registry.actions.access_log.record_access", broken)
    with pytest.raises(DatabaseError):
        unmask_document(document=card(here.surgeon), by=here.scorer, reason=REASON, now=at(TODAY))
