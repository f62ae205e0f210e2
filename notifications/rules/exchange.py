"""What registers tell each other: the letter as it arrives, the account of a person behind it, and what became of it.

A letter only says that there is something to read. What is taken over is the account: every fact that the other
register knows of the person, so that it does not matter which letter brought it. Nothing here believes anything: what
is not exactly as described is refused with the place where it goes wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from notifications.rules.envelope import SOURCE_PREFIX, TYPE_PREFIX, TYPE_VERSION
from notifications.rules.happenings import Happening
from registry.rules.policy import Policy

LONGEST_LETTER = 64 * 1024
"""Bytes of a letter that are read at all."""
MOST_FACTS = 2_000
SETTLED = Happening.SETTLED.value
"""What a register is told once its letter has taken effect."""

POINTS = range(1, 13)
MONTHS = range(1, 7)
_UNBROKEN = re.compile("[^\x00\ud800-\udfff]*")
"""What a database can keep: no zero, and no half of a character."""
_SCORES = ("points_scored", "entry_revised")
_CORRECTS = ("entry_annulled", "entry_revised")
KINDS = (*_SCORES, "entry_annulled", "points_relieved", "period_shortened", "reregistered")


class Malformed(ValueError):
    """What came is not as described. `where` is the member that is wrong."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter as it says it is. `subject` is empty where it is about nobody."""

    id: UUID
    source: str
    happening: str
    subject: str
    sequence: int
    time: datetime
    notice: UUID | None
    settles: Settlement | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a letter there: its id, the digest of the bytes that were received, and how it ended."""

    letter: UUID
    digest: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ForeignFact:
    """A fact as another register knows it, named by the register that decided it."""

    kind: str
    origin: str
    origin_id: UUID
    origin_seq: int
    decided_at: datetime
    effective_on: date
    legacy: bool
    points: int | None
    counted_on: date | None
    policy: str
    months: int | None
    days: int | None
    entry: tuple[str, UUID] | None
    document_number: str
    agency: str

    @property
    def name(self) -> tuple[str, UUID]:
        """How every register calls it."""
        return self.origin, self.origin_id


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that another register knows of what happened to one person.

    `codes` are all personal codes of the person there, `policies` the digests of the policies that the facts name.
    """

    codes: tuple[str, ...]
    name: str
    facts: tuple[ForeignFact, ...]
    policies: Mapping[str, str]


def arrived(body: bytes) -> Arrived:
    """The letter in these bytes. Raises Malformed."""
    event = _object(_json(body), "body")
    kind = _text(event, "type")
    if event.get("specversion") != "1.0" or not (kind.startswith(TYPE_PREFIX) and kind.endswith(TYPE_VERSION)):
        raise Malformed("type")
    source = _text(event, "source")
    if not source.startswith(SOURCE_PREFIX):
        raise Malformed("source")
    data = _object(event.get("data"), "data")
    settles = data.get("settles")
    happening = kind[len(TYPE_PREFIX) : -len(TYPE_VERSION)]
    if (happening == SETTLED) != (settles is not None):
        raise Malformed("settles")
    if bool(event.get("subject")) != bool(data.get("notice")):  # about somebody there is something to be read
        raise Malformed("notice")
    return Arrived(
        id=_uuid(event, "id"),
        source=source[len(SOURCE_PREFIX) :],
        happening=happening,
        subject=_text(event, "subject", most=64) if "subject" in event else "",
        sequence=_sequence(event),
        time=_instant(event, "time", at=""),
        notice=_uuid(data, "notice") if data.get("notice") else None,
        settles=None if settles is None else _settlement(_object(settles, "settles")),
    )


def _settlement(given: Mapping[str, Any]) -> Settlement:
    return Settlement(_uuid(given, "letter"), _text(given, "digest", most=64), _text(given, "outcome", most=20))


def _sequence(event: Mapping[str, Any]) -> int:
    text = _text(event, "sequence", most=18)
    if not (text.isascii() and text.isdigit()):
        raise Malformed("sequence")
    return int(text)


# accounts -------------------------------------------------------------------------------------------------------------


def account(document: Any) -> Account:
    """The account in the document that another register answered with. Raises Malformed."""
    given = _object(document, "account")
    person = _object(given.get("person"), "person")
    rows, policies = given.get("facts"), _object(given.get("policies"), "policies")
    if not isinstance(rows, list) or len(rows) > MOST_FACTS:
        raise Malformed("facts")
    codes = person.get("codes")
    if not isinstance(codes, list):
        raise Malformed("codes")
    return Account(
        codes=tuple(_string(each, "codes", 64) for each in codes),
        name=_text(person, "name", most=100),
        facts=tuple(_fact(_object(row, f"facts[{number}]"), f"facts[{number}].") for number, row in enumerate(rows)),
        policies={name: _text(policies, name, most=64) for name in policies},
    )


def _fact(row: Mapping[str, Any], at: str) -> ForeignFact:
    kind = _text(row, "kind", at=at)
    if kind not in KINDS:
        raise Malformed(f"{at}kind")
    scored = kind == "points_scored"
    fact = ForeignFact(
        kind=kind,
        origin=_text(row, "origin", at=at, most=32),
        origin_id=_uuid(row, "id", at=at),
        origin_seq=_number(row, "origin_seq", range(2**62), at=at),
        decided_at=_instant(row, "decided_at", at=at),
        effective_on=_day(row, "effective_on", at=at),
        legacy=row.get("legacy") is True,
        points=_points(row, kind, at),
        counted_on=_day(row, "counted_on", at=at) if scored else None,
        policy=_text(row, "policy", at=at, most=40) if scored else "",
        months=_months(row, kind, at),
        days=_number(row, "days", range(1, 2**15), at=at) if kind == "period_shortened" else None,
        entry=_entry(row, at) if kind in _CORRECTS else None,
        document_number=_string(row.get("document_number", ""), f"{at}document_number", 120),
        agency=_string(row.get("agency", ""), f"{at}agency", 20),
    )
    if fact.counted_on and fact.counted_on > fact.effective_on:
        raise Malformed(f"{at}counted_on")
    return fact


def _points(row: Mapping[str, Any], kind: str, at: str) -> int | None:
    if kind in _SCORES:
        return _number(row, "points", POINTS, at=at)
    return _number(row, "points", range(1, 2**15), at=at) if kind == "points_relieved" else None


def _months(row: Mapping[str, Any], kind: str, at: str) -> int | None:
    asked = kind in _SCORES and row.get("months") is not None
    return _number(row, "months", MONTHS, at=at) if asked else None


def _entry(row: Mapping[str, Any], at: str) -> tuple[str, UUID]:
    entry = _object(row.get("entry"), f"{at}entry")
    return _text(entry, "origin", at=f"{at}entry.", most=32), _uuid(entry, "id", at=f"{at}entry.")


def digest_of_policy(policy: Policy) -> str:
    """What two registers compare to know that they compute by the same law: every number of the policy."""
    numbers = {key: value.value for key, value in policy.values()}
    return sha256(json.dumps(numbers, default=str, sort_keys=True).encode()).hexdigest()


# reconciling ----------------------------------------------------------------------------------------------------------


def merkle_root(ids: Sequence[UUID]) -> str:
    """One digest over many ids, in order of the ids: leaves and nodes are told apart, an odd node is carried up."""
    level = [sha256(b"\x00" + each.bytes).digest() for each in sorted(ids)]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + level[len(level) & ~1 :]
    return level[0].hex() if level else sha256(b"").hexdigest()


# plain values ---------------------------------------------------------------------------------------------------------


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Malformed("body") from None


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(where)
    return value


def _string(value: Any, where: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or not _UNBROKEN.fullmatch(value):
        raise Malformed(where)
    return value


def _text(given: Mapping[str, Any], member: str, *, at: str = "", most: int = 200) -> str:
    text = _string(given.get(member), f"{at}{member}", most)
    if not text:
        raise Malformed(f"{at}{member}")
    return text


def _uuid(given: Mapping[str, Any], member: str, *, at: str = "") -> UUID:
    text = _text(given, member, at=at, most=36)
    try:
        return UUID(text)
    except ValueError:
        raise Malformed(f"{at}{member}") from None


def _number(given: Mapping[str, Any], member: str, allowed: range, *, at: str) -> int:
    value = given.get(member)
    if type(value) is not int or value not in allowed:
        raise Malformed(f"{at}{member}")
    return value


def _day(given: Mapping[str, Any], member: str, *, at: str) -> date:
    try:
        return date.fromisoformat(_text(given, member, at=at, most=10))
    except ValueError:
        raise Malformed(f"{at}{member}") from None


def _instant(given: Mapping[str, Any], member: str, *, at: str) -> datetime:
    try:
        found = datetime.fromisoformat(_text(given, member, at=at, most=40))
    except ValueError:
        raise Malformed(f"{at}{member}") from None
    if found.tzinfo is None:
        raise Malformed(f"{at}{member}")
    return found
