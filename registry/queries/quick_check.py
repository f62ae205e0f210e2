"""The settlement check as one statement: what the register holds of a question, and of the key that it came with.

The ordinary way (`registry.queries.eligibility`) asks several queries within one snapshot. This is a single prepared
statement, and so one snapshot by nature. It does not follow merged files: where one is meant it says so, and the
question has to go the ordinary way.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from registry.models import (
    ApiKey,
    FileMerge,
    Institution,
    MeasurePeriod,
    PersonalCode,
    PractitionerName,
    Registration,
    ServiceAgreement,
    StandingSpan,
    sealing,
)
from registry.queries.eligibility import Found, Question
from registry.queries.holdings import NORMAL, KnownStanding
from registry.queries.keys import USED_EVERY
from registry.queries.names import normalised_name


def _table(model: type) -> str:
    return str(model._meta.db_table)  # type: ignore[attr-defined]  # every model has it


_GOOD = f"""coalesce(k.scope = '{ApiKey.Scope.SETTLEMENT}' AND k.revoked_at IS NULL
               AND k.expires_at > {{now}}::timestamptz
               AND k.last_used_at > {{now}}::timestamptz - interval '{USED_EVERY.total_seconds():.0f} s', false)"""
_LOOKED_AT = "{now}::timestamptz IS NOT NULL"
_KEY = "encode(k.digest, 'hex'), {good}, array_to_string(k.networks, ' ')"
_HOLDS = "superseded_at IS NULL AND starts_on <= {day} AND (ends_on IS NULL OR ends_on > {day})"
_MERGED = f"""c.practitioner_id IS NOT NULL AND EXISTS (
               SELECT FROM {_table(FileMerge)} WHERE undone_at IS NULL AND absorbed_id = c.practitioner_id
               UNION ALL
               SELECT FROM {_table(FileMerge)} WHERE undone_at IS NULL AND kept_id = c.practitioner_id)"""  # noqa: S608
_AGREED = f"EXISTS (SELECT FROM {_table(ServiceAgreement)} WHERE institution_id = i.id AND {_HOLDS})"
_REGISTERED = f"""EXISTS (SELECT FROM {_table(Registration)}
               WHERE practitioner_id = c.practitioner_id AND institution_id = i.id AND {_HOLDS})"""
_MEASURES = f"""(SELECT string_agg(kind || ' ' || since, ' ' ORDER BY kind) FROM (
               SELECT kind, min(starts_on) AS since FROM {_table(MeasurePeriod)}
               WHERE institution_id = i.id AND {_HOLDS} GROUP BY kind) AS measures)"""  # noqa: S608
_STANDING = f"""
    LEFT JOIN LATERAL (
        SELECT status, until, may_reregister, ends_on FROM {_table(StandingSpan)}
        WHERE practitioner_id = c.practitioner_id AND starts_on <= {{day}} ORDER BY starts_on DESC LIMIT 1
    ) AS s ON s.ends_on IS NULL OR s.ends_on > {{day}}
"""  # noqa: S608

_ONE = f"""
    SELECT {_KEY},
           c.practitioner_id IS NOT NULL, {_MERGED},
           CASE WHEN $6::boolean THEN (
               SELECT json_agg(name) FROM {_table(PractitionerName)}
               WHERE practitioner_id = c.practitioner_id AND superseded_at IS NULL) END,
           i.region_id, {_AGREED}, {_REGISTERED}, s.status, s.until, s.may_reregister, {_MEASURES}
    FROM {_table(ApiKey)} AS k
    LEFT JOIN {_table(PersonalCode)} AS c ON c.code = $2
    LEFT JOIN {_table(Institution)} AS i ON i.code = $3 {_STANDING}
    WHERE k.prefix = $1
"""  # noqa: S608 - names of our own tables and kinds
"""Parameters: first characters of the key, personal code, institution, day of service, now, whether names are asked.

No row: nobody has such a key. Times and days are in ISO form.
"""

_MANY = f"""
    SELECT {_KEY}, found.texts
    FROM {_table(ApiKey)} AS k CROSS JOIN LATERAL (
        SELECT string_agg(concat_ws('|', c.practitioner_id IS NOT NULL, {_MERGED}, coalesce(i.region_id, ''), w.agreed,
                   {_REGISTERED}, coalesce(s.status, ''), coalesce(s.until::text, ''),
                   coalesce(s.may_reregister, false), w.measures), E'\\n' ORDER BY q.n) AS texts
        FROM (
            SELECT place, day, array_agg(code) AS codes, array_agg(n) AS numbers
            FROM unnest($2::text[], $3::text[], $4::date[]) WITH ORDINALITY AS asked (code, place, day, n)
            WHERE {{good}} GROUP BY place, day
        ) AS g
        LEFT JOIN {_table(Institution)} AS i ON i.code = g.place
        CROSS JOIN LATERAL (SELECT {_AGREED} AS agreed, coalesce({_MEASURES}, '') AS measures OFFSET 0) AS w
        CROSS JOIN LATERAL unnest(g.codes, g.numbers) AS q (code, n)
        LEFT JOIN {_table(PersonalCode)} AS c ON c.code = q.code {_STANDING}
    ) AS found
    WHERE k.prefix = $1
"""  # noqa: S608
"""The same of many questions without names, in one row: the key, and each question's findings in a line of one text.

What is about a place and a day is looked up once for all who were asked about there. Where the key is not good for it,
nobody is looked up. Parameters: first characters of the key, personal codes, institutions, days, now.
"""

_OF_KEY = f"SELECT {_KEY} FROM {_table(ApiKey)} AS k WHERE k.prefix = $1"  # noqa: S608
"""The key alone, as the others begin. Parameters: its first characters, now."""

Row = Sequence[bytes | None]


def with_key(key: Row, row: Row) -> Row:
    """The row of another statement, with the key as this one of KEY has it."""
    return [*key, *row[len(key) :]]


@dataclass(frozen=True, slots=True)
class Questions:
    """Many questions without names, emergencies or past times, by columns; days in ISO form, codes of letters and
    digits of ASCII.
    """

    practitioners: list[str]
    institutions: list[str]
    days: list[str]

    def halves(self) -> tuple["Questions", "Questions"]:
        """The first half and the others, in their order."""
        columns = (self.practitioners, self.institutions, self.days)
        middle = len(self.days) // 2
        return Questions(*(each[:middle] for each in columns)), Questions(*(each[middle:] for each in columns))


def parameters_of_many(prefix: str, questions: Questions, now: datetime) -> list[bytes]:
    """With what the statement of many questions is asked."""
    columns = (questions.practitioners, questions.institutions, questions.days)
    arrays = [f"{{{','.join(each).upper()}}}".encode() for each in columns]
    return [prefix.encode(), *arrays, now.isoformat().encode()]


@dataclass(frozen=True, slots=True)
class Seen:
    """A row of the statement: the key as it is kept, and what was found of the question.

    `good` is whether the key is one of a settlement system, in force, and noted as used within the minute. `found` is
    None where the files of the person were merged. `region` is that of the institution.
    """

    digest: str
    good: bool
    networks: str
    found: Found | None
    region: str | None


def _statements(good: str) -> dict[str, str]:
    now = {"good": good.format(now="$5")}
    return {"one": _ONE.format(day="$4::date", **now), "many": _MANY.format(day="g.day", **now)}


STATEMENTS = {**_statements(_GOOD), "key": _OF_KEY.format(good=_GOOD.format(now="$2"))}
"""By the names under which they are prepared."""

BY_A_KNOWN_KEY = _statements(_LOOKED_AT)
"""The same where the key was looked at elsewhere: it counts as good."""


def parameters(prefix: str, question: Question, now: datetime) -> list[bytes]:
    """What the statement is asked with. The question claims no emergency and is about what is known now."""
    return [
        prefix.encode(),
        sealing.normalised(question.practitioner).encode(),
        sealing.normalised(question.institution).encode(),
        question.on.isoformat().encode(),
        now.isoformat().encode(),
        b"f" if question.name is None else b"t",
    ]


def seen(row: Row, question: Question) -> Seen:
    """What the row says of the question."""
    digest, good, networks, known, merged, *rest = row
    person = known == b"t"
    return Seen(
        _text(digest),
        good == b"t",
        _text(networks),
        None
        if merged == b"t"
        else _found(rest, person=person, bears_name=not person or _bears(rest[0], question.name)),
        _text(rest[1]) if rest[1] is not None else None,
    )


@dataclass(frozen=True, slots=True)
class SeenOfMany:
    """The key as it is kept, and the text of each question. `merged` is whether one is of merged files."""

    digest: str
    networks: str
    texts: list[bytes]
    merged: bool


def seen_of_many(row: Row) -> SeenOfMany | None:
    """What the row says; None where the key is not good, and so nobody was looked up."""
    digest, good, networks, together = row
    if good != b"t" or together is None:
        return None
    texts = together.split(b"\n")
    return SeenOfMany(_text(digest), _text(networks), texts, any(text.startswith(b"t|t|") for text in {*texts}))


def as_one(parts: Sequence[list[Row]]) -> list[Row]:
    """The rows of the parts of many questions, seen at one instant, as one statement for all of them has them."""
    if not all(parts):
        return []
    (*key, _), texts = parts[0][0], [row[-1] for [row] in parts]
    return [[*key, None if None in texts else b"\n".join(text or b"" for text in texts)]]


def found_in(text: bytes) -> tuple[Found, str | None]:
    """What the text says of its question, and the region of the institution."""
    known, _merged, region, *rest = text.split(b"|")
    agreed, registered, status, until, may_reregister, measures = rest
    row = [None, region or None, agreed, registered, status or None, until or None, may_reregister, measures or None]
    return _found(row, person=known == b"t", bears_name=True), region.decode() or None


def _found(row: Row, *, person: bool, bears_name: bool) -> Found:
    _names, region, agreed, registered, status, until, may_reregister, measures = row
    return Found(
        person=person,
        bears_name=bears_name,
        place=region is not None,
        in_agreement=agreed == b"t",
        registered=registered == b"t",
        standing=_standing(status, until, may_reregister) if person else None,
        measures=_measures(measures) if measures else (),
    )


def _bears(names: bytes | None, name: str | None) -> bool:
    if name is None:
        return True
    wanted = normalised_name(name)
    return names is not None and any(normalised_name(each) == wanted for each in json.loads(names))


@lru_cache(maxsize=10_000)
def _standing(status: bytes | None, until: bytes | None, may_reregister: bytes | None) -> KnownStanding:
    if status is None:
        return NORMAL
    return KnownStanding(_text(status), date.fromisoformat(_text(until)) if until else None, may_reregister == b"t")


@lru_cache(maxsize=10_000)
def _measures(text: bytes) -> tuple[tuple[str, date], ...]:
    words = text.decode().split()
    return tuple((kind, date.fromisoformat(since)) for kind, since in zip(words[::2], words[1::2], strict=True))


def _text(value: bytes | None) -> str:
    return value.decode() if value is not None else ""
