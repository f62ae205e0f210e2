"""The empty lists of a case to fill in: headings in both languages, codes as text, and the words that may be used."""

import io
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.translation import get_language
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from registry.ledger.law import policies, policy_on
from registry.models import Case, Grade, Proposal
from registry.queries.explain import title_of, wording
from registry.rosters.case_sheets import FIELDS, IDENTIFYING, PROPOSING, responsibilities_of
from registry.rosters.cells import harmless
from registry.rules.policy import NoPolicyInForce, Policy
from registry.rules.procedures import PROPOSAL

AS_TEXT = "@"
SPARE_ROWS = 300
_ENGLISH = {"code": "personal code", "grade": "responsibility", "months": "months of suspension", "act": "act"}
_CHINESE_GRADES = {Grade.GENERAL: "一般", Grade.IMPORTANT: "重要", Grade.PRINCIPAL: "主要"}


def identification_template() -> bytes:
    """Who answers for the case: one row for each person."""
    book = Workbook(write_only=True)
    _sheet(book, "责任认定 identify", [_headings(IDENTIFYING)], spare=len(IDENTIFYING))
    _sheet(book, "说明 words", [["责任等级 (words)", ""], *([_grade(grade), str(grade.label)] for grade in Grade)])
    return _packed(book)


def proposal_template(case: Case) -> bytes:
    """The points proposed: everybody without an open proposal, and the situations of the policy that applies."""
    law = policy_of_case(case)
    waiting = responsibilities_of(case).exclude(proposals__in=_open_proposals(case))
    people = [[one.practitioner.code, one.practitioner.name, _grade(one.grade)] for one in waiting]
    book = Workbook(write_only=True)
    _sheet(book, "记分建议 propose", [_headings(PROPOSING), *people], spare=len(PROPOSING) if not people else 0)
    _sheet(book, "记分情形 situations", _situations(case, law))
    return _packed(book)


def policy_of_case(case: Case) -> Policy:
    """The policy of the deciding agency's region on the last day of the conduct; the national one before the law."""
    cause = case.cause
    try:
        return policy_on(cause.agency.region_id, cause.conduct_until)
    except NoPolicyInForce:
        return policies().national(cause.conduct_until)


def _open_proposals(case: Case) -> QuerySet[Proposal]:
    return case.proposals.exclude(state__in=PROPOSAL.ends)


def _situations(case: Case, law: Policy) -> list[list[str]]:
    rows = [
        ["记分情形 (situation)", "分值 (band)", *(f"{_grade(grade)} ({grade.label})" for grade in Grade), title_of(law)]
    ]
    for item in law.situations.values():
        if case.trigger is not None and item.gate != case.trigger.kind:
            continue
        low, high = law.bands[item.band]
        defaults = [str(law.default_points(item.band, grade)) for grade in Grade]
        rows.append([item.code, f"{low}–{high}", *defaults, wording(item)])
    return rows


def _headings(fields: Sequence[str]) -> list[str]:
    """Both languages in one cell, that of the moment first; what stands in brackets is read past."""
    chinese = (get_language() or "zh").startswith("zh")
    pairs = ((FIELDS[name][0], _ENGLISH.get(name) or next(h for h in FIELDS[name] if h.isascii())) for name in fields)
    return [f"{zh} ({en})" if chinese else f"{en} ({zh})" for zh, en in pairs]


def _grade(grade: str) -> str:
    return _CHINESE_GRADES[Grade(grade)] if (get_language() or "zh").startswith("zh") else str(grade)


def _sheet(book: Workbook, title: str, rows: Iterable[Sequence[str]], *, spare: int = 0) -> None:
    sheet: WriteOnlyWorksheet = book.create_sheet(title)
    for row in rows:
        sheet.append([_text(sheet, value) for value in row])
    for _row in range(SPARE_ROWS if spare else 0):
        sheet.append([_text(sheet, "") for _column in range(spare)])


def _text(sheet: WriteOnlyWorksheet, value: str) -> Cell:
    """A cell that stays text: a spreadsheet makes a day of situation 1-01."""
    cell = WriteOnlyCell(sheet, value=harmless(value) or None)
    cell.number_format = AS_TEXT
    return cell


def _packed(book: Workbook) -> bytes:
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
