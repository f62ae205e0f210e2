"""Rows to facts: what the rules are given to compute with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from registry.ledger.chain import FactRow
from registry.ledger.families import REACHED_NOW, families, family_of, kept_file
from registry.ledger.law import policies
from registry.ledger.statements import Statement
from registry.models import Fact, Practitioner
from registry.rules import compute, facts

__all__ = ["facts_by_practitioner", "facts_of", "history_of", "kept_file", "standing_of"]

_COLUMNS = (
    "practitioner_id",
    "decided_at",
    "origin",
    "origin_seq",
    "origin_id",
    "kind",
    "effective_on",
    "recorded_at",
    "points",
    "counted_on",
    "policy",
    "months",
    "days",
    "entry__origin_id",
    "pk",
)

_PK = _COLUMNS.index("pk")

_OF_A_FACT = """
    f.practitioner_id, f.decided_at, f.origin, f.origin_seq, f.origin_id::text, f.kind, f.effective_on, f.recorded_at,
    f.points, f.counted_on, f.policy, f.months, f.days, e.origin_id::text, f.id
"""

_WRITTEN = Statement(
    f"""
    SELECT {_OF_A_FACT}, f.chain_no, f.hash
    FROM registry_fact AS f LEFT JOIN registry_fact AS e ON e.id = f.entry_id
    WHERE f.practitioner_id = ANY (%(files)s::bigint[])
    """,  # noqa: S608 - the only text put in is our own
    binary=True,
)

_OF_A_PERSON = Statement(
    f"""
    {REACHED_NOW}
    SELECT {_OF_A_FACT}, file, kept_id
    FROM reached
    LEFT JOIN registry_filemerge ON absorbed_id = file AND undone_at IS NULL
    LEFT JOIN registry_fact AS f ON f.practitioner_id = file
    LEFT JOIN registry_fact AS e ON e.id = f.entry_id
    """,  # noqa: S608 - the only text put in is our own
    binary=True,
)
"""The facts of all files of a person with the file of each and what it was merged into; a file without any is a row."""


class Written(NamedTuple):
    """A fact as a row that `numbered` takes, with its place in the chain of its file; read ones have ids as text."""

    file: int
    decided_at: datetime
    origin: str
    origin_seq: int
    origin_id: UUID | str
    kind: str
    effective_on: date
    recorded_at: datetime
    points: int | None
    counted_on: date | None
    policy: str
    months: int | None
    days: int | None
    entry: UUID | str | None
    pk: int
    chain_no: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class History:
    """All files of one person, as merged now, and all facts in them: read once for whatever asks about the person.

    `kept` is the file that they are read under.
    """

    kept: int
    files: frozenset[int]
    facts: list[facts.Fact]

    def standing(self, on: date) -> compute.Standing:
        """The standing on the day, as everything known now gives it."""
        return compute.standing(self.facts, on, policies())


def history_of(practitioner: Practitioner) -> History:
    """Files and facts of the person. One query."""
    rows = _OF_A_PERSON(files=[practitioner.pk])
    kept = next(file for *_fact, file, merged_into in rows if merged_into is None)
    return History(kept, frozenset(row[-2] for row in rows), numbered([row for row in rows if row[_PK]]))


def facts_of(practitioner: Practitioner, *, known: datetime | None = None) -> list[facts.Fact]:
    """All facts of the person in order of deciding, over the files merged at `known`.

    Facts recorded later than `known` are among them: pass `known` on to the rules, which leave them out.
    """
    if known is None:
        return history_of(practitioner).facts
    return facts_of_files(family_of(practitioner.pk, known=known).files)


def facts_of_files(files: Iterable[int], *, until: Fact | None = None) -> list[facts.Fact]:
    """The facts of one person whose files are known already; those written up to and including `until`."""
    rows = written_in(files)
    return numbered([row for row in rows if row[_PK] <= until.pk] if until else rows)


def facts_by_practitioner(ids: Iterable[int], *, known: datetime | None = None) -> dict[int, list[facts.Fact]]:
    """The facts of the people whose files are `ids`, by the id of the kept file; people without facts are left out."""
    found = families(ids, known=known)
    rows = rows_by_file({member for members in found.members.values() for member in members})
    people = {
        top: [row for member in members for row in rows.get(member, ())] for top, members in found.members.items()
    }
    return {top: numbered(of_person) for top, of_person in people.items() if of_person}


def rows_by_file(ids: Iterable[int]) -> dict[int, list[tuple[Any, ...]]]:
    """The facts of the files `ids`, merges not followed: `numbered` makes one person's history of those of a person."""
    rows: dict[int, list[tuple[Any, ...]]] = {}
    for row in Fact.objects.filter(practitioner_id__in=list(ids)).order_by().values_list(*_COLUMNS):
        rows.setdefault(row[0], []).append(row)
    return rows


def written_in(ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """The facts of the files `ids`, as `Written` takes them. One query."""
    return _WRITTEN(files=list(ids))


def written(fact: Fact) -> Written:
    """The same of a fact that is about to be written."""
    row: list[Any] = [*columns_of(fact), fact.chain_no, bytes(fact.hash)]
    return Written(*row)


def columns_of(fact: Fact) -> tuple[Any, ...]:
    """A fact that was read whole, its entry with it, as `numbered` takes it."""
    origin = {"entry__origin_id": fact.entry.origin_id if fact.entry else None}
    return tuple(origin[name] if name in origin else getattr(fact, name) for name in _COLUMNS)


def written_until(rows: list[tuple[Any, ...]], fact: Fact) -> list[tuple[Any, ...]]:
    """Those of the rows that were written up to and including the fact."""
    return [row for row in rows if row[-1] <= fact.pk]


def numbered(rows: Sequence[tuple[Any, ...]]) -> list[facts.Fact]:
    """Facts of one person numbered 1…n by (decided_at, origin, origin_seq): the same order in every register."""
    return [_fact(seq, row) for seq, row in enumerate(sorted(rows, key=lambda row: row[1:4]), start=1)]


def history(rows: Iterable[FactRow], entries: Mapping[int, str]) -> list[facts.Fact]:
    """The same of whole rows; `entries` are the identifiers of the entries that are corrected, by id."""
    return numbered(
        [
            (row.practitioner_id, row.decided_at, row.origin, row.origin_seq, row.origin_id, row.kind, row.effective_on,
             row.recorded_at, row.points, row.counted_on, row.policy, row.months, row.days,
             row.entry_id and entries[row.entry_id], row.id)
            for row in rows
        ]
    )  # fmt: skip


def standing_of(practitioner: Practitioner, on: date, *, known: datetime | None = None) -> compute.Standing:
    """The standing of the person on day `on`, as known at `known` (None: everything known)."""
    return compute.standing(facts_of(practitioner, known=known), on, policies(), known=known)


def _fact(seq: int, row: tuple[Any, ...]) -> facts.Fact:
    (_, _, _, _, origin_id, kind, effective_on, recorded_at, points, counted_on, policy, months, days, entry, *_) = row
    common = (str(origin_id), seq, effective_on, recorded_at)
    match kind:
        case "points_scored":
            return facts.PointsScored(*common, points, counted_on, policy, months)
        case "entry_annulled":
            return facts.EntryAnnulled(*common, str(entry))
        case "entry_revised":
            return facts.EntryRevised(*common, str(entry), points, months)
        case "points_relieved":
            return facts.PointsRelieved(*common, points)
        case "period_shortened":
            return facts.PeriodShortened(*common, days)
        case "reregistered":
            return facts.Reregistered(*common)
        case _:
            raise ValueError(f"fact {origin_id} is of the kind {kind!r}, which the rules do not know")
