"""The limit of a roster: COPY of the very rows that it wrote, for other people, into the same indexed tables.

People, codes, names, documents, certificates, registrations, staff records, and the histories of those that have one;
in one transaction, at whose end the foreign keys are checked as they are for ours.
"""

import time
from typing import Any

from django.db import connection, models, transaction

from registry.config.database import as_owner
from registry.models import (
    Certificate,
    IdentityDocument,
    Institution,
    PersonalCode,
    Practitioner,
    PractitionerName,
    Registration,
    StaffRecord,
)

WRITTEN = (Practitioner, PersonalCode, PractitionerName, IdentityDocument, Certificate, Registration, StaffRecord)
SHIFT = 1_000_000_000
"""The copies have other ids than the originals, by so many."""

_OTHERS = {
    "uuid": "gen_random_uuid()",
    "record": "gen_random_uuid()",
    "code": "'L' || substr(code, 2)",
    "number_index": "sha256(number_index)",
    "practitioner_id": f"practitioner_id + {SHIFT}",
    "id": f"id + {SHIFT}",
}


def seconds_to_copy(place: Institution) -> float:
    """How long COPY takes for everything that the roster of this institution wrote."""
    connection.close()
    with as_owner(connection.settings_dict):
        content = [(table, columns, _taken(table, columns, place)) for table, columns in _tables()]
        begun = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            for table, columns, rows in content:
                with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                    copy.write(rows)
        seconds = time.perf_counter() - begun
        connection.close()
    return seconds


def _tables() -> list[tuple[str, list[str]]]:
    histories: list[Any] = [getattr(model, "history").model for model in WRITTEN if hasattr(model, "history")]  # noqa: B009
    return [(model._meta.db_table, _columns(model)) for model in (*WRITTEN, *histories)]


def _columns(model: type[models.Model]) -> list[str]:
    own = model is Practitioner  # who is named by the other tables
    return [str(field.column) for field in model._meta.concrete_fields if own or not field.primary_key]


def _taken(table: str, columns: list[str], place: Institution) -> bytes:
    person = "practitioner_id" if "practitioner_id" in columns else "id"
    others = ", ".join(_OTHERS.get(column, f'"{column}"') for column in columns)
    there = f"SELECT practitioner_id FROM registry_registration WHERE institution_id = {place.pk}"
    statement = f"COPY (SELECT {others} FROM {table} WHERE {person} IN ({there})) TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join(bytes(block) for block in copy)
