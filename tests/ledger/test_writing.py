"""The only writer of facts: number, hash, instant, projection and change in one transaction."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from registry.ledger.checking import file_differences
from registry.ledger.days import shanghai_day
from registry.ledger.reading import facts_by_practitioner, standing_of
from registry.ledger.writing import Draft, append, append_all, lock
from registry.models import Fact, Practitioner, StandingChange, StandingSpan
from tests.actions.deeds import annul
from tests.town import TODAY, Town, at, build, score


@pytest.fixture
def town(db: None) -> Town:
    return build("510100")


def points(number: int, *, on: date = TODAY, seq: int | None = None) -> Draft:
    return Draft(kind="points_scored", points=number, counted_on=on, effective_on=on, policy="cn-2025", origin_seq=seq)


def test_the_last_hours_of_the_year_in_greenwich_are_the_next_year_here(town: Town) -> None:
    draft = Draft(kind="points_scored", points=3, counted_on=date(2026, 12, 30), policy="cn-2025")
    fact = append(practitioner=town.surgeon, draft=draft, now=datetime(2026, 12, 31, 16, tzinfo=UTC))
    assert fact.effective_on == date(2027, 1, 1)
    change = StandingChange.objects.get()
    assert (change.on_day, change.points_after) == (date(2027, 1, 1), 0)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        shanghai_day(datetime(2026, 12, 31, 16))  # noqa: DTZ001


def test_the_instant_recorded_never_runs_behind_the_file(town: Town) -> None:
    append(practitioner=town.surgeon, draft=points(3), now=at(TODAY, 12))
    second = append(practitioner=town.surgeon, draft=points(2), now=at(TODAY, 11))
    assert second.recorded_at == at(TODAY, 12)
    assert standing_of(town.surgeon, TODAY, known=at(TODAY, 11)).points == 0


def test_several_facts_at_once_are_chained_and_told_one_by_one(town: Town) -> None:
    drafts = [points(4), points(5), points(3)]
    added = append_all(practitioner=town.surgeon, drafts=drafts, now=at(TODAY))
    assert [fact.chain_no for fact in added] == [1, 2, 3]
    told = StandingChange.objects.order_by("pk").values_list("fact", "points_before", "points_after", "status_after")
    assert list(told) == [
        (added[0].pk, 0, 4, "normal"),
        (added[1].pk, 4, 9, "suspended"),
        (added[2].pk, 9, 12, "terminated"),
    ]
    assert list(file_differences()) == []


def test_a_fact_that_the_database_refuses_leaves_nothing_behind(town: Town) -> None:
    score(town, 4, TODAY)
    spans = list(StandingSpan.objects.values())
    with pytest.raises(IntegrityError, match="points_are_1_to_12"), transaction.atomic():
        append_all(practitioner=town.surgeon, drafts=[points(5), points(13)], now=at(TODAY))
    assert Fact.objects.count() == StandingChange.objects.count() == 1
    assert list(StandingSpan.objects.values()) == spans


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "points_scored", "points": 3, "counted_on": date(2025, 3, 11), "policy": "cn-2025"},
        {"kind": "points_scored", "points": 3, "counted_on": TODAY},
        {"kind": "points_scored", "points": 3, "policy": "cn-2025"},
        {"kind": "points_scored", "counted_on": TODAY, "policy": "cn-2025"},
        {"kind": "points_scored", "points": 9, "counted_on": TODAY, "policy": "cn-2025", "months": 7},
        {"kind": "points_scored", "points": 9, "counted_on": TODAY, "policy": "cn-2025", "days": 3},
        {"kind": "points_relieved"},
        {"kind": "points_relieved", "points": 1, "months": 1},
        {"kind": "period_shortened"},
        {"kind": "period_shortened", "days": 0},
        {"kind": "entry_annulled"},
        {"kind": "entry_revised", "points": 3},
        {"kind": "reregistered", "points": 1},
        {"kind": "stayed"},
    ],
    ids=lambda said: "-".join(said.values() if len(said) == 1 else said),
)
def test_what_no_fact_can_say_the_database_refuses(town: Town, said: dict[str, Any]) -> None:
    fact = Fact(
        practitioner=town.surgeon,
        chain_no=1,
        effective_on=TODAY,
        recorded_at=at(TODAY),
        decided_at=at(TODAY),
        origin="cn",
        origin_seq=1,
        salt=b"",
        prev_hash=b"",
        hash=b"",
        **said,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        fact.save()


def test_a_file_is_locked_inside_a_transaction_only(committed: None) -> None:
    town = build("510100")
    with pytest.raises(TransactionManagementError, match="inside the transaction"):
        lock(town.surgeon)


def test_facts_are_ordered_by_when_they_were_decided_whichever_register_learnt_them_first(town: Town) -> None:
    late = Draft(
        kind="points_scored",
        points=9,
        counted_on=TODAY,
        effective_on=TODAY,
        policy="cn-2025",
        origin="cn-43",
        origin_seq=1,
        decided_at=at(TODAY, 8),
    )
    append(practitioner=town.surgeon, draft=points(2), now=at(TODAY, 12))
    append(practitioner=town.surgeon, draft=late, now=at(TODAY, 13))
    numbered = facts_by_practitioner([town.surgeon.pk])[town.surgeon.pk]
    assert [(fact.seq, getattr(fact, "points", None)) for fact in numbered] == [(1, 9), (2, 2)]


def test_a_fact_of_another_register_is_kept_once(town: Town) -> None:
    append(practitioner=town.surgeon, draft=points(2, seq=900_000), now=at(TODAY, 12))
    with pytest.raises(IntegrityError, match="a_register_numbers_its_facts_once"), transaction.atomic():
        append(practitioner=town.nurse, draft=points(2, seq=900_000), now=at(TODAY, 12))


def test_the_files_of_many_people_are_read_in_few_queries(
    town: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for who in (town.surgeon, town.nurse):
        annul(town, score(town, 5, TODAY, who=who), TODAY)
    people = list(Practitioner.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(3):
        assert set(facts_by_practitioner(people)) == {town.surgeon.pk, town.nurse.pk}
