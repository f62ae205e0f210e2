"""The rosters of a nation come in: rows of all tables that a person has, from the lines of `people`."""

from collections.abc import Callable, Iterable

from django.db import connection

from registry.desks.demo_data.timeline import FIRST_DAY, PREPARATION, at
from registry.desks.nation.people import BLOCK, COLUMNS
from registry.desks.nation.pouring import keep_history, set_sequences
from registry.models import (
    Certificate,
    IdentityDocument,
    PersonalCode,
    Practitioner,
    PractitionerName,
    Registration,
    StaffRecord,
)

TABLES = (Practitioner, PersonalCode, PractitionerName, IdentityDocument, Certificate, StaffRecord, Registration)
KEPT = (Practitioner, Certificate, StaffRecord, Registration)
"""Those with history."""

Progress = Callable[[str], None]

_LINES = f"""
    CREATE TEMPORARY TABLE nation ({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
"""
_STATEMENTS = {
    Practitioner: """
        INSERT INTO registry_practitioner
            (id, uuid, code, provisional, name, pinyin, initials, sex, birth_date, category, recorded_at)
        SELECT id, uuid, code, false, name, pinyin, initials, sex, birth_date, category, %(now)s::timestamptz
        FROM nation
    """,
    PersonalCode: """
        INSERT INTO registry_personalcode (practitioner_id, code, provisional, recorded_at)
        SELECT id, code, false, %(now)s::timestamptz FROM nation
    """,
    PractitionerName: """
        INSERT INTO registry_practitionername (practitioner_id, name, recorded_at)
        SELECT id, name, %(now)s::timestamptz FROM nation
    """,
    IdentityDocument: """
        INSERT INTO registry_identitydocument (practitioner_id, kind, sealed_number, number_index, recorded_at)
        SELECT id, kind, sealed_number, number_index, %(now)s::timestamptz FROM nation
    """,
    Certificate: """
        INSERT INTO registry_certificate
            (practitioner_id, number, practice_institution, practice_category, scope, level, recorded_at)
        SELECT n.id, n.certificate, i.name, n.field, n.scope, CASE n.field WHEN '临床' THEN '执业医师' ELSE '' END,
            %(now)s::timestamptz
        FROM nation AS n JOIN registry_institution AS i ON i.id = n.place WHERE n.certificate <> ''
    """,
    StaffRecord: """
        INSERT INTO registry_staffrecord
            (practitioner_id, institution_id, status, contract_from, contract_until, title, extra, recorded_at)
        SELECT id, place, '在职', DATE '2023-07-01', DATE '2029-06-30', title, '{}'::jsonb, %(now)s::timestamptz
        FROM nation
        UNION ALL
        SELECT id, also, '多点执业', also_from, NULL, title, '{}'::jsonb,
            (also_from - 3 + TIME '11:00') AT TIME ZONE 'Asia/Shanghai' FROM nation WHERE also IS NOT NULL
    """,
    Registration: """
        INSERT INTO registry_registration
            (record, practitioner_id, institution_id, department, starts_on, committed_on, recorded_at, reason)
        SELECT overlay(uuid::text PLACING left(md5(uuid::text), 12) FROM 25)::uuid, id, place, department,
            %(first)s::date, CASE id %% 12 WHEN 0 THEN NULL ELSE %(day)s::date END, %(now)s::timestamptz, ''
        FROM nation
        UNION ALL
        SELECT overlay(uuid::text PLACING right(md5(uuid::text), 12) FROM 25)::uuid, id, also, department,
            also_from, CASE id %% 12 WHEN 1 THEN NULL ELSE also_from - 3 END,
            (also_from - 3 + TIME '11:00') AT TIME ZONE 'Asia/Shanghai', ''
        FROM nation WHERE also IS NOT NULL
    """,
}


def load_people(blocks: Iterable[bytes], *, by: int, people: int, progress: Progress) -> None:
    """Everybody of the blocks, with the history that keeping each row would have left. The institutions are there."""
    roster_day = at(PREPARATION, hour=14)
    words = {"now": roster_day, "day": roster_day.date(), "first": FIRST_DAY}
    with connection.cursor() as cursor:
        cursor.execute(_LINES)
        with cursor.copy(f"COPY nation ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for number, block in enumerate(blocks, start=1):
                copy.write(block)
                if number % 25 == 0:
                    progress(f"people made: block {number} of some {people // BLOCK + 1}")
        cursor.execute("ANALYZE nation")
        for model, statement in _STATEMENTS.items():
            progress(f"rows of {model._meta.db_table}")
            named = {name: value for name, value in words.items() if f"%({name})s" in statement}
            cursor.execute(statement, named)
        cursor.execute("DROP TABLE nation")
    for kept in KEPT:
        progress(f"history of {kept._meta.db_table}")
        keep_history(kept, by=by)
    set_sequences([Practitioner])
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ANALYZE {table._meta.db_table}")
