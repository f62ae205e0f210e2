"""Many officers at once, each on a connection of their own: nothing lost, nothing doubled, nobody waits for ever."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction

from registry.actions.corrections import Correction, correct_entries
from registry.actions.errors import Refused
from registry.actions.institutions import end_agreement, open_institution
from registry.actions.merging import merge_files
from registry.actions.people import assign_code, register_practitioner
from registry.actions.registrations import register_at
from registry.ledger.checking import file_differences
from registry.ledger.reading import facts_of, standing_of
from registry.ledger.rebuilding import rebuild
from registry.models import (
    CalendarYear,
    Fact,
    FileMerge,
    Institution,
    PersonalCode,
    PointsEntry,
    Practitioner,
    Registration,
    ServiceAgreement,
)
from tests.actions.deeds import merge
from tests.actions.notices import NOTICE, enter
from tests.entries import annul_entry, record_points, revise_entry
from tests.town import TODAY, Town, at, blame, build, handle, score

PATIENCE = 30  # seconds until a test says that somebody waits for ever

Act = Callable[[], Any]


@pytest.fixture
def town(committed: None) -> Iterator[Town]:
    yield build("510100")
    connection.close()


def together(*acts: Act) -> list[Any]:
    """Do all at the same moment, each on its own connection; the answer or the refusal of each, in order."""
    start = Barrier(len(acts))

    def one(act: Act) -> Any:
        try:
            start.wait(PATIENCE)
            return act()
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as officers:
        waiting = [officers.submit(one, act) for act in acts]
        return [each.result(PATIENCE) for each in waiting]


def recording(town: Town, who: Practitioner, number: str) -> Act:
    """One point on somebody, all that comes before already done."""
    responsibility = blame(town, handle(town, number=number), who=who, grade="general")
    return lambda: record_points(
        responsibility=responsibility, situation="1-01", by=town.officer, second=town.second, now=at(TODAY, 12)
    )


def test_no_point_is_lost_when_32_officers_score_one_person(town: Town) -> None:
    entries = together(*(recording(town, town.surgeon, f"罚字{number}号") for number in range(32)))
    assert len({entry.pk for entry in entries}) == 32
    assert standing_of(town.surgeon, TODAY).points_raw == 32
    numbers = Fact.objects.filter(practitioner=town.surgeon).order_by("chain_no").values_list("chain_no", flat=True)
    assert list(numbers) == list(range(1, 33))
    assert list(file_differences()) == []


def test_the_same_situation_recorded_at_once_is_one_entry(town: Town) -> None:
    record = recording(town, town.surgeon, "罚字1号")
    assert together(*[record] * 4).count("already_scored") == 3
    assert PointsEntry.objects.count() == Fact.objects.count() == 1


def test_the_same_person_registered_at_once_is_one_file(town: Town) -> None:
    def enter(code: str | None) -> Act:
        return lambda: register_practitioner(
            code=code,
            name="张丽",
            category="nurse",
            document=("resident_id", "11010519491231002X"),
            by=town.officer,
            now=at(TODAY),
        )

    assert len({person.pk for person in together(*[enter("N510100000077")] * 4)}) == 1
    Practitioner.objects.filter(code="N510100000077").update(name="丽张")  # so that the next are strangers
    assert set(together(*[enter(None)] * 3)) == {"probable_duplicate"}
    assert Practitioner.objects.count() == 3


def test_one_code_entered_at_once_for_two_names_is_one_file_and_one_refusal(town: Town) -> None:
    def enter(name: str) -> Act:
        return lambda: register_practitioner(
            code="N510100000077", name=name, category="nurse", by=town.officer, now=at(TODAY)
        )

    answers = together(enter("张丽"), enter("张莉"), enter("章丽"))
    assert answers.count("probable_duplicate") == 2
    assert PersonalCode.objects.filter(code="N510100000077").count() == 1


def test_one_code_given_at_once_to_two_people_is_given_to_one(town: Town) -> None:
    people = [
        register_practitioner(code=None, name=name, category="nurse", by=town.officer, now=at(TODAY))
        for name in ("张丽", "陈静")
    ]

    def give(person: Practitioner) -> Act:
        return lambda: assign_code(
            practitioner=person, code="N510100000077", reason="赋码", by=town.officer, now=at(TODAY)
        )

    answers = together(*(give(person) for person in people))
    assert answers.count("code_taken") == 1
    assert PersonalCode.objects.filter(code="N510100000077").count() == 1


def test_a_merge_while_both_files_are_scored_loses_nothing(town: Town) -> None:
    acts = [recording(town, who, f"{who.code}-{n}") for who in (town.surgeon, town.nurse) for n in range(3)]
    together(*acts, lambda: merge(town, town.surgeon, town.nurse, TODAY))
    assert standing_of(town.nurse, TODAY).points == standing_of(town.surgeon, TODAY).points == 6
    assert list(file_differences()) == []


def test_two_officers_who_waited_for_a_merge_do_not_wait_for_each_other(town: Town) -> None:
    """Each waits for one of the files; the merge that they wait for makes each need the other's file as well."""
    acts = [recording(town, who, who.code) for who in (town.surgeon, town.nurse)]
    merged, go_on = Event(), Event()

    def merge_slowly() -> None:
        try:
            with transaction.atomic():
                merge(town, town.surgeon, town.nurse, TODAY)
                merged.set()
                assert go_on.wait(PATIENCE)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as merger:
        merging = merger.submit(merge_slowly)
        assert merged.wait(PATIENCE)
        with ThreadPoolExecutor(1) as officers:
            scoring = officers.submit(together, *acts)
            _until_waiting(2)
            go_on.set()
            merging.result(PATIENCE)
            assert len(scoring.result(PATIENCE)) == 2
    assert standing_of(town.surgeon, TODAY).points == 2
    assert list(file_differences()) == []


def _until_waiting(count: int) -> None:
    """Until so many connections wait for a lock."""
    for _ in range(PATIENCE * 100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0] >= count:
                return
        sleep(0.01)
    raise AssertionError("nobody waits")


def test_two_merges_at_once_make_no_cycle(town: Town) -> None:
    answers = together(
        lambda: merge(town, town.surgeon, town.nurse, TODAY), lambda: merge(town, town.nurse, town.surgeon, TODAY)
    )
    assert answers.count("already_one_file") == 1
    assert FileMerge.objects.count() == 1


def test_the_same_merge_at_once_is_one_merge(town: Town) -> None:
    def act() -> FileMerge:
        return merge_files(
            kept=town.surgeon,
            absorbed=town.nurse,
            reason="同一人",
            by=town.officer,
            second=town.second,
            now=at(TODAY),
        )

    assert len({link.pk for link in together(act, act)}) == 1


def test_annulling_and_revising_at_once_end_in_an_annulled_entry(town: Town) -> None:
    entry = score(town, 9, TODAY).fact
    answers = together(
        lambda: annul_entry(entry=entry, reason="误记", by=town.officer, second=town.second, now=at(TODAY, 13)),
        lambda: revise_entry(entry=entry, points=5, reason="从轻", by=town.officer, now=at(TODAY, 13)),
    )
    assert isinstance(answers[0], Fact)
    assert standing_of(town.surgeon, TODAY).points == 0
    assert len(facts_of(town.surgeon)) == (2 if answers[1] == "entry_annulled" else 3)
    assert list(file_differences()) == []


def test_annulling_at_once_is_annulling_once(town: Town) -> None:
    entry = score(town, 9, TODAY).fact

    def act() -> Fact:
        return annul_entry(entry=entry, reason="误记", by=town.officer, second=town.second, now=at(TODAY, 13))

    assert len({fact.pk for fact in together(act, act, act)}) == 1


def test_two_officers_who_correct_several_entries_at_once_do_not_mix_their_decisions(town: Town) -> None:
    first, second = (score(town, points, TODAY, number=f"罚{points}").fact for points in (4, 5))

    def correct(*corrections: Correction, reason: str) -> Act:
        return lambda: correct_entries(
            corrections=corrections, reason=reason, by=town.officer, second=town.second, now=at(TODAY, 13)
        )

    annuls = correct(Correction(first, None), Correction(second, 4), reason="判决")
    lowers = correct(Correction(second, 2), Correction(first, 1), reason="复核")
    answers = together(annuls, lowers, annuls, lowers)
    of_annulling, of_lowering = answers[::2], answers[1::2]
    if of_lowering == ["entry_annulled", "entry_annulled"]:
        won, points = of_annulling, 4
    else:
        assert of_annulling == ["revision_raises", "revision_raises"]
        won, points = of_lowering, 3
    assert won[0] == won[1]
    assert len(facts_of(town.surgeon)) == 4
    assert standing_of(town.surgeon, TODAY).points == points
    assert list(file_differences()) == []


def test_registering_at_once_at_one_place_is_one_registration(town: Town) -> None:
    def act() -> Registration:
        return register_at(
            practitioner=town.surgeon, institution=town.clinic, starts_on=TODAY, by=town.officer, now=at(TODAY)
        )

    assert len({each.pk for each in together(act, act, act)}) == 1


def test_an_agreement_ended_at_once_ends_once(town: Town) -> None:
    agreement = ServiceAgreement.objects.get(institution=town.clinic)

    def act() -> ServiceAgreement:
        return end_agreement(
            agreement=agreement, ends_on=date(2025, 6, 1), reason="解除", by=town.officer, now=at(TODAY)
        )

    assert len({each.pk for each in together(act, act, act)}) == 1
    assert ServiceAgreement.objects.filter(record=agreement.record).count() == 2


def test_an_institution_opened_at_once_is_opened_once(town: Town) -> None:
    def act() -> Institution:
        return open_institution(
            code="P51010000099", name="新药店", region=town.region, agency=town.agency, by=town.officer, now=at(TODAY)
        )

    assert len({each.pk for each in together(act, act, act)}) == 1


def test_a_rebuild_while_points_are_recorded_leaves_the_register_right(town: Town) -> None:
    acts = [recording(town, who, f"{who.code}-{n}") for who in (town.surgeon, town.nurse) for n in range(3)]
    together(*acts[:3], rebuild, *acts[3:], rebuild)
    assert standing_of(town.surgeon, TODAY).points == 3
    assert list(file_differences()) == []


def test_one_of_two_administrators_with_different_notices_enters_the_year(town: Town) -> None:
    longer = NOTICE + "2027-10-02 国庆节"
    answers = together(*(lambda text=text: enter(text) for text in (NOTICE, longer) * 4))
    year = CalendarYear.objects.get(year=2027)
    assert sorted(answers, key=str) == [year] * 4 + ["calendar_year_exists"] * 4
    assert year.days.count() in (12, 13)
    assert year.history.count() == 1
