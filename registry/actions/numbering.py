"""Numbers of cases, objections and applications: letter, region, year, and one running number for the register."""

from datetime import date

from django.db import connection


def next_number(letter: str, region: str, today: date) -> str:
    """A number like “C430100-2026-000123”; numbers that a refused act took stay unused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('registry_case_number')")
        return f"{letter}{region}-{today.year}-{int(cursor.fetchone()[0]):06d}"
