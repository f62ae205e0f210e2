from datetime import date

import pytest

from registry.desks.demo_data.cast import CAST
from registry.desks.demo_data.geography import CHINA, ENGLISH, changes, divisions, surroundings
from registry.desks.demo_data.places import BUSY_HOSPITAL, RESCINDED, places, provinces
from registry.desks.demo_data.timeline import same_year


def test_laiwu_is_a_district_of_jinan_since_2018_and_no_city_any_more() -> None:
    assert divisions()["370116"].name_zh == "莱芜区"
    assert list(surroundings("370116")) == ["370116", "370100", "370000"]
    assert "371200" not in divisions()


def test_a_county_under_no_city_lies_in_its_province() -> None:
    xiantao = divisions()["429004"]

    assert (xiantao.name_zh, xiantao.parent) == ("仙桃市", "429000")
    assert divisions()["460400"].parent == "460000"


def test_there_are_thirty_four_provinces_with_english_names() -> None:
    provinces = [division for code, division in divisions().items() if code.endswith("0000") and code != CHINA]

    assert len(provinces) == 34
    assert all(province.name_en and province.parent is None for province in provinces)


def test_every_division_comes_after_the_one_around_it() -> None:
    met: set[str] = set()
    for code, division in divisions().items():
        assert division.parent is None or division.parent in met
        met.add(code)


def test_a_changed_code_stands_for_the_place_until_a_later_change_takes_it_away() -> None:
    for number, change in enumerate(changes()):
        later = {old for after in changes()[number + 1 :] for old in after.old}
        assert not change.new or change.new in later or divisions()[change.new].name_zh == change.name
        assert not [old for old in change.old if old in divisions() and old != change.new]


def test_changes_are_told_in_the_order_of_years() -> None:
    years = [change.year for change in changes()]

    assert years == sorted(years)
    assert min(years) >= 2014


def test_english_names_belong_to_divisions_that_exist() -> None:
    assert set(ENGLISH) <= set(divisions())


def test_some_sixty_institutions_of_every_kind_stand_in_nine_provinces() -> None:
    assert len(places()) == 60
    assert len({place.code for place in places()}) == len({place.name for place in places()}) == 60
    assert len({place.region[:2] for place in places()}) == 9
    assert {"43", "21", "12", "46", "11"} <= {place.region[:2] for place in places()}
    for word in ("综合医院", "中医医院", "社区卫生服务中心", "药"):
        assert sum(word in place.name for place in places()) >= 7, word


def test_an_institution_is_handled_by_an_agency_around_it_whose_name_is_known_in_english() -> None:
    for place in places():
        assert place.agency in surroundings(place.region)
        assert place.agency in ENGLISH


def test_the_scheme_is_in_force_in_thirty_one_provinces() -> None:
    assert len(provinces()) == 31
    assert not {CHINA, "710000", "810000", "820000"} & set(provinces())


def test_every_part_of_a_story_is_played_at_a_place_that_exists() -> None:
    by_code = {place.code: place for place in places()}

    assert {code for code, _ in CAST.values()} <= set(by_code)
    assert by_code[BUSY_HOSPITAL].weight == max(place.weight for place in places())
    assert by_code[RESCINDED].is_pharmacy


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (date(2026, 6, 30), (date(2026, 6, 16), date(2026, 6, 30))),
        (date(2026, 1, 15), (date(2026, 1, 1), date(2026, 1, 15))),
        (date(2027, 1, 2), (date(2026, 12, 17), date(2026, 12, 31))),
        (date(2028, 2, 29), (date(2028, 2, 15), date(2028, 2, 29))),
    ],
)
def test_two_days_of_one_year_move_into_december_where_january_is_too_young(
    last: date, expected: tuple[date, date]
) -> None:
    assert same_year(last, days_before=14) == expected
