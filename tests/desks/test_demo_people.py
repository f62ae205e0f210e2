from collections import Counter
from datetime import date
from random import Random

import pytest

from registry.desks.demo_data import names
from registry.desks.demo_data.cast import CAST
from registry.desks.demo_data.numbers import resident_id
from registry.desks.demo_data.people import Profile, headcounts, profiles
from registry.desks.demo_data.places import places
from registry.models import Category, DocumentKind, Sex
from registry.rules import resident_id as rules_of_resident_ids


@pytest.fixture(scope="module")
def two_thousand() -> list[Profile]:
    return profiles(count=2000, seed=2025, places=places())


def resident_ids(people: list[Profile]) -> list[tuple[Profile, str]]:
    return [(person, person.document[1]) for person in people if person.document[0] == DocumentKind.RESIDENT_ID]


def test_the_same_seed_gives_the_same_people_and_another_one_others(two_thousand: list[Profile]) -> None:
    assert profiles(count=2000, seed=2025, places=places()) == two_thousand
    assert profiles(count=2000, seed=7, places=places()) != two_thousand


def test_the_cast_is_the_same_whatever_the_size(two_thousand: list[Profile]) -> None:
    few = profiles(count=80, seed=2025, places=places())

    assert few[: len(CAST)] == two_thousand[: len(CAST)]
    assert [(person.posts[0].institution, person.category) for person in few[: len(CAST)]] == list(CAST.values())


def test_there_are_as_many_people_as_asked_for_and_no_number_belongs_to_two(two_thousand: list[Profile]) -> None:
    assert len(two_thousand) == 2000
    assert len({person.code for person in two_thousand}) == 2000
    assert len({person.document for person in two_thousand}) == 2000


def test_fewer_people_than_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="3 people cannot play"):
        profiles(count=3, seed=2025, places=places())


def test_every_resident_id_passes_the_check_and_agrees_with_birth_and_sex(two_thousand: list[Profile]) -> None:
    for person, number in resident_ids(two_thousand):
        assert rules_of_resident_ids.fault(number) is None
        assert rules_of_resident_ids.birth_date(number) == person.born
        assert rules_of_resident_ids.sex(number) == person.sex


def test_no_resident_id_carries_the_code_of_a_county_so_none_is_anybodys(two_thousand: list[Profile]) -> None:
    assert {number[2:6] for _, number in resident_ids(two_thousand)} == {"0000"}


def test_a_day_has_five_hundred_order_numbers_for_each_sex() -> None:
    assert resident_id(region="430102", born=date(1990, 2, 28), serial=499, male=True)[14:17] == "999"
    with pytest.raises(ValueError, match="serial 500"):
        resident_id(region="430102", born=date(1990, 2, 28), serial=500, male=True)


def test_codes_carry_the_letters_of_the_profession(two_thousand: list[Profile]) -> None:
    letters = {person.category: person.code.rstrip("0123456789") for person in two_thousand}

    assert {category: letters[category] for category in ("physician", "nurse", "technician", "pharmacist")} == {
        "physician": "D",
        "nurse": "N",
        "technician": "HJ",
        "pharmacist": "HY",
    }
    assert {len(person.code.lstrip("DNHYJ")) for person in two_thousand} == {12}


def test_every_pharmacy_has_one_principal(two_thousand: list[Profile]) -> None:
    principals = Counter(
        person.posts[0].institution for person in two_thousand if person.category == Category.PHARMACY_PRINCIPAL
    )

    assert principals == Counter(place.code for place in places() if place.is_pharmacy)


def test_one_physician_in_five_works_at_several_sites_of_one_province(two_thousand: list[Profile]) -> None:
    several = [person for person in two_thousand if len(person.posts) > 1]
    physicians = [person for person in two_thousand if person.category == Category.PHYSICIAN]

    assert 0.1 < len(several) / len(physicians) < 0.25
    for person in several:
        codes = [post.institution for post in person.posts]
        assert len(set(codes)) == len(codes)
        assert len({code[1:3] for code in codes}) == 1


def test_common_surnames_are_common_and_rare_kinds_of_names_and_documents_are_there(
    two_thousand: list[Profile],
) -> None:
    surnames = Counter(names.surname(person.name) for person in two_thousand)

    assert {"王", "李", "张"} == {surname for surname, _ in surnames.most_common(3)}
    assert any(person.name.startswith(names.COMPOUND_SURNAMES) for person in two_thousand)
    assert sum("·" in person.name for person in two_thousand) == 10
    assert {person.document[0] for person in two_thousand} == {
        DocumentKind.RESIDENT_ID,
        DocumentKind.PASSPORT,
        DocumentKind.HK_MACAU_PERMIT,
        DocumentKind.TAIWAN_PERMIT,
        DocumentKind.FOREIGN_RESIDENT,
    }


def test_nurses_are_mostly_women(two_thousand: list[Profile]) -> None:
    nurses = [person for person in two_thousand if person.category == Category.NURSE]

    assert sum(person.sex == Sex.FEMALE for person in nurses) > 0.9 * len(nurses)


@pytest.mark.parametrize("count", [0, 1, 60, 1999, 20_000])
def test_headcounts_add_up(count: int) -> None:
    shares = headcounts(count, places())

    assert sum(shares) == count
    assert min(shares) >= 0


def test_a_surname_of_two_characters_is_recognised() -> None:
    assert (names.surname("欧阳海"), names.surname("欧海")) == ("欧阳", "欧")


def test_generations_like_different_names() -> None:
    older = {names.given_name(Random(n), male=True, birth_year=1965)[0] for n in range(50)}
    younger = {names.given_name(Random(n), male=True, birth_year=1999)[0] for n in range(50)}

    assert older <= set(names.OLDER_MALE)
    assert younger <= set(names.YOUNGER_MALE)
