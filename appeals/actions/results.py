"""What came of an activity for each person: recorded by the side that offers it, and corrected where that was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.actions.activities import FULL_MARKS, require_offering
from appeals.models import Activity, Attendance
from appeals.rules.procedures import ATTENDANCE
from registry.actions.errors import Refused
from registry.actions.procedure import Acting, advance, locked
from registry.actions.requirements import required
from registry.ledger.days import shanghai_day
from registry.ledger.writing import lock_many
from registry.models import StoredFile

State = Attendance.State


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of one person's part: whether they attended, on which day they completed it, and what proves it.

    `score` is of 100 and belongs to a study with a test. Who attended needs evidence: a file, or a remark that says it.
    """

    attendance: Attendance
    attended: bool
    completed_on: date | None = None
    score: int | None = None
    evidence: StoredFile | None = None
    remark: str = ""


def record_results(*, results: Sequence[Result], acting: Acting, now: datetime) -> list[Attendance]:
    """Confirm what came of the parts of several people in activities that `acting` offers, all or nothing.

    Who did not attend, or stayed below the pass mark of a test, has not completed it. The same result twice is one.
    """
    if not results:
        raise Refused("results_missing", _("Say for at least one person what came of it."), field="results")
    with transaction.atomic():
        lock_many([result.attendance.practitioner for result in results])
        return [_recorded(result, acting, now) for result in results]


def correct_result(*, result: Result, reason: str, acting: Acting, now: datetime) -> Attendance:
    """Put a result right that was recorded wrongly; what it was stays in the history, and why is kept with the step.

    Refused while an application rests on it. What is already so is not corrected again.
    """
    reason = required(reason)
    with transaction.atomic():
        lock_many([result.attendance.practitioner])
        attendance = locked(result.attendance)
        found = _found(result, attendance, acting, now)
        if not _is_new(attendance, found):
            return attendance
        _require_unused(attendance)
        completed = found["state"] == State.COMPLETED
        same = found["state"] == attendance.state
        _write(attendance, found, result,
               act="correct" if same else "correct_to_completed" if completed else "correct_to_failed",
               acting=acting, now=now, grounds=reason)  # fmt: skip
        return attendance


def _recorded(result: Result, acting: Acting, now: datetime) -> Attendance:
    attendance = locked(result.attendance)
    found = _found(result, attendance, acting, now)
    if _is_new(attendance, found):
        completed = found["state"] == State.COMPLETED
        _write(attendance, found, result, act="complete" if completed else "fail",
               acting=acting, now=now, grounds=found["remark"])  # fmt: skip
    return attendance


def _found(result: Result, attendance: Attendance, acting: Acting, now: datetime) -> dict[str, Any]:
    """What the result makes of the part. Raises Refused."""
    activity = attendance.activity
    require_offering(activity, acting)
    _require_result(result, activity, shanghai_day(now))
    completed = result.attended and (activity.pass_mark is None or (result.score or 0) >= activity.pass_mark)
    return {
        "state": State.COMPLETED if completed else State.FAILED,
        "score": result.score,
        "completed_on": result.completed_on if completed else None,
        "remark": result.remark.strip(),
    }


def _is_new(attendance: Attendance, found: dict[str, Any]) -> bool:
    return any(getattr(attendance, field) != value for field, value in found.items())


def _write(
    attendance: Attendance,
    found: dict[str, Any],
    result: Result,
    *,
    act: str,
    acting: Acting,
    now: datetime,
    grounds: str,
) -> None:
    changes = {field: value for field, value in found.items() if field != "state"}
    advance(
        ATTENDANCE,
        attendance,
        act,
        acting=acting,
        now=now,
        practitioner=attendance.practitioner,
        grounds=grounds,
        confirmed_at=now,
        confirmed_by=acting.by,
        evidence=result.evidence,
        **changes,
    )


def _require_unused(attendance: Attendance) -> None:
    application = attendance.application
    if application is not None:
        raise Refused(
            "result_in_use",
            _(
                "Application %(number)s rests on this result, so it stays as it is."
                " It can be corrected once that application is withdrawn or refused."
            )
            % {"number": application.number},
            field="attendance",
            value=application.number,
        )


def _require_result(result: Result, activity: Activity, today: date) -> None:
    who = result.attendance.practitioner.name
    if not result.attended:
        _require(result.completed_on is None and result.score is None, "result_of_the_absent", _ABSENT, who)
        return
    day = result.completed_on
    _require(day is not None and activity.starts_on <= day <= min(activity.ends_on, today), "day_outside", _DAY, who)
    if activity.pass_mark is None:
        _require(result.score is None, "score_without_test", _NO_TEST, who)
    else:
        _require(result.score is not None and 0 <= result.score <= FULL_MARKS, "score_needed", _SCORE, who)
    _require(bool(result.evidence or result.remark.strip()), "evidence_missing", _EVIDENCE, who)


_ABSENT = _("%(who)s did not attend; leave the day and the score empty.")
_DAY = _("%(who)s: the day of completion lies within the days of the activity and is not to come. Correct it.")
_NO_TEST = _("%(who)s: only a study with a test has a score; leave it empty.")
_SCORE = _("%(who)s: the test needs a score from 0 to 100.")
_EVIDENCE = _("%(who)s: add a file as evidence, or a remark that says what was seen.")


def _require(holds: bool, code: str, message: Promise, who: str) -> None:
    if not holds:
        raise Refused(code, str(message) % {"who": who}, field="results", value=who)
