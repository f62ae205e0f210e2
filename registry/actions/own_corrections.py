"""What a person says is wrong in the own file: asked of an agency, and answered by it within so many working days."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.procedure import advance, for_agency, locked, not_possible_now, require_possible
from registry.actions.requirements import required
from registry.actions.tasks import open_task
from registry.ledger.days import shanghai_day
from registry.ledger.families import family_of, kept_file
from registry.ledger.law import policies, policy_on
from registry.models import Agency, CorrectionRequest, Practitioner, Registration, Task, User
from registry.queries.own_file import holds
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.queries.scope import scope_of
from registry.rules.policy import NoPolicyInForce, Policy
from registry.rules.procedures import TASK

MOST_OPEN = 5
LONGEST = 2000


def ask_for_correction(*, practitioner: Practitioner, what: str, by: User, now: datetime) -> Task:
    """The agency of the institution where the person works, or worked last, owes an answer; nothing changes by asking.

    The same words asked again while they wait are asked once. Raises Refused for an empty or too long text, for more
    than five requests that wait, where the file is not that of `by`, and where the person was never registered.
    """
    what = required(what, field="what", most=LONGEST)
    with transaction.atomic():
        person = Practitioner.objects.select_for_update(of=("self",), no_key=True).get(pk=kept_file(practitioner).pk)
        files = family_of(person.pk).files
        _require_own(files, by, now)
        agency = agency_of_person(files)
        waiting = CorrectionRequest.objects.filter(practitioner_id__in=files, answered_at=None)
        request = waiting.filter(what=what).first()
        if request is None:
            _require_few(waiting.count())
            request = CorrectionRequest(practitioner=person, agency=agency, what=what, asked_at=now, asked_by=by)
            keep(request, by=by, now=now)
        return open_task(
            kind=Task.Kind.CORRECT,
            holder=Task.Holder.AGENCY,
            subject=request.uuid,
            policy=_policy(agency, now),
            clock="correction",
            starts_on=shanghai_day(now),
            now=now,
            agency=request.agency,
            practitioner=person,
        )


def answer_correction(*, task: Task, answer: str, by: User, now: datetime) -> CorrectionRequest:
    """What the agency found and did; the person reads it. Answering with the same words again changes nothing.

    Raises Refused for an empty answer, for a task that is no such request or is closed, for an officer of no agency
    that acts there, and for somebody who would answer themselves.
    """
    answer = required(answer, field="answer")
    with transaction.atomic():
        row = locked(task, "agency")
        request = CorrectionRequest.objects.filter(uuid=row.subject).first()
        if request is None or row.kind != Task.Kind.CORRECT:
            raise not_possible_now(row)
        if request.answer == answer and request.answered_by_id == by.pk:
            return request
        require_possible(TASK, row, "finish")
        _require_officer(request, by, now)
        request.answer, request.answered_at, request.answered_by = answer, now, by
        keep(request, by=by, now=now)
        acting = for_agency(by, request.agency)
        advance(TASK, row, "finish", acting=acting, now=now, practitioner=row.practitioner, closed_at=now, closed_by=by)
        return request


def _require_own(files: frozenset[int], by: User, now: datetime) -> None:
    if not holds(by, files, shanghai_day(now)):
        raise Refused("not_own_file", _("Only whoever the file is about asks for a correction this way."))


def _require_few(waiting: int) -> None:
    if waiting >= MOST_OPEN:
        words = _("%(count)d requests wait for an answer already. Ask again when one of them is answered.")
        raise Refused("too_many_requests", words % {"count": waiting}, field="what")


def _require_officer(request: CorrectionRequest, by: User, now: datetime) -> None:
    if request.asked_by_id == by.pk:
        raise Refused("own_request", _("Nobody answers their own request. Ask another officer."))
    if not scope_of(by, shanghai_day(now)).held_as(OFFICERS_OF_AGENCIES).acts_in(request.agency.region_id):
        raise Refused("not_your_agency", _("This request is for another agency."))


def agency_of_person(files: frozenset[int]) -> Agency:
    """That of the institution where the person works, or worked last. Raises Refused where there never was one."""
    rows = Registration.objects.filter(practitioner_id__in=files, superseded_at=None)
    latest = rows.select_related("institution__agency__region").order_by("ends_on", "starts_on", "pk").last()
    if latest is None:
        raise Refused("never_registered", _("The person was never registered anywhere, so no agency can look at it."))
    return latest.institution.agency


def _policy(agency: Agency, now: datetime) -> Policy:
    try:
        return policy_on(agency.region_id, shanghai_day(now))
    except NoPolicyInForce:
        return policies().national(shanghai_day(now))
