"""Points that a region recorded before it had this register: from a spreadsheet into the ledger, marked as taken
over.

Each row is one points entry. Its identifier is made from what the row says (person, document, day, situation), so
that the same row imported again is the same fact, and the same row with other points is refused instead of counted
twice.
"""

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.actions.requirements import LONGEST_DOCUMENT_NUMBER
from registry.ledger.days import SHANGHAI, shanghai_day
from registry.ledger.law import policies, policy_on
from registry.ledger.writing import Draft, append_all, lock_many
from registry.models import Agency, Fact, Practitioner, User
from registry.rosters import cells
from registry.rosters.cells import Cell, NotReadable
from registry.rosters.columns import Column, Vocabulary, plain
from registry.rosters.problems import Problem
from registry.rosters.reading import read_sheet

NAMESPACE = uuid.UUID("6f0f3bb0-2b5e-5d0c-9d2e-6d2f7c8b1a54")
MOST_POINTS = 12
MOST_MONTHS = 6
_WHOLE = re.compile(r"[0-9]{1,9}")
FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "code": ("人员代码", "人员编码", "医保人员代码", "医保医师代码", "personal code", "code"),
        "name": ("姓名", "name"),
        "counted_on": ("处理日期", "处理作出日期", "记分归属日期", "counted on", "handling day"),
        "effective_on": ("记分日期", "生效日期", "记分生效日期", "effective on"),
        "points": ("记分", "记分分值", "分值", "points"),
        "months": ("暂停月数", "暂停期限", "months", "months of suspension"),
        "policy": ("政策", "适用政策", "policy"),
        "document_number": ("文号", "文书号", "处理文号", "document number"),
        "situation": ("记分情形", "情形", "situation"),
    }
)
NEEDED = frozenset({"code", "name", "counted_on", "points", "document_number"})
LEDGER = Vocabulary(
    MappingProxyType(
        {plain(heading): (name, None, False) for name, headings in FIELDS.items() for heading in headings}
    ),
    lambda given: given >= NEEDED,
    gettext_lazy(
        "One row has to name at least 人员代码 (personal code), 姓名 (name), 处理日期 (counted on), 记分 (points) "
        "and 文号 (document number)."
    ),
)


@dataclass(slots=True)
class LegacyRow:
    """One line: an entry of points, and whether it is new, unchanged or wrong."""

    number: int
    code: str = ""
    name: str = ""
    counted_on: date | None = None
    effective_on: date | None = None
    points: int = 0
    months: int | None = None
    policy: str = ""
    document_number: str = ""
    situation: str = ""
    outcome: str = "new"
    person: Practitioner | None = None
    problems: list[Problem] = field(default_factory=list)

    def origin_id(self, origin: str) -> uuid.UUID:
        """The same for the same person, document, day and situation, whoever computes it."""
        assert self.person is not None  # asked of matched rows only
        key = (origin, str(self.person.uuid), self.document_number, str(self.counted_on), self.situation)
        return uuid.uuid5(NAMESPACE, "|".join(key))


@dataclass(frozen=True, slots=True)
class LegacyReport:
    """What an import of points would do. `origin` names the older register in every fact."""

    origin: str
    rows: list[LegacyRow]

    def having(self, outcome: str) -> list[LegacyRow]:
        return [row for row in self.rows if row.outcome == outcome]


def check_ledger(content: bytes, *, agency: Agency, today: date) -> LegacyReport:
    """Read the file and compare it with the register; writes nothing. `agency` is the one that recorded the points.

    Raises RosterRefused for a file that cannot be read.
    """
    sheet = read_sheet(content, LEDGER)
    rows = [_read(number, sheet.columns.columns, line) for number, line in sheet.lines if any(map(_filled, line))]
    report = LegacyReport(origin_of(agency), rows)
    _find_people(rows)
    for row in rows:
        _judge(row, agency, today)
    _compare(report)
    return report


def apply_ledger(content: bytes, *, agency: Agency, by: User | None, now: dt.datetime) -> LegacyReport:
    """Check once more under locks and add what is new, all or nothing. With a wrong row nothing is written."""
    today = shanghai_day(now)
    with transaction.atomic():
        people = [row.person for row in check_ledger(content, agency=agency, today=today).rows if row.person]
        lock_many(list({person.pk: person for person in people}.values()))
        report = check_ledger(content, agency=agency, today=today)
        if not report.having("wrong"):
            _add(report, agency, by, now)
    return report


def origin_of(agency: Agency) -> str:
    """The name of the older register of an agency's region, as it stands in the facts taken over."""
    return f"legacy-{agency.region_id}"


def _filled(cell: Cell) -> bool:
    return bool(cell.strip() if isinstance(cell, str) else cell is not None)


def _read(number: int, columns: Sequence[Column], line: Sequence[Cell]) -> LegacyRow:
    row = LegacyRow(number)
    for column, cell in zip(columns, line, strict=False):
        try:
            if column.field is not None:
                setattr(row, column.field, _value(column.field, cell))
        except NotReadable as unreadable:
            row.problems.append(Problem(unreadable.code, column.field or "", str(cell)[:60]))
    row.effective_on = row.effective_on or row.counted_on
    return row


def _value(name: str, cell: Cell) -> str | int | date | None:
    if name in ("counted_on", "effective_on"):
        return cells.as_day(cell)
    if name in ("points", "months"):
        return _whole(cells.as_text(cell))
    return cells.as_code(cell) if name == "code" else cells.as_text(cell)


def _whole(text: str) -> int | None:
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise NotReadable("not_whole")
    return int(text)


def _find_people(rows: Iterable[LegacyRow]) -> None:
    codes = {row.code for row in rows if row.code}
    found = Practitioner.objects.filter(codes__code__in=codes).values_list("codes__code", "pk")
    ids = dict(found.order_by())
    people = Practitioner.objects.in_bulk(set(ids.values()))
    for row in rows:
        row.person = people.get(ids.get(row.code, 0))


def _judge(row: LegacyRow, agency: Agency, today: date) -> None:
    told = {problem.field for problem in row.problems}
    row.problems += [Problem("missing", name) for name in sorted(NEEDED - told) if not getattr(row, name)]
    if row.person is None and row.code:
        row.problems.append(Problem("unknown_person", "code", row.code))
    elif row.person is not None and cells.tidy(row.person.name) != row.name:
        row.problems.append(Problem("name_is_another", "name", row.name, row.person.name[:1] + "＊"))
    if len(row.document_number) > LONGEST_DOCUMENT_NUMBER:
        row.problems.append(
            Problem("too_long", "document_number", row.document_number[:20], str(LONGEST_DOCUMENT_NUMBER))
        )
    if row.points and row.points > MOST_POINTS:
        row.problems.append(Problem("points_range", "points", str(row.points)))
    if row.months is not None and not 1 <= row.months <= MOST_MONTHS:
        row.problems.append(Problem("months_range", "months", str(row.months)))
    _judge_days(row, today)
    _judge_policy(row, agency)
    row.outcome = "wrong" if row.problems else "new"


def _judge_days(row: LegacyRow, today: date) -> None:
    if row.counted_on is None or row.effective_on is None:
        return
    if row.effective_on < row.counted_on:
        row.problems.append(
            Problem("effective_before_counted", "effective_on", str(row.effective_on), str(row.counted_on))
        )
    if row.effective_on > today:
        row.problems.append(Problem("not_yet", "effective_on", str(row.effective_on)))


def _judge_policy(row: LegacyRow, agency: Agency) -> None:
    """Without a policy in the row it is the one of the agency's region on the day of the handling."""
    if row.counted_on is None:
        return
    try:
        row.policy = row.policy or policy_on(agency.region_id, row.counted_on).id
        if policies()[row.policy].draft:
            raise KeyError(row.policy)
    except LookupError:
        row.problems.append(Problem("no_policy", "policy", row.policy or str(row.counted_on)))


def _compare(report: LegacyReport) -> None:
    """What is in the ledger already is left alone; what says otherwise than the ledger, or than an earlier row, is
    wrong.
    """
    fresh = {row.number: row.origin_id(report.origin) for row in report.having("new")}
    kept = {
        fact.origin_id: fact for fact in Fact.objects.filter(origin=report.origin, origin_id__in=set(fresh.values()))
    }
    seen: dict[uuid.UUID, int] = {}
    for row in report.having("new"):
        identifier = fresh[row.number]
        if (first := seen.setdefault(identifier, row.number)) != row.number:
            row.problems.append(Problem("repeated_entry", "document_number", row.document_number, str(first)))
            row.outcome = "wrong"
        elif (fact := kept.get(identifier)) is not None:
            _compare_with_fact(row, fact)


def _compare_with_fact(row: LegacyRow, fact: Fact) -> None:
    row.outcome = "unchanged"
    if (row.points, row.months, row.effective_on) != (fact.points, fact.months, fact.effective_on):
        kept = f"{fact.points}, {fact.effective_on}"
        row.problems.append(Problem("recorded_otherwise", "points", f"{row.points}, {row.effective_on}", kept))
        row.outcome = "wrong"


def _add(report: LegacyReport, agency: Agency, by: User | None, now: dt.datetime) -> None:
    last = (
        Fact.objects.filter(origin=report.origin).order_by("-origin_seq").values_list("origin_seq", flat=True).first()
        or 0
    )
    in_order = sorted(report.having("new"), key=lambda row: (row.effective_on, row.number))
    drafts: dict[int, list[Draft]] = {}
    for seq, row in enumerate(in_order, start=last + 1):
        assert row.person is not None and row.effective_on is not None  # noqa: PT018 - both judged before
        drafts.setdefault(row.person.pk, []).append(_draft(row, report.origin, seq, agency, by))
    people = {row.person.pk: row.person for row in in_order if row.person}
    for pk in sorted(drafts):
        append_all(practitioner=people[pk], drafts=drafts[pk], now=now)


def _draft(row: LegacyRow, origin: str, seq: int, agency: Agency, by: User | None) -> Draft:
    assert row.effective_on is not None
    return Draft(
        kind="points_scored",
        effective_on=row.effective_on,
        points=row.points,
        counted_on=row.counted_on,
        policy=row.policy,
        months=row.months,
        reason=_("Taken over from the older register; situation {situation}").format(situation=row.situation or "–"),
        document_number=row.document_number,
        agency=agency,
        actor=by,
        origin=origin,
        origin_id=row.origin_id(origin),
        origin_seq=seq,
        decided_at=dt.datetime.combine(row.effective_on, dt.time(), SHANGHAI),
        legacy=True,
    )
