"""The dry run, and the same once more for good: the file is read anew each time, and asked against the register as
it is then.
"""

from datetime import date, datetime
from typing import Any

from psycopg import Cursor

from registry.ledger.days import shanghai_day
from registry.models import RosterJob
from registry.rosters.applying import Accepted, apply_plan, lock_files
from registry.rosters.columns import Columns
from registry.rosters.history import Scribe
from registry.rosters.matching import find_files, match_rows
from registry.rosters.outcomes import count_outcomes, keep_rows
from registry.rosters.planning import digest, plan_rows
from registry.rosters.reading import Sheet, read_sheet
from registry.rosters.reporting import original
from registry.rosters.rows import RowReader
from registry.rosters.staging import Progress, Staged, sql_cursor, stage


class Outdated(Exception):
    """The register has changed since the dry run, so that something else would happen than was shown."""


def check_roster(job: RosterJob, *, today: date, progress: Progress) -> None:
    """Find out what the roster would do on `today` and keep it with the job. Writes nothing to the register.

    Runs inside the caller's transaction. Raises RosterRefused for a file that cannot be read.
    """
    columns, staged = _stage(job, today=today, seal=False, progress=progress)
    with sql_cursor() as cursor:
        find_files(cursor)
        _plan(cursor, job, today, columns)
        job.counts, job.shown_digest = count_outcomes(cursor), digest(cursor)
        job.headings = {"given": sorted(columns.given), "further": list(columns.further)}
        keep_rows(cursor, job, staged.said)


def apply_roster(job: RosterJob, *, now: datetime, progress: Progress) -> dict[str, int]:
    """Do what was accepted, under locks, after making sure that it is what was shown. Raises Outdated.

    Runs inside the caller's transaction: all of it or nothing.
    """
    today = shanghai_day(now)
    columns, _staged = _stage(job, today=today, seal=True, progress=progress)
    with sql_cursor() as cursor:
        find_files(cursor)
        lock_files(cursor, institution_id=job.institution_id)
        _plan(cursor, job, today, columns)
        if digest(cursor) != bytes(job.shown_digest or b""):
            raise Outdated
        scribe = Scribe(cursor, actor=job.accepted_by_id, now=now, reason=f"roster {job.uuid}")
        rows = None if job.accepted_rows is None else tuple(job.accepted_rows)
        return apply_plan(
            scribe,
            institution_id=job.institution_id,
            today=today,
            given=columns.given,
            accepted=Accepted(rows, job.end_left),
        )


def _stage(job: RosterJob, *, today: date, seal: bool, progress: Progress) -> tuple[Columns, Staged]:
    """Read the file into the staging table; the sheet is let go of before the register is asked."""
    sheet: Sheet = read_sheet(original(job))
    columns = sheet.columns
    reader = RowReader(columns, institution_code=job.institution.code, today=today, category=job.category)
    return columns, stage(sheet, reader, seal=seal, progress=progress)


def _plan(cursor: Cursor[Any], job: RosterJob, today: date, columns: Columns) -> None:
    match_rows(cursor, institution_id=job.institution_id, today=today)
    plan_rows(cursor, institution_id=job.institution_id, today=today, given=columns.given)
