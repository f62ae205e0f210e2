"""Many answers as the register knew things at one moment, or at several, without computing everybody anew.

A question about a past moment is answered from the facts, which is exact for every moment and several times slower
than reading the projection. But where nothing was recorded since about a person and an institution, what was known
then is what is known now. So everything is answered as known now, and computed from the facts only for those whom
something recorded meanwhile concerns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Model

from registry.ledger.families import Persons
from registry.models import (
    Fact,
    FileMerge,
    Institution,
    MeasurePeriod,
    PersonalCode,
    PractitionerName,
    Registration,
    ServiceAgreement,
)
from registry.queries.eligibility import Answer, Question, eligibilities
from registry.queries.snapshot import one_moment

_ADDED, _CHANGED, _UNDONE = (
    "recorded_at > %(since)s",
    "(recorded_at > %(since)s OR superseded_at > %(since)s)",
    "(recorded_at > %(since)s OR undone_at > %(since)s)",
)
_OF_PEOPLE = (
    (Fact, "practitioner_id", _ADDED),
    (PersonalCode, "practitioner_id", _ADDED),
    (PractitionerName, "practitioner_id", _CHANGED),
    (Registration, "practitioner_id", _CHANGED),
    (FileMerge, "absorbed_id", _UNDONE),
)
_OF_PLACES = (
    (ServiceAgreement, "institution_id", _CHANGED),
    (MeasurePeriod, "institution_id", _CHANGED),
    (Institution, "id", _ADDED),
)


@dataclass(frozen=True, slots=True)
class _Since:
    """The files and the institutions about which something was recorded since a moment."""

    files: frozenset[int]
    places: frozenset[int]

    def concerns(self, answer: Answer) -> bool:
        return answer.file in self.files or answer.place in self.places


def answers_as_known(questions: Sequence[Question], *moments: datetime) -> list[list[Answer]]:
    """For each of the moments, none of them to come, the answers in the order of the questions, as known then.

    They are those of `eligibilities` with `known_at`, which the questions themselves do not have. All are as of one
    moment, however often the register is asked.
    """
    numbers: dict[Question, int] = {}
    asked = [numbers.setdefault(_without_reason(question), len(numbers)) for question in questions]
    distinct, latest = list(numbers), max(moments)
    with one_moment():
        present = eligibilities(distinct, now=latest)
        then = [_then(distinct, present, moment, latest) for moment in moments]
    return [[known[number] for number in asked] for known in then]


def _without_reason(question: Question) -> Question:
    """What decides the answer: rows that say the same are asked about once."""
    return replace(question, emergency_reason="") if question.emergency_reason else question


def _then(questions: Sequence[Question], present: Sequence[Answer], moment: datetime, latest: datetime) -> list[Answer]:
    since = _recorded_since(present, moment)
    known = [replace(answer, known_at=moment) for answer in present] if moment != latest else list(present)
    again = [number for number, answer in enumerate(present) if since.concerns(answer)]
    asked = [replace(questions[number], known_at=moment) for number in again]
    for number, answer in zip(again, eligibilities(asked, now=moment), strict=True):
        known[number] = answer
    return known


def _recorded_since(known: Sequence[Answer], moment: datetime) -> _Since:
    files = {answer.file for answer in known if answer.file is not None}
    places = {answer.place for answer in known if answer.place is not None}
    persons = Persons(files, past=True)
    families = {file: persons.ever_linked(file) for file in files}
    members = _touched(_OF_PEOPLE, {each for family in families.values() for each in family}, moment)
    return _Since(
        frozenset(file for file, family in families.items() if not members.isdisjoint(family)),
        frozenset(_touched(_OF_PLACES, places, moment)),
    )


def _touched(tables: Iterable[tuple[type[Model], str, str]], ids: Iterable[int], moment: datetime) -> set[int]:
    """Which of the ids a row of one of the tables names that was recorded, or ended to be known, after the moment."""
    reads = (
        f"SELECT {column} FROM {model._meta.db_table} WHERE {column} = ANY(%(ids)s::bigint[]) AND {when}"  # noqa: S608 - our own names
        for model, column, when in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(reads), {"ids": list(ids), "since": moment})
        return {found for (found,) in cursor.fetchall()}
