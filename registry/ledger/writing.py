"""The only writer of facts: chain, projection and change of standing in one transaction with the fact."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from registry.ledger import chain, projection
from registry.ledger.days import shanghai_day
from registry.ledger.families import Families, families
from registry.ledger.law import policies
from registry.ledger.reading import facts_of_files, numbered, rows_by_file
from registry.models import Agency, Fact, Practitioner, StandingChange, User
from registry.models.identifiers import uuid7
from registry.rules import compute, facts


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

    `unlocked` gives the same without the lock, for looking only.
    """

    kept: int
    members: frozenset[int]
    facts: list[facts.Fact]


class _HasOtherFiles(Exception):
    """The files that were locked are not all that the people have."""


def lock(practitioner: Practitioner) -> LockedPerson:
    """Lock all files of the person, in order of id. The first statement of every act that writes to a file."""
    return lock_many([practitioner])[practitioner.pk]


def unlocked(practitioner: Practitioner) -> LockedPerson:
    """The person as `lock` reads it, with nothing locked: for what is shown and written nowhere. Two queries."""
    return _read([practitioner.pk], families([practitioner.pk]))[practitioner.pk]


def lock_many(practitioners: list[Practitioner]) -> dict[int, LockedPerson]:
    """Lock all files of several people, in order of id; the answer is by the id of each practitioner given.

    Where a person has other files, what was locked is let go and locked anew together with these: whoever held one file
    of a person while waiting for another could wait for ever.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a file is locked inside the transaction that writes to it")
    asked = [practitioner.pk for practitioner in practitioners]
    files = frozenset(asked)
    while True:
        with suppress(_HasOtherFiles), transaction.atomic():
            _lock_rows(files)
            found = families(asked)
            held, files = files, frozenset(asked).union(*found.members.values())
            if files != held:
                raise _HasOtherFiles
            return _read(asked, found)


def _lock_rows(ids: frozenset[int]) -> None:
    rows = Practitioner.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    list(rows.order_by("pk").values_list("pk", flat=True))


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
        person = person or lock(practitioner)
        last = Fact.objects.filter(practitioner=practitioner).order_by("-chain_no").first()
        known, added = person.facts, []
        for draft in drafts:
            last = chained(practitioner, draft, after=last, now=now)
            last.save(force_insert=True)
            before, known = known, facts_of_files(person.members)
            assert len(known) == len(before) + 1, "facts were added to the file since it was read"
            record_change(person.kept, before, known, cause=StandingChange.Cause.FACT, fact=last, now=last.recorded_at)
            added.append(last)
        projection.rewrite(kept=person.kept, members=person.members, of_person=known)
    return added


def record_change(
    practitioner_id: int,
    before: list[facts.Fact],
    after: list[facts.Fact],
    *,
    cause: StandingChange.Cause,
    now: datetime,
    fact: Fact | None = None,
) -> StandingChange:
    """Keep what a fact or a merge did to the standing of the day it was recorded."""
    change = change_of(practitioner_id, before, after, cause=cause, now=now, fact=fact)
    change.save(force_insert=True)
    return change


def change_of(
    practitioner_id: int,
    before: list[facts.Fact],
    after: list[facts.Fact],
    *,
    cause: StandingChange.Cause,
    now: datetime,
    fact: Fact | None = None,
) -> StandingChange:
    """The change, not saved yet."""
    today = shanghai_day(now)
    was, becomes = (compute.standing(known, today, policies()) for known in (before, after))
    return StandingChange(
        practitioner_id=practitioner_id,
        cause=cause,
        fact=fact,
        on_day=today,
        recorded_at=now,
        status_before=was.status,
        status_after=becomes.status,
        until_before=was.until,
        until_after=becomes.until,
        points_before=was.points,
        points_after=becomes.points,
    )


def _read(asked: list[int], found: Families) -> dict[int, LockedPerson]:
    """The facts of everybody in one query."""
    rows = rows_by_file({member for members in found.members.values() for member in members})
    people = {
        kept: LockedPerson(kept, members, numbered([row for member in members for row in rows.get(member, ())]))
        for kept, members in found.members.items()
    }
    return {file: people[found.kept[file]] for file in asked}


def chained(practitioner: Practitioner, draft: Draft, *, after: Fact | None, now: datetime) -> Fact:
    """The fact, not saved yet, that follows `after` in the chain of the file."""
    recorded_at = max(now, after.recorded_at) if after else now
    fact = Fact(
        practitioner=practitioner,
        chain_no=after.chain_no + 1 if after else 1,
        kind=draft.kind,
        effective_on=draft.effective_on or shanghai_day(recorded_at),
        recorded_at=recorded_at,
        decided_at=draft.decided_at or recorded_at,
        origin=draft.origin or settings.REGISTRY_REGISTER_ID,
        origin_id=draft.origin_id or uuid7(),
        origin_seq=draft.origin_seq or _next_number(),
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
        prev_hash=bytes(after.hash) if after else chain.GENESIS,
    )
    fact.hash = chain.link(fact, prev_hash=bytes(fact.prev_hash))
    return fact


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('registry_fact_origin_seq')")
        return int(cursor.fetchone()[0])
