"""Repair: relief of points, a shorter period, and registration again after the bar."""

from datetime import date, timedelta
from typing import Any

import pytest

from registry.actions.errors import Refused
from registry.actions.registrations import register_at
from registry.actions.remediation import (
    preview_relief,
    preview_reregistration,
    preview_shortening,
    relieve_points,
    reregister,
    shorten_period,
)
from registry.ledger.checking import file_differences
from registry.ledger.reading import standing_of
from registry.models import Fact, Registration, SanctionPeriod
from tests.actions.deeds import annul, merge, register_again, relieve, shorten
from tests.town import TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build("510100")


def test_one_activity_relieves_one_point(town: Town) -> None:
    score(town, 6, TODAY)
    relieve(town, 1, date(2025, 4, 1))
    assert standing_of(town.surgeon, date(2025, 3, 31)).points == 6
    assert standing_of(town.surgeon, date(2025, 4, 1)).points == 5
    for points in (2, 0, -1):
        with pytest.raises(Refused, match="relief_beyond_the_activity"):
            relieve(town, points, date(2025, 4, 2))


def test_four_points_are_relieved_in_a_year_and_the_fifth_is_not(town: Town) -> None:
    score(town, 8, TODAY)
    for day in range(1, 5):
        relieve(town, 1, date(2025, 4, day))
    with pytest.raises(Refused) as refusal:
        relieve(town, 1, date(2025, 12, 31))
    assert refusal.value.code == "relief_beyond_the_year"
    assert "4" in str(refusal.value.message)
    score(town, 8, date(2026, 1, 5))
    relieve(town, 1, date(2026, 1, 6))
    assert standing_of(town.surgeon, date(2026, 1, 6)).points == 7


def test_the_cap_of_the_year_holds_over_merged_files(town: Town) -> None:
    score(town, 8, TODAY)
    score(town, 3, TODAY, who=town.nurse)
    for day in (1, 2):
        relieve(town, 1, date(2025, 4, day))
        relieve(town, 1, date(2025, 4, day), who=town.nurse)
    merge(town, town.surgeon, town.nurse, date(2025, 5, 1))
    with pytest.raises(Refused, match="relief_beyond_the_year"):
        relieve(town, 1, date(2025, 5, 2))


def test_relief_never_exceeds_the_points_of_the_year(town: Town) -> None:
    score(town, 1, TODAY)
    relieve(town, 1, date(2025, 4, 1))
    with pytest.raises(Refused, match="relief_beyond_the_points"):
        relieve(town, 1, date(2025, 4, 2))
    score(town, 5, date(2025, 12, 30))
    with pytest.raises(Refused, match="relief_beyond_the_points"):
        relieve(town, 1, date(2026, 1, 2))


def test_relief_never_undoes_a_suspension_that_has_begun(town: Town) -> None:
    score(town, 9, TODAY)
    relieve(town, 1, date(2025, 4, 1))
    now = standing_of(town.surgeon, date(2025, 4, 1))
    assert (now.status, now.until, now.points) == ("suspended", date(2025, 5, 10), 8)


def test_relief_and_shortening_need_two_signatures(town: Town) -> None:
    score(town, 9, TODAY)
    signed: dict[str, Any] = {"reason": "培训", "agency": town.agency, "by": town.officer, "now": at(date(2025, 4, 1))}
    for second, code in ((None, "second_person_missing"), (town.officer, "second_person_same")):
        with pytest.raises(Refused, match=code):
            relieve_points(practitioner=town.surgeon, points=1, second=second, **signed)
        with pytest.raises(Refused, match=code):
            shorten_period(practitioner=town.surgeon, days=1, second=second, **signed)
    assert Fact.objects.count() == 1


def test_the_same_decision_relieves_once(town: Town) -> None:
    score(town, 9, TODAY)
    assert relieve(town, 1, date(2025, 4, 1), document="减1号") == relieve(town, 1, date(2025, 4, 2), document="减1号")
    assert shorten(town, 5, date(2025, 4, 1), document="缩1号") == shorten(town, 5, date(2025, 4, 2), document="缩1号")
    assert Fact.objects.count() == 3
    with pytest.raises(Refused, match="decision_already_recorded"):
        shorten(town, 6, date(2025, 4, 2), document="缩1号")


def test_a_suspension_keeps_half_of_its_length(town: Town) -> None:
    score(town, 9, TODAY)  # 10 March to 10 May: 61 days, of which 31 stay
    with pytest.raises(Refused) as refusal:
        shorten(town, 31, date(2025, 3, 20))
    assert refusal.value.code == "shortened_below_the_floor"
    assert "30" in str(refusal.value.message)
    shorten(town, 30, date(2025, 3, 20))
    assert standing_of(town.surgeon, date(2025, 4, 9)).status == "suspended"
    assert standing_of(town.surgeon, date(2025, 4, 10)).status == "normal"


def test_two_shortenings_together_keep_half(town: Town) -> None:
    score(town, 9, TODAY)
    shorten(town, 20, date(2025, 3, 20))
    with pytest.raises(Refused, match="shortened_below_the_floor"):
        shorten(town, 11, date(2025, 3, 21))
    shorten(town, 10, date(2025, 3, 21))
    assert SanctionPeriod.objects.get().ends_on == date(2025, 4, 10)


@pytest.mark.parametrize("days", [0, -3])
def test_a_period_is_shortened_by_a_day_at_least(town: Town, days: int) -> None:
    score(town, 9, TODAY)
    with pytest.raises(Refused, match="shortened_below_the_floor"):
        shorten(town, days, date(2025, 3, 20))


def test_half_is_of_this_suspension_although_an_earlier_one_was_shortened(town: Town) -> None:
    score(town, 11, TODAY)  # 10 March to 10 September
    shorten(town, 92, date(2025, 4, 1))  # now to 10 June
    score(town, 9, date(2026, 1, 1), made_on=date(2026, 1, 1), months=1)
    day = date(2026, 1, 2)
    assert standing_of(town.surgeon, day).until == date(2026, 2, 1)
    shorten(town, 15, day)  # 31 days, of which 16 stay
    assert standing_of(town.surgeon, day).until == date(2026, 1, 17)


def test_half_is_of_the_period_as_decided_and_not_as_it_would_have_run_into_another(town: Town) -> None:
    score(town, 11, date(2025, 9, 1))  # to 1 March 2026
    shorten(town, 90, date(2025, 9, 2))  # to 1 December
    score(town, 9, date(2026, 1, 5), months=1)  # by itself: 5 January to 5 February
    shorten(town, 15, date(2026, 1, 6))
    assert standing_of(town.surgeon, date(2026, 1, 6)).until == date(2026, 1, 21)
    with pytest.raises(Refused, match="shortened_below_the_floor"):
        shorten(town, 1, date(2026, 1, 7))


def test_a_suspension_to_come_can_be_shortened() -> None:
    hunan = build("430100")
    score(hunan, 9, TODAY)  # 1 April to 1 June
    shorten(hunan, 30, date(2025, 3, 20))
    period = SanctionPeriod.objects.get()
    assert (period.starts_on, period.ends_on) == (date(2025, 4, 1), date(2025, 5, 2))


def test_there_is_nothing_to_shorten_once_it_is_over(town: Town) -> None:
    with pytest.raises(Refused, match="nothing_to_shorten"):
        shorten(town, 1, TODAY)
    score(town, 9, TODAY)
    shorten(town, 1, date(2025, 5, 8))
    with pytest.raises(Refused, match="nothing_to_shorten"):
        shorten(town, 1, date(2025, 5, 9))


def test_a_cumulative_bar_is_shortened_down_to_half(town: Town) -> None:
    score(town, 8, date(2025, 2, 3))
    score(town, 4, TODAY)  # barred until 10 March 2026: 365 days, of which 183 stay
    with pytest.raises(Refused, match="shortened_below_the_floor"):
        shorten(town, 183, date(2025, 4, 1))
    shorten(town, 182, date(2025, 4, 1))
    assert standing_of(town.surgeon, date(2025, 4, 1)).until == TODAY + timedelta(days=183)


def test_twelve_points_at_once_are_not_shortened(town: Town) -> None:
    score(town, 12, TODAY)
    with pytest.raises(Refused, match="single_termination_is_not_shortened"):
        shorten(town, 1, date(2025, 4, 1))


def test_a_bar_that_is_over_is_not_shortened(town: Town) -> None:
    score(town, 8, date(2025, 2, 3))
    score(town, 4, TODAY)
    with pytest.raises(Refused, match="nothing_to_shorten"):
        shorten(town, 1, date(2026, 3, 10))


def test_registration_again_a_day_early_is_refused_and_on_the_day_it_is_good(town: Town) -> None:
    score(town, 12, TODAY)
    with pytest.raises(Refused) as refusal:
        register_again(town, date(2028, 3, 9))
    assert (refusal.value.code, refusal.value.value) == ("bar_running", date(2028, 3, 10))
    register_again(town, date(2028, 3, 10))
    now = standing_of(town.surgeon, date(2028, 3, 10))
    assert (now.status, now.errors) == ("normal", ())
    with pytest.raises(Refused, match="not_terminated"):
        register_again(town, date(2028, 3, 11))


def test_registering_again_ends_the_older_registrations(town: Town) -> None:
    clinic = register_at(
        practitioner=town.surgeon, institution=town.clinic, starts_on=TODAY, by=town.officer, now=at(TODAY)
    )
    score(town, 12, TODAY)
    again = date(2028, 3, 10)
    register_again(town, again, town.hospital, town.pharmacy, town.hospital)
    present = Registration.objects.filter(practitioner=town.surgeon, superseded_at=None)
    places = present.filter(ends_on=None).values_list("institution__code", "starts_on")
    assert set(places) == {(town.hospital.code, again), (town.pharmacy.code, again)}
    assert present.get(record=clinic.record).ends_on == again


def test_registering_again_needs_an_institution(town: Town) -> None:
    score(town, 12, TODAY)
    with pytest.raises(Refused, match="institutions_missing"):
        reregister(
            practitioner=town.surgeon,
            institutions=[],
            reason="期满",
            agency=town.agency,
            by=town.officer,
            now=at(date(2028, 3, 10)),
        )


def test_registering_again_covers_the_registrations_of_a_merged_file(town: Town) -> None:
    score(town, 12, TODAY)
    merge(town, town.surgeon, town.nurse, date(2025, 4, 1))
    register_again(town, date(2028, 3, 10), town.clinic)
    running = Registration.objects.filter(superseded_at=None, ends_on=None)
    assert [(each.practitioner, each.institution) for each in running] == [(town.surgeon, town.clinic)]


def test_previews_say_what_remediation_would_do_and_write_nothing(town: Town) -> None:
    score(town, 9, TODAY)
    day = at(date(2025, 4, 1))
    relief = preview_relief(practitioner=town.surgeon, points=1, agency=town.agency, now=day)
    assert (relief.before.points, relief.after.points) == (9, 8)
    shorter = preview_shortening(practitioner=town.surgeon, days=5, agency=town.agency, now=day)
    assert (shorter.before.until, shorter.after.until) == (date(2025, 5, 10), date(2025, 5, 5))
    with pytest.raises(Refused, match="not_terminated"):
        preview_reregistration(practitioner=town.surgeon, now=day)
    with pytest.raises(Refused, match="relief_beyond_the_activity"):
        preview_relief(practitioner=town.surgeon, points=2, agency=town.agency, now=day)
    with pytest.raises(Refused, match="shortened_below_the_floor"):
        preview_shortening(practitioner=town.surgeon, days=50, agency=town.agency, now=day)
    assert Fact.objects.count() == 1


def test_an_annulled_suspension_gives_its_shortening_nothing_to_do(town: Town) -> None:
    entry = score(town, 9, TODAY)
    shorten(town, 30, date(2025, 3, 20))
    annul(town, entry, date(2025, 3, 21))
    assert not SanctionPeriod.objects.exists()
    assert standing_of(town.surgeon, date(2025, 3, 21)).status == "normal"
    assert list(file_differences()) == []


def test_a_decision_number_that_does_not_fit_is_refused_in_words(town: Town) -> None:
    score(town, 4, TODAY)
    with pytest.raises(Refused) as refusal:
        relieve_points(
            practitioner=town.surgeon,
            points=1,
            reason="培训合格",
            document_number="减" * 121,
            agency=town.agency,
            by=town.officer,
            second=town.second,
            now=at(TODAY, 15),
        )
    assert (refusal.value.code, refusal.value.field) == ("document_number_too_long", "document_number")
