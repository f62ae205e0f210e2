"""Many answers as the register knew things at one moment, or at several, without computing everybody anew.

A question about a past moment is answered from the facts, which is exact for every moment and several times slower
than reading the projection. But where nothing was recorded since about a person and an institution, what was known
then is what is known now. So everything is answered as known now, and computed from the facts only for those whom
something recorded meanwhile concerns.
"""

from collections.abc import Iterable, Mapping, Sequence
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
    distinct = list(dict.fromkeys(map(_without_reason, questions)))
    with one_moment():
        present = dict(zip(distinct, eligibilities(distinct, now=max(moments)), strict=True))
        then = [_then(present, moment) for moment in moments]
    return [[known[_without_reason(question)] for question in questions] for known in then]


def _without_reason(question: Question) -> Question:
    """What decides the answer: rows that say the same are asked about once."""
    return replace(question, emergency_reason="") if question.emergency_reason else question


def _then(present: Mapping[Question, Answer], moment: datetime) -> dict[Question, Answer]:
    since = _recorded_since(present.values(), moment)
    again = [question for question, answer in present.items() if since.concerns(answer)]
    known = {question: replace(answer, known_at=moment) for question, answer in present.items()}
    asked = [replace(question, known_at=moment) for question in again]
    return known | dict(zip(again, eligibilities(asked, now=moment), strict=True))


def _recorded_since(answers: Iterable[Answer], moment: datetime) -> _Since:
    known = list(answers)
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
