"""People of a case in and out of spreadsheets: every fault by row and column, nothing half-written."""

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.utils import translation

from registry.actions.many import ManyRefused, identify_many, propose_many, tried
from registry.actions.people import rename
from registry.models import Case, Practitioner, Proposal, Responsibility
from registry.rosters.case_sheets import (
    IDENTIFICATION,
    IDENTIFYING,
    MOST_ROWS,
    PROPOSAL,
    PROPOSING,
    SheetFaulty,
    SheetRow,
    identified_rows,
    proposed_rows,
    read_pasted,
    read_rows,
    text_of,
    with_refusals,
)
from registry.rosters.case_templates import identification_template, proposal_template
from registry.rosters.errors import RosterRefused
from tests.casework import Desk, desk
from tests.rosters.sheets import as_csv, xlsx
from tests.town import TODAY, at, handle

pytestmark = pytest.mark.django_db

IDENTIFY = ["人员代码", "姓名", "责任等级", "认定依据", "认定日期"]
PROPOSE = ["人员代码", "姓名", "记分情形", "记分", "暂停月数", "偏离理由", "行为"]
ALL = Practitioner.objects.all()
NO_DEFAULTS: dict[str, Any] = {"grade": "", "grounds": "", "identified_on": None}


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def here() -> Desk:
    return desk()


@pytest.fixture
def case(here: Desk) -> Case:
    return handle(here.town).case


def surgeon(here: Desk, **other: Any) -> list[Any]:
    said = dict(zip(IDENTIFY, [here.surgeon.code, "王伟", "主要", "主刀", "2025/3/10"], strict=True))
    return list((said | other).values())


def nurse(here: Desk, **other: Any) -> list[Any]:
    said = dict(zip(IDENTIFY, [here.nurse.code, "李娜", "general", "配合", dt.date(2025, 3, 9)], strict=True))
    return list((said | other).values())


def points(person: Practitioner, **other: Any) -> list[Any]:
    return list((dict.fromkeys(PROPOSE, "") | {"人员代码": person.code, "姓名": person.name} | other).values())


def faults(refused: SheetFaulty) -> list[tuple[int, str]]:
    return [(row.number, fault.column) for row in refused.rows for fault in row.faults]


def identify(here: Desk, case: Case, *rows: list[Any]) -> list[Responsibility]:
    read = read_rows(xlsx(*rows, headings=IDENTIFY), IDENTIFICATION)
    found = identified_rows(read, people=ALL, **NO_DEFAULTS)
    return identify_many(case=case, rows=found, by=here.identifier, now=at(TODAY, 9))


def test_a_list_identifies_everybody_on_it(here: Desk, case: Case) -> None:
    identify(here, case, surgeon(here), nurse(here))
    found = Responsibility.objects.order_by("pk").values_list("practitioner__name", "grade", "grounds", "identified_on")
    assert list(found) == [
        ("王伟", "principal", "主刀", TODAY),
        ("李娜", "general", "配合", dt.date(2025, 3, 9)),
    ]


@pytest.mark.parametrize("write", [xlsx, as_csv])
def test_every_fault_is_told_by_row_and_column(here: Desk, write: Any) -> None:
    content = write(
        surgeon(here, 姓名="王炜", 责任等级="首要"),
        nurse(here, 认定日期="3/9/25", 认定依据=""),
        ["D000000000000", "无名", "一般", "配合", "2025-03-10"],
        headings=IDENTIFY,
    )
    with pytest.raises(SheetFaulty) as refused:
        identified_rows(read_rows(content, IDENTIFICATION), people=ALL, **NO_DEFAULTS)
    assert faults(refused.value) == [
        (2, "name"), (2, "responsibility"), (3, "identified on"), (3, "grounds"), (4, "personal code"),
    ]  # fmt: skip
    assert "3 of 3 rows" in str(refused.value.message)
    assert "belongs to 王＊, not to 王炜" in refused.value.rows[0].faults[0].text


def test_what_the_act_refuses_stands_at_its_row_and_column(here: Desk, case: Case) -> None:
    rows = read_rows(xlsx(surgeon(here, 认定日期="2025-03-11"), surgeon(here), headings=IDENTIFY), IDENTIFICATION)
    found = identified_rows(rows, people=ALL, **NO_DEFAULTS)
    with pytest.raises(ManyRefused) as refused:
        tried(partial(identify_many, case=case, rows=found, by=here.identifier, now=at(TODAY)))
    told = with_refusals(rows, refused.value)
    assert faults(told) == [(2, "identified on"), (3, "personal code")]
    assert not Responsibility.objects.exists()


def test_a_check_writes_nothing(here: Desk, case: Case) -> None:
    found = identified_rows(read_rows(xlsx(nurse(here), headings=IDENTIFY), IDENTIFICATION), people=ALL, **NO_DEFAULTS)
    tried(partial(identify_many, case=case, rows=found, by=here.identifier, now=at(TODAY)))
    assert not Responsibility.objects.exists()


def test_pasted_codes_take_grade_grounds_and_day_from_the_form(here: Desk) -> None:
    text = f"{here.surgeon.code}\n{here.nurse.code}\n"
    rows = read_pasted(text, IDENTIFICATION, IDENTIFYING)
    found = identified_rows(rows, people=ALL, grade="general", grounds="科室名单", identified_on=TODAY)
    assert [(row.practitioner, row.grade, row.grounds, row.identified_on) for row in found] == [
        (here.surgeon, "general", "科室名单", TODAY),
        (here.nurse, "general", "科室名单", TODAY),
    ]


def test_pasted_cells_keep_what_they_say_over_the_form(here: Desk) -> None:
    text = f"{here.surgeon.code}\t王伟\t主要\t主刀\n"
    rows = read_pasted(text, IDENTIFICATION, IDENTIFYING)
    (found,) = identified_rows(rows, people=ALL, grade="general", grounds="名单", identified_on=TODAY)
    assert (found.grade, found.grounds) == ("principal", "主刀")


def test_what_a_later_row_says_counts_though_the_first_is_a_bare_code(here: Desk) -> None:
    rows = read_pasted(f"{here.surgeon.code}\n{here.nurse.code}，别人，主要，主刀", IDENTIFICATION, IDENTIFYING)
    assert [(row.number, row.name, row.grade, row.grounds) for row in rows] == [
        (1, "", "", ""),
        (2, "别人", "主要", "主刀"),
    ]
    with pytest.raises(SheetFaulty) as refused:
        identified_rows(rows, people=ALL, grade="general", grounds="名单", identified_on=TODAY)
    assert faults(refused.value) == [(2, "name")]


def test_a_comma_in_the_grounds_does_not_divide_cells_that_tabs_divide(here: Desk) -> None:
    (row,) = read_pasted(f"{here.surgeon.code}\t王伟\t主要\t主刀，多次", IDENTIFICATION, IDENTIFYING)
    assert (row.name, row.grade, row.grounds) == ("王伟", "主要", "主刀,多次")


def test_pasted_headings_count_as_the_first_row(here: Desk) -> None:
    text = f"姓名,人员代码\n王伟,{here.surgeon.code}"
    (row,) = read_pasted(text, IDENTIFICATION, IDENTIFYING)
    assert (row.number, row.code, row.name) == (2, here.surgeon.code, "王伟")


def test_what_is_carried_to_the_confirmation_reads_the_same_again(here: Desk) -> None:
    first = read_rows(
        xlsx(surgeon(here, 认定依据="=cmd|第一行\n第二行"), nurse(here), headings=IDENTIFY), IDENTIFICATION
    )
    text = text_of(first, IDENTIFYING)
    again = read_pasted(text, IDENTIFICATION, IDENTIFYING)

    def said(rows: list[SheetRow]) -> list[list[Any]]:
        return [[getattr(row, name) for name in IDENTIFYING] for row in rows]

    assert said(again) == said(first)
    assert text_of(again, IDENTIFYING) == text


def test_people_out_of_sight_are_unknown(here: Desk) -> None:
    read = read_rows(xlsx(surgeon(here), headings=IDENTIFY), IDENTIFICATION)
    with pytest.raises(SheetFaulty) as refused:
        identified_rows(read, people=ALL.exclude(pk=here.surgeon.pk), **NO_DEFAULTS)
    assert faults(refused.value) == [(2, "personal code")]


def test_rows_of_one_person_are_the_situations_of_one_proposal(here: Desk, case: Case) -> None:
    identify(here, case, surgeon(here), nurse(here))
    content = xlsx(
        points(here.surgeon, 记分情形="1-01"),
        points(here.nurse, 记分情形="1-01", 记分=2, 偏离理由="多次"),
        points(here.surgeon, 记分情形="2-99", 行为="串换药品"),
        headings=PROPOSE,
    )
    rows = proposed_rows(read_rows(content, PROPOSAL), case=case, people=ALL)
    propose_many(case=case, rows=rows, by=here.scorer, now=at(TODAY))
    found = {
        proposal.practitioner.name: list(proposal.items.values_list("situation", "points", "act"))
        for proposal in Proposal.objects.select_related("practitioner")
    }
    assert found == {"王伟": [("1-01", 3, ""), ("2-99", 6, "串换药品")], "李娜": [("1-01", 2, "")]}


def test_a_situation_that_the_spreadsheet_made_a_day_is_told(here: Desk, case: Case) -> None:
    identify(here, case, nurse(here))
    content = xlsx(points(here.nurse, 记分情形=dt.date(2025, 1, 1)), headings=PROPOSE)
    with pytest.raises(SheetFaulty) as refused:
        proposed_rows(read_rows(content, PROPOSAL), case=case, people=ALL)
    assert faults(refused.value) == [(2, "situation")]
    assert "Format the column as text" in refused.value.rows[0].faults[0].text


def test_who_was_not_identified_and_another_grade_are_told(here: Desk, case: Case) -> None:
    identify(here, case, nurse(here))
    content = xlsx(
        [*points(here.surgeon, 记分情形="1-01"), "主要"],
        [*points(here.nurse, 记分情形="1-01"), "主要"],
        headings=[*PROPOSE, "责任等级"],
    )
    with pytest.raises(SheetFaulty) as refused:
        proposed_rows(read_rows(content, PROPOSAL), case=case, people=ALL)
    assert faults(refused.value) == [(2, "personal code"), (3, "responsibility")]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_templates_are_read_as_they_are_written(here: Desk, case: Case, language: str) -> None:
    identify(here, case, surgeon(here), nurse(here))
    with translation.override(language):
        with pytest.raises(RosterRefused) as empty:
            read_rows(identification_template(), IDENTIFICATION)
        rows = read_rows(proposal_template(case), PROPOSAL)
    assert empty.value.code == "no_rows"
    assert [(row.code, row.name, row.situation) for row in rows] == [
        (here.surgeon.code, "王伟", ""),
        (here.nurse.code, "李娜", ""),
    ]
    assert text_of(rows, PROPOSING).count("\r\n") == 3


def test_a_name_that_a_spreadsheet_would_calculate_is_written_as_text(here: Desk, case: Case) -> None:
    identify(here, case, nurse(here))
    rename(practitioner=here.nurse, name="=HYPERLINK", reason="测试", by=here.town.officer, now=at(TODAY))
    (row,) = read_rows(proposal_template(case), PROPOSAL)
    assert row.name == "=HYPERLINK"


def test_a_list_without_end_is_refused(here: Desk) -> None:
    content = as_csv(*([here.nurse.code, "李娜"] for _row in range(MOST_ROWS + 1)), headings=IDENTIFY[:2])
    with pytest.raises(RosterRefused) as refused:
        read_rows(content, IDENTIFICATION)
    assert refused.value.code == "too_many_rows"
