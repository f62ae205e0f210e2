"""Does the projection say what the facts say? Recomputed for everyone, compared row by row; and rebuilt where not."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from registry.ledger import chain, projection
from registry.ledger.families import families
from registry.ledger.guards import guard_faults
from registry.ledger.reading import facts_by_practitioner
from registry.ledger.readings import reading_faults
from registry.models import (
    Fact,
    FileMerge,
    PersonalCode,
    Practitioner,
    PractitionerName,
    SanctionPeriod,
    StandingSpan,
)
from registry.rules.facts import InvalidHistory, check_history

BATCH = 1000

_PERIOD_COLUMNS = ("practitioner_id", "kind", "starts_on", "ends_on", "barred_until", "because", "single")
_SPAN_COLUMNS = ("practitioner_id", "starts_on", "ends_on", "status", "until", "points", "may_reregister")

Progress = Callable[[int, int], None]


def differences(*, progress: Progress | None = None) -> Iterator[str]:
    """Everything that is not as it must be, one sentence each.

    Guards, codes, names, the chains of looks into files, then chains, histories and projection of the facts.
    """
    yield from guard_faults()
    yield from _identity_faults()
    yield from reading_faults()
    yield from file_differences(progress=progress)


def file_differences(*, progress: Progress | None = None) -> Iterator[str]:
    """Of `differences` those inside files: chains, histories, projection."""
    people = _people_with_facts_or_projection()
    for done in range(0, len(people), BATCH):
        batch = people[done : done + BATCH]
        yield from _chain_faults(batch)
        yield from _projection_faults(batch)
        if progress:
            progress(min(done + BATCH, len(people)), len(people))


def rebuild(*, progress: Progress | None = None) -> int:
    """Recompute the projection of everyone beside the live one and put right what differs; return the people changed.

    Readers see the old answers until the end; writers of facts wait before they rewrite a projection, and so before
    their facts can be seen. All or nothing.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in (SanctionPeriod, StandingSpan):  # in the order in which writers take them
                cursor.execute(f"LOCK TABLE {table._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        people = _people_with_facts_or_projection()
        changed = 0
        for done in range(0, len(people), BATCH):
            changed += _rebuild_batch(people[done : done + BATCH])
            if progress:
                progress(min(done + BATCH, len(people)), len(people))
        return changed


def _people_with_facts_or_projection() -> list[int]:
    tables = (Fact, SanctionPeriod, StandingSpan)
    files = {pk for table in tables for pk in table.objects.order_by().values_list("practitioner_id", flat=True)}
    kept = FileMerge.objects.filter(undone_at=None).values_list("kept_id", flat=True)
    return sorted(files.union(kept))


def _chain_faults(people: list[int]) -> Iterator[str]:
    of_batch = Fact.objects.filter(practitioner_id__in=people).order_by("practitioner_id", "chain_no")
    for person, in_file in groupby(of_batch.iterator(chunk_size=BATCH), key=lambda fact: fact.practitioner_id):
        for fault in chain.broken_links(list(in_file)):
            yield f"file {person}: {fault}"


def _projection_faults(people: list[int]) -> Iterator[str]:
    expected, faults = _expected(people)
    yield from faults
    kept = _stored(people)
    for person in people:
        for name, should, does in zip(("periods", "days"), expected[person], kept[person], strict=True):
            if should != does:
                yield f"file {person}: the {name} kept are {_shown(does)}, the facts say {_shown(should)}"


def _rebuild_batch(people: list[int]) -> int:
    expected, faults = _expected(people)
    for fault in faults:
        raise InvalidHistory("facts", None, fault)
    kept = _stored(people)
    wrong = [person for person in people if expected[person] != kept[person]]
    SanctionPeriod.objects.filter(practitioner_id__in=wrong).delete()
    StandingSpan.objects.filter(practitioner_id__in=wrong).delete()
    known = facts_by_practitioner(wrong)
    for person in wrong:
        SanctionPeriod.objects.bulk_create(projection.periods_of(person, known.get(person, [])))
        StandingSpan.objects.bulk_create(projection.spans_of(person, known.get(person, [])))
    return len(wrong)


Rows = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


def _expected(people: list[int]) -> tuple[dict[int, Rows], list[str]]:
    """What the projection of each file should be (nothing for absorbed files), and broken histories."""
    found, known = families(people), facts_by_practitioner(people)
    expected: dict[int, Rows] = {person: ([], []) for person in people}
    faults = []
    for person in people:
        if found.kept[person] != person:
            continue
        try:
            check_history(known.get(person, []))
        except InvalidHistory as error:
            faults.append(f"file {person}: {error}")
        periods = [_row(row, _PERIOD_COLUMNS) for row in projection.periods_of(person, known.get(person, []))]
        spans = [_row(row, _SPAN_COLUMNS) for row in projection.spans_of(person, known.get(person, []))]
        expected[person] = (sorted(periods, key=repr), sorted(spans, key=repr))
    return expected, faults


def _stored(people: list[int]) -> dict[int, Rows]:
    stored: dict[int, Rows] = {person: ([], []) for person in people}
    for row in SanctionPeriod.objects.filter(practitioner_id__in=people).values_list(*_PERIOD_COLUMNS):
        stored[row[0]][0].append(row)
    for row in StandingSpan.objects.filter(practitioner_id__in=people).values_list(*_SPAN_COLUMNS):
        stored[row[0]][1].append(row)
    return {person: (sorted(periods, key=repr), sorted(spans, key=repr)) for person, (periods, spans) in stored.items()}


def _row(row: Any, columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, column) for column in columns)


def _shown(rows: list[tuple[Any, ...]]) -> str:
    return "; ".join(" ".join(str(value) for value in row[1:]) for row in rows) or "none"


def _identity_faults() -> Iterator[str]:
    given = PersonalCode.objects.filter(practitioner=OuterRef("pk"), code=OuterRef("code"))
    for person, code in Practitioner.objects.exclude(Exists(given)).values_list("pk", "code")[:BATCH]:
        yield f"file {person}: it bears the code {code}, which was never given to it"
    borne = PractitionerName.objects.filter(practitioner=OuterRef("pk"), name=OuterRef("name"), superseded_at=None)
    for person in Practitioner.objects.exclude(Exists(borne)).values_list("pk", flat=True)[:BATCH]:
        yield f"file {person}: its name is not the present one among the names it ever bore"
