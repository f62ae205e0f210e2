"""A handling, or a finding against one person, opens a case; it closes when nobody in it waits for anything."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.numbering import next_number
from registry.actions.procedure import Acting, advance, begin, for_agency, locked
from registry.actions.requirements import required
from registry.actions.tasks import close_tasks, open_task
from registry.ledger.days import shanghai_day
from registry.ledger.law import policy_on
from registry.ledger.sheaf import Sheaf
from registry.models import Case, CaseFile, Handling, PersonalTrigger, Proposal, Responsibility, StoredFile, Task, User
from registry.rules.policy import NoPolicyInForce
from registry.rules.procedures import CASE, PROPOSAL


def open_case(
    *, handling: Handling | None = None, trigger: PersonalTrigger | None = None, by: User | None, now: datetime
) -> Case:
    """Open the case of a handling or of a personal trigger. One cause has one case: the same again is the same.

    A handling that opens no points (a talk, a warning, a correction order) has none. Until somebody is identified in
    it, the agency owes that within the time of the policy.
    """
    cause = handling or trigger
    if cause is None or (handling and trigger):
        raise ValueError("a case is of a handling or of a personal trigger, not of both or none")
    if handling is not None and not handling.opens_the_gate:
        raise Refused(
            "gate_closed",
            _("Nobody is scored for “%(kind)s”: it takes an administrative penalty or a heavy agreement handling.")
            % {"kind": handling.get_kind_display()},
            field="handling",
            value=handling.kind,
        )
    with transaction.atomic():
        locked(cause)
        if existing := Case.objects.filter(handling=handling, trigger=trigger).first():
            return existing
        case = Case(
            number=next_number("C", cause.agency.region_id, shanghai_day(now)),
            handling=handling,
            trigger=trigger,
            agency=cause.agency,
            opened_at=now,
            opened_by=by,
        )
        begin(CASE, case, act="open", acting=for_agency(by, cause.agency), now=now, case=case)
        if not answering_in(case).exists():
            _owe_identification(case, now)
        return case


def add_case_file(*, case: Case, file: StoredFile, title: str, by: User | None, now: datetime) -> CaseFile:
    """Put a document into the file of the case. It stays there."""
    title = required(title, field="title", most=200)
    existing = CaseFile.objects.filter(case=case, file=file).first()
    return existing or CaseFile.objects.create(case=case, file=file, title=title)


def close_case(*, case: Case, reason: str, by: User | None, now: datetime) -> Case:
    """Close a case in which nobody answers for anything, or everybody's points are decided; `reason` is kept."""
    reason = required(reason)
    with transaction.atomic():
        case = locked(case)
        waiting = case.proposals.exclude(state__in=PROPOSAL.ends).count()
        if waiting:
            raise Refused(
                "case_has_open_proposals",
                _("%(count)s proposals of this case are not decided yet. Decide or withdraw them first.")
                % {"count": waiting},
                field="case",
                value=case.number,
            )
        acting = for_agency(by, case.agency)
        advance(CASE, case, "close", acting=acting, now=now, case=case, grounds=reason, closed_at=now)
        close_tasks(case.uuid, now=now, by=by, state=Task.State.CANCELLED)
        return case


def reopen(case: Case, *, acting: Acting, now: datetime) -> Case:
    """Open a closed case again because somebody is identified or proposed in it."""
    case = locked(case)
    if case.state == Case.State.CLOSED:
        advance(CASE, case, "reopen", acting=acting, now=now, case=case, closed_at=None)
    return case


def answered(case: Case, *, by: User | None, now: datetime) -> None:
    """Somebody is identified in the case: that is done, and a case that was closed is open again."""
    close_tasks(case.uuid, now=now, kinds=[Task.Kind.IDENTIFY], by=by)
    reopen(case, acting=for_agency(by, case.agency), now=now)


def answering_in(case: Case) -> QuerySet[Responsibility]:
    """Who answers for what the case is about."""
    return Responsibility.objects.filter(handling=case.handling, trigger=case.trigger)


def _owe_identification(case: Case, now: datetime) -> None:
    """Conduct that no policy covers is scored by nobody, so nobody has to be identified for it."""
    with suppress(NoPolicyInForce):
        open_task(
            kind=Task.Kind.IDENTIFY,
            holder=Task.Holder.AGENCY,
            subject=case.uuid,
            policy=policy_on(case.agency.region_id, case.cause.conduct_until),
            clock="identification",
            starts_on=shanghai_day(now),
            now=now,
            agency=case.agency,
            case=case,
        )


def close_if_done(case: Case, *, acting: Acting, now: datetime) -> None:
    """Close the case by itself once everybody who answers in it has had a decision."""
    case = locked(case)
    if case.state == Case.State.CLOSED or case.proposals.exclude(state__in=PROPOSAL.ends).exists():
        return
    if not answering_in(case).exclude(proposals__state__in=PROPOSAL.ends).exists():
        advance(CASE, case, "close", acting=acting, now=now, case=case, closed_at=now)


def close_with(proposal: Proposal, sheaf: Sheaf, *, acting: Acting, now: datetime) -> None:
    """The same with the decision of the only proposal in the case that waited; the case is locked with it already."""
    case = proposal.case
    if case.state != Case.State.CLOSED:
        advance(CASE, case, "close", acting=acting, now=now, case=case, into=sheaf, closed_at=now)
