"""Two files that are one person: a link, dated and reversible; nothing in either file is rewritten."""

from datetime import date, timedelta

import pytest

from registry.actions.errors import Refused
from registry.actions.handlings import identify_responsibility
from registry.actions.merging import merge_files, undo_merge
from registry.actions.people import register_practitioner
from registry.ledger.checking import file_differences
from registry.ledger.families import families, family_of, kept_file
from registry.ledger.reading import facts_of, standing_of
from registry.models import FileMerge, Practitioner, StandingChange, StandingSpan
from tests.actions.deeds import merge, part
from tests.entries import record_points
from tests.town import TODAY, Town, at, blame, build, handle, score

pytestmark = pytest.mark.django_db

MERGED, PARTED = date(2025, 4, 1), date(2025, 6, 1)


@pytest.fixture
def town() -> Town:
    return build("510100")


@pytest.fixture
def doctor(town: Town) -> Practitioner:
    return register_practitioner(
        code="D510100000009", name="王伟", category="physician", by=town.officer, now=at(TODAY)
    )


def test_a_merged_person_has_one_total_under_either_code(town: Town) -> None:
    score(town, 5, TODAY)
    score(town, 4, TODAY, who=town.nurse)
    merge(town, town.surgeon, town.nurse, MERGED)
    for file in (town.surgeon, town.nurse):
        now = standing_of(file, MERGED)
        assert (now.status, now.points) == ("suspended", 9)
    assert set(StandingSpan.objects.values_list("practitioner", flat=True)) == {town.surgeon.pk}
    assert kept_file(town.nurse) == town.surgeon
    assert list(file_differences()) == []


def test_a_merge_tells_both_files_what_it_did(town: Town) -> None:
    score(town, 5, TODAY)
    score(town, 9, TODAY, who=town.nurse)
    merge(town, town.surgeon, town.nurse, MERGED)
    told = StandingChange.objects.filter(cause="merge").order_by("practitioner")
    assert [(each.practitioner, each.status_before, each.points_before) for each in told] == [
        (town.surgeon, "normal", 5),
        (town.nurse, "suspended", 9),
    ]
    assert {(each.status_after, each.points_after, each.on_day) for each in told} == {("terminated", 12, MERGED)}


def test_a_merge_does_not_exist_before_it_was_known(town: Town) -> None:
    score(town, 5, TODAY)
    score(town, 4, TODAY, who=town.nurse)
    merge(town, town.surgeon, town.nurse, MERGED, hour=14)
    assert standing_of(town.surgeon, MERGED, known=at(MERGED, 13)).points == 5
    assert standing_of(town.nurse, MERGED, known=at(MERGED, 13)).points == 4
    assert standing_of(town.nurse, MERGED, known=at(MERGED, 14)).points == 9
    assert kept_file(town.nurse, known=at(MERGED, 13)) == town.nurse


def test_undoing_a_merge_restores_both_files(town: Town) -> None:
    score(town, 5, TODAY)
    score(town, 4, TODAY, who=town.nurse)
    spans = list(StandingSpan.objects.order_by("pk").values_list("practitioner", "starts_on", "ends_on", "points"))
    link = merge(town, town.surgeon, town.nurse, MERGED)
    part(town, link, PARTED)
    again = StandingSpan.objects.order_by("practitioner", "starts_on")
    assert sorted(spans) == list(again.values_list("practitioner", "starts_on", "ends_on", "points"))
    assert standing_of(town.surgeon, PARTED).points == 5
    assert standing_of(town.nurse, PARTED).points == 4
    assert list(file_differences()) == []
    told = StandingChange.objects.filter(cause="merge", on_day=PARTED).order_by("practitioner")
    assert [(each.points_before, each.points_after) for each in told] == [(9, 5), (9, 4)]


def test_what_was_known_while_the_files_were_merged_stays_known(town: Town) -> None:
    score(town, 5, TODAY)
    score(town, 4, TODAY, who=town.nurse)
    link = merge(town, town.surgeon, town.nurse, MERGED)
    part(town, link, PARTED)
    assert standing_of(town.nurse, TODAY, known=at(PARTED, 13)).points == 9
    assert standing_of(town.nurse, TODAY, known=at(PARTED, 14)).points == 4


def test_undoing_twice_is_undoing_once(town: Town) -> None:
    link = merge(town, town.surgeon, town.nurse, MERGED)
    first, second = part(town, link, PARTED), part(town, link, PARTED + timedelta(days=1))
    assert first.undone_at == second.undone_at == at(PARTED, 14)


def test_merging_twice_is_merging_once(town: Town) -> None:
    assert merge(town, town.surgeon, town.nurse, MERGED) == merge(town, town.surgeon, town.nurse, PARTED)
    assert FileMerge.objects.count() == 1


def test_parted_files_can_be_merged_again(town: Town) -> None:
    score(town, 5, TODAY)
    part(town, merge(town, town.surgeon, town.nurse, MERGED), PARTED)
    merge(town, town.nurse, town.surgeon, date(2025, 7, 1))
    assert standing_of(town.nurse, date(2025, 7, 1)).points == 5
    assert kept_file(town.surgeon) == town.nurse
    assert list(file_differences()) == []


def test_a_chain_of_merges_is_one_person(town: Town, doctor: Practitioner) -> None:
    for who, points in ((town.surgeon, 2), (town.nurse, 3), (doctor, 4)):
        score(town, points, TODAY, who=who)
    first = merge(town, town.nurse, town.surgeon, MERGED)
    merge(town, doctor, town.nurse, date(2025, 4, 2))
    assert family_of(town.surgeon.pk) == (doctor.pk, frozenset({town.surgeon.pk, town.nurse.pk, doctor.pk}))
    assert {standing_of(each, PARTED).points for each in (town.surgeon, town.nurse, doctor)} == {9}
    assert list(file_differences()) == []
    part(town, first, PARTED)
    assert [standing_of(each, PARTED).points for each in (town.surgeon, town.nurse, doctor)] == [2, 7, 7]
    assert standing_of(town.surgeon, PARTED, known=at(date(2025, 4, 1), 20)).points == 5
    assert list(file_differences()) == []


def test_the_families_of_many_files_are_found_at_once(town: Town, doctor: Practitioner) -> None:
    merge(town, town.nurse, town.surgeon, MERGED)
    found = families([town.surgeon.pk, doctor.pk])
    assert found.kept == {town.surgeon.pk: town.nurse.pk, doctor.pk: doctor.pk}
    assert found.members[doctor.pk] == {doctor.pk}


def test_cycles_and_absorbed_files_are_refused(town: Town, doctor: Practitioner) -> None:
    merge(town, town.surgeon, town.nurse, MERGED)
    for kept, absorbed, code in (
        (town.nurse, town.surgeon, "already_one_file"),
        (town.surgeon, town.surgeon, "already_one_file"),
        (town.nurse, doctor, "file_was_absorbed"),
        (doctor, town.nurse, "file_was_absorbed"),
    ):
        with pytest.raises(Refused, match=code):
            merge(town, kept, absorbed, PARTED)
    merge(town, doctor, town.surgeon, PARTED)
    with pytest.raises(Refused, match="already_one_file"):
        merge(town, town.nurse, doctor, PARTED)


def test_a_merge_and_its_undoing_need_a_second_person_and_a_reason(town: Town) -> None:
    day = at(MERGED)
    with pytest.raises(Refused, match="second_person_missing"):
        merge_files(kept=town.surgeon, absorbed=town.nurse, reason="同一人", by=town.officer, second=None, now=day)
    with pytest.raises(Refused, match="reason_missing"):
        merge_files(kept=town.surgeon, absorbed=town.nurse, reason="", by=town.officer, second=town.second, now=day)
    link = merge(town, town.surgeon, town.nurse, MERGED)
    with pytest.raises(Refused, match="second_person_same"):
        undo_merge(merge=link, reason="误", by=town.officer, second=town.officer, now=at(PARTED))
    assert kept_file(town.nurse) == town.surgeon


def test_one_person_is_not_scored_twice_over_two_files(town: Town) -> None:
    handling = handle(town)
    record_points(
        responsibility=blame(town, handling, who=town.nurse),
        situation="2-01",
        by=town.officer,
        now=at(TODAY, 12),
    )
    own = blame(town, handling, who=town.surgeon)
    merge(town, town.surgeon, town.nurse, MERGED)
    with pytest.raises(Refused, match="already_scored"):
        record_points(responsibility=own, situation="2-01", by=town.officer, now=at(MERGED, 15))
    assert standing_of(town.surgeon, MERGED).points == 6


def test_one_person_answers_once_over_two_files(town: Town) -> None:
    handling = handle(town)
    first = blame(town, handling, who=town.nurse)
    merge(town, town.surgeon, town.nurse, MERGED)
    again = identify_responsibility(
        handling=handling,
        practitioner=town.surgeon,
        grade="principal",
        grounds="主刀并签字",
        identified_on=TODAY,
        by=town.officer,
        now=at(MERGED, 15),
    )
    assert again == first


def test_points_recorded_while_merged_stay_in_their_own_file(town: Town) -> None:
    link = merge(town, town.surgeon, town.nurse, MERGED)
    score(town, 4, date(2025, 4, 10), who=town.nurse)
    score(town, 3, date(2025, 4, 11))
    assert [fact.seq for fact in facts_of(town.surgeon)] == [1, 2]
    assert set(StandingSpan.objects.values_list("practitioner", flat=True)) == {town.surgeon.pk}
    assert list(file_differences()) == []
    part(town, link, PARTED)
    assert (standing_of(town.nurse, PARTED).points, standing_of(town.surgeon, PARTED).points) == (4, 3)
    assert list(file_differences()) == []


def test_a_clock_that_is_behind_cannot_make_two_files_absorb_each_other_in_the_past(town: Town) -> None:
    part(town, merge(town, town.surgeon, town.nurse, MERGED), PARTED)
    link = merge(town, town.nurse, town.surgeon, date(2025, 5, 1))  # by a machine whose clock is a month behind
    assert link.recorded_at == at(PARTED, 14)
    assert kept_file(town.nurse, known=at(date(2025, 5, 2))) == town.surgeon
    assert kept_file(town.surgeon) == town.nurse
