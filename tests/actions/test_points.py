"""Recording points: the gate, the grade, the band, the months, and who must sign."""

from datetime import date

import pytest

from registry.actions.errors import Refused
from registry.actions.handlings import identify_responsibility, record_trigger
from registry.actions.proposals import Item, preview_proposal
from registry.ledger.reading import standing_of
from registry.models import Fact, PhaseIn, PointsEntry, SanctionPeriod, StandingChange, StandingSpan
from tests.entries import record_points
from tests.town import TODAY, Town, at, blame, build, handle, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build("510100")


def test_points_follow_from_the_grade(town: Town) -> None:
    handling = handle(town)
    for who, grade, points in ((town.surgeon, "principal", 12), (town.nurse, "general", 10)):
        entry = record_points(
            responsibility=blame(town, handling, who=who, grade=grade),
            situation="4-01",
            by=town.officer,
            second=town.second,
            now=at(TODAY, 12),
        )
        assert entry.fact.points == points


def test_nine_points_suspend_for_two_months_from_the_same_day(town: Town) -> None:
    score(town, 9, TODAY)
    assert standing_of(town.surgeon, TODAY).status == "suspended"
    assert standing_of(town.surgeon, date(2025, 5, 9)).status == "suspended"
    after = standing_of(town.surgeon, date(2025, 5, 10))
    assert (after.status, after.points, after.changes_on) == ("normal", 9, date(2026, 1, 1))


def test_in_hunan_a_suspension_starts_with_the_next_month() -> None:
    town = build("430100")
    score(town, 9, TODAY)
    assert standing_of(town.surgeon, date(2025, 3, 31)).status == "normal"
    assert standing_of(town.surgeon, date(2025, 4, 1)).status == "suspended"
    assert SanctionPeriod.objects.get().starts_on == date(2025, 4, 1)


@pytest.mark.parametrize("kind", ["talk", "warning", "correction_order"])
def test_a_talk_a_warning_or_a_correction_order_scores_nobody(town: Town, kind: str) -> None:
    responsibility = blame(town, handle(town, kind=kind))
    with pytest.raises(Refused) as refusal:
        record_points(responsibility=responsibility, situation="2-01", by=town.officer, now=at(TODAY, 12))
    assert refusal.value.code == "gate_closed"
    assert not Fact.objects.exists()


@pytest.mark.parametrize("kind", ["penalty", "damages", "agreement_suspended", "agreement_rescinded"])
def test_heavy_handlings_open_the_gate(town: Town, kind: str) -> None:
    responsibility = blame(town, handle(town, kind=kind), grade="general")
    assert record_points(responsibility=responsibility, situation="2-01", by=town.officer, now=at(TODAY, 12))


def test_a_personal_trigger_needs_no_handling_and_counts_on_its_own_day(town: Town) -> None:
    trigger = record_trigger(
        practitioner=town.surgeon,
        kind="licence_revoked",
        document_number="吊销7号",
        made_on=date(2025, 3, 3),
        conduct_from=date(2025, 2, 1),
        conduct_until=date(2025, 2, 1),
        agency=town.agency,
        by=town.officer,
        now=at(TODAY),
    )
    responsibility = identify_responsibility(
        trigger=trigger,
        practitioner=town.surgeon,
        grade="principal",
        grounds="本人执业证书被吊销",
        identified_on=TODAY,
        by=town.officer,
        now=at(TODAY),
    )
    with pytest.raises(Refused, match="situation_needs_a_handling"):
        record_points(responsibility=responsibility, situation="3-01", by=town.officer, now=at(TODAY, 12))
    entry = record_points(
        responsibility=responsibility, situation="4-02", by=town.officer, second=town.second, now=at(TODAY, 12)
    )
    assert entry.fact.counted_on == date(2025, 3, 3)
    assert entry.fact.effective_on == TODAY


def test_conduct_before_the_law_is_not_scored(town: Town) -> None:
    responsibility = blame(town, handle(town, conduct_on=date(2024, 12, 31)))
    with pytest.raises(Refused) as refusal:
        record_points(responsibility=responsibility, situation="2-01", by=town.officer, now=at(TODAY, 12))
    assert refusal.value.code == "conduct_before_the_law"
    assert refusal.value.value == date(2024, 12, 31)


def test_a_category_is_in_scope_from_its_phase_in_day(town: Town) -> None:
    PhaseIn.objects.create(region=town.region, category="nurse", starts_on=TODAY)
    responsibility = blame(town, handle(town), who=town.nurse, grade="general")
    with pytest.raises(Refused, match="not_yet_in_scope"):
        record_points(responsibility=responsibility, situation="2-01", by=town.officer, now=at(TODAY, 12))
    PhaseIn.objects.update(starts_on=date(2025, 3, 9))
    assert record_points(responsibility=responsibility, situation="2-01", by=town.officer, now=at(TODAY, 12))


def test_a_departure_from_the_default_needs_a_reason_and_is_warned_of(town: Town) -> None:
    responsibility = blame(town, handle(town), grade="general")
    with pytest.raises(Refused) as refusal:
        record_points(responsibility=responsibility, situation="2-01", points=5, by=town.officer, now=at(TODAY, 12))
    assert (refusal.value.code, refusal.value.field) == ("departure_reason_missing", "departure_reason")
    item = Item(situation="2-01", points=5, departure_reason="情节较重")
    found = preview_proposal(responsibility=responsibility, items=[item], now=at(TODAY, 12))
    assert found.warnings
    (preview,) = found.entries
    assert (preview.default_points, preview.after.points) == (4, 5)


@pytest.mark.parametrize("points", [3, 7, 0, 13])
def test_points_stay_inside_the_band(town: Town, points: int) -> None:
    responsibility = blame(town, handle(town))
    with pytest.raises(Refused, match="points_outside_the_band"):
        record_points(
            responsibility=responsibility,
            situation="2-01",
            points=points,
            departure_reason="x",
            by=town.officer,
            now=at(TODAY, 12),
        )


def test_hainan_may_leave_the_band_by_one() -> None:
    town = build("460100")
    responsibility = blame(town, handle(town))
    entry = record_points(
        responsibility=responsibility,
        situation="2-01",
        points=7,
        departure_reason="情节特别恶劣",
        by=town.officer,
        now=at(TODAY, 12),
    )
    assert entry.fact.points == 7


def test_months_stay_inside_the_policy_s_range(town: Town) -> None:
    with pytest.raises(Refused, match="months_outside_the_range"):
        score(town, 9, TODAY, months=3)
    with pytest.raises(Refused, match="months_without_suspension"):
        score(town, 4, TODAY, months=1)
    score(town, 9, TODAY, months=1)
    assert standing_of(town.surgeon, TODAY).until == date(2025, 4, 10)


def test_a_termination_needs_a_second_person(town: Town) -> None:
    score(town, 8, date(2025, 2, 3))
    responsibility = blame(town, handle(town))
    with pytest.raises(Refused, match="second_person_missing"):
        record_points(responsibility=responsibility, situation="2-01", by=town.officer, now=at(TODAY, 12))
    with pytest.raises(Refused, match="second_person_same"):
        record_points(
            responsibility=responsibility, situation="2-01", by=town.officer, second=town.officer, now=at(TODAY, 12)
        )
    assert Fact.objects.count() == 1
    entry = record_points(
        responsibility=responsibility, situation="2-01", by=town.officer, second=town.second, now=at(TODAY, 12)
    )
    assert entry.fact.second == town.second
    standing = standing_of(town.surgeon, TODAY)
    assert (standing.status, standing.until, standing.points_raw) == ("terminated", date(2026, 3, 10), 14)


def test_the_same_situation_is_scored_once_whatever_the_number(town: Town) -> None:
    score(town, 5, TODAY, number="罚字9号")
    for points in (5, 6):
        with pytest.raises(Refused, match="already_scored"):
            score(town, points, TODAY, number="罚字9号")
    assert PointsEntry.objects.count() == Fact.objects.count() == 1


def test_different_situations_of_one_handling_add_up_but_one_act_is_scored_once(town: Town) -> None:
    responsibility = blame(town, handle(town), grade="general")

    def record(situation: str, act: str) -> PointsEntry:
        return record_points(
            responsibility=responsibility, situation=situation, act=act, by=town.officer, now=at(TODAY, 12)
        )

    record("2-01", "虚记耗材")
    with pytest.raises(Refused, match="already_scored"):
        record("1-01", "虚记耗材")
    record("1-01", "超标准收费")
    assert standing_of(town.surgeon, TODAY).points == 5


def test_every_fact_tells_what_it_did_to_the_standing(town: Town) -> None:
    score(town, 8, date(2025, 2, 3))
    score(town, 2, TODAY)
    first, second = StandingChange.objects.order_by("id")
    assert (first.points_before, first.points_after, first.status_after) == (0, 8, "normal")
    assert (second.points_before, second.points_after, second.status_after) == (8, 10, "suspended")
    assert second.until_after == date(2025, 7, 10)


def test_the_spans_say_what_the_rules_say_on_every_day(town: Town) -> None:
    score(town, 8, date(2025, 11, 30))
    score(town, 2, date(2025, 12, 31))
    for ordinal in range(date(2025, 11, 1).toordinal(), date(2026, 7, 1).toordinal()):
        day = date.fromordinal(ordinal)
        span = StandingSpan.objects.filter(practitioner=town.surgeon, starts_on__lte=day).last()
        standing = standing_of(town.surgeon, day)
        kept = (span.status, span.until, span.points) if span else ("normal", None, 0)
        assert kept == (standing.status, standing.until, standing.points), day
