"""A study on the web: put together, frozen, taken with attempts that wait, and its result recorded by the register."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from appeals.actions.attempts import begin_attempt, hand_in, save_answers
from appeals.actions.courses import Asked, put_lesson, put_question, set_course
from appeals.models import Attempt, Attendance, Course, Question
from appeals.queries.study import paper_of, study_of
from appeals.rules.study import draw, mark
from registry.actions.errors import Refused
from registry.actions.procedure import for_agency, for_institution, for_practitioner
from registry.actions.retention import purge
from registry.models import Assignment, ProcedureStep, Role, User
from tests.appeals.repairs import offered
from tests.town import LAW_BEGINS, TODAY, Town, at, build

TOMORROW, DAY_AFTER = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
BANKS = st.dictionaries(st.integers(1, 50), st.integers(2, 6), min_size=1, max_size=12)


def studied(town: Town, **taken: int) -> Course:
    """A study of two lessons and six questions, of which the first choice is right (of the last one, two)."""
    activity = offered(town, TODAY, "study_with_test", ends_on=TODAY + timedelta(days=9), title="医保法规学习")
    how: dict[str, Any] = {"questions_drawn": 5, "attempts_most": 2, "waiting_days": 1, **taken}
    said: dict[str, Any] = {"acting": for_agency(town.officer, town.agency), "now": at(TODAY, 8)}
    course = set_course(activity=activity, **how, **said)
    for title in ("记分", "修复"):
        put_lesson(course=course, title=title, text="第一段\n\n第二段", **said)
    for number in range(1, 7):
        right = [0, 1] if number == 6 else [0]
        asked = Asked(
            text=f"问题{number}", choices=["对一", "对二", "错三"], right=right, explanation="理由", provision="条例"
        )
        put_question(course=course, asked=asked, **said)
    return course


def holder(town: Town, who: Any = None) -> User:
    """The account of a file, by default the nurse's."""
    who = who or town.nurse
    user, made = User.objects.get_or_create(username=f"own-{who.pk}")
    if made:
        Assignment.objects.create(user=user, role=Role.PRACTITIONER, practitioner=who, starts_on=LAW_BEGINS)
    return user


def enrolled(town: Town, course: Course) -> Attendance:
    from appeals.actions.activities import enrol

    (part,) = enrol(
        activity=course.activity, practitioners=[town.nurse], acting=for_practitioner(holder(town)), now=at(TODAY, 9)
    )
    return part


def answered(attempt: Attempt, course: Course, on: date, *, wrong: int = 0) -> Attempt:
    """Every question answered by whoever began, all right but so many."""
    assert attempt.begun_by is not None
    answers = {}
    for shown in paper_of(attempt, course):
        right = [place for place, original in enumerate(shown.order) if original in shown.question.right]
        answers[shown.question.pk] = [] if shown.number <= wrong else right
    return save_answers(attempt=attempt, answers=answers, by=attempt.begun_by, now=at(on, 10))


@given(seed=st.text(max_size=20), bank=BANKS, size=st.integers(1, 40))
def test_a_draw_holds_different_questions_of_the_bank_with_all_their_choices_and_is_the_same_again(
    seed: str, bank: dict[int, int], size: int
) -> None:
    drawn = draw(seed, bank, size)
    assert drawn == draw(seed, dict(reversed(bank.items())), size)
    assert len({each.question for each in drawn}) == len(drawn) == min(size, len(bank))
    assert all(sorted(each.order) == list(range(bank[each.question])) for each in drawn)


@given(bank=BANKS, wrong=st.integers(0, 30))
def test_a_score_is_the_share_of_right_answers_rounded_down(bank: dict[int, int], wrong: int) -> None:
    right = {number: {0} for number in bank}
    answers = {number: {1} if at < wrong else {0} for at, number in enumerate(bank)}
    found = mark(right, answers)
    missed = min(wrong, len(bank))
    assert (found.right, found.of, len(found.wrong)) == (len(bank) - missed, len(bank), missed)
    assert found.score * len(bank) <= 100 * found.right < (found.score + 1) * len(bank)
    assert mark(right, {}).score == 0


def test_half_of_several_right_choices_is_wrong_and_so_is_one_too_many() -> None:
    assert [mark({1: [0, 2]}, {1: taken}).score for taken in ([0, 2], [0], [0, 1, 2], [2, 0])] == [100, 0, 0, 100]


def test_two_thirds_do_not_pass_sixty_seven() -> None:
    assert mark({1: [0], 2: [0], 3: [0]}, {1: [0], 2: [0]}).score == 66


@pytest.fixture
def town(db: None) -> Town:
    return build("510100")


def test_a_nurse_passes_and_the_register_records_it_for_the_agency(town: Town) -> None:
    course = studied(town)
    part = enrolled(town, course)
    attempt = answered(begin_attempt(part=part, by=holder(town), now=at(TODAY)), course, TODAY, wrong=1)
    attempt = hand_in(attempt=attempt, by=holder(town), now=at(TODAY, 11))
    part.refresh_from_db()
    assert (attempt.score, part.state, part.score, part.completed_on) == (80, "completed", 80, TODAY)
    step = ProcedureStep.objects.filter(subject=part.uuid).latest("pk")
    assert (step.act, step.role, step.agency, step.actor) == ("complete", "agency", town.agency, None)


def test_an_attempt_below_the_mark_waits_a_day_and_the_last_one_ends_the_study(town: Town) -> None:
    course = studied(town)
    part = enrolled(town, course)
    for on in (TODAY, DAY_AFTER):
        attempt = answered(begin_attempt(part=part, by=holder(town), now=at(on)), course, on, wrong=3)
        assert hand_in(attempt=attempt, by=holder(town), now=at(on, 11)).score == 40
        part.refresh_from_db()
        if on == TODAY:
            assert part.state == "enrolled"
            with pytest.raises(Refused, match="attempt_waits"):
                begin_attempt(part=part, by=holder(town), now=at(TOMORROW))
    assert (part.state, part.score, part.completed_on) == ("failed", 40, None)
    with pytest.raises(Refused, match="not_possible_now"):
        begin_attempt(part=part, by=holder(town), now=at(DAY_AFTER + timedelta(days=2)))


def test_two_tabs_begin_once_and_hand_in_once(town: Town) -> None:
    course = studied(town)
    part = enrolled(town, course)
    attempt = begin_attempt(part=part, by=holder(town), now=at(TODAY))
    assert begin_attempt(part=part, by=holder(town), now=at(TODAY)) == attempt
    answered(attempt, course, TODAY)
    first = hand_in(attempt=attempt, by=holder(town), now=at(TODAY, 11))
    again = hand_in(attempt=attempt, by=holder(town), now=at(TODAY, 12))
    assert (again.handed_in_at, again.score) == (first.handed_in_at, 100)
    assert ProcedureStep.objects.filter(subject=part.uuid, act="complete").count() == 1
    with pytest.raises(Refused, match="handed_in"):
        answered(attempt, course, TODAY)
    with pytest.raises(DatabaseError, match="handed in"), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(score=1)


def test_nobody_takes_the_test_for_somebody_else_whichever_way_they_come(town: Town) -> None:
    course = studied(town)
    part = enrolled(town, course)
    attempt = begin_attempt(part=part, by=holder(town), now=at(TODAY))
    acts: list[Callable[[User], object]] = [
        lambda by: begin_attempt(part=part, by=by, now=at(TODAY)),
        lambda by: save_answers(attempt=attempt, answers={}, by=by, now=at(TODAY)),
        lambda by: hand_in(attempt=attempt, by=by, now=at(TODAY)),
    ]
    for act in acts:
        for other in (holder(town, town.surgeon), town.officer):
            with pytest.raises(Refused, match="not_your_study"):
                act(other)
    before = holder(town)
    Assignment.objects.filter(user=before).update(ends_on=TODAY)  # the account holds the file no more
    for act in acts:
        with pytest.raises(Refused, match="not_your_study"):
            act(before)
    attempt.refresh_from_db()
    assert (attempt.answers, attempt.handed_in_at) == ({}, None)


def test_an_attempt_that_was_never_handed_in_is_forgotten_ninety_days_after_the_activity(town: Town) -> None:
    course = studied(town)
    part = enrolled(town, course)
    hand_in(attempt=begin_attempt(part=part, by=holder(town), now=at(TODAY)), by=holder(town), now=at(TODAY))
    unfinished = begin_attempt(part=part, by=holder(town), now=at(DAY_AFTER))
    last = course.activity.ends_on + timedelta(days=90)
    assert purge(now=at(last))["unfinished_attempts"] == 0
    assert purge(now=at(last + timedelta(days=1)))["unfinished_attempts"] == 1
    assert not Attempt.objects.filter(pk=unfinished.pk).exists()
    kept = Attempt.objects.get()
    assert kept.handed_in_at is not None
    with pytest.raises(DatabaseError, match="handed in"), transaction.atomic():
        kept.delete()


def test_a_bank_stays_as_it_is_once_somebody_began(town: Town) -> None:
    course = studied(town)
    begin_attempt(part=enrolled(town, course), by=holder(town), now=at(TODAY))
    said: dict[str, Any] = {"acting": for_agency(town.officer, town.agency), "now": at(TODAY, 12)}
    asked = Asked(text="新", choices=["一", "二"], right=[0], explanation="理由")
    with pytest.raises(Refused, match="course_frozen"):
        put_question(course=course, asked=asked, **said)
    with pytest.raises(Refused, match="course_frozen"):
        put_lesson(course=course, title="新", text="新", **said)
    with pytest.raises(Refused, match="course_frozen"):
        set_course(activity=course.activity, questions_drawn=1, attempts_most=9, waiting_days=0, **said)
    with pytest.raises(DatabaseError, match="begun this test"), transaction.atomic():
        Question.objects.filter(course=course).update(right=[2])


@pytest.mark.parametrize(
    ("choices", "right", "code"),
    [
        (["一"], [0], "choices_wrong"),
        (["一", "一"], [0], "choices_wrong"),
        (list("一二三四五六七"), [0], "choices_wrong"),
        (["一", "二"], [], "right_choice_missing"),
        (["一", "二"], [2], "right_choice_missing"),
    ],
)
def test_a_question_nobody_could_answer_is_refused(town: Town, choices: list[str], right: list[int], code: str) -> None:
    course = studied(town)
    with pytest.raises(Refused, match=code):
        put_question(
            course=course,
            asked=Asked(text="问", choices=choices, right=right, explanation="因"),
            acting=for_agency(town.officer, town.agency),
            now=at(TODAY),
        )


def test_another_institution_puts_nothing_into_the_bank(town: Town) -> None:
    course = studied(town)
    with pytest.raises(Refused, match="not_the_offering_side"):
        put_lesson(
            course=course, title="外", text="外", acting=for_institution(town.officer, town.clinic), now=at(TODAY)
        )


def browser(who: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(who)
    return client


def test_on_the_web_answers_are_kept_page_by_page_and_the_right_ones_shown_only_afterwards(
    town: Town, django_assert_max_num_queries: Any
) -> None:
    course = studied(town, questions_drawn=5)
    part = enrolled(town, course)
    with time_machine.travel(at(TODAY, 12), tick=False):
        client = browser(holder(town))
        with django_assert_max_num_queries(15):
            assert "记分" in client.get(reverse("my_study", args=[part.uuid])).content.decode()
        assert "第二段" in client.get(reverse("my_lesson", args=[part.uuid, 1])).content.decode()
        begun = client.post(reverse("my_study", args=[part.uuid]))
        here = begun["Location"]
        attempt = Attempt.objects.get()
        with django_assert_max_num_queries(15):
            page = client.get(here).content.decode()
        assert "理由" not in page
        paper = paper_of(attempt, course)
        for number in (1, 2):
            shown = paper[(number - 1) * 3 : number * 3]
            sent = {
                f"q{each.number}": [place for place, at in enumerate(each.order) if at in each.question.right]
                for each in shown[: 2 if number == 1 else 0]
            }
            assert client.post(f"{here}?page={number}", {**sent, "step": "next"}).status_code == 302
        attempt.refresh_from_db()
        assert sum(bool(each) for each in attempt.answers.values()) == 2
        for _press in range(2):
            client.post(f"{here}?page=3", {"step": "hand_in"})
        after = client.get(here).content.decode()
        assert "Not passed: 40 of 100" in after
        assert "理由" in after
        assert client.get(reverse("my_attempt", args=[attempt.uuid])).status_code == 200
        other = browser(holder(town, town.surgeon))
        for url in (here, reverse("my_study", args=[part.uuid]), reverse("my_lesson", args=[part.uuid, 1])):
            assert other.get(url).status_code == 404


def test_nothing_is_studied_before_it_is_ready_or_after_it_is_over(town: Town) -> None:
    course = studied(town, questions_drawn=9)
    part = enrolled(town, course)
    with pytest.raises(Refused, match="course_not_ready"):
        begin_attempt(part=part, by=holder(town), now=at(TODAY))
    with pytest.raises(Refused, match="activity_over"):
        begin_attempt(part=part, by=holder(town), now=at(TODAY + timedelta(days=10)))
    study = study_of(part, TODAY)
    assert study is not None
    assert not study.may_begin
