"""Who looked into a file, and whether a file is part of somebody's work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.ledger.days import shanghai_day
from registry.ledger.families import family_of
from registry.models import (
    AccessRecord,
    ApiKey,
    Assignment,
    Case,
    FileMerge,
    Practitioner,
    Registration,
    Responsibility,
    Role,
    Task,
)
from registry.queries.explain import name_of
from registry.queries.roles import OWN_FILE, READERS_OF_THE_PUBLISHED
from registry.queries.scope import Scope
from registry.queries.wording import listed

WORKING = READERS_OF_THE_PUBLISHED - {Role.ADMINISTRATOR, Role.AUDITOR}
"""Roles that work on files. Administrators and auditors see them and work on none."""

READERS_OF_LOOKS = frozenset({Role.AGENCY_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR}) | OWN_FILE
"""Who reads who looked: who keeps the files, who watches over the register, and whoever the file is about."""

OFFICES = {
    Role.ADMINISTRATOR.value: _("administration of the register"),
    Role.AUDITOR.value: _("audit of the register"),
}


def works_on_files(seen: Scope) -> bool:
    """Whether whoever holds the scope works on files at all; of others a reason is asked for every one."""
    return bool(seen.roles & WORKING)


def is_ones_work(seen: Scope, practitioner: Practitioner, today: date) -> bool:
    """Whether the person concerns the work of whoever holds the scope: at most one query.

    They do while they are registered at a place where the user has a working role, and while a case, a task or an
    objection about them is open there: an objection is always somebody's task or in an open case. A file that another
    was merged into stands for both. The own file needs no reason.
    """
    if seen.is_own(practitioner):
        return True
    seen = seen.held_as(WORKING)
    if not seen.roles:
        return False
    files = _files_of(practitioner)
    working = Registration.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), files, starts_on__lte=today)
    grounds = [
        Exists(working.filter(superseded_at=None, institution__in=seen.institutions())),
        *_grounds_of_agencies(seen, files),
        *_grounds_of_institutions(seen, files),
    ]
    return Practitioner.objects.filter(reduce(or_, map(Q, grounds)), pk=practitioner.pk).exists()


def _files_of(practitioner: Practitioner) -> Q:
    """Rows of the person's file, and of those that are one with it by one merge."""
    merges = FileMerge.objects.filter(undone_at=None).order_by()
    below = merges.filter(kept=practitioner).values("absorbed_id")
    above = merges.filter(absorbed=practitioner).values("kept_id")
    return Q(practitioner=practitioner.pk) | Q(practitioner__in=below) | Q(practitioner__in=above)


def _grounds_of_agencies(seen: Scope, files: Q) -> list[Exists]:
    """An open case of the agency in which the person answers, or an open task about the person there."""
    prefixes = [agency.region.prefix for agency in seen.agencies]
    if not prefixes:
        return []
    theirs = reduce(or_, (Q(agency__region__code__startswith=prefix) for prefix in prefixes))
    in_case = reduce(or_, (Q(case__agency__region__code__startswith=prefix) for prefix in prefixes))
    return [_answering(files, Case.objects.filter(theirs)), _task(files, theirs | in_case)]


def _grounds_of_institutions(seen: Scope, files: Q) -> list[Exists]:
    """An open case of the institution in which the person answers, or an open task about the person."""
    places = [place.pk for place in seen.places]
    if not places:
        return []
    here = Q(handling__institution__in=places) | Q(trigger__institution__in=places)
    return [_answering(files, Case.objects.filter(here)), _task(files, Q(institution__in=places))]


def _answering(files: Q, cases: QuerySet[Case]) -> Exists:
    still = cases.filter(state=Case.State.OPEN)
    return Exists(Responsibility.objects.filter(Q(handling__case__in=still) | Q(trigger__case__in=still), files))


def _task(files: Q, theirs: Q) -> Exists:
    return Exists(Task.objects.filter(files, theirs, state=Task.State.OPEN))


@dataclass(frozen=True, slots=True)
class Reading:
    """One look into a file as it is told: when, by whom of which office, what was done, why, and through what."""

    at: datetime
    name: str
    office: str
    kind: str
    kind_words: str
    reason: str
    face: str
    face_words: str


def who_looked(practitioner: Practitioner) -> QuerySet[AccessRecord]:
    """Every look into the person's file, merged files among them, newest first, with everything told of it."""
    offices = Assignment.objects.select_related("agency", "institution", "authority").order_by("pk")
    rows = AccessRecord.objects.filter(practitioner_id__in=family_of(practitioner.pk).files)
    rows = rows.select_related("user", "key__region", "key__authority").defer("salt", "hash", "prev_hash")
    return rows.prefetch_related(Prefetch("user__assignments", offices, to_attr="all_assignments")).order_by("-id")


def reading_of(record: AccessRecord) -> Reading:
    """The record of `who_looked` as it is told; asks nothing of the database."""
    return Reading(
        at=record.at,
        name=name_of(record.user) if record.user else record.key.name if record.key else "",
        office=_office(record),
        kind=record.kind,
        kind_words=record.get_kind_display(),
        reason=record.reason,
        face=record.face,
        face_words=record.get_face_display(),
    )


def _office(record: AccessRecord) -> str:
    """For whom the reader worked on that day."""
    if record.user is None:
        return _body(record.key)
    held: Iterable[Assignment] = getattr(record.user, "all_assignments")  # noqa: B009 - made by Prefetch
    day = shanghai_day(record.at)
    then = [each for each in held if each.starts_on <= day and (each.ends_on is None or day < each.ends_on)]
    bodies = [each.agency or each.institution or each.authority for each in then]
    named = [body.name if body else OFFICES.get(each.role, "") for body, each in zip(bodies, then, strict=True)]
    return listed(name for name in dict.fromkeys(map(str, named)) if name)


def _body(key: ApiKey | None) -> str:
    body = key and (key.region or key.authority)
    return str(body.name) if body else ""
