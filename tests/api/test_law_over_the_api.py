"""The law to read, the calendar to keep, and the same histories under another policy."""

import csv
import json
from datetime import date
from typing import Any

import pytest

from registry.models import Assignment, CalendarYear, Fact, Role, User
from registry.queries import whatif
from tests.api.officers import Program
from tests.api.people_of_a_case import administrator, compliance_officer
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.town import LAW_BEGINS, Town, build, score

DAYS = [
    {"day": "2027-01-01", "kind": "holiday", "name": "元旦"},
    {"day": "2027-02-14", "kind": "make_up"},
]
NOTICE = {"year": 2027, "notice": "国办发明电〔2026〕7号", "days": DAYS}


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def officer(here: Desk) -> Program:
    return Program(here.scorer)


def test_every_value_of_a_policy_stands_with_its_provision_and_certainty(officer: Program) -> None:
    shown = officer.read("policies/cn-2025/")
    values = {value["key"]: value for value in shown["values"]}
    assert (values["thresholds.suspend"]["value"], values["thresholds.terminate"]["value"]) == (9, 12)
    assert all(value["provision"]["text"] and value["provision"]["certainty"] in "FLD" for value in shown["values"])
    assert all(value["words"] != value["key"] for value in shown["values"] if not value["key"].startswith("months."))
    assert {"1-99", "4-99"} <= {situation["code"] for situation in shown["situations"]}
    problem(officer.get("policies/cn-1949/"), 404, "not-found")


def test_the_policies_are_listed_and_the_one_in_force_is_found(officer: Program) -> None:
    drafts = officer.read("policies/?draft=true")["items"]
    assert [(law["id"], law["in_force"]) for law in drafts] == [("cn-2023-draft", False)]
    hunan = officer.read("policies/?in_region=430100&on=2026-03-04")["items"]
    assert [law["id"] for law in hunan] == ["cn-43-2025"]
    seen, address = [], "policies/?limit=2"
    while address:
        page = officer.read(address)
        seen += [law["id"] for law in page["items"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == len(officer.read("policies/")["items"])


def test_everybody_in_the_office_reads_the_calendar(town: Town) -> None:
    helper = User.objects.create_user("bang")
    Assignment.objects.create(user=helper, role=Role.SUPPORT, starts_on=LAW_BEGINS)
    years = Program(helper).read("calendar/years/")["items"]
    assert [row["year"] for row in years] == [2026, 2025, 2024]
    assert Program(helper).read("calendar/years/2026/")["year"] == 2026


def test_who_keeps_a_part_of_the_country_does_not_keep_its_calendar(town: Town) -> None:
    local = User.objects.create_user("sheng")
    Assignment.objects.create(user=local, role=Role.ADMINISTRATOR, region=town.region.parent, starts_on=LAW_BEGINS)
    for address in ("calendar/years/", "calendar/year-previews/", "calendar/years/2026/corrections/"):
        problem(Program(local).post(address, NOTICE), 403, "forbidden")


def test_an_administrator_enters_a_year_and_corrects_a_day_of_it(officer: Program) -> None:
    root = Program(administrator())
    assert officer.read("calendar/missing-years/")["years"] == [2027]
    assert root.done("calendar/year-previews/", NOTICE)["make_up_days"] == 1
    assert not CalendarYear.objects.filter(year=2027).exists()
    first, again = (root.post("calendar/years/", NOTICE, idempotency_key="calendar-2027") for _ in range(2))
    assert (first.status_code, json.loads(first.content)["notice"]) == (201, NOTICE["notice"])
    assert first.content == again.content
    correction = {"day": "2027-01-04", "kind": "holiday", "name": "元旦", "reason": "补充通知"}
    assert root.done("calendar/years/2027/corrections/", correction)["kind"]["code"] == "holiday"
    shown = officer.read("calendar/years/2027/")
    assert [day["day"] for day in shown["days"]] == ["2027-01-01", "2027-01-04", "2027-02-14"]
    assert [(row["day"], row["reason"]) for row in shown["corrections"]] == [("2027-01-04", "补充通知")]
    outside = root.post("calendar/years/2027/corrections/", {**correction, "day": "2026-01-04"})
    (error,) = problem(outside, 409, "value-refused")["errors"]
    assert (error["code"], error["field"]) == ("day_of_another_year", "day")


def test_an_officer_does_not_write_the_calendar(officer: Program) -> None:
    problem(officer.post("calendar/years/", NOTICE), 403, "forbidden")
    problem(officer.post("calendar/year-previews/", NOTICE), 403, "forbidden")
    body = {"day": "2026-01-04", "kind": "ordinary", "reason": "–"}
    problem(officer.post("calendar/years/2026/corrections/", body), 403, "forbidden")
    assert [year["year"] for year in officer.read("calendar/years/?limit=1")["items"]] == [2026]


def counts(shown: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {row["status"]: (row["before"], row["after"]) for row in shown["counts"]}


def test_who_would_stand_otherwise_is_told_inside_the_scope(here: Desk, officer: Program) -> None:
    score(here.town, 9, date(2026, 11, 9))
    far = build("320100")
    score(far, 9, date(2026, 11, 9))
    shown = officer.read("what-if/?policy=cn-2023-draft")
    assert (shown["people"], shown["stand_otherwise"]) == (1, 1)
    assert counts(shown)["suspended"] == (1, 0)
    assert [row["institution"] for row in shown["institutions"]] == [here.town.hospital.code]
    assert Program(administrator()).read("what-if/?policy=cn-2023-draft")["people"] == 2
    assert Program(administrator()).read("what-if/?policy=cn-2023-draft&region=320000")["people"] == 1
    assert Program(compliance_officer(here.town.clinic)).read("what-if/?policy=cn-2023-draft")["people"] == 0
    assert Fact.objects.count() == 2


def test_the_table_names_everybody_who_differs(here: Desk, officer: Program) -> None:
    score(here.town, 9, date(2026, 11, 9))
    score(here.town, 2, date(2026, 11, 9), who=here.nurse)
    answer = officer.get("what-if/table/?policy=cn-2023-draft", accept="text/csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    (row,) = csv.DictReader(text.splitlines())
    assert (row["code"], row["status_before"], row["status_after"]) == (here.surgeon.code, "suspended", "normal")


def test_a_scope_too_large_is_refused_before_anything_is_computed(
    here: Desk, officer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (here.surgeon, here.nurse):
        score(here.town, 9, date(2026, 11, 9), who=person)
    defaults = whatif.compare_at.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "most", 1)
    assert problem(officer.get("what-if/?policy=cn-2023-draft"), 409, "refused")["code"] == "scope_too_large"


@pytest.mark.parametrize("query", ["policy=cn-1949", "policy=cn-2025&region=999999", "policy=cn-2025&year=x", ""])
def test_what_is_asked_must_be_known(officer: Program, query: str) -> None:
    problem(officer.get(f"what-if/?{query}"), 400, "malformed")
