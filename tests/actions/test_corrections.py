"""Corrections: an entry that never existed, and one that always had fewer points."""

from datetime import date, timedelta

import pytest

from registry.actions.errors import Refused
from registry.ledger.checking import file_differences
from registry.ledger.law import policies
from registry.ledger.reading import facts_of, standing_of
from registry.models import Fact, PointsEntry, Practitioner, SanctionPeriod, StandingChange, StandingSpan
from registry.rules.compute import standing
from tests.actions.deeds import annul, merge, relieve, revise
from tests.entries import annul_entry, preview_correction, record_points, revise_entry
from tests.town import TODAY, Town, at, blame, build, handle, score

pytestmark = pytest.mark.django_db

LATER = date(2025, 6, 20)


@pytest.fixture
def town() -> Town:
    return build("510100")


def life(who: Practitioner) -> list[tuple[object, ...]]:
    """The standing on every tenth day of the years that matter, without the reasons."""
    known = facts_of(who)
    days = (date(2025, 1, 1) + timedelta(days=step) for step in range(0, 1500, 10))
    return [(day, *standing(known, day, policies()).answer) for day in days]


def test_annulling_restores_every_day_past_and_future(town: Town) -> None:
    score(town, 4, date(2025, 2, 3))
    untouched = life(town.surgeon)
    wrong = score(town, 12, TODAY)
    assert life(town.surgeon) != untouched
    annul(town, wrong, LATER)
    assert life(town.surgeon) == untouched
    assert not SanctionPeriod.objects.exists()
    assert list(file_differences()) == []


def test_what_was_known_before_an_annulment_stays_known(town: Town) -> None:
    wrong = score(town, 9, TODAY)
    annul(town, wrong, LATER, hour=15)
    assert standing_of(town.surgeon, TODAY, known=at(LATER, 14)).status == "suspended"
    assert standing_of(town.surgeon, TODAY, known=at(LATER, 15)).status == "normal"


def test_annulling_twice_is_annulling_once(town: Town) -> None:
    entry = score(town, 9, TODAY)
    assert annul(town, entry, LATER) == annul(town, entry, LATER + timedelta(days=1))
    assert Fact.objects.count() == 2


def test_an_annulment_needs_a_second_person(town: Town) -> None:
    entry = score(town, 9, TODAY)
    for second, code in ((None, "second_person_missing"), (town.officer, "second_person_same")):
        with pytest.raises(Refused, match=code):
            annul_entry(entry=entry.fact, reason="误记", by=town.officer, second=second, now=at(LATER))
    town.second.is_active = False
    with pytest.raises(Refused, match="second_person_inactive"):
        annul_entry(entry=entry.fact, reason="误记", by=town.officer, second=town.second, now=at(LATER))
    with pytest.raises(Refused, match="second_person_same"):
        annul_entry(entry=entry.fact, reason="误记", by=None, second=town.officer, now=at(LATER))
    assert standing_of(town.surgeon, TODAY).status == "suspended"


def test_an_annulment_needs_a_reason(town: Town) -> None:
    entry = score(town, 9, TODAY)
    with pytest.raises(Refused) as refusal:
        annul_entry(entry=entry.fact, reason="  ", by=town.officer, second=town.second, now=at(LATER))
    assert (refusal.value.code, refusal.value.field) == ("reason_missing", "reason")


def test_only_an_entry_is_corrected(town: Town) -> None:
    score(town, 5, TODAY)
    relief = relieve(town, 1, LATER)
    with pytest.raises(Refused, match="no_entry"):
        annul_entry(entry=relief, reason="误记", by=town.officer, second=town.second, now=at(LATER))
    with pytest.raises(Refused, match="no_entry"):
        revise_entry(entry=relief, points=1, reason="误记", by=town.officer, now=at(LATER))
    with pytest.raises(Refused, match="no_entry"):
        preview_correction(relief, None, now=at(LATER))


def test_after_an_annulment_the_situation_opens_a_new_round(town: Town) -> None:
    responsibility = blame(town, handle(town))

    def record(points: int) -> PointsEntry:
        return record_points(
            responsibility=responsibility,
            situation="2-01",
            points=points,
            departure_reason="重新认定",
            act="虚记耗材",
            by=town.officer,
            now=at(TODAY, 12),
        )

    first = record(6)
    with pytest.raises(Refused, match="already_scored"):
        record(5)
    annul(town, first, TODAY)
    second = record(5)
    assert (first.round, second.round) == (1, 2)
    annul(town, second, TODAY)
    assert record(4).round == 3
    assert standing_of(town.surgeon, TODAY).points == 4


def test_rounds_are_never_used_twice_when_acts_and_situations_cross(town: Town) -> None:
    responsibility = blame(town, handle(town))

    def record(situation: str, act: str) -> PointsEntry:
        return record_points(
            responsibility=responsibility, situation=situation, act=act, by=town.officer, now=at(TODAY, 12)
        )

    for situation in ("1-01", "1-99"):
        annul(town, record(situation, "甲"), TODAY)
    annul(town, record("2-01", "甲"), TODAY)  # the third round of the act
    for act in ("乙", "丙", "丁"):
        annul(town, record("2-01", act), TODAY)
    rounds = list(PointsEntry.objects.filter(situation="2-01").order_by("pk").values_list("round", flat=True))
    assert rounds == [3, 4, 5, 6]


def test_a_revision_lowers_the_entry_for_every_day(town: Town) -> None:
    entry = score(town, 9, TODAY)
    revise(town, entry, LATER, points=8)
    assert standing_of(town.surgeon, TODAY).status == "normal"
    assert standing_of(town.surgeon, date(2025, 12, 31)).points == 8
    assert list(file_differences()) == []


@pytest.mark.parametrize(
    ("points", "code"), [(10, "revision_raises"), (0, "revision_raises"), (9, "revision_does_not_lower")]
)
def test_a_revision_only_lowers(town: Town, points: int, code: str) -> None:
    entry = score(town, 9, TODAY)
    with pytest.raises(Refused) as refusal:
        revise(town, entry, LATER, points=points)
    assert (refusal.value.code, refusal.value.value) == (code, points)


def test_a_second_revision_lowers_further_but_never_back(town: Town) -> None:
    entry = score(town, 9, TODAY)
    revise(town, entry, LATER, points=6)
    with pytest.raises(Refused, match="revision_raises"):
        revise(town, entry, LATER, points=7)
    revise(town, entry, LATER, points=5)
    assert standing_of(town.surgeon, LATER).points == 5


def test_the_same_revision_twice_is_one_revision(town: Town) -> None:
    entry = score(town, 9, TODAY)
    assert revise(town, entry, LATER, points=6) == revise(town, entry, LATER, points=6)
    assert Fact.objects.count() == 2


def test_a_revision_may_lower_the_months_alone(town: Town) -> None:
    entry = score(town, 9, TODAY)
    revise(town, entry, LATER, points=9, months=1)
    assert standing_of(town.surgeon, TODAY).until == date(2025, 4, 10)
    with pytest.raises(Refused, match="revision_lengthens"):
        revise(town, entry, LATER, points=9, months=2)


def test_a_revision_never_makes_a_suspension_longer() -> None:
    tianjin = build("120100")
    entry = score(tianjin, 10, TODAY, months=1)
    with pytest.raises(Refused) as refusal:
        revise(tianjin, entry, LATER, points=9)  # by default two months
    assert (refusal.value.code, refusal.value.field) == ("revision_lengthens", "months")
    revise(tianjin, entry, LATER, points=9, months=1)
    assert standing_of(tianjin.surgeon, TODAY).until == date(2025, 4, 10)


def test_months_of_a_revision_stay_inside_the_range_of_the_new_total(town: Town) -> None:
    score(town, 1, date(2025, 2, 3))
    entry = score(town, 10, TODAY)
    with pytest.raises(Refused, match="months_outside_the_range"):
        revise(town, entry, LATER, points=9, months=2)
    with pytest.raises(Refused, match="months_without_suspension"):
        revise(town, entry, LATER, points=7, months=1)
    revise(town, entry, LATER, points=9, months=3)
    assert standing_of(town.surgeon, TODAY).until == date(2025, 6, 10)


def test_a_termination_revised_is_a_suspension(town: Town) -> None:
    score(town, 3, date(2025, 2, 3))
    entry = score(town, 12, TODAY)
    revise(town, entry, LATER, points=8)
    period = SanctionPeriod.objects.get()
    assert (period.kind, period.starts_on, period.ends_on) == ("suspension", TODAY, date(2025, 9, 10))


def test_an_annulled_entry_cannot_be_revised(town: Town) -> None:
    entry = score(town, 9, TODAY)
    annul(town, entry, LATER)
    with pytest.raises(Refused, match="entry_annulled"):
        revise(town, entry, LATER, points=6)


def test_previews_say_what_the_acts_do_and_write_nothing(town: Town) -> None:
    entry = score(town, 9, LATER)
    annulment = preview_correction(entry.fact, None, now=at(LATER, 13))
    assert (annulment.before.status, annulment.after.status) == ("suspended", "normal")
    revision = preview_correction(entry.fact, 5, now=at(LATER, 13))
    assert (revision.before.points, revision.after.points) == (9, 5)
    with pytest.raises(Refused, match="revision_raises"):
        preview_correction(entry.fact, 10, now=at(LATER, 13))
    assert Fact.objects.count() == 1


def test_a_correction_goes_into_the_file_of_the_entry_also_after_a_merge(town: Town) -> None:
    entry = score(town, 9, TODAY, who=town.nurse)
    score(town, 2, TODAY)
    merge(town, town.surgeon, town.nurse, date(2025, 4, 1))
    annulment = annul(town, entry, LATER)
    assert annulment.practitioner == town.nurse
    assert standing_of(town.surgeon, TODAY).points == standing_of(town.nurse, TODAY).points == 2
    assert list(file_differences()) == []


def test_a_correction_tells_what_it_did_to_the_standing_of_its_day(town: Town) -> None:
    entry = score(town, 9, TODAY)
    annul(town, entry, date(2025, 4, 1))
    change = StandingChange.objects.order_by("id").last()
    assert change is not None
    assert (change.status_before, change.until_before, change.points_before) == ("suspended", date(2025, 5, 10), 9)
    assert (change.status_after, change.until_after, change.points_after) == ("normal", None, 0)
    assert change.on_day == date(2025, 4, 1)


def test_spans_follow_a_correction(town: Town) -> None:
    entry = score(town, 9, TODAY)
    revise(town, entry, LATER, points=3)
    spans = StandingSpan.objects.values_list("starts_on", "ends_on", "status", "points")
    assert list(spans) == [
        (TODAY, date(2026, 1, 1), "normal", 3),
        (date(2026, 1, 1), None, "normal", 0),
    ]
