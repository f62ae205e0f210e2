"""Rosters of the demo come in: people in bulk, with the history that single acts would have left."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from simple_history.utils import bulk_create_with_history

from registry.desks.demo_data.people import Post, Profile
from registry.desks.demo_data.timeline import FIRST_DAY, PREPARATION, at
from registry.models import (
    Certificate,
    IdentityDocument,
    Institution,
    PersonalCode,
    Practitioner,
    PractitionerName,
    Registration,
    StaffRecord,
    User,
    sealing,
)

BATCH = 2000
_LEFT_UNSIGNED = 12
"""One in so many commitments is still missing, so that there is something to ask for."""
Kept = Practitioner | Certificate | StaffRecord | Registration


def load_people(
    people: Sequence[Profile], institutions: Mapping[str, Institution], *, by: User
) -> dict[str, Practitioner]:
    """All people with codes, names, documents, certificates, roster lines and registrations; by personal code."""
    roster_day = at(PREPARATION, hour=14)
    rows = {person.code: _practitioner(person, roster_day) for person in people}
    keep_all(list(rows.values()), by=by)
    pairs = [(rows[person.code], person) for person in people]
    PersonalCode.objects.bulk_create([_code(row) for row in rows.values()], batch_size=BATCH)
    PractitionerName.objects.bulk_create([_name(row) for row in rows.values()], batch_size=BATCH)
    IdentityDocument.objects.bulk_create([_document(row, person) for row, person in pairs], batch_size=BATCH)
    keep_all([_certificate(row, person, institutions) for row, person in pairs if person.certificate], by=by)
    posts = [(row, person, post) for row, person in pairs for post in person.posts]
    keep_all([_staff_record(row, person, institutions[post.institution], post) for row, person, post in posts], by=by)
    keep_all(
        [
            _registration(row, institutions[post.institution], post, signed=bool(number % _LEFT_UNSIGNED))
            for number, (row, _, post) in enumerate(posts)
        ],
        by=by,
    )
    return rows


def keep_all(rows: Sequence[Kept], *, by: User) -> None:
    """Insert rows of one model with history, as if each had been kept by `by` when it was recorded."""
    for row in rows:
        row._history_date = row.recorded_at  # type: ignore[union-attr]  # simple-history reads it from the row
    if rows:
        bulk_create_with_history(rows, type(rows[0]), batch_size=BATCH, default_user=by)


def _practitioner(person: Profile, now: datetime) -> Practitioner:
    return Practitioner(
        code=person.code,
        name=person.name,
        sex=person.sex,
        birth_date=person.born,
        category=person.category,
        recorded_at=now,
    )


def _code(row: Practitioner) -> PersonalCode:
    return PersonalCode(practitioner=row, code=row.code, recorded_at=row.recorded_at)


def _name(row: Practitioner) -> PractitionerName:
    return PractitionerName(practitioner=row, name=row.name, recorded_at=row.recorded_at)


def _document(row: Practitioner, person: Profile) -> IdentityDocument:
    kind, number = person.document
    return IdentityDocument(
        practitioner=row,
        kind=kind,
        sealed_number=sealing.seal(number, bound_to=str(row.uuid)),
        number_index=sealing.blind_index(number),
        recorded_at=row.recorded_at,
    )


def _certificate(row: Practitioner, person: Profile, institutions: Mapping[str, Institution]) -> Certificate:
    field, scope = person.practice
    return Certificate(
        practitioner=row,
        number=person.certificate,
        practice_institution=institutions[person.posts[0].institution].name,
        practice_category=field,
        scope=scope,
        level="执业医师" if field == "临床" else "",
        recorded_at=row.recorded_at,
    )


def _staff_record(row: Practitioner, person: Profile, institution: Institution, post: Post) -> StaffRecord:
    main = post is person.posts[0]
    return StaffRecord(
        practitioner=row,
        institution=institution,
        status="在职" if main else "多点执业",
        contract_from=date(2023, 7, 1) if main else post.starts_on,
        contract_until=date(2029, 6, 30) if main else None,
        title=person.title,
        recorded_at=_known_from(row, post),
    )


def _registration(row: Practitioner, institution: Institution, post: Post, *, signed: bool) -> Registration:
    known_from = _known_from(row, post)
    return Registration(
        practitioner=row,
        institution=institution,
        department=post.department,
        starts_on=post.starts_on,
        ends_on=post.ends_on,
        committed_on=known_from.date() if signed else None,
        recorded_at=known_from,
    )


def _known_from(row: Practitioner, post: Post) -> datetime:
    """First posts come with the roster; later ones are entered three days before they begin."""
    return row.recorded_at if post.starts_on == FIRST_DAY else at(post.starts_on - timedelta(3), hour=11)
