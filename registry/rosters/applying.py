"""What was accepted happens: set by set, each with its history, in the one transaction that the caller holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Cursor, sql

from registry.models import Certificate, Practitioner, Registration, StaffRecord, sealing
from registry.models.pinyin import sound_of
from registry.rosters.history import Scribe
from registry.rosters.planning import CERTIFICATE, STAFF

_LOCK_INSTITUTION = sql.SQL("SELECT 1 FROM registry_institution WHERE id = {institution} FOR NO KEY UPDATE")
_LOCK_PEOPLE = sql.SQL(
    """
    SELECT count(*) FROM (
        SELECT p.id FROM registry_practitioner AS p
        WHERE p.id IN (
            SELECT id FROM roster_root UNION SELECT root FROM roster_root
            UNION SELECT practitioner_id FROM registry_registration
            WHERE institution_id = {institution} AND superseded_at IS NULL
        )
        ORDER BY p.id FOR NO KEY UPDATE
    ) AS locked
    """
)
_GO = sql.SQL(
    """
    CREATE TEMPORARY TABLE roster_go ON COMMIT DROP AS
    SELECT number, uuid, person, registration, ended_on, first_certificate, first_staff,
        person IS NULL AS fresh, outcome = 'left' AS ends,
        new_code, new_name, new_sex, new_birth_date, new_category,
        outcome <> 'left' AND changes_person AS changes_person, outcome <> 'left' AND adds_document AS adds_document,
        outcome <> 'left' AND changes_certificate AS changes_certificate,
        outcome <> 'left' AND changes_department AS changes_department, changes_staff
    FROM roster_plan
    WHERE {accepted} AND (outcome IN ('new', 'changed') OR outcome = 'doubtful' AND acceptable)
        OR {end_left} AND outcome = 'left'
    """
)

_NAMES = """
    SELECT s.name FROM roster_go AS g JOIN roster_row AS s USING (number) WHERE g.fresh
    UNION SELECT new_name FROM roster_go WHERE changes_person AND NOT fresh
"""
_SOUNDS = "CREATE TEMPORARY TABLE roster_sound (name text, pinyin text, initials text) ON COMMIT DROP"
_NEW_PEOPLE = sql.SQL(
    """
    INSERT INTO registry_practitioner AS t
        (uuid, code, provisional, name, pinyin, initials, sex, birth_date, category, recorded_at)
    SELECT s.uuid, coalesce(s.code, 'T' || lpad(nextval('registry_provisional_code')::text, 12, '0')), s.code IS NULL,
           s.name, k.pinyin, k.initials, coalesce(nullif(s.sex, ''), 'unknown'), s.birth_date, s.implied_category, {now}
    FROM roster_go AS g JOIN roster_row AS s USING (number) LEFT JOIN roster_sound AS k USING (name)
    WHERE g.fresh ORDER BY s.code
    """
)
_NOTE_NEW_PEOPLE = (
    "UPDATE roster_go AS g SET person = p.id FROM registry_practitioner AS p WHERE g.fresh AND p.uuid = g.uuid"
)
_NEW_CODES = sql.SQL(
    """
    INSERT INTO registry_personalcode (practitioner_id, code, provisional, recorded_at)
    SELECT p.id, coalesce(g.new_code, p.code), g.fresh AND p.provisional, {now}
    FROM roster_go AS g JOIN registry_practitioner AS p ON p.id = g.person
    WHERE g.fresh OR g.changes_person AND g.new_code <> p.code ORDER BY 2
    """
)
_SUPERSEDE_NAMES = sql.SQL(
    """
    UPDATE registry_practitionername AS n SET superseded_at = {now}
    FROM roster_go AS g JOIN registry_practitioner AS p ON p.id = g.person
    WHERE n.practitioner_id = p.id AND n.superseded_at IS NULL AND g.changes_person AND g.new_name <> p.name
    """
)
_NEW_NAMES = sql.SQL(
    """
    INSERT INTO registry_practitionername (practitioner_id, name, recorded_at)
    SELECT p.id, coalesce(g.new_name, p.name), {now}
    FROM roster_go AS g JOIN registry_practitioner AS p ON p.id = g.person
    WHERE g.fresh OR g.changes_person AND g.new_name <> p.name
    """
)
_CHANGED_PEOPLE = sql.SQL(
    """
    UPDATE registry_practitioner AS t
    SET code = g.new_code, provisional = t.provisional AND g.new_code = t.code, name = g.new_name,
        pinyin = k.pinyin, initials = k.initials,
        sex = g.new_sex, birth_date = g.new_birth_date, category = g.new_category
    FROM roster_go AS g LEFT JOIN roster_sound AS k ON k.name = g.new_name
    WHERE t.id = g.person AND NOT g.fresh AND g.changes_person
    """
)
_DOCUMENTS_OF_NEW_PEOPLE = sql.SQL(
    """
    INSERT INTO registry_identitydocument (practitioner_id, kind, sealed_number, number_index, recorded_at)
    SELECT g.person, s.document_kind, s.document_sealed, s.document_index, {now}
    FROM roster_go AS g JOIN roster_row AS s USING (number) WHERE g.fresh AND s.document_index IS NOT NULL
    """
)
_FURTHER_DOCUMENTS = """
    SELECT p.id, p.uuid, s.uuid, s.document_kind, s.document_sealed, s.document_index
    FROM roster_go AS g JOIN roster_row AS s USING (number) JOIN registry_practitioner AS p ON p.id = g.person
    WHERE g.adds_document AND NOT g.fresh
"""
_RESEALED = """
    DROP TABLE IF EXISTS roster_resealed;
    CREATE TEMPORARY TABLE roster_resealed ON COMMIT DROP AS
        SELECT practitioner_id, kind, sealed_number, number_index, recorded_at FROM registry_identitydocument
        WHERE false
"""
_KEEP_RESEALED = """
    INSERT INTO registry_identitydocument (practitioner_id, kind, sealed_number, number_index, recorded_at)
    SELECT practitioner_id, kind, sealed_number, number_index, recorded_at FROM roster_resealed
"""
_CHANGED_CERTIFICATES = sql.SQL(
    """
    UPDATE registry_certificate AS t SET {set}
    FROM roster_go AS g JOIN roster_row AS s USING (number)
    WHERE g.changes_certificate AND NOT g.first_certificate
        AND t.practitioner_id = g.person AND t.number = s.certificate
    """
)
_NEW_CERTIFICATES = sql.SQL(
    """
    INSERT INTO registry_certificate AS t
        (practitioner_id, number, practice_institution, practice_category, scope, level, recorded_at)
    SELECT g.person, s.certificate, s.practice_institution, s.practice_category, s.practice_scope,
        s.practice_level, {now}
    FROM roster_go AS g JOIN roster_row AS s USING (number)
    WHERE g.changes_certificate AND g.first_certificate
    """
)
_NEW_REGISTRATIONS = sql.SQL(
    """
    INSERT INTO registry_registration AS t
        (record, starts_on, recorded_at, reason, practitioner_id, institution_id, department)
    SELECT s.record, greatest(coalesce(s.contract_from, {today}), g.ended_on), {now}, {reason},
        g.person, {institution}, s.department
    FROM roster_go AS g JOIN roster_row AS s USING (number) WHERE g.registration IS NULL
    """
)
_SUPERSEDED_REGISTRATIONS = sql.SQL(
    """
    UPDATE registry_registration AS t SET superseded_at = {now}
    FROM roster_go AS g WHERE t.id = g.registration AND (g.changes_department OR g.ends)
    """
)
_CORRECTED_REGISTRATIONS = sql.SQL(
    """
    INSERT INTO registry_registration AS t
        (record, starts_on, ends_on, recorded_at, reason, practitioner_id, institution_id, department, committed_on)
    SELECT r.record, r.starts_on, CASE WHEN g.ends THEN greatest(r.starts_on, {today}) ELSE r.ends_on END, {now},
        {reason}, r.practitioner_id, r.institution_id,
        CASE WHEN g.changes_department THEN s.department ELSE r.department END, r.committed_on
    FROM roster_go AS g JOIN registry_registration AS r ON r.id = g.registration
    LEFT JOIN roster_row AS s USING (number)
    WHERE g.changes_department OR g.ends
    """
)
_CHANGED_STAFF = sql.SQL(
    """
    UPDATE registry_staffrecord AS t SET {set}
    FROM roster_go AS g JOIN roster_row AS s USING (number)
    WHERE g.changes_staff AND NOT g.first_staff AND t.practitioner_id = g.person AND t.institution_id = {institution}
    """
)
_NEW_STAFF = sql.SQL(
    """
    INSERT INTO registry_staffrecord AS t
        (practitioner_id, institution_id, status, contract_from, contract_until, title, extra, recorded_at)
    SELECT g.person, {institution}, s.status, s.contract_from, s.contract_until, s.title,
        jsonb_strip_nulls(s.extra), {now}
    FROM roster_go AS g JOIN roster_row AS s USING (number)
    WHERE g.first_staff
    """
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a person accepted: the numbers of rows, or None for all of them; and whether registrations of those who
    left end.
    """

    rows: tuple[int, ...] | None
    end_left: bool


def lock_files(cursor: Cursor[Any], *, institution_id: int) -> None:
    """Lock the institution, then everybody the staged rows lead to or who is registered there, in order of id."""
    cursor.execute(_LOCK_INSTITUTION.format(institution=sql.Literal(institution_id)))
    cursor.execute(_LOCK_PEOPLE.format(institution=sql.Literal(institution_id)))


def apply_plan(
    scribe: Scribe, *, institution_id: int, today: date, given: Iterable[str], accepted: Accepted
) -> dict[str, int]:
    """Write what the table `roster_plan` says of the accepted rows; returns how many rows each table got or changed."""
    cursor = scribe.cursor
    numbers = (
        sql.SQL("TRUE")
        if accepted.rows is None
        else sql.SQL("number = ANY ({})").format(sql.Literal(list(accepted.rows)))
    )
    cursor.execute(_GO.format(accepted=numbers, end_left=sql.Literal(accepted.end_left)))
    cursor.execute("ANALYZE roster_go")
    values = {
        "institution": sql.Literal(institution_id),
        "today": sql.Literal(today),
        "now": sql.Literal(scribe.now),
        "reason": sql.Literal(scribe.reason),
    }
    spoken = frozenset(given)
    return {
        **_write_people(scribe, values),
        **_write_certificates(scribe, values, spoken),
        **_write_registrations(scribe, values),
        **_write_staff(scribe, values, spoken),
    }


Values = dict[str, sql.Literal]


def _write_people(scribe: Scribe, values: Values) -> dict[str, int]:
    _sound_names(scribe.cursor)
    added = scribe.insert(Practitioner, _NEW_PEOPLE.format(**values))
    scribe.cursor.execute(_NOTE_NEW_PEOPLE)
    scribe.cursor.execute("ANALYZE roster_go")
    for statement in (_NEW_CODES, _SUPERSEDE_NAMES, _NEW_NAMES):
        scribe.cursor.execute(statement.format(**values))
    changed = scribe.update(Practitioner, _CHANGED_PEOPLE.format(**values))
    scribe.cursor.execute(_DOCUMENTS_OF_NEW_PEOPLE.format(**values))
    _write_further_documents(scribe)
    return {"people_added": added, "people_changed": changed}


def _sound_names(cursor: Cursor[Any]) -> None:
    """The keys of every name that will be written, each name once."""
    names = [name for (name,) in cursor.execute(_NAMES)]
    cursor.execute(_SOUNDS)
    with cursor.copy("COPY roster_sound FROM STDIN") as copy:
        for name in names:
            copy.write_row((name, *sound_of(name)))
    cursor.execute("ANALYZE roster_sound")


def _write_further_documents(scribe: Scribe) -> None:
    """A number staged for a person to come is sealed again for the person it turned out to be."""
    scribe.cursor.execute(_FURTHER_DOCUMENTS)
    documents = scribe.cursor.fetchall()
    scribe.cursor.execute(_RESEALED)  # COPY does not write into a table behind the wall
    with scribe.cursor.copy("COPY roster_resealed FROM STDIN") as copy:
        for person, owner, staged_for, kind, sealed, index in documents:
            number = sealing.unseal(bytes(sealed), bound_to=str(staged_for))
            copy.write_row((person, kind, sealing.seal(number, bound_to=str(owner)), index, scribe.now))
    scribe.cursor.execute(_KEEP_RESEALED)


def _write_certificates(scribe: Scribe, values: Values, given: frozenset[str]) -> dict[str, int]:
    changed = 0
    if pairs := [(column, sql.Identifier("s", name)) for name, column in CERTIFICATE.items() if name in given]:
        changed = scribe.update(Certificate, _CHANGED_CERTIFICATES.format(set=_set(pairs)))
    return {"certificates": changed + scribe.insert(Certificate, _NEW_CERTIFICATES.format(**values))}


def _write_registrations(scribe: Scribe, values: Values) -> dict[str, int]:
    added = scribe.insert(Registration, _NEW_REGISTRATIONS.format(**values))
    scribe.update(Registration, _SUPERSEDED_REGISTRATIONS.format(**values))
    corrected = scribe.insert(Registration, _CORRECTED_REGISTRATIONS.format(**values))
    return {"registrations_added": added, "registrations_corrected": corrected}


def _write_staff(scribe: Scribe, values: Values, given: frozenset[str]) -> dict[str, int]:
    pairs: list[tuple[str, sql.Composable]] = [(name, sql.Identifier("s", name)) for name in STAFF if name in given]
    pairs.append(("extra", sql.SQL("jsonb_strip_nulls(t.extra || s.extra)")))
    changed = scribe.update(StaffRecord, _CHANGED_STAFF.format(set=_set(pairs), **values))
    return {"staff_records": changed + scribe.insert(StaffRecord, _NEW_STAFF.format(**values))}


def _set(pairs: Iterable[tuple[str, sql.Composable]]) -> sql.Composable:
    one = sql.SQL("{} = {}")
    return sql.SQL(", ").join(one.format(sql.Identifier(column), new) for column, new in pairs)
