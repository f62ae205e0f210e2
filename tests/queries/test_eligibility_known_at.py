"""The answer as the register knew it at a past time, and over merged files."""

from datetime import date, datetime, timedelta

import pytest

from registry.actions.institutions import end_agreement
from registry.actions.merging import merge_files, undo_merge
from registry.actions.people import assign_code, register_practitioner, rename
from registry.actions.registrations import end_registration, register_at
from registry.models import Practitioner, ServiceAgreement
from registry.queries.eligibility import Answer, Question, eligibilities, eligibility
from tests.entries import annul_entry
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db

NOW = at(date(2026, 12, 1))
LATER = date(2025, 6, 2)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def town() -> Town:
    return build("510100")


def ask(
    town: Town,
    known_at: datetime | None,
    *,
    on: date = TODAY,
    code: str | None = None,
    name: str | None = None,
) -> Answer:
    """The surgeon at the hospital, on the day on which stories begin."""
    question = Question(
        practitioner=code or town.surgeon.code,
        institution=town.hospital.code,
        on=on,
        name=name,
        known_at=known_at,
    )
    return eligibility(question, now=NOW)


def codes(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.reasons]


def newcomer(town: Town, code: str, name: str) -> Practitioner:
    person = register_practitioner(code=code, name=name, category="physician", by=town.officer, now=at(LAW_BEGINS))
    register_at(practitioner=person, institution=town.clinic, starts_on=LAW_BEGINS, by=town.officer, now=at(LAW_BEGINS))
    return person


def test_points_count_from_the_instant_they_were_recorded(town: Town) -> None:
    recorded_at = score(town, 9, TODAY).fact.recorded_at
    assert ask(town, recorded_at - INSTANT).payable
    assert codes(ask(town, recorded_at)) == ["suspended"]
    assert ask(town, recorded_at).known_at == recorded_at


def test_an_annulled_entry_blocked_as_long_as_it_was_known(town: Town) -> None:
    entry = score(town, 9, TODAY)
    annul_entry(entry=entry.fact, reason="撤销", by=town.officer, second=town.second, now=at(LATER))
    assert ask(town, None).payable
    assert codes(ask(town, at(LATER) - INSTANT)) == ["suspended"]
    assert ask(town, at(LATER)).payable


def test_a_registration_ended_late_was_a_registration_until_that_was_known(town: Town) -> None:
    end_registration(
        registration=town.surgeon.registrations.get(), ends_on=TODAY, reason="离职", by=town.officer, now=at(LATER)
    )
    assert codes(ask(town, None)) == ["not_registered_here"]
    assert codes(ask(town, at(LATER))) == ["not_registered_here"]
    assert ask(town, at(LATER) - INSTANT).payable


def test_an_agreement_ended_late_was_in_force_until_that_was_known(town: Town) -> None:
    agreement = ServiceAgreement.objects.get(institution=town.hospital)
    end_agreement(agreement=agreement, ends_on=TODAY, reason="解除", by=town.officer, now=at(LATER))
    assert codes(ask(town, at(LATER))) == ["agreement_not_in_force"]
    assert ask(town, at(LATER) - INSTANT).payable


def test_the_name_is_the_one_known_at_the_time(town: Town) -> None:
    rename(practitioner=town.surgeon, name="王大伟", reason="改名", by=town.officer, now=at(LATER))
    before, after = at(LATER) - INSTANT, at(LATER)
    assert ask(town, before, name="王伟").payable
    assert codes(ask(town, before, name="王大伟")) == ["name_differs"]
    assert ask(town, after, name="王大伟").payable
    assert codes(ask(town, after, name="王伟")) == ["name_differs"]


def test_a_code_is_unknown_before_the_register_learnt_it(town: Town) -> None:
    person = register_practitioner(code=None, name="赵敏", category="nurse", by=town.officer, now=at(LAW_BEGINS))
    assign_code(practitioner=person, code="N510100000077", reason="国家编码", by=town.officer, now=at(LATER))
    assert codes(ask(town, at(LATER) - INSTANT, code="N510100000077")) == ["unknown_practitioner"]
    assert codes(ask(town, at(LATER), code="N510100000077")) == ["not_registered_here"]


def test_before_anything_was_known_everything_was_unknown(town: Town) -> None:
    answer = ask(town, at(LAW_BEGINS) - INSTANT)
    assert (codes(answer), answer.status) == (["unknown_practitioner", "unknown_institution"], None)


def test_a_merged_file_is_followed_from_every_code(town: Town) -> None:
    double = newcomer(town, "D510100000088", "王伟")
    score(town, 9, TODAY, who=double)
    assert ask(town, None).payable
    merge_files(kept=town.surgeon, absorbed=double, reason="同一人", by=town.officer, second=town.second, now=at(LATER))
    for code in (town.surgeon.code, double.code):
        assert codes(ask(town, None, code=code)) == ["suspended"]
        assert codes(ask(town, at(LATER), code=code)) == ["suspended"]
    assert ask(town, at(LATER) - INSTANT).payable


def test_registrations_and_names_of_all_merged_files_are_the_person_s(town: Town) -> None:
    double = newcomer(town, "D510100000088", "王炜")
    merge_files(kept=double, absorbed=town.surgeon, reason="同一人", by=town.officer, second=town.second, now=at(LATER))
    assert ask(town, None, code=double.code).payable
    for name in ("王伟", "王炜"):
        assert ask(town, None, code=double.code, name=name).payable
    assert codes(ask(town, at(LATER) - INSTANT, code=double.code, name="王伟")) == [
        "not_registered_here",
        "name_differs",
    ]


def test_an_undone_merge_leaves_two_people(town: Town) -> None:
    double = newcomer(town, "D510100000088", "王伟")
    score(town, 9, TODAY, who=double)
    merge = merge_files(
        kept=town.surgeon, absorbed=double, reason="同一人", by=town.officer, second=town.second, now=at(LATER)
    )
    undone_at = at(LATER + timedelta(days=1))
    undo_merge(merge=merge, reason="并非同一人", by=town.officer, second=town.second, now=undone_at)
    assert ask(town, None).payable
    assert codes(ask(town, undone_at - INSTANT)) == ["suspended"]
    assert ask(town, undone_at).payable


def test_a_merge_over_a_merge_is_one_person(town: Town) -> None:
    second, third = newcomer(town, "D510100000088", "王伟"), newcomer(town, "D510100000099", "王伟")
    score(town, 9, TODAY, who=third)
    for kept, absorbed, day in ((second, third, 1), (town.surgeon, second, 2)):
        merge_files(
            kept=kept,
            absorbed=absorbed,
            reason="同一人",
            by=town.officer,
            second=town.second,
            now=at(LATER + timedelta(days=day)),
        )
    one_merge, both = at(LATER + timedelta(days=1)), at(LATER + timedelta(days=2))
    assert ask(town, one_merge).payable
    assert codes(ask(town, both)) == codes(ask(town, None)) == ["suspended"]
    assert codes(ask(town, one_merge, code=second.code)) == ["suspended", "not_registered_here"]


def test_many_past_times_at_once_each_get_their_own_answer(town: Town) -> None:
    recorded_at = score(town, 9, TODAY).fact.recorded_at
    times = [recorded_at - INSTANT, recorded_at, None, at(LAW_BEGINS) - INSTANT]
    questions = [
        Question(practitioner=town.surgeon.code, institution=town.hospital.code, on=TODAY, known_at=known_at)
        for known_at in times
    ]
    assert [answer.status for answer in eligibilities(questions, now=NOW)] == ["normal", "suspended", "suspended", None]
