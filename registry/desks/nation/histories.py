"""The ledger of a nation: facts in valid chains and what follows from them, computed as the real writer computes it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model

from registry.desks.demo_data.chance import dice
from registry.desks.demo_data.timeline import at
from registry.desks.nation import told
from registry.desks.nation.accounts import Staff
from registry.desks.nation.casework import COLUMNS, Desk, Entry, document_of, rows_of
from registry.desks.nation.deeds import Deed, Part, deeds
from registry.desks.nation.plan import Nation
from registry.desks.nation.pouring import keep_history, pour, set_sequences
from registry.ledger import projection, reading, writing
from registry.ledger.days import shanghai_day
from registry.ledger.reading import columns_of, numbered
from registry.models import (
    Agency,
    Case,
    Fact,
    FactKind,
    Handling,
    PointsEntry,
    Practitioner,
    Proposal,
    ProposedEntry,
    Responsibility,
    SanctionPeriod,
    StandingChange,
    StandingSpan,
    User,
)
from registry.rules.facts import Fact as HistoryFact

TABLES = (*COLUMNS, Fact, PointsEntry, StandingChange, SanctionPeriod, StandingSpan, *told.TABLES)
TOGETHER = 400
"""People whose ledger is computed in one go."""

_KEPT: Mapping[type[Model], str] = {
    Handling: "recorded_at", Case: "opened_at", Responsibility: "recorded_at", Proposal: "proposed_at",
}  # fmt: skip
_OF_FACT = tuple(field for field in Fact._meta.concrete_fields)
_OF_CHANGE = tuple(field for field in StandingChange._meta.concrete_fields if field.name != "id")
_OF_PERIOD = tuple(field for field in SanctionPeriod._meta.concrete_fields if field.name != "id")
_OF_SPAN = tuple(field for field in StandingSpan._meta.concrete_fields if field.name != "id")
_PROJECTED = ((StandingChange, _OF_CHANGE), (SanctionPeriod, _OF_PERIOD), (StandingSpan, _OF_SPAN))

Progress = Callable[[str], None]
Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]


@dataclass(frozen=True)
class Written:
    """One fact of a person before it is chained: its number, the part that it is about, and what it corrects."""

    id: int
    case: int
    person: int
    deed: Deed
    part: Part
    at: datetime
    agency: int
    actor: int | None
    second: int | None
    corrects: int | None = None


def load_histories(
    nation: Nation, agencies: Mapping[str, Agency], staff: Staff, *, now: datetime, each: Each, progress: Progress
) -> None:
    """Cases, facts, entries, projection, changes, what was told, and who looked. The people are there already."""
    today = shanghai_day(now)
    found = deeds(nation, today=today)
    facts, numbers = _numbered(found, agencies, staff)
    progress(f"{len(found):,} cases, {len(facts):,} facts")
    _write_ledger(facts, each)
    progress("the ledger is there")
    _write_cases(found, facts, numbers, agencies, staff, nation, now)
    progress("the cases are there")
    told.write(nation, staff, now=now, each=each)
    progress("what was told is there")
    _set_numbers(len(facts), len(found))


def _numbered(
    found: list[Deed], agencies: Mapping[str, Agency], staff: Staff
) -> tuple[list[Written], dict[tuple[int, int], int]]:
    """All facts, numbered in the order in which they were recorded; and the number of each part's scoring."""
    drafts: list[tuple[datetime, int, int, bool]] = []
    for number, deed in enumerate(found):
        for place, part in enumerate(deed.parts):
            if not deed.open:
                drafts.append((deed.decided_at, number, place, False))
            if part.annulled_on:
                drafts.append((at(part.annulled_on, hour=15), number, place, True))
    written, scored = [], dict[tuple[int, int], int]()
    for id_, (when, number, place, annuls) in enumerate(sorted(drafts), start=1):
        deed, agency = found[number], agencies[found[number].place.agency].pk
        part, officers = deed.parts[place], staff.officers[agency]
        signed = annuls or part.points >= 12
        corrects = scored[number, place] if annuls else None
        actor = officers.reviewer.pk if annuls else None
        second = officers.second.pk if signed else None
        written.append(Written(id_, number + 1, part.number, deed, part, when, agency, actor, second, corrects))
        if not annuls:
            scored[number, place] = id_
    return written, scored


def _write_ledger(facts: list[Written], each: Each) -> None:
    of_people = defaultdict(list)
    for fact in facts:
        of_people[fact.person].append(fact)
    people = iter(of_people.values())
    batches = iter(lambda: list(islice(people, TOGETHER)), [])
    projected: dict[type[Model], list[tuple[Any, ...]]] = {model: [] for model, _ in _PROJECTED}

    def chained() -> Iterator[tuple[Any, ...]]:
        for rows, *others in each(ledger_of, batches):
            yield from rows
            for (model, _fields), more in zip(_PROJECTED, others, strict=True):
                projected[model] += more

    pour(Fact, [str(field.column) for field in _OF_FACT], chained(), order="id")
    for model, fields in _PROJECTED:
        columns = [str(field.column) for field in fields]
        order = "fact_id" if model is StandingChange else "practitioner_id, starts_on"
        pour(model, columns, projected[model], order=order)
    with connection.cursor() as cursor:
        for table in (Fact._meta.db_table, StandingChange._meta.db_table):
            cursor.execute(f"ANALYZE {table}")


def ledger_of(people: list[list[Written]]) -> tuple[list[tuple[Any, ...]], ...]:
    """The facts of some people with their changes, periods and spans, as rows."""
    facts, changes, periods, spans = [], [], [], []
    for of_one in people:
        chain, known = list[Fact](), list[HistoryFact]()
        for written in of_one:
            fact = _fact(written, chain)
            before, chain = known, [*chain, fact]
            known = numbered([columns_of(one) for one in chain])
            change = writing.changed(
                written.person, before, known, cause=StandingChange.Cause.FACT, now=fact.recorded_at, fact=fact
            )
            changes.append(_row(change, _OF_CHANGE))
        facts += [_row(fact, _OF_FACT) for fact in chain]
        produced = projection.lines(known)
        periods += [_row(row, _OF_PERIOD) for row in projection.periods_of(of_one[0].person, produced)]
        spans += [_row(row, _OF_SPAN) for row in projection.spans_of(of_one[0].person, produced)]
    return facts, changes, periods, spans


def _fact(written: Written, chain: list[Fact]) -> Fact:
    deed = written.deed
    actor, second = (User(pk=pk) if pk else None for pk in (written.actor, written.second))
    if written.corrects is None:
        draft = writing.Draft(
            kind=FactKind.POINTS_SCORED.value, points=written.part.points, counted_on=deed.made_on,
            policy=deed.policy, document_number=document_of(written.case, deed), agency=Agency(pk=written.agency),
            actor=actor, second=second, origin_seq=written.id,
        )  # fmt: skip
    else:
        draft = writing.Draft(
            kind=FactKind.ENTRY_ANNULLED.value, entry=next(one for one in chain if one.pk == written.corrects),
            reason="复核认定该行为与本人无关", document_number=f"复核〔{written.at.year}〕{written.id}号",
            agency=Agency(pk=written.agency), actor=actor, second=second, origin_seq=written.id,
        )  # fmt: skip
    after = reading.written(chain[-1]) if chain else None
    numbers = (written.id, written.id)
    return writing.chained(Practitioner(pk=written.person), draft, after=after, now=written.at, numbers=numbers)


def _row(row: Model, fields: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(getattr(row, field.attname) for field in fields)


def _write_cases(
    found: list[Deed], facts: list[Written], scored: Mapping[tuple[int, int], int], agencies: Mapping[str, Agency],
    staff: Staff, nation: Nation, now: datetime,
) -> None:  # fmt: skip
    random, today = dice("casework", nation.seed), shanghai_day(now)
    rows: dict[type[Model], list[tuple[Any, ...]]] = {model: [] for model in COLUMNS}
    points: list[tuple[Any, ...]] = []
    answers = 0
    for number, deed in enumerate(found, start=1):
        agency, entries = agencies[deed.place.agency].pk, []
        for place, part in enumerate(deed.parts):
            answers += 1
            fact = scored.get((number - 1, place))
            entries.append(Entry(part, answers, fact))
            if fact is not None:
                points.append((fact, deed.situation, "", 1, part.points, "", fact, number, part.number, answers))
        for model, row in rows_of(number, deed, entries, Desk(staff.officers[agency], agency, today, random)):
            rows[model].append(row)
    entry_columns = ("id", "situation", "act", "round", "default_points", "departure_reason", "fact_id", "handling_id",
                     "practitioner_id", "responsibility_id")  # fmt: skip
    for model, columns in COLUMNS.items():
        if model is ProposedEntry:
            pour(PointsEntry, entry_columns, points, order="id")
        pour(model, columns, rows.pop(model))
    for kept, instant in _KEPT.items():
        keep_history(kept, by=None, at=instant)


def _set_numbers(facts: int, cases: int) -> None:
    set_sequences([Handling, Case, Responsibility, Proposal, Fact, PointsEntry])
    with connection.cursor() as cursor:
        for sequence, last in (("registry_fact_origin_seq", facts), ("registry_case_number", cases)):
            cursor.execute("SELECT setval(%s::regclass, %s::bigint)", [sequence, max(last, 1)])
