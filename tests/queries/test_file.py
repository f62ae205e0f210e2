from datetime import date
from typing import Any

import pytest
from django.utils import translation

from registry.actions.people import rename
from registry.ledger.law import policies
from registry.ledger.reading import standing_of
from registry.queries.explain import _TEXTS, announcement, headline, outlook, telling
from registry.queries.file import file_of
from registry.queries.years import years_of
from registry.rules.compute import Standing
from registry.rules.course import CAUSES, Step
from registry.rules.periods import Period
from tests.entries import annul_entry, revise_entry
from tests.town import TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def test_every_cause_has_words() -> None:
    assert set(_TEXTS) == set(CAUSES)


def test_a_file_without_facts_is_normal_and_says_so(town: Town) -> None:
    file = file_of(town.surgeon, TODAY)
    assert (file.standing.status, file.since, file.events, file.because) == ("normal", None, (), None)
    assert file.policy.id == "cn-43-2025"


def test_the_file_says_since_when_until_when_and_why(town: Town) -> None:
    score(town, 9, date(2025, 2, 3))
    file = file_of(town.surgeon, TODAY)
    assert (file.since, file.until) == (date(2025, 3, 1), date(2025, 5, 1))
    with translation.override("en"):
        assert file.headline == "Suspended from March 1, 2025 up to and including April 30, 2025."
        assert file.outlook.startswith("The suspension ends by itself: from May 1, 2025")
    assert file.because is not None
    assert (file.because.step.caused, file.because.source.certainty) == ("suspended", "F")


def test_the_words_agree_with_the_answer_of_the_ledger(town: Town) -> None:
    score(town, 6, date(2025, 2, 3), number="1")
    score(town, 6, TODAY, number="2")
    file = file_of(town.surgeon, TODAY)
    assert file.standing == standing_of(town.surgeon, TODAY)
    assert [line.step for line in file.explanation] == list(file.standing.steps)


def test_an_annulled_entry_stays_in_the_timeline_but_explains_nothing(town: Town) -> None:
    entry = score(town, 9, date(2025, 2, 3))
    annul_entry(entry=entry.fact, reason="撤销", by=town.officer, second=town.second, now=at(TODAY))
    file = file_of(town.surgeon, TODAY)
    annulment, scored = file.events
    assert scored.annulled == annulment.fact
    assert scored.sentence is None
    assert file.explanation == ()
    before = file_of(town.surgeon, TODAY, known=at(date(2025, 2, 4)))
    assert [event.annulled for event in before.events] == [None]
    assert before.standing.status == "suspended"


def test_a_revised_entry_shows_the_points_that_hold(town: Town) -> None:
    entry = score(town, 9, date(2025, 2, 3))
    revise_entry(entry=entry.fact, points=7, reason="复核", by=town.officer, now=at(TODAY))
    file = file_of(town.surgeon, TODAY)
    scored = next(event for event in file.events if event.fact.kind == "points_scored")
    assert scored.points == 7
    assert file.standing.points == 7


def test_a_new_name_stands_in_the_history_with_the_old_one(town: Town) -> None:
    rename(practitioner=town.surgeon, name="王炜", reason="更名", by=town.officer, now=at(TODAY))
    town.surgeon.refresh_from_db()
    change = file_of(town.surgeon, TODAY).changes[0]
    assert [(change.why, item.old, item.new) for item in change.differences] == [("更名", "王伟", "王炜")]


def test_outlook_of_a_normal_person_with_points_is_the_new_year(town: Town) -> None:
    score(town, 3, TODAY)
    with translation.override("en"):
        standing = standing_of(town.surgeon, TODAY)
        assert headline(standing) == "Normal: services are payable by the fund."
        assert outlook(standing) == "From Jan. 1, 2026 the points of the new year are shown."


def test_words_of_the_law_come_in_both_languages(town: Town) -> None:
    score(town, 9, date(2025, 2, 3))
    with translation.override("zh-hans"):
        assert "医保发〔2024〕23号" in file_of(town.surgeon, TODAY).explanation[0].source.text
    with translation.override("en"):
        assert "No. 23" in file_of(town.surgeon, TODAY).explanation[0].source.text
    assert "cn-2025" in policies()


def test_a_period_over_new_year_fills_the_end_of_one_year_and_the_beginning_of_the_next() -> None:
    period = Period("suspension", date(2025, 12, 1), date(2026, 2, 1), None, ("1",), True)
    newer, older = years_of([period], [(date(2025, 11, 30), 9)], on=date(2025, 12, 5))
    assert (newer.number, older.number) == (2026, 2025)
    assert newer.runs[0].left == 0
    assert round(older.runs[0].left + older.runs[0].width) == 100
    assert [dot.points for dot in older.dots] == [9]


def test_a_termination_is_drawn_on_after_its_bar_because_it_does_not_end_by_itself() -> None:
    period = Period("termination", date(2025, 8, 15), None, date(2026, 8, 15), ("1",), False)
    newer, older = years_of([period], [], on=date(2025, 9, 1))
    assert (newer.number, older.number) == (2026, 2025)
    assert [(run.left, run.width, run.until) for run in newer.runs] == [(0, 100, date(2027, 1, 1))]


def test_a_suspension_that_has_not_begun_is_announced_with_its_days(town: Town) -> None:
    score(town, 9, date(2025, 2, 3))
    with translation.override("en"):
        before = standing_of(town.surgeon, date(2025, 2, 20))
        assert headline(before) == "Normal: services are payable by the fund."
        assert announcement(before) == "Suspended from March 1, 2025 up to and including April 30, 2025."
        assert "change on" not in outlook(before)
        assert announcement(standing_of(town.surgeon, date(2025, 3, 1))) == ""


def test_of_a_long_file_the_steps_say_why_it_stands_so_however_far_back_that_was_decided(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = score(town, 12, date(2025, 2, 3)).fact
    others = [score(town, 1, date(2025, 2, day), made_on=date(2025, 2, 3), number=f"{day}").fact for day in range(4, 9)]
    monkeypatch.setattr("registry.queries.explain.LONG", 4)
    monkeypatch.setattr("registry.queries.explain.MOST_SHOWN", 2)
    file = file_of(town.surgeon, date(2026, 1, 5))
    told = [str(fact.origin_id) for fact in (first, *others[-2:])]
    assert [line.step.id for line in file.why(whole=False)] == told
    assert len(file.why(whole=True)) == len(file.explanation) == 6
    assert [event.fact for event in file.newest(whole=False)] == others[:-3:-1]


def test_the_step_that_left_the_points_of_the_year_is_told_among_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [("a", 2026, 4), ("b", 2027, 1), ("c", 2026, 2), ("d", 2026, 2)]
    steps = tuple(counted(name, year, total) for name, year, total in said)
    standing = Standing(date(2027, 2, 1), "normal", None, 1, 1, False, None, (), (), steps)
    monkeypatch.setattr("registry.queries.explain.LONG", 3)
    monkeypatch.setattr("registry.queries.explain.MOST_SHOWN", 2)
    assert [step.id for step in telling(standing)] == ["b", "c", "d"]


def test_the_corrections_of_what_is_shown_are_found_in_the_whole_file(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    score(town, 1, date(2025, 2, 3))
    entry = score(town, 2, date(2025, 2, 4))
    annul_entry(entry=entry.fact, reason="撤销", by=town.officer, second=town.second, now=at(TODAY))
    score(town, 3, date(2025, 3, 11))
    monkeypatch.setattr("registry.queries.explain.LONG", 2)
    monkeypatch.setattr("registry.queries.explain.MOST_SHOWN", 3)
    _last, annulment, annulled = file_of(town.surgeon, date(2025, 3, 12)).newest(whole=False)
    assert annulled.annulled == annulment.fact
    assert [dot.points for dot in file_of(town.surgeon, TODAY).years[0].dots] == [1, 3]


def test_more_dots_than_fit_into_a_year_are_one_for_each_month() -> None:
    entries = [(date(2025, 3, day), 1) for day in range(2, 14)]
    assert len(years_of((), entries, on=TODAY)[0].dots) == 12
    (year,) = years_of((), [*entries, (date(2025, 5, 1), 2)], on=TODAY)
    assert [(dot.on, dot.to, dot.points) for dot in year.dots] == [
        (date(2025, 3, 2), date(2025, 3, 13), 12),
        (date(2025, 5, 1), date(2025, 5, 1), 2),
    ]


def counted(name: str, year: int, total: int) -> Step:
    """A step that counts points of a year and causes nothing."""
    nothing: dict[str, Any] = {
        "from_": None,
        "until": None,
        "barred_until": None,
        "single": None,
        "months": None,
        "revised_by": None,
    }
    law: dict[str, Any] = {"policy": "cn-2025", "rules": ("counting.year",), "provision": "x", "certainty": "L"}
    return Step(
        id=name,
        kind="points_scored",
        on=date(year, 2, 1),
        year=year,
        points=1,
        total=total,
        caused="counted",
        **nothing,
        **law,
    )
