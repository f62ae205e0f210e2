"""Are the people of a region found where their registrations say? PostgreSQL keeps it; here it is looked at."""

from collections.abc import Iterator

from django.db import connection

from registry.models import Institution, Registration, Whereabouts

MOST = 1000
TRIGGERS = (
    "registry_registration_notes_whereabouts",
    "registry_institution_holds_registrations",
    "registry_institution_moves_whereabouts",
)

_SAID = f"""
    SELECT left(place.region_id, digits) AS prefix, stay.practitioner_id
    FROM {Registration._meta.db_table} stay
    JOIN {Institution._meta.db_table} place ON place.id = stay.institution_id
    CROSS JOIN (VALUES (2), (4), (6)) AS level(digits)
"""  # noqa: S608 - names of our own tables
_KEPT = f"SELECT prefix, practitioner_id FROM {Whereabouts._meta.db_table}"  # noqa: S608
_MISSING = f"{_SAID} EXCEPT {_KEPT} ORDER BY 2, 1 LIMIT {MOST}"
_LEFT_OVER = f"{_KEPT} EXCEPT {_SAID} ORDER BY 2, 1 LIMIT {MOST}"
_STANDING = "SELECT tgname FROM pg_trigger WHERE tgname = ANY (%s) AND tgenabled = 'A'"


def trigger_faults() -> Iterator[str]:
    """Which of the triggers that keep it does not stand."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [list(TRIGGERS)])
        for name in sorted({*TRIGGERS} - {name for (name,) in cursor.fetchall()}):
            yield f"trigger {name}: it keeps where people are found, and is missing or switched off"


def not_found() -> Iterator[str]:
    """Who is not found in a region although registered there: the first thousand."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING)
        for prefix, person in cursor.fetchall():
            yield f"file {person}: is or was registered in {prefix} and is not found there"


def found_elsewhere() -> Iterator[str]:
    """Who is found in a region without ever having been registered there: the first thousand."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OVER)
        for prefix, person in cursor.fetchall():
            yield f"file {person}: is found in {prefix} and was never registered there"
