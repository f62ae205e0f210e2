"""What holds for every file, whatever happened to the person."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.rules.compute import Standing, standing
from registry.rules.course import CAUSES, Step
from registry.rules.facts import EntryAnnulled, EntryRevised, Fact, PointsScored, check_history
from registry.rules.history import parse_facts
from registry.rules.periods import SUSPENSION, TERMINATION, Period
from registry.rules.spans import life, spans
from registry.rules.whatif import recompute
from tests.rules.random_files import RECORDED, acts, build, days, files, instants, renumbered
from tests.rules.stories import POLICIES

unhurried = settings(deadline=None)


def but_for_changes(answer: Standing) -> Standing:
    return replace(answer, changes_on=None)


@unhurried
@given(files(), acts, days)
def test_the_past_stands(facts: list[Fact], act: dict[str, Any], day: date) -> None:
    new = build(act, len(facts) + 1, RECORDED)
    before = min(day, new.effective_on - timedelta(days=1))
    assert but_for_changes(standing([*facts, new], before, POLICIES)) == but_for_changes(
        standing(facts, before, POLICIES)
    )


@unhurried
@given(files(), days, st.integers(1, 1500))
def test_nothing_changes_before_changes_on(facts: list[Fact], day: date, further: int) -> None:
    now = standing(facts, day, POLICIES)
    later = day + timedelta(days=further)
    if now.changes_on is None or later < now.changes_on:
        assert standing(facts, later, POLICIES).answer == now.answer
    if now.changes_on is not None:
        assert now.changes_on > day
        assert standing(facts, now.changes_on, POLICIES).answer != now.answer
        assert standing(facts, now.changes_on - timedelta(days=1), POLICIES).answer == now.answer


@unhurried
@given(files(), acts.filter(lambda act: act["kind"] is PointsScored), days, days)
def test_annulling_what_was_just_scored_restores_everything(
    facts: list[Fact], act: dict[str, Any], day: date, annulled_on: date
) -> None:
    entry = build(act, len(facts) + 1, RECORDED)
    annulment = EntryAnnulled("undo", len(facts) + 2, annulled_on, RECORDED, entry.id)
    assert standing([*facts, entry, annulment], day, POLICIES) == standing(facts, day, POLICIES)


@unhurried
@given(files(), st.randoms(use_true_random=False), days)
def test_order_of_recording_does_not_matter(facts: list[Fact], random: Any, day: date) -> None:
    instants_shuffled = [fact.recorded_at for fact in facts]
    random.shuffle(instants_shuffled)
    shuffled = [replace(fact, recorded_at=at) for fact, at in zip(facts, instants_shuffled, strict=True)]
    random.shuffle(shuffled)
    assert standing(shuffled, day, POLICIES) == standing(facts, day, POLICIES)


@unhurried
@given(files(), days)
def test_order_of_deciding_matters_on_one_day_only(facts: list[Fact], day: date) -> None:
    assert standing(renumbered(facts), day, POLICIES) == standing(facts, day, POLICIES)


@unhurried
@given(files(), days)
def test_the_explanation_adds_up_to_the_answer(facts: list[Fact], day: date) -> None:
    answer = standing(facts, day, POLICIES)
    totals: dict[int, int] = {}
    for step in answer.steps:
        totals[step.year] = totals.get(step.year, 0) + step.points
        assert step.total == totals[step.year]
        assert step.caused in CAUSES
    assert totals.get(day.year, 0) == answer.points_raw
    assert periods_told_by(answer.steps) == answer.periods
    assert tuple(step.id for step in answer.steps if step.caused in ("still_barred", "not_terminated")) == answer.errors


@unhurried
@given(files(), days)
def test_every_step_rests_on_values_of_a_policy(facts: list[Fact], day: date) -> None:
    for step in standing(facts, day, POLICIES).steps:
        source = POLICIES[step.policy].value(step.rules[0])
        assert (step.provision, step.certainty) == (source.provision, source.certainty)
        assert all(rule in POLICIES[step.policy] for rule in step.rules)


def periods_told_by(steps: tuple[Step, ...]) -> tuple[Period, ...]:
    """The periods as a reader of the steps would note them down."""
    notes: list[Period] = []
    for step in steps:
        _note(notes, step)
    return tuple(sorted(notes, key=lambda period: (period.from_, period.kind)))


def _note(notes: list[Period], step: Step) -> None:
    assert step.from_ or not step.caused.startswith(("susp", "term"))
    if step.from_ is None or step.caused in ("already_terminated", "still_barred"):
        return
    kind = SUSPENSION if step.caused.startswith("susp") else TERMINATION
    if step.caused == "terminated":
        notes[:] = [old._replace(until=min(old.end, step.on)) for old in notes if old.from_ < step.on]
    told = [old for old in notes if old.kind == kind and old.from_ >= step.from_ and step.caused != "suspended"]
    notes[:] = [old for old in notes if old not in told]
    because = tuple(entry for old in told for entry in old.because)
    if step.kind == "points_scored":
        because = (*because, step.id)
    if step.until is None or step.until > step.from_:
        notes.append(Period(kind, step.from_, step.until, step.barred_until, because, bool(step.single)))


@unhurried
@given(files(), days)
def test_periods_are_disjoint_and_none_is_empty(facts: list[Fact], day: date) -> None:
    periods = standing(facts, day, POLICIES).periods
    for one, next_one in pairwise(periods):
        assert one.end <= next_one.from_
    assert all(period.from_ < period.end and period.because for period in periods)


@settings(deadline=None, max_examples=settings().max_examples // 4)
@given(files(most=7))
def test_spans_say_what_standing_says_on_every_day(facts: list[Fact]) -> None:
    runs = spans(facts, POLICIES)
    starts = [span.from_ for span in runs]
    for number in range(date(2024, 11, 1).toordinal(), date(2029, 6, 1).toordinal()):
        day = date.fromordinal(number)
        span, answer = runs[bisect_right(starts, day) - 1], standing(facts, day, POLICIES)
        assert answer.answer == (span.status, span.until, span.points, span.may_reregister)
        assert answer.changes_on == span.to


@unhurried
@given(files())
def test_spans_cover_the_calendar_and_neighbours_differ(facts: list[Fact]) -> None:
    runs = spans(facts, POLICIES)
    assert (runs[0].from_, runs[-1].to) == (date.min, None)
    for one, next_one in pairwise(runs):
        assert one.to == next_one.from_
        assert one._replace(from_=date.min, to=None) != next_one._replace(from_=date.min, to=None)


@unhurried
@given(files())
def test_a_life_has_the_periods_of_the_last_day_and_the_spans_of_the_whole(facts: list[Fact]) -> None:
    last = max((fact.effective_on for fact in facts), default=date.min)
    assert life(facts, POLICIES) == (spans(facts, POLICIES), standing(facts, last, POLICIES).periods)


@unhurried
@given(files(), days, instants)
def test_what_was_not_recorded_yet_was_not_there(facts: list[Fact], day: date, known: Any) -> None:
    recorded = [fact for fact in facts if fact.recorded_at <= known]
    assert standing(facts, day, POLICIES, known=known) == standing(recorded, day, POLICIES)
    assert spans(facts, POLICIES, known=known) == spans(recorded, POLICIES)


@unhurried
@given(files(), days)
def test_a_revised_entry_is_as_if_scored_so(facts: list[Fact], day: date) -> None:
    last = {fact.entry: fact for fact in facts if isinstance(fact, EntryRevised)}
    as_if = [
        replace(fact, points=last[fact.id].points, months=last[fact.id].months)
        if isinstance(fact, PointsScored) and fact.id in last
        else fact
        for fact in facts
        if not isinstance(fact, EntryRevised)
    ]
    told = standing(facts, day, POLICIES)
    assert replace(told, steps=tuple(step._replace(revised_by=None) for step in told.steps)) == standing(
        as_if, day, POLICIES
    )


@unhurried
@given(files())
def test_a_file_survives_json(facts: list[Fact]) -> None:
    written = json.loads(json.dumps([_written(fact) for fact in facts]))
    assert parse_facts(written, POLICIES.for_entries) == tuple(facts)
    check_history(facts)


def _written(fact: Fact) -> dict[str, Any]:
    names = [name for kind in type(fact).__mro__ for name in getattr(kind, "__slots__", ())]
    texts = {name: getattr(fact, name) for name in names}
    return {"kind": fact.kind, **{name: str(text) if _is_time(text) else text for name, text in texts.items()}}


def _is_time(value: object) -> bool:
    return isinstance(value, date)


@unhurried
@given(files(), st.sampled_from(sorted(POLICIES)), days)
def test_what_if_answers_under_one_policy_only(facts: list[Fact], policy: str, day: date) -> None:
    otherwise = recompute(facts, POLICIES, policy)
    assert {fact.policy for fact in otherwise if isinstance(fact, PointsScored)} <= {policy}
    assert recompute(otherwise, POLICIES, policy) == otherwise
    assert standing(otherwise, day, POLICIES).points_raw == standing(facts, day, POLICIES).points_raw
