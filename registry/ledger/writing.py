"""The only writer of facts: chain, projection and change of standing in one transaction with the fact."""

import os
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from registry.ledger import chain, projection
from registry.ledger.days import shanghai_day
from registry.ledger.families import Families, families, families_by
from registry.ledger.law import policies
from registry.ledger.reading import Written, numbered, written, written_in
from registry.ledger.sheaf import Sheaf
from registry.ledger.statements import Statement
from registry.models import Agency, Fact, Practitioner, StandingChange, User
from registry.models.identifiers import uuid7
from registry.rules import compute, facts

_LOCK = Statement("SELECT * FROM registry_lock_people(%(files)s::bigint[])")
LINK = 4
"""So many columns of a row say how files are merged; where they are empty, the others are a fact."""

_NUMBERS = Statement("""
    SELECT nextval('registry_fact_id_seq'), nextval('registry_fact_origin_seq'), nextval('registry_pointsentry_id_seq')
    FROM generate_series(1, %(many)s)
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A fact before it has its number, its hash and its time.

    `effective_on` None means the day it is recorded. The fields of origin are for facts decided elsewhere or taken
    over from an older register; facts decided here get theirs when they are added.
    """

    kind: str
    effective_on: date | None = None
    points: int | None = None
    counted_on: date | None = None
    policy: str = ""
    months: int | None = None
    days: int | None = None
    entry: Fact | None = None
    reason: str = ""
    document_number: str = ""
    agency: Agency | None = None
    actor: User | None = None
    second: User | None = None
    origin: str | None = None
    origin_id: UUID | None = None
    origin_seq: int | None = None
    decided_at: datetime | None = None
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class LockedPerson:
    """A person whose files are locked until the end of the transaction, with the facts read under the lock.

    `unlocked` gives the same without the lock, for looking only. `rows` are the facts as they stand in the files.
    """

    kept: int
    members: frozenset[int]
    facts: list[facts.Fact]
    rows: list[Written] = field(default_factory=list)


def lock(practitioner: Practitioner | int) -> LockedPerson:
    """Lock all files of the person, in order of id. The first statement of every act that writes to a file.

    `practitioner` is one of the files, or its id.
    """
    pk = practitioner if isinstance(practitioner, int) else practitioner.pk
    return _locked([pk])[pk]


def unlocked(practitioner: Practitioner) -> LockedPerson:
    """The person as `lock` reads it, with nothing locked: for what is shown and written nowhere. Two queries."""
    found = families([practitioner.pk])
    return _people([practitioner.pk], found, written_in(found.members[found.kept[practitioner.pk]]))[practitioner.pk]


def lock_many(practitioners: list[Practitioner]) -> dict[int, LockedPerson]:
    """Lock all files of several people, in order of id; the answer is by the id of each practitioner given."""
    return _locked([practitioner.pk for practitioner in practitioners])


def _locked(asked: list[int]) -> dict[int, LockedPerson]:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a file is locked inside the transaction that writes to it")
    rows = _LOCK(files=asked)
    return _people(
        asked, families_by(asked, [row[:LINK] for row in rows if row[0]]), [row[LINK:] for row in rows if not row[0]]
    )


def append(*, practitioner: Practitioner, draft: Draft, now: datetime, person: LockedPerson | None = None) -> Fact:
    """Add one fact to the file of `practitioner`; its person's projection and the change of standing follow at once.

    A correction belongs into the file of the entry it corrects. The instant recorded never runs behind the file:
    where clocks differ between machines, the fact takes the instant of the fact before it.
    """
    return append_all(practitioner=practitioner, drafts=[draft], now=now, person=person)[0]


def append_all(
    *, practitioner: Practitioner, drafts: list[Draft], now: datetime, person: LockedPerson | None = None
) -> list[Fact]:
    """Add several facts to one file, in the order given. All or nothing.

    `person` is whom the caller locked in this transaction and has added nothing to since.
    """
    with transaction.atomic():
        sheaf = Sheaf()
        bound = bind(sheaf, practitioner=practitioner, drafts=drafts, now=now, person=person or lock(practitioner))
        sheaf.write()
        return [fact for fact, _entry in bound]


def bind(
    sheaf: Sheaf, *, practitioner: Practitioner, drafts: list[Draft], now: datetime, person: LockedPerson
) -> list[tuple[Fact, int]]:
    """The same for a person who is locked, into a sheaf that the caller writes before anything else is added.

    With each fact comes the id of the entry that stands behind it, if it is to have one.
    """
    last = max((row for row in person.rows if row.file == practitioner.pk), key=_number_in_file, default=None)
    rows, known, bound = person.rows, person.facts, list[tuple[Fact, int]]()
    for draft, (pk, seq, entry) in zip(drafts, _numbers(len(drafts)), strict=True):
        fact = chained(practitioner, draft, after=last, now=now, numbers=(pk, seq))
        last = written(fact)
        rows, before = [*rows, last], known
        known = numbered(rows)
        sheaf.add(fact)
        sheaf.add(changed(person.kept, before, known, cause=StandingChange.Cause.FACT, fact=fact, now=fact.recorded_at))
        bound.append((fact, entry))
    projection.bind(sheaf, kept=person.kept, members=person.members, of_person=known)
    return bound


def record_change(
    practitioner_id: int,
    before: list[facts.Fact],
    after: list[facts.Fact],
    *,
    cause: StandingChange.Cause,
    now: datetime,
) -> StandingChange:
    """Keep what a merge did to the standing of the day it was recorded."""
    change = changed(practitioner_id, before, after, cause=cause, now=now)
    change.save(force_insert=True)
    return change


def changed(
    practitioner_id: int,
    before: list[facts.Fact],
    after: list[facts.Fact],
    *,
    cause: StandingChange.Cause,
    now: datetime,
    fact: Fact | None = None,
) -> StandingChange:
    """What a fact or a merge did to the standing of the day it was recorded, not written yet."""
    today = shanghai_day(now)
    was, becomes = (compute.standing(known, today, policies()) for known in (before, after))
    return StandingChange(
        practitioner_id=practitioner_id,
        cause=cause,
        fact_id=fact.pk if fact else None,
        on_day=today,
        recorded_at=now,
        status_before=was.status,
        status_after=becomes.status,
        until_before=was.until,
        until_after=becomes.until,
        points_before=was.points,
        points_after=becomes.points,
    )


def _people(asked: list[int], found: Families, rows: list[tuple[Any, ...]]) -> dict[int, LockedPerson]:
    """The people of the files, with their facts among `rows`."""
    by_file: dict[int, list[Written]] = {}
    for row in rows:
        by_file.setdefault(row[0], []).append(Written(*row))
    people = {kept: _person(kept, members, by_file) for kept, members in found.members.items()}
    return {file: people[found.kept[file]] for file in asked}


def _person(kept: int, members: frozenset[int], by_file: dict[int, list[Written]]) -> LockedPerson:
    theirs = [row for member in members for row in by_file.get(member, ())]
    return LockedPerson(kept, members, numbered(theirs), theirs)


def _number_in_file(row: Written) -> int:
    return row.chain_no


def chained(
    practitioner: Practitioner, draft: Draft, *, after: Written | None, now: datetime, numbers: tuple[int, int]
) -> Fact:
    """The fact, not written yet, that follows `after` in the chain of the file; `numbers` are its id and its own."""
    recorded_at = max(now, after.recorded_at) if after else now
    pk, seq = numbers
    fact = Fact(
        pk=pk,
        practitioner=practitioner,
        chain_no=after.chain_no + 1 if after else 1,
        kind=draft.kind,
        effective_on=draft.effective_on or shanghai_day(recorded_at),
        recorded_at=recorded_at,
        decided_at=draft.decided_at or recorded_at,
        origin=draft.origin or settings.REGISTRY_REGISTER_ID,
        origin_id=draft.origin_id or uuid7(),
        origin_seq=draft.origin_seq or seq,
        legacy=draft.legacy,
        points=draft.points,
        counted_on=draft.counted_on,
        policy=draft.policy,
        months=draft.months,
        days=draft.days,
        entry=draft.entry,
        reason=draft.reason,
        document_number=draft.document_number,
        agency=draft.agency,
        actor=draft.actor,
        second=draft.second,
        salt=os.urandom(16),
        prev_hash=after.hash if after else chain.GENESIS,
    )
    fact.hash = chain.link(fact, prev_hash=bytes(fact.prev_hash))
    return fact


def _numbers(many: int) -> list[tuple[Any, ...]]:
    """So many ids of facts, each with a number of this register and the id of an entry."""
    return _NUMBERS(many=many)
