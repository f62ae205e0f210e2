"""What the register knew of people, version by version, as programs keep copies of a record.

A version begins whenever something about the person was learnt (the record changed, a fact was written, files were
merged), and whenever a day came that changed the standing by itself, as far as was known then. So versions are never
renumbered: what is learnt later begins a later version, and an earlier one is answered as it was known at its time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from registry.ledger.days import beginning_of, shanghai_day
from registry.ledger.families import Persons
from registry.ledger.law import policies
from registry.ledger.reading import numbered, rows_by_file
from registry.models import PersonalCode, Practitioner, PractitionerName
from registry.queries.explain import Sentence
from registry.queries.file import because_of, since_of
from registry.rules.compute import Standing
from registry.rules.learning import Learning
from registry.rules.periods import Period

_RECORDED_AT = 7
"""Where `recorded_at` stands among the columns of a fact as the ledger reads them."""

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Version:
    """The `number`-th state of a person, from the instant `at` on, with the standing of that day as known then.

    `kept` is the file whose person this was: another one than the person's own after a merge.
    """

    number: int
    at: datetime
    standing: Standing
    kept: int

    @property
    def since(self) -> date | None:
        """The day the standing began; None where it was never otherwise."""
        return since_of(self.standing)

    @property
    def because(self) -> Sentence | None:
        """Why the standing is not normal."""
        return self.why(self.standing.period) if self.standing.period else None

    def why(self, period: Period) -> Sentence | None:
        """The last step that made the period."""
        return because_of(self.standing.steps, period)


@dataclass(frozen=True, slots=True)
class Record:
    """What stood in a person's record at a time; names and codes are those known until then, oldest first."""

    name: str
    sex: str
    birth_date: date | None
    category: str
    code: str
    codes: tuple[PersonalCode, ...]
    names: tuple[PractitionerName, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """One person: every version, and what the record said at each."""

    person: Practitioner
    versions: tuple[Version, ...]
    uuids: Mapping[int, UUID]
    _rows: tuple[Any, ...]
    _codes: tuple[PersonalCode, ...]
    _names: tuple[PractitionerName, ...]

    @property
    def present(self) -> Version:
        """The newest version."""
        return self.versions[-1]

    def record(self, version: Version) -> Record:
        """The record as it was in the version."""
        rows = [row for row in self._rows if row.history_date <= version.at]
        row = rows[-1] if rows else self.person
        codes, names = (
            tuple(each for each in known if each.recorded_at <= version.at) for known in (self._codes, self._names)
        )
        return Record(row.name, row.sex, row.birth_date, row.category, row.code, codes, names)  # type: ignore[arg-type]


class Lives:
    """Some people, read once: the same few queries however many they are and however much happened to them."""

    def __init__(self, people: Iterable[Practitioner], now: datetime) -> None:
        self._people = {person.pk: person for person in people}
        self._now = now
        self._persons = Persons(self._people, past=True)
        self._files = {pk: self._persons.ever_linked(pk) for pk in self._people}
        every = {file for files in self._files.values() for file in files}
        self._facts = rows_by_file(every)
        self._rows = _by(Practitioner.history.filter(id__in=self._people).order_by("history_date", "history_id"), "id")
        self._codes = _by(PersonalCode.objects.filter(practitioner__in=self._people), "practitioner_id")
        self._names = _by(PractitionerName.objects.filter(practitioner__in=self._people), "practitioner_id")
        self._uuids = {person.pk: person.uuid for person in self._people.values()}
        if others := every - self._people.keys():
            self._uuids.update(Practitioner.objects.filter(pk__in=others).values_list("pk", "uuid"))

    def of(self, pk: int) -> Life:
        """The life of one of them."""
        versions = tuple(
            Version(number, at, standing, self._persons.person(pk, known=at).kept)
            for number, (at, standing) in enumerate(self._states(pk), start=1)
        )
        rows, codes, names = (tuple(each.get(pk, ())) for each in (self._rows, self._codes, self._names))
        return Life(self._people[pk], versions, self._uuids, rows, codes, names)

    def _states(self, pk: int) -> Iterator[tuple[datetime, Standing]]:
        learnt = sorted(self._learnt(pk))
        files, learning = frozenset[int](), Learning((), policies())
        for at, after in zip(learnt, [*learnt[1:], max(self._now, learnt[-1]) + _MOMENT], strict=True):
            if files != (present := self._persons.person(pk, known=at).files):
                files, learning = present, self._learning(present)
            standing = learning.standing(shanghai_day(at), at)
            yield at, standing
            while standing.changes_on and (begins := beginning_of(standing.changes_on)) < after:
                standing = learning.standing(standing.changes_on, at)
                yield begins, standing

    def _learnt(self, pk: int) -> set[datetime]:
        record = {row.history_date for row in self._rows.get(pk, ())} or {self._people[pk].recorded_at}
        facts = {
            row[_RECORDED_AT]
            for file in self._files[pk]
            for row in self._facts.get(file, ())
            if file in self._persons.person(pk, known=row[_RECORDED_AT]).files
        }
        return record | facts | self._persons.moments(pk)

    def _learning(self, files: Iterable[int]) -> Learning:
        return Learning(numbered([row for file in files for row in self._facts.get(file, ())]), policies())


def life_of(person: Practitioner, now: datetime) -> Life:
    """The life of one person."""
    return Lives([person], now).of(person.pk)


def _by(rows: Iterable[Any], column: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, column), []).append(row)
    return found
