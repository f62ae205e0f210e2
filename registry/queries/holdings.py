"""What the register holds about the people and institutions of some questions, read in a fixed number of queries.

Rows are kept with the times between which they were known, so that each question finds what was known at its own time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Func, Q, QuerySet, TextField, Value

from registry.ledger.families import Person, Persons, was_known
from registry.ledger.law import policies
from registry.ledger.reading import numbered, rows_by_file
from registry.models import (
    Institution,
    MeasurePeriod,
    PersonalCode,
    PractitionerName,
    Registration,
    ServiceAgreement,
    StandingSpan,
    sealing,
)
from registry.queries.names import normalised_name
from registry.rules import compute


class Asked(Protocol):
    """The part of a question that decides what has to be read."""

    @property
    def practitioner(self) -> str: ...
    @property
    def institution(self) -> str: ...
    @property
    def on(self) -> date: ...
    @property
    def name(self) -> str | None: ...
    @property
    def known_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class KnownStanding:
    """The standing of one day, as far as a settlement asks for it."""

    status: str
    until: date | None
    may_reregister: bool


NORMAL = KnownStanding(compute.NORMAL, None, False)


@dataclass(frozen=True, slots=True)
class Place:
    """An institution that the register knows."""

    id: int
    region: str


@dataclass(frozen=True, slots=True)
class _Days:
    """Days [starts_on, ends_on) as known from `recorded_at` until `superseded_at`."""

    starts_on: date
    ends_on: date | None
    recorded_at: datetime
    superseded_at: datetime | None

    def hold(self, on: date, known: datetime | None) -> bool:
        begun_and_running = self.starts_on <= on and (self.ends_on is None or on < self.ends_on)
        return begun_and_running and was_known(self.recorded_at, self.superseded_at, known)


class _IsAnyOf(Func):
    """`column = ANY(array)`: one parameter however many values, where IN would have one for each."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class Holdings:
    """Answers, for the questions it was made for, who and what is meant and how things stood on the day."""

    def __init__(self, questions: Collection[Asked]) -> None:
        self._past = any(question.known_at for question in questions)
        self._files = dict(_codes(questions))
        self._places = dict(_institutions(questions))
        files, places = [file for file, _ in self._files.values()], [place.id for place, _ in self._places.values()]
        self._persons = Persons(files, past=self._past)
        family = sorted({each for file in files for each in self._persons.ever_linked(file)})
        self._names = self._load_names(family) if any(question.name is not None for question in questions) else {}
        self._registrations = self._load_registrations(family, places)
        self._agreements, self._measures = self._load_agreements_and_measures(places)
        self._spans = self._load_spans(questions)
        self._facts = self._load_facts(questions)

    def file(self, code: str, known: datetime | None) -> int | None:
        """The file whose personal code this is, or ever was; None for a code not known at that time."""
        file, recorded_at = self._files.get(code, (None, None))
        return file if recorded_at and (known is None or recorded_at <= known) else None

    def place(self, code: str, known: datetime | None) -> Place | None:
        """The institution with this code; None for a code not known at that time."""
        place, recorded_at = self._places.get(code, (None, None))
        return place if recorded_at and (known is None or recorded_at <= known) else None

    def person(self, file: int, known: datetime | None) -> Person:
        """Who the file is, merged files followed."""
        return self._persons.person(file, known=known)

    def bears(self, person: Person, name: str, known: datetime | None) -> bool:
        """Whether one of the person's files carried this name, however it is written."""
        wanted = normalised_name(name)
        versions = (version for file in person.files for version in self._names.get(file, ()))
        return any(bears == wanted and was_known(since, until, known) for bears, since, until in versions)

    def registered(self, person: Person, place: Place, on: date, known: datetime | None) -> bool:
        """Whether a registration of the person at the institution covers the day."""
        days = (days for file in person.files for days in self._registrations.get((file, place.id), ()))
        return any(each.hold(on, known) for each in days)

    def in_agreement(self, place: Place, on: date, known: datetime | None) -> bool:
        """Whether a service agreement of the institution covers the day."""
        return any(days.hold(on, known) for days in self._agreements.get(place.id, ()))

    def measures(self, place: Place, on: date, known: datetime | None) -> dict[str, date]:
        """The kinds of measure against the institution that hold on the day, each with its first day."""
        holding = [(kind, days) for kind, days in self._measures.get(place.id, ()) if days.hold(on, known)]
        return {kind: min(days.starts_on for each, days in holding if each == kind) for kind, _ in holding}

    def standing(self, person: Person, on: date, known: datetime | None) -> KnownStanding:
        """The standing on the day: from the projection, or for a past time computed from the facts known then."""
        if known is not None:
            return self._computed(person, on, known)
        for starts_on, ends_on, standing in self._spans.get(person.kept, ()):
            if starts_on <= on and (ends_on is None or on < ends_on):
                return standing
        return NORMAL

    def _computed(self, person: Person, on: date, known: datetime) -> KnownStanding:
        facts = numbered([row for file in person.files for row in self._facts.get(file, ())])
        if not facts:
            return NORMAL
        answer = compute.standing(facts, on, policies(), known=known).answer
        return KnownStanding(answer.status, answer.until, answer.may_reregister)

    def _load_names(self, files: list[int]) -> dict[int, list[tuple[str, datetime, datetime | None]]]:
        rows = self._current(PractitionerName.objects.filter(_any_id("practitioner_id", files)))
        names: dict[int, list[tuple[str, datetime, datetime | None]]] = defaultdict(list)
        for file, name, since, until in rows.values_list("practitioner_id", "name", "recorded_at", "superseded_at"):
            names[file].append((normalised_name(name), since, until))
        return names

    def _load_registrations(self, files: list[int], places: list[int]) -> dict[tuple[int, int], list[_Days]]:
        at_places = Registration.objects.filter(_any_id("practitioner_id", files), _any_id("institution_id", places))
        days: dict[tuple[int, int], list[_Days]] = defaultdict(list)
        rows = self._current(at_places).values_list("practitioner_id", "institution_id", *_DAYS)
        for file, place, *known_days in rows:
            days[file, place].append(_Days(*known_days))
        return days

    def _load_agreements_and_measures(
        self, places: list[int]
    ) -> tuple[dict[int, list[_Days]], dict[int, list[tuple[str, _Days]]]]:
        """Both in one query: nearly every institution has an agreement, and next to none a measure."""
        of_places = _any_id("institution_id", places)
        agreements = self._current(ServiceAgreement.objects.filter(of_places)).annotate(kind=Value(""))
        measures = self._current(MeasurePeriod.objects.filter(of_places))
        columns = ("institution_id", "kind", *_DAYS)
        agreed: dict[int, list[_Days]] = defaultdict(list)
        measured: dict[int, list[tuple[str, _Days]]] = defaultdict(list)
        rows = agreements.values_list(*columns).union(measures.values_list(*columns), all=True)
        for place, kind, *known_days in rows:
            days = _Days(*known_days)
            if kind:
                measured[place].append((kind, days))
            else:
                agreed[place].append(days)
        return agreed, measured

    def _load_spans(self, questions: Iterable[Asked]) -> dict[int, list[tuple[date, date | None, KnownStanding]]]:
        present = [(kept, question.on) for question, kept in self._kept(questions) if question.known_at is None]
        if not present:
            return {}
        first, last = min(on for _, on in present), max(on for _, on in present)
        rows = StandingSpan.objects.filter(
            _any_id("practitioner_id", [kept for kept, _ in present]),
            Q(ends_on=None) | Q(ends_on__gt=first),
            starts_on__lte=last,
        ).order_by()
        spans: dict[int, list[tuple[date, date | None, KnownStanding]]] = defaultdict(list)
        columns = ("practitioner_id", "starts_on", "ends_on", "status", "until", "may_reregister")
        for kept, starts_on, ends_on, *standing in rows.values_list(*columns):
            spans[kept].append((starts_on, ends_on, KnownStanding(*standing)))
        return spans

    def _load_facts(self, questions: Iterable[Asked]) -> dict[int, list[tuple[Any, ...]]]:
        past = {kept for question, kept in self._kept(questions) if question.known_at is not None}
        return rows_by_file({file for kept in past for file in self._persons.ever_linked(kept)}) if past else {}

    def _kept(self, questions: Iterable[Asked]) -> Iterator[tuple[Asked, int]]:
        for question in questions:
            file = self.file(question.practitioner, question.known_at)
            if file is not None:
                yield question, self.person(file, question.known_at).kept

    def _current(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Where nobody asks about the past, rows that were superseded need not be read."""
        return rows.order_by() if self._past else rows.filter(superseded_at=None).order_by()


_DAYS = ("starts_on", "ends_on", "recorded_at", "superseded_at")


def _codes(questions: Iterable[Asked]) -> Iterator[tuple[str, tuple[int, datetime]]]:
    """What each code means, by the code as it was given; it is found however its letters and digits are written."""
    asked = {question.practitioner: sealing.normalised(question.practitioner) for question in questions}
    rows = PersonalCode.objects.filter(_any_text("code", set(asked.values()))).order_by()
    columns = rows.values_list("code", "practitioner_id", "recorded_at")
    found = {code: (file, recorded_at) for code, file, recorded_at in columns}
    yield from ((given, found[code]) for given, code in asked.items() if code in found)


def _institutions(questions: Iterable[Asked]) -> Iterator[tuple[str, tuple[Place, datetime]]]:
    asked = {question.institution: sealing.normalised(question.institution) for question in questions}
    rows = Institution.objects.filter(_any_text("code", set(asked.values()))).order_by()
    columns = rows.values_list("code", "id", "region_id", "recorded_at")
    found = {code: (Place(place, region), recorded_at) for code, place, region, recorded_at in columns}
    yield from ((given, found[code]) for given, code in asked.items() if code in found)


def _any_id(column: str, ids: Iterable[int]) -> _IsAnyOf:
    return _IsAnyOf(column, Value(list(ids), output_field=ArrayField(BigIntegerField())))


def _any_text(column: str, texts: Iterable[str]) -> _IsAnyOf:
    return _IsAnyOf(column, Value(list(texts), output_field=ArrayField(TextField())))
