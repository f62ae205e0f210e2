"""Figures of a large register, counted in the background: read with the instant at which they were counted.

What is counted in a moment is always counted at that moment; only a register of millions is asked too much by its
regions compared, or its institutions near a share. There every page that shows such figures says since when.
"""

from django.db import connection

from registry.models import KeptFigures, Registration

LARGE = 1_000_000
"""From so many registrations on, figures of the whole register are kept."""

_ABOUT = "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass"


def kept_figures(name: str) -> KeptFigures | None:
    """The figures under the name; None where they are counted as they are asked for."""
    return KeptFigures.objects.filter(name=name).first()


def is_large() -> bool:
    """Whether the register has so many registrations, as far as PostgreSQL estimates."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT, [Registration._meta.db_table])
        return bool(cursor.fetchone()[0] >= LARGE)
