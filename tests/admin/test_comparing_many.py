"""The pages that compare, with more groups and institutions than a page holds: in parts, each once, and all as CSV."""

import csv
from datetime import date
from io import StringIO
from urllib.parse import parse_qsl

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import (
    Agency,
    Fact,
    Institution,
    PointsEntry,
    Practitioner,
    Region,
    Registration,
    SanctionPeriod,
)
from tests.admin.conftest import SignIn
from tests.admin.deeds import text_of, url
from tests.town import LAW_BEGINS, TODAY, Town, at, blame, build, handle

MANY = 70
MOST_QUERIES, MOST_BYTES = 15, 200_000
SPRING = date(2025, 4, 10)


@pytest.fixture
def chen(sign_in: SignIn, town: Town) -> Client:
    return sign_in(town.officer)


class Decided:
    """Entries of agencies about the nurse, written at once, because only pages are looked at."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.answering = blame(town, handle(town), who=town.nurse)
        self.written = 0

    def by(self, code: str, name: str, points: list[int], situation: str) -> None:
        agency = Agency.objects.create(code=code, name=name, region=self.town.region)
        facts = Fact.objects.bulk_create(
            self._fact(agency, self.written + number, count) for number, count in enumerate(points, start=1)
        )
        PointsEntry.objects.bulk_create(
            PointsEntry(
                fact=fact, responsibility=self.answering, handling=self.answering.handling, round=fact.chain_no - 1000,
                practitioner=self.town.nurse, situation=situation, default_points=5,
            )
            for fact in facts
        )  # fmt: skip
        self.written += len(points)

    def _fact(self, agency: Agency, number: int, points: int) -> Fact:
        nurse, now = self.town.nurse, at(TODAY)
        return Fact(
            practitioner=nurse, chain_no=1000 + number, kind="points_scored", points=points, counted_on=TODAY,
            effective_on=TODAY, policy="cn-2025", agency=agency, actor=self.town.officer, decided_at=now,
            recorded_at=now, origin="many", origin_seq=nurse.pk * 100_000 + number, salt=b"", prev_hash=b"", hash=b"",
        )  # fmt: skip


def many_agencies(town: Town, count: int = MANY) -> Decided:
    """Each decides five times on 2-99; the means of one and the next lie a fifth of a point apart, fifty in a row."""
    decided = Decided(town)
    for number in range(count):
        decided.by(f"M{number:03}", f"第{number}中心", [1 + (number % 50 + place) // 5 for place in range(5)], "2-99")
    return decided


def as_lines(client: Client, page: str, **asked: str) -> list[dict[str, str]]:
    answer = client.get(url(page), {**asked, "format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


def asked_little(client: Client, page: str, **asked: str) -> str:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url(page), asked)
    assert answer.status_code == 200
    assert len(captured) <= MOST_QUERIES, [each["sql"][:150] for each in captured]
    assert len(answer.content) <= MOST_BYTES, len(answer.content)
    return answer.content.decode()


# consistency ----------------------------------------------------------------------------------------------------------


def test_of_many_agencies_the_highest_and_the_lowest_are_named(chen: Client, town: Town) -> None:
    decided = many_agencies(town)
    decided.by("FEW", "少数中心", [12], "2-99")
    decided.by("ONE", "独一中心", [4] * 5, "3-99")
    short, alone = [row.outline for row in chen.get(url("consistency")).context["rows"]]
    assert (alone.situation, alone.difference, alone.highest, alone.between) == ("3-99", None, None, 1)
    assert (short.lowest.name, short.highest.name) == ("第50中心", "第49中心")
    assert (short.lowest.mean, short.highest.mean, short.difference) == (1.0, 10.8, 9.8)
    assert (short.groups, short.between) == (MANY + 1, MANY - 1)
    page = asked_little(chen, "consistency")
    assert f"and {MANY - 1} more" in page
    assert "少数中心" not in page


def test_every_agency_is_on_one_page_of_its_situation(chen: Client, town: Town) -> None:
    many_agencies(town)
    for sort in ("mean", "decisions", "deviation", "off_default"):
        seen: list[str] = []
        address = f"{url('consistency')}?situation=2-99&sort={sort}"
        while address:
            page = chen.get(address)
            seen += [row.group.key for row in page.context["rows"]]
            address = url("consistency") + page.context["later"] if page.context["later"] else ""
        assert sorted(seen) == [f"M{number:03}" for number in range(MANY)], sort
    asked_little(chen, "consistency", situation="2-99")
    assert f"1–30 of {MANY}" in text_of(chen.get(url("consistency"), {"situation": "2-99"}))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_thousands_are_grouped_on_the_pages_that_compare(chen: Client, town: Town, language: str) -> None:
    Decided(town).by("BUSY", "繁忙中心", [2] * 1234, "2-99")
    chen.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for page, asked, numbers in (
        ("consistency", {}, 2),  # decisions and entries
        ("consistency", {"situation": "2-99"}, 5),  # and twice for the agency, once by points, once for the country
        ("regions", {}, 1),
    ):
        found = chen.get(url(page), asked).content.decode()
        assert found.count("1,234") >= numbers, (page, asked)
        assert ">1234<" not in found


def test_the_csv_holds_every_group_of_every_situation(chen: Client, town: Town) -> None:
    many_agencies(town).by("ONE", "独一中心", [4] * 5, "3-99")
    lines = as_lines(chen, "consistency")
    assert sorted((line["situation"], line["key"]) for line in lines) == [
        *(("2-99", f"M{number:03}") for number in range(MANY)), ("3-99", "ONE")
    ]  # fmt: skip
    (line,) = [line for line in as_lines(chen, "consistency", situation="2-99") if line["key"] == "M007"]
    told = (line["decisions"], line["mean"], line["lowest"], line["highest"], line["points_2"], line["points_3"])
    assert told == ("5", "2.4", "2", "3", "3", "2")


def test_a_situation_that_nobody_decided_is_an_empty_page(chen: Client, town: Town) -> None:
    many_agencies(town, 1)
    for asked in ("9-99", "<script>", '"; x="', "2-99 OR 1=1"):
        page = chen.get(url("consistency"), {"situation": asked})
        assert "No points were decided for this situation" in text_of(page)
        assert as_lines(chen, "consistency", situation=asked) == []
    for number in ("0", "-1", "7", "99999999999999999999", "²", "x"):
        assert chen.get(url("consistency"), {"situation": "2-99", "page": number}).context["rows"]


def test_the_agencies_of_another_province_are_nowhere(chen: Client, town: Town) -> None:
    there = Decided(build("510100"))
    for number in range(6):
        there.by(f"S{number}", f"第{number + 5}中心", [3] * 5, "2-99")
    many_agencies(town, 1)
    assert [line["key"] for line in as_lines(chen, "consistency")] == ["M000"]
    for asked in ({}, {"situation": "2-99"}, {"situation": "2-99", "by": "province"}, {"by": "city"}):
        page = text_of(chen.get(url("consistency"), asked))
        assert "第5中心" not in page
    (row,) = chen.get(url("consistency")).context["rows"]
    assert (row.outline.all.decisions, row.country.decisions) == (5, 35)


# institutions ---------------------------------------------------------------------------------------------------------


def many_places(town: Town, count: int = MANY, *, county: str = "430111", letter: str = "H") -> list[str]:
    """Institutions of a county: of 2 to 12 people one is suspended at each; from 7 on that is near no mark."""
    parent = town.region
    region, _ = Region.objects.get_or_create(code=county, defaults={"name_zh": f"区{county}", "parent": parent})
    now, codes = at(LAW_BEGINS), []
    for number in range(count):
        staff, code = 2 + number % 11, f"{letter}{county}{number:05}"
        place = Institution.objects.create(
            code=code, name=f"诊所{number}", kind="medical", region=region, agency=town.agency, recorded_at=now
        )
        people = Practitioner.objects.bulk_create(
            Practitioner(code=f"D{county}{number:03}{one:03}", name="某人", category="nurse", recorded_at=now)
            for one in range(staff)
        )
        Registration.objects.bulk_create(
            Registration(practitioner=each, institution=place, starts_on=LAW_BEGINS, recorded_at=now) for each in people
        )
        SanctionPeriod.objects.create(
            practitioner=people[0], kind="suspension", starts_on=TODAY, ends_on=SPRING, because=[], single=False
        )
        if 100 / staff >= 15:
            codes.append(code)
    return codes


def test_every_institution_near_the_ratio_is_on_one_page_and_in_the_csv(sign_in: SignIn, town: Town) -> None:
    codes = many_places(town)
    with time_machine.travel(at(SPRING), tick=False):
        chen = sign_in(town.officer)
        seen: list[str] = []
        shares: list[float] = []
        address = url("shares")
        while address:
            page = chen.get(address)
            ratios = [row.bar.ratio for row in page.context["rows"]]
            seen += [ratio.institution.code for ratio in ratios]
            shares += [ratio.per_cent or 0 for ratio in ratios]
            address = url("shares") + page.context["later"] if page.context["later"] else ""
        assert sorted(seen) == sorted(codes)
        assert shares == sorted(shares, reverse=True)
        asked_little(chen, "shares")
        lines = as_lines(chen, "shares")
        assert [line["institution"] for line in lines] == seen
        assert [float(line["share"]) for line in lines] == shares


def test_institutions_are_narrowed_by_region_and_by_what_is_reached(sign_in: SignIn, town: Town) -> None:
    here, there = many_places(town, 22), many_places(town, 11, county="430102")
    with time_machine.travel(at(SPRING), tick=False):
        chen = sign_in(town.officer)
        page = chen.get(url("shares"))
        assert [(name, number) for name, number, _query in page.context["inside"]] == [
            ("区430102", len(there)), ("区430111", len(here))
        ]  # fmt: skip
        (_name, _number, query) = page.context["inside"][0]
        narrowed = chen.get(url("shares") + query)
        assert sorted(row.bar.ratio.institution.code for row in narrowed.context["rows"]) == sorted(there)
        numbers = {number: query for _words, number, query, _chosen in page.context["rules"]}
        assert sorted(numbers) == [3, 9, 15]  # of 2 people half; of 2 to 6 all are near, and of 3 to 5 a fifth
        for number, query in numbers.items():
            rows = chen.get(url("shares") + query).context["rows"]
            assert len(rows) == number
            assert len(as_lines(chen, "shares", **dict(parse_qsl(query[1:])))) == number


def test_an_officer_sees_no_institution_of_another_province(sign_in: SignIn, town: Town) -> None:
    ours, theirs = many_places(town, 3), many_places(build("510100"), 3, county="510104")
    with time_machine.travel(at(SPRING), tick=False):
        chen = sign_in(town.officer)
        for asked in ({}, {"region": "510100"}, {"region": "510000"}, {"region": "510104"}):
            assert {line["institution"] for line in as_lines(chen, "shares", **asked)} == set(ours)
            page = chen.get(url("shares"), asked).content.decode()
            assert not any(code in page for code in theirs)
