"""Imports in the background: a row in the database says what is to be done, and nothing is lost when a worker dies.

A worker claims a job for the length of a lease, commits the claim, and then works. What it does is one transaction,
at whose end it must still hold the claim (the fence). A worker that dies leaves a lease that runs out; the job is
then done again from its start. A message queue may wake workers, and no more.
"""

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Literal

import psycopg
import structlog
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from registry.actions.leases import claim
from registry.ledger.days import shanghai_day
from registry.models import Institution, RosterJob, RosterRow, User
from registry.rosters.checking import Outdated, apply_roster, check_roster
from registry.rosters.errors import RosterRefused
from registry.rosters.exporting import export
from registry.rosters.reporting import Report, ReportRow, error_workbook, report
from registry.rosters.workbooks import MOST_BYTES

__all__ = [
    "TRANSITIONS",
    "Report",
    "ReportRow",
    "accept",
    "error_workbook",
    "export",
    "forget",
    "report",
    "upload",
    "uploaded_before",
    "work",
    "work_due",
]

State = RosterJob.State
Clock = Callable[[], datetime]

TRANSITIONS: dict[str, frozenset[str]] = {
    State.UPLOADED: frozenset({State.CHECKING}),
    State.CHECKING: frozenset({State.CHECKED, State.REFUSED, State.FAILED}),
    State.CHECKED: frozenset({State.APPLYING}),
    State.APPLYING: frozenset({State.APPLIED, State.CHECKED, State.REFUSED, State.FAILED}),
    State.APPLIED: frozenset(),
    State.FAILED: frozenset(),
    State.REFUSED: frozenset(),
}
LEASE = timedelta(minutes=10)
AGAIN_AFTER = timedelta(seconds=5)
_FORGOTTEN_AT_ONCE = 1000
MOST_ATTEMPTS = 5
MOST_SHOWN = 10

_CROSSED = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.ExclusionViolation,
    psycopg.errors.ForeignKeyViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)
"""Somebody else wrote the same people at the same moment: look again, and it is in what one sees."""

log = structlog.get_logger(__name__)


class LostClaim(Exception):
    """The lease ran out and another worker has the job; what this one did is rolled back."""


def upload(
    *, institution: Institution, filename: str, content: bytes, by: User | None, now: datetime, category: str = ""
) -> RosterJob:
    """Keep the file and put its check on the list of things to do. `category` is for rows that do not say whose
    profession.

    Raises RosterRefused('too_large'); everything else about the file is found by the check.
    """
    if len(content) > MOST_BYTES:
        raise RosterRefused(
            "too_large",
            _("The file has {size} MB; at most {most} MB are read. Divide the list into several files.").format(
                size=len(content) // 1024**2, most=MOST_BYTES // 1024**2
            ),
        )
    job = RosterJob(
        institution=institution,
        filename=filename[-255:],
        file_digest=hashlib.sha256(content).digest(),
        category=category,
        uploaded_by=by,
        uploaded_at=now,
        next_at=now,
    )
    job.sealed_file = job.vault.seal(content)
    job.save(force_insert=True)
    return job


def accept(
    *, job: RosterJob, rows: Collection[int] | Literal["all"], end_left: bool, by: User | None, now: datetime
) -> RosterJob:
    """Put the applying of a checked roster on the list of things to do: all of it, or the rows with these numbers.

    `end_left` also ends the registrations of those who left the roster. Raises RosterRefused: 'not_checked',
    'not_all_right' (all, while rows are wrong or doubtful), 'row_not_acceptable', 'nobody_listed' (all would leave).
    """
    with transaction.atomic():
        locked = RosterJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if locked.state != State.CHECKED:
            raise RosterRefused(
                "not_checked",
                _("This import is in the state “{state}”; only a checked one can be accepted.").format(
                    state=locked.get_state_display()
                ),
                value=locked.state,
            )
        if end_left:
            _require_somebody(locked)
        locked.accepted_rows = _accepted(locked, rows)
        locked.end_left, locked.accepted_by, locked.accepted_at = end_left, by, now
        locked.state, locked.stale, locked.next_at, locked.attempts, locked.done = State.APPLYING, False, now, 0, 0
        locked.save()
    return locked


def _require_somebody(job: RosterJob) -> None:
    """An empty sheet is a mistake, not the news that everybody has left."""
    left = job.rows.filter(outcome=RosterRow.Outcome.LEFT, number=None).count()
    if left and left == sum(report(job).counts.values()):
        raise RosterRefused(
            "nobody_listed",
            _(
                "The list names nobody; with it, the registrations of all {left} people would end."
                " Upload the whole list, or end registrations one by one."
            ).format(left=left),
            field="end_left",
        )


def work_due(*, clock: Clock) -> int:
    """Do every job that is due, one after the other; returns how many were worked on. Safe to run in many processes."""
    worked = 0
    while (job := _claim(clock())) is not None:
        _work(job, clock)
        worked += 1
    return worked


def work(job: RosterJob, *, clock: Clock) -> RosterJob:
    """Do this job now, in this process, until it is where a person has to look. Returns it as it is then."""
    while (claimed := _claim(clock(), only=job.pk)) is not None:
        _work(claimed, clock)
        RosterJob.objects.filter(pk=job.pk, next_at__gt=clock(), lease_until=None).update(next_at=clock())
    return RosterJob.objects.get(pk=job.pk)


def uploaded_before(moment: datetime) -> QuerySet[RosterJob]:
    """Jobs uploaded before the moment of which the file is still there, and nothing waits to be done."""
    return RosterJob.objects.filter(uploaded_at__lt=moment, next_at=None).exclude(sealed_file=None)


def forget(old: QuerySet[RosterJob]) -> int:
    """Forget the files of these jobs and the words of their rows; counts and states stay. Returns how many."""
    forgotten = 0
    while ids := list(old.values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE]):
        with transaction.atomic():
            RosterRow.objects.filter(job_id__in=ids).delete()
            forgotten += RosterJob.objects.filter(pk__in=ids).update(sealed_file=None)
    return forgotten


def _accepted(job: RosterJob, rows: Collection[int] | Literal["all"]) -> list[int] | None:
    if rows == "all":
        found = report(job)
        if not found.applicable:
            raise RosterRefused(
                "not_all_right",
                _(
                    "{wrong} rows are wrong and {doubtful} doubtful. Correct them and upload again, or accept the "
                    "good rows by their numbers."
                ).format(wrong=found.counts["wrong"], doubtful=found.counts["doubtful"]),
            )
        return None
    wanted = sorted({int(number) for number in rows})
    acceptable = (
        RosterRow.objects.filter(job=job, acceptable=True).exclude(number=None).values_list("number", flat=True)
    )
    if refused := sorted(set(wanted) - set(acceptable)):
        raise RosterRefused(
            "row_not_acceptable",
            _("These rows cannot be accepted, because they are wrong, unsettled or unchanged: {rows}.").format(
                rows=", ".join(map(str, refused[:MOST_SHOWN])) + (" …" if len(refused) > MOST_SHOWN else "")
            ),
            field="rows",
            value=refused,
        )
    return wanted


def _claim(now: datetime, *, only: int | None = None) -> RosterJob | None:
    jobs = RosterJob.objects.defer("sealed_file")
    due = jobs if only is None else jobs.filter(pk=only)
    return claim(due, now, lease=LEASE, begins={State.UPLOADED.value: State.CHECKING.value})


def _work(job: RosterJob, clock: Clock) -> None:
    language = (job.uploaded_by.language if job.uploaded_by else "") or settings.LANGUAGE_CODE
    with translation.override(language), _Progress(job) as progress:
        try:
            with transaction.atomic():
                _do(job, progress, clock())
                _finish(job)
        except LostClaim:
            log.warning("roster_claim_lost", job=str(job.uuid))
        except RosterRefused as refused:
            _set_aside(job, State.REFUSED, refused.code, str(refused))
        except _CROSSED as crossed:
            _try_again(job, type(crossed).__name__, clock())


def _do(job: RosterJob, progress: "_Progress", now: datetime) -> None:
    if job.attempts > MOST_ATTEMPTS:
        _give_up(job)
    elif job.state == State.CHECKING:
        check_roster(job, today=shanghai_day(now), progress=progress)
        job.state = State.CHECKED
    else:
        _apply(job, progress, now)


def _apply(job: RosterJob, progress: "_Progress", now: datetime) -> None:
    """Apply what was accepted; if the register has changed since, show the new findings instead."""
    try:
        with transaction.atomic():
            apply_roster(job, now=now, progress=progress)
        job.state, job.applied_at = State.APPLIED, now
    except Outdated:
        check_roster(job, today=shanghai_day(now), progress=progress)
        job.state, job.stale = State.CHECKED, True


def _give_up(job: RosterJob) -> None:
    job.state, job.problem = State.FAILED, "gave_up"
    job.problem_text = _(
        "The work was begun {times} times and never came to its end. Nothing was written. Upload the file again."
    ).format(times=MOST_ATTEMPTS)


def _finish(job: RosterJob) -> None:
    """The last statement of the transaction: everything before counts only if the claim is still ours."""
    job.next_at = job.lease_until = None
    fields = [
        field for field in job._meta.concrete_fields if field.name not in ("id", "sealed_file", "file_digest", "fence")
    ]
    values = {field.attname: getattr(job, field.attname) for field in fields}
    if not RosterJob.objects.filter(pk=job.pk, fence=job.fence).update(**values):
        raise LostClaim


def _set_aside(job: RosterJob, state: str, code: str, text: str) -> None:
    mine = RosterJob.objects.filter(pk=job.pk, fence=job.fence)
    mine.update(state=state, problem=code, problem_text=text, next_at=None, lease_until=None)


def _try_again(job: RosterJob, why: str, now: datetime) -> None:
    log.info("roster_crossed_another_write", job=str(job.uuid), why=why)
    RosterJob.objects.filter(pk=job.pk, fence=job.fence).update(next_at=now + AGAIN_AFTER, lease_until=None)


class _Progress:
    """Tells how far the work is, over a connection of its own, because the work itself commits only at its end."""

    def __init__(self, job: RosterJob) -> None:
        self._job = job
        self._connection = connections.create_connection(connection.alias)

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def __call__(self, done: int, total: int) -> None:
        self._job.done, self._job.total = done, total
        with self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE registry_rosterjob SET done = %s, total = %s WHERE id = %s AND fence = %s",
                [done, total, self._job.pk, self._job.fence],
            )
