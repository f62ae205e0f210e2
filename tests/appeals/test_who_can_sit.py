"""Who cannot sit on a panel, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from appeals.rules.exclusions import REASONS, sort_out
from appeals.rules.pool import Case, Days, Expert, InvalidDraw, Terms, check
from tests.appeals.stories import (
    CITY_HOSPITAL,
    ELSEWHERE,
    SURGEON,
    THREE,
    case,
    expert,
    reasons,
    stay,
    town_case,
    town_pool,
)


def test_nothing_speaks_against_an_uninvolved_expert_of_the_specialty() -> None:
    assert reasons(expert(stays=(stay("2010-01-01", None, ELSEWHERE),), conflicts={"case-7"})) == ()


def test_a_radiologist_is_not_asked_about_surgery() -> None:
    assert reasons(expert(specialties={"imaging"})) == ("other_specialty",)
    assert reasons(expert(specialties={"imaging", "surgery"})) == ()


def test_nobody_judges_their_own_hospital() -> None:
    assert reasons(expert(stays=(stay("2019-01-01"),))) == ("same_institution_now",)


def test_the_first_day_at_the_hospital_excludes_and_the_day_before_does_not() -> None:
    assert reasons(expert(stays=(stay("2026-03-10"),))) == ("same_institution_now",)
    assert reasons(expert(stays=(stay("2026-03-11"),))) == ()


def test_the_last_day_at_the_hospital_is_now_and_the_day_after_is_recently() -> None:
    assert reasons(expert(stays=(stay("2019-01-01", "2026-03-11"),))) == ("same_institution_now",)
    assert reasons(expert(stays=(stay("2019-01-01", "2026-03-10"),))) == ("same_institution_recently",)


def test_a_last_day_three_years_ago_excludes() -> None:
    last_day_is_three_years_ago = stay("2010-01-01", "2023-03-11")
    assert reasons(expert(stays=(last_day_is_three_years_ago,))) == ("same_institution_recently",)


def test_a_last_day_three_years_and_a_day_ago_is_free() -> None:
    last_day_is_three_years_and_a_day_ago = stay("2010-01-01", "2023-03-10")
    assert reasons(expert(stays=(last_day_is_three_years_and_a_day_ago,))) == ()


def test_a_hospital_left_ten_years_ago_is_forgotten() -> None:
    assert reasons(expert(stays=(stay("2010-01-01", "2016-03-10"),))) == ()


def test_three_years_before_a_leap_day_is_the_last_of_february() -> None:
    leap = case(day=date(2028, 2, 29))
    assert reasons(expert(stays=(stay("2010-01-01", "2025-03-01"),)), leap) == ("same_institution_recently",)
    assert reasons(expert(stays=(stay("2010-01-01", "2025-02-28"),)), leap) == ()


def test_how_many_years_count_is_the_policys() -> None:
    left_four_years_ago = expert(stays=(stay("2010-01-01", "2022-03-10"),))
    assert reasons(left_four_years_ago, terms=Terms(size=3, years_apart=5)) == ("same_institution_recently",)
    left_yesterday = expert(stays=(stay("2010-01-01", "2026-03-10"),))
    only_now = Terms(size=3, years_apart=0)
    check([left_yesterday], case(), only_now)
    assert reasons(left_yesterday, terms=only_now) == ()


def test_whoever_left_and_came_back_has_both_reasons() -> None:
    stays = (stay("2019-01-01", "2025-01-01"), stay("2026-01-01"))
    assert reasons(expert(stays=stays)) == ("same_institution_now", "same_institution_recently")


def test_every_institution_of_the_case_counts() -> None:
    both = case(institutions=frozenset({CITY_HOSPITAL, ELSEWHERE}))
    assert reasons(expert(stays=(stay("2019-01-01", None, ELSEWHERE),)), both) == ("same_institution_now",)


@pytest.mark.parametrize("about", ["case-1", CITY_HOSPITAL, SURGEON])
def test_a_conflict_is_declared_with_the_case_an_institution_or_a_person(about: str) -> None:
    assert reasons(expert(conflicts={about, "case-7"})) == ("declared_conflict",)


def test_whoever_reviewed_the_case_does_not_sit_on_its_panel() -> None:
    assert reasons(expert("xu"), town_case()) == ("part_in_the_case",)


def test_an_expert_sits_on_the_days_they_offered_only() -> None:
    until_today = (Days(date(2026, 1, 1), date(2026, 3, 10)),)
    from_today = (*until_today, Days(date(2026, 3, 10), date(2026, 3, 11)))
    assert reasons(expert(available=())) == ("unavailable",)
    assert reasons(expert(available=until_today)) == ("unavailable",)
    assert reasons(expert(available=from_today)) == ()


def test_every_reason_is_told_in_one_order() -> None:
    stays = (stay("2019-01-01", "2025-01-01"), stay("2026-01-01"))
    everything = expert("xu", specialties=(), stays=stays, conflicts={SURGEON}, available=())
    assert reasons(everything, town_case()) == REASONS


def test_the_town_is_sorted_by_id() -> None:
    eligible, excluded = sort_out(town_pool()[::-1], town_case(), THREE)
    assert [member.id for member in eligible] == ["chen", "fang", "guo", "han", "jia", "liu", "ma"]
    assert {each.expert: each.reasons for each in excluded} == {
        "qin": ("other_specialty", "unavailable"),
        "song": ("same_institution_now",),
        "tang": ("same_institution_recently",),
        "wu": ("declared_conflict",),
        "xu": ("part_in_the_case",),
    }
    assert [each.expert for each in excluded] == ["qin", "song", "tang", "wu", "xu"]


def empty_stay() -> Expert:
    return expert(stays=(stay("2020-01-01"), stay("2026-01-01", "2026-01-01")))


def backward_offer() -> Expert:
    return expert(available=(Days(date(2026, 3, 10), date(2026, 3, 1)),))


@pytest.mark.parametrize(
    ("members", "changes", "terms", "field", "reason"),
    [
        ([expert(), expert("fang"), expert()], {}, THREE, "pool[2].id", r"pool\[0\] has the same id"),
        ([expert(load=-1)], {}, THREE, "pool[0].load", "nobody served on fewer than 0 panels"),
        ([expert("张伟")], {}, THREE, "pool[0].id", "must be 1 to 64 letters"),
        ([expert("chen\n")], {}, THREE, "pool[0].id", "must be 1 to 64 letters"),
        ([expert(specialties={""})], {}, THREE, "pool[0].specialties", "must be 1 to 64 letters"),
        ([expert(conflicts={"x" * 65})], {}, THREE, "pool[0].conflicts", "must be 1 to 64 letters"),
        ([expert(stays=(stay("2020-01-01", None, "a b"),))], {}, THREE, "pool[0].institutions", "must be 1 to 64"),
        ([empty_stay()], {}, THREE, "pool[0].institutions[1].until", "is not after from 2026-01-01"),
        ([backward_offer()], {}, THREE, "pool[0].available[0].until", "is not after from 2026-03-10"),
        ([], {"id": "a b"}, THREE, "case.id", "must be 1 to 64 letters"),
        ([], {"day": date(1899, 12, 31)}, THREE, "case.day", "is before 1900"),
        ([], {"specialty": "a,b"}, THREE, "case.specialty", "must be 1 to 64 letters"),
        ([], {"institutions": frozenset({"-", "?"})}, THREE, "case.institutions", "must be 1 to 64 letters"),
        ([], {"people": frozenset({"a\tb"})}, THREE, "case.people", "must be 1 to 64 letters"),
        ([], {}, Terms(size=4, years_apart=3), "size", "must be one of: 3, 5"),
        ([], {}, Terms(size=1, years_apart=3), "size", "must be one of: 3, 5"),
        ([], {}, Terms(size=3, years_apart=-1), "years_apart", "must be 0 to 40 years"),
        ([], {}, Terms(size=3, years_apart=41), "years_apart", "must be 0 to 40 years"),
    ],
)
def test_what_cannot_be_is_named_by_field_and_reason(
    members: list[Expert], changes: dict[str, Any], terms: Terms, field: str, reason: str
) -> None:
    of: Case = case(**changes)
    with pytest.raises(InvalidDraw, match=reason) as error:
        check(members, of, terms)
    assert error.value.field == field


def test_the_oldest_case_under_the_longest_memory_can_be_asked() -> None:
    oldest, longest = case(day=date(1900, 1, 1)), Terms(size=5, years_apart=40)
    check([expert()], oldest, longest)
    assert reasons(expert(), oldest, longest) == ("unavailable",)
