"""The test of a study: begun, answered page by page, handed in, and its result recorded for the side that offers it."""

import os
from collections.abc import Collection, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.results import Result, record_results
from appeals.models import Attempt, Attendance
from appeals.queries.study import Study, drawn, marked, study_of
from registry.actions.errors import Refused
from registry.actions.procedure import Acting, for_agency, for_institution, locked, not_possible_now
from registry.ledger.days import shanghai_day
from registry.ledger.writing import lock
from registry.models import User
from registry.queries.explain import day
from registry.queries.own_file import holds

SEED_BYTES = 16


def begin_attempt(*, part: Attendance, by: User, now: datetime) -> Attempt:
    """Draw a paper for the person; while one is under way, that one is gone on with.

    Refused to everybody else; before the waiting days are over, with none left, and when the activity is over.
    """
    with transaction.atomic():
        _require_own(part, by, now)
        study = _running(locked(part, "activity"), now)
        if study.under_way:
            return study.under_way
        locked(study.course)  # nobody changes the bank meanwhile, nor ever after
        _require_free(study)
        return Attempt.objects.create(
            attendance=part,
            number=len(study.attempts) + 1,
            seed=os.urandom(SEED_BYTES).hex(),
            begun_at=now,
            begun_by=by,
        )


def save_answers(*, attempt: Attempt, answers: Mapping[int, Collection[int]], by: User, now: datetime) -> Attempt:
    """Keep the answers to some questions: places as they were shown, by the number of the question in the bank.

    What was answered before and is not named stays. Refused to everybody but the person, and once it is handed in.
    """
    with transaction.atomic():
        _require_own(attempt.attendance, by, now)
        attempt = locked(attempt, "attendance__activity")
        if attempt.handed_in_at is not None:
            raise Refused("handed_in", _("This attempt was handed in; its answers stay as they are."))
        study = _running(attempt.attendance, now)
        orders = {each.question: each.order for each in drawn(attempt, study.course)[0]}
        for question, places in answers.items():
            order = orders.get(question)
            if order is None or not set(places) <= set(range(len(order))):
                raise Refused("answer_unknown", _("There is no such choice in this attempt."), field="answers")
            attempt.answers[str(question)] = sorted(order[place] for place in places)
        attempt.save(update_fields=["answers"])
        return attempt


def hand_in(*, attempt: Attempt, by: User, now: datetime) -> Attempt:
    """Score the attempt. At or above the pass mark the part is completed, in the name of who offers it; with the last
    attempt below, it is not. Handing in twice is handing in once. Refused to everybody but the person.
    """
    with transaction.atomic():
        _require_own(attempt.attendance, by, now)
        attempt = locked(attempt, "attendance__activity")
        if attempt.handed_in_at is not None:
            return attempt
        study = _running(attempt.attendance, now)
        attempt.handed_in_at, attempt.score = now, marked(attempt, study.course).score
        attempt.save(update_fields=["handed_in_at", "score"])
        passed = attempt.score >= (study.part.activity.pass_mark or 0)
        if passed or not study.left:
            _record(study.part, attempt, now)
        return attempt


def _require_own(part: Attendance, by: User, now: datetime) -> None:
    """Nobody else writes about the person meanwhile. Raises Refused where `by` does not hold the file on the day."""
    if not holds(by, lock(part.practitioner).members, shanghai_day(now)):
        raise Refused("not_your_study", _("Only whoever the study is for takes its test."))


def _record(part: Attendance, attempt: Attempt, now: datetime) -> None:
    """The result, in the name of the side that offers the activity, without an officer: the machine scored it."""
    with translation.override(settings.LANGUAGE_CODE):  # kept in the language of the register
        remark = gettext("Scored by the register: attempt %(number)s of the test on the web, %(score)s of 100.") % {
            "number": attempt.number,
            "score": attempt.score,
        }
    result = Result(attendance=part, attended=True, completed_on=shanghai_day(now), score=attempt.score, remark=remark)
    record_results(results=[result], acting=_for_the_side(part), now=now)


def _for_the_side(part: Attendance) -> Acting:
    activity = part.activity
    if activity.agency is not None:
        return for_agency(None, activity.agency)
    assert activity.institution is not None  # the database refuses an activity that nobody offers
    return for_institution(None, activity.institution)


def _running(part: Attendance, now: datetime) -> Study:
    """The study of the part. Raises Refused where it is not to be taken on the day."""
    study = study_of(part, shanghai_day(now))
    if study is None:
        raise Refused("no_study_on_the_web", _("This activity has no test on the web."))
    if part.state != Attendance.State.ENROLLED:
        raise not_possible_now(part)
    if not study.runs:
        raise Refused(
            "activity_over",
            _("The test is taken from %(start)s up to and including %(end)s.")
            % {"start": day(part.activity.starts_on), "end": day(part.activity.ends_on)},
        )
    return study


def _require_free(study: Study) -> None:
    if not study.is_ready:
        raise Refused("course_not_ready", _("The lessons and the test are not ready yet. Ask who offers the study."))
    if study.next_on is None:
        raise Refused("no_attempt_left", _("No attempt is left."))
    if study.next_on > study.today:
        raise Refused("attempt_waits", _("The next attempt is possible from %(day)s.") % {"day": day(study.next_on)})
