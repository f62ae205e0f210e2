"""Who was told what a correction corrects, and so has to be told again."""

from collections.abc import Sequence
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.actions.corrections import Correction, preview_corrections
from registry.actions.institutions import open_institution
from registry.models import Agency, Authority, Fact, Institution, PointsEntry, Region
from registry.queries.reach import ActReach, reach_of
from registry.queries.recipients import Because, Recipient, RecipientKind
from tests.actions.deeds import annul, join, leave, merge, relieve, revise
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db

LATER = date(2025, 6, 20)
NEXT_YEAR = date(2026, 2, 3)


@pytest.fixture
def town() -> Town:
    return build("510100")


def told(entry: PointsEntry | Sequence[PointsEntry], on: date = LATER, points: int | None = None) -> list[Recipient]:
    """Who is told when the entries are annulled on the day, or revised to so many points."""
    return list(reached(entry, on, points).recipients)


def reached(entry: PointsEntry | Sequence[PointsEntry], on: date, points: int | None = None) -> ActReach:
    facts = [each.fact for each in ([entry] if isinstance(entry, PointsEntry) else entry)]
    corrections = [Correction(fact, points) for fact in facts]
    found = preview_corrections(practitioner=facts[0].practitioner, corrections=corrections, now=at(on, 15))
    return reach_of(found, entries=facts)


def names(found: Sequence[Recipient], kind: str) -> list[str]:
    """The names of one kind of recipient."""
    return [each.name for each in found if each.kind == kind]


def elsewhere(code: str = "120100", name: str = "天津医院") -> Institution:
    """A hospital of another province, with an agency of its own."""
    province, _ = Region.objects.get_or_create(code=f"{code[:2]}0000", defaults={"name_zh": f"省{code[:2]}"})
    region = Region.objects.create(code=code, name_zh=f"市{code}", parent=province)
    agency = Agency.objects.create(code=f"A{code}", name=f"{name}所在地医保中心", region=region)
    number = f"H{code}00001"
    return open_institution(code=number, name=name, region=region, agency=agency, by=None, now=at(LAW_BEGINS))


def authority(region: Region, kind: str = "health") -> Authority:
    code = f"{kind[:12]}{region.code}"
    return Authority.objects.create(code=code, name=f"{region.name_zh}{kind}", kind=kind, region=region)


def test_the_person_the_institution_and_the_agency_that_decided_are_told(town: Town) -> None:
    found = told(score(town, 3, TODAY))
    assert [(each.kind, each.ref, each.name, each.because) for each in found] == [
        ("practitioner", str(town.surgeon.uuid), "王伟", Because.OWN_FILE),
        ("institution", town.hospital.code, "第一医院", Because.REGISTERED_THERE),
        ("agency", "A510100", "市医保中心", Because.DECIDED),
    ]


def test_every_kind_comes_in_its_order_and_each_body_once(town: Town) -> None:
    join(town, elsewhere(), LAW_BEGINS)
    join(town, town.clinic, LAW_BEGINS)
    for kind in ("drug", "health"):
        authority(town.region, kind)
    found = told(score(town, 3, TODAY))
    assert [each.kind for each in found] == [
        "practitioner",
        *["institution"] * 3,
        *["agency"] * 2,
        "health_authority",
        "drug_authority",
        "region",
    ]
    assert names(found, "institution") == ["天津医院", "第一医院", "社区卫生中心"]
    assert len({(each.kind, each.ref) for each in found}) == len(found)
    assert [each.because for each in found if each.kind == "agency"] == [
        Because.HANDLES_THE_AGREEMENT,
        Because.DECIDED,
    ]


def test_whoever_worked_with_the_person_while_it_counted_is_told(town: Town) -> None:
    join(town, town.pharmacy, LAW_BEGINS)
    leave(town, town.pharmacy, date(2025, 3, 1))  # before the entry
    entry = score(town, 3, TODAY)
    join(town, town.clinic, date(2025, 4, 1))
    leave(town, town.clinic, date(2025, 4, 20))
    assert names(told(entry), "institution") == ["第一医院", "社区卫生中心"]


def test_who_takes_the_person_on_after_the_points_have_passed_was_told_nothing(town: Town) -> None:
    grave = score(town, 9, date(2025, 12, 20))
    leave(town, town.hospital, date(2026, 1, 1))
    join(town, town.clinic, date(2026, 1, 10))  # suspended until 20 February
    join(town, town.pharmacy, date(2026, 3, 10))
    late = date(2026, 4, 1)
    assert names(told(grave, late), "institution") == ["第一医院", "社区卫生中心"]
    assert names(told(score(town, 2, date(2026, 3, 20)), late), "institution") == ["社区卫生中心", "便民药店"]


def test_points_of_a_year_that_is_over_were_told_on_their_day_alone(town: Town) -> None:
    entry = score(town, 3, date(2026, 1, 9), made_on=date(2025, 12, 28))
    join(town, town.clinic, date(2026, 1, 10))
    assert names(told(entry, NEXT_YEAR), "institution") == ["第一医院"]


def test_nobody_is_told_of_days_still_to_come(town: Town) -> None:
    entry = score(town, 11, TODAY)
    leave(town, town.hospital, date(2025, 5, 1))
    join(town, town.clinic, date(2025, 6, 21))
    assert names(told(entry, LATER), "institution") == ["第一医院"]
    assert names(told(entry, date(2025, 6, 21)), "institution") == ["第一医院", "社区卫生中心"]


def test_who_was_told_because_a_leaving_came_late_is_told_again(town: Town) -> None:
    leave_known_late = date(2025, 4, 1)
    entry = score(town, 3, TODAY)
    leave(town, town.hospital, date(2025, 2, 1), recorded_on=leave_known_late)
    assert names(told(entry), "institution") == ["第一医院"]
    second = score(town, 2, date(2025, 4, 2))
    assert names(told(second), "institution") == []


def test_who_left_that_day_before_the_entry_was_told_nothing(town: Town) -> None:
    entry = score(town, 3, TODAY)  # at noon
    leave(town, town.hospital, TODAY)  # in the morning
    assert names(told(entry), "institution") == []


def test_authorities_are_those_of_the_place_its_city_and_its_province(town: Town) -> None:
    county = Region.objects.create(code="510104", name_zh="锦江区", parent=town.region)
    place = open_institution(
        code="H51010400001", name="锦江医院", region=county, agency=town.agency, by=None, now=at(LAW_BEGINS)
    )
    join(town, place, LAW_BEGINS)
    assert town.region.parent is not None
    expected = [authority(region, "health").name for region in (town.region.parent, town.region, county)]
    authority(county, "healthcare_security")
    authority(Region.objects.create(code="510105", name_zh="青羊区", parent=town.region), "health")
    drug = authority(town.region, "drug")
    found = told(score(town, 3, TODAY))
    assert names(found, "health_authority") == expected
    assert names(found, "drug_authority") == [drug.name]


def test_another_province_is_told_where_the_person_works_there(town: Town) -> None:
    join(town, elsewhere(), LAW_BEGINS)
    found = told(score(town, 3, TODAY))
    assert names(found, "region") == ["省12"]
    assert names(found, "all_regions") == []
    assert names(found, "agency") == ["天津医院所在地医保中心", "市医保中心"]


def test_all_regions_are_told_in_one_line_where_the_entry_led_to_a_sanction(town: Town) -> None:
    join(town, elsewhere(), LAW_BEGINS)
    for points in (9, 12):
        found = told(score(town, points, TODAY, number=f"罚{points}"))
        assert names(found, "region") == []
        (everywhere,) = [each for each in found if each.kind == RecipientKind.ALL_REGIONS]
        assert (everywhere.ref, everywhere.name, everywhere.because) == ("", "", Because.HOLDS_EVERYWHERE)


def test_a_suspension_that_has_not_begun_was_told_to_all_regions_too() -> None:
    changsha = build()
    assert [each.kind for each in told(score(changsha, 9, TODAY), TODAY)][-1] == "all_regions"


def test_an_entry_that_made_another_terminate_was_told_to_all_regions(town: Town) -> None:
    small = score(town, 4, date(2025, 2, 3))
    assert [each.kind for each in told(small, TODAY)][-1] == "agency"
    score(town, 9, TODAY)
    assert [each.kind for each in told(small)][-1] == "all_regions"


def test_a_sanction_that_was_corrected_before_is_not_forgotten(town: Town) -> None:
    entry = score(town, 9, date(2025, 12, 20))
    leave(town, town.hospital, date(2026, 1, 2))
    join(town, town.clinic, date(2026, 1, 5))
    revise(town, entry, date(2026, 1, 12), points=5)  # no suspension ever
    join(town, town.pharmacy, date(2026, 1, 20))
    found = told(entry, NEXT_YEAR)
    assert names(found, "institution") == ["第一医院", "社区卫生中心"]
    assert found[-1].kind == "all_regions"


def test_also_where_no_day_differs_they_are_told_that_the_entry_fell(town: Town) -> None:
    entry = score(town, 1, TODAY)
    relieve(town, 1, date(2025, 4, 1))
    found = reached(entry, LATER)
    assert found.is_empty
    assert [each.kind for each in found.recipients] == ["practitioner", "institution", "agency"]


def test_nobody_is_told_again_of_what_is_annulled_already(town: Town) -> None:
    entry = score(town, 9, TODAY)
    annul(town, entry, date(2025, 5, 2))
    other = score(town, 2, date(2025, 5, 6))
    assert told(entry) == []
    assert [each.kind for each in told([entry, other])] == ["practitioner", "institution", "agency"]


def test_of_an_older_register_nobody_decided_and_every_province_is_another(town: Town) -> None:
    entry = score(town, 3, TODAY)
    found = preview_corrections(
        practitioner=town.surgeon, corrections=[Correction(entry.fact, None)], now=at(LATER, 15)
    )
    entry.fact.agency = None
    recipients = reach_of(found, entries=[entry.fact]).recipients
    assert [(each.name, each.because) for each in recipients if each.kind == "agency"] == [
        ("市医保中心", Because.HANDLES_THE_AGREEMENT)
    ]
    assert names(recipients, "region") == ["某省"]


def test_a_province_that_decided_only_one_of_the_entries_is_told_of_the_other(town: Town) -> None:
    join(town, elsewhere(), LAW_BEGINS)
    tianjin = Agency.objects.get(code="A120100")
    here, there = score(town, 3, TODAY), score(town, 2, date(2025, 4, 1))
    there.fact.agency = tianjin
    assert names(told([here, there]), "region") == ["省12", "某省"]
    assert names(told(here), "region") == ["省12"]


def test_of_merged_files_the_kept_one_is_told_and_the_institutions_of_both(town: Town) -> None:
    entry = score(town, 3, TODAY)
    merge(town, town.nurse, town.surgeon, date(2025, 4, 1))
    join(town, town.clinic, date(2025, 4, 2))
    found = told(entry)
    assert names(found, "practitioner") == [town.nurse.name]
    assert names(found, "institution") == ["第一医院", "社区卫生中心"]


def test_who_is_paid_after_all_is_told(town: Town) -> None:
    entry = score(town, 11, TODAY)
    join(town, town.clinic, date(2025, 4, 1))
    leave(town, town.hospital, date(2025, 4, 10))
    found = reached(entry, LATER)
    paid = {place.name for window in found.restitution for place in window.institutions}
    assert paid == set(names(found.recipients, "institution")) == {"第一医院", "社区卫生中心"}


def test_what_the_persons_file_says_is_told_from_what_others_keep(town: Town) -> None:
    join(town, elsewhere(), LAW_BEGINS)
    authority(town.region)
    kinds = {each.kind for each in told(score(town, 3, TODAY)) if each.follows_from_the_file}
    assert kinds == {"practitioner", "institution", "region"}


def test_several_entries_cost_no_more_queries_than_one(town: Town) -> None:
    for code in ("120100", "430100", "110100"):
        join(town, elsewhere(code, f"医院{code}"), LAW_BEGINS)
    merge(town, town.nurse, town.surgeon, TODAY)
    entries = [score(town, 2, date(2025, month, 10)) for month in (3, 4, 5)]
    counts = []
    for some in (entries[:1], entries):
        facts = list(Fact.objects.filter(points_entry__in=some))
        corrections = [Correction(fact, 1) for fact in facts]
        found = preview_corrections(practitioner=town.surgeon, corrections=corrections, now=at(LATER, 15))
        with CaptureQueriesContext(connection) as captured:
            recipients = reach_of(found, entries=facts).recipients
        assert names(recipients, "region") == ["省11", "省12", "省43"]
        assert all(query["sql"].startswith("SELECT") for query in captured)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 6
