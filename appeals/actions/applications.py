"""Applications for repair: filed with completed activities, and withdrawn."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.models import Application, Attendance
from appeals.queries.remediation import (
    activities_of,
    competent_agencies,
    open_application,
    refused_by_experts,
    room_for,
    supported,
)
from appeals.rules.procedures import APPLICATION
from registry.actions.corrections import Difference
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.numbering import next_number
from registry.actions.procedure import Acting, Capacity, advance, begin, locked
from registry.actions.remediation import preview_relief, preview_shortening
from registry.actions.requirements import require_choice, required
from registry.actions.tasks import close_tasks, open_task
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies, policy_on
from registry.ledger.writing import LockedPerson, lock
from registry.models import Agency, Practitioner, Registration, Task
from registry.queries.explain import day
from registry.queries.wording import listed

Kind = Application.Kind
State = Task.State


def file_application(
    *,
    practitioner: Practitioner,
    kind: str,
    amount: int,
    attendances: Sequence[Attendance],
    statement: str,
    agency: Agency,
    acting: Acting,
    now: datetime,
) -> Application:
    """Ask the agency that recorded the points for relief (`amount` in points) or a shorter period (in days).

    Each completed activity supports one application at a time; it counts if it was completed on or after the day of
    the first handling in question. What exceeds the caps is refused at once, with the sum; so is what experts refused
    before, where nothing was completed since. A relief that is granted after New Year lowers the points of the new
    year: the past stands.
    """
    require_choice("kind", kind, Kind.values)
    statement = required(statement, field="statement")
    today = shanghai_day(now)
    with transaction.atomic():
        person = lock(practitioner)
        _require_may_file(person, practitioner, agency, kind, acting, now)
        chosen = [locked(each) for each in sorted(attendances, key=lambda each: each.pk)]
        _require_support(person, chosen, kind, agency, now)
        _require_news(person, chosen, kind)
        preview(kind=kind, practitioner=practitioner, amount=amount, activities=len(chosen), agency=agency, now=now)
        application = Application(
            number=next_number("R", agency.region_id, today),
            kind=kind,
            practitioner=practitioner,
            agency=agency,
            policy=policy_on(agency.region_id, today).id,
            amount=amount,
            statement=statement,
            filed_at=now,
            filed_by=acting.by,
        )
        begin(APPLICATION, application, act="file", acting=acting, now=now, practitioner=practitioner)
        for attendance in chosen:
            attendance.application = application
            keep(attendance, by=acting.by, now=now)
        owe(application, Task.Kind.CONVENE, "assignment", now=now)
        return application


def preview(
    *, kind: str, practitioner: Practitioner, amount: int, activities: int, agency: Agency, now: datetime
) -> Difference:
    """What a grant would do to the standing of today. Raises Refused beyond the caps, with the sum."""
    with about_the_amount():
        if kind == Kind.RELIEF:
            return preview_relief(
                practitioner=practitioner, points=amount, activities=activities, agency=agency, now=now
            )
        return preview_shortening(practitioner=practitioner, days=amount, agency=agency, now=now)


def withdraw_application(*, application: Application, reason: str, acting: Acting, now: datetime) -> Application:
    """The practitioner no longer asks; the agency may record it. The activities are free for another application.

    Withdrawing twice is withdrawing once.
    """
    reason = required(reason)
    with transaction.atomic():
        lock(application.practitioner)
        application = locked(application)
        if application.state == Application.State.WITHDRAWN:
            return application
        if acting.role != Capacity.PRACTITIONER:
            require_agency(application, acting)
        advance(
            APPLICATION,
            application,
            "withdraw",
            acting=acting,
            now=now,
            practitioner=application.practitioner,
            grounds=reason,
        )
        _set_free(application, acting, now)
        return application


def refuse(application: Application, grounds: str, number: str = "", *, acting: Acting, now: datetime) -> None:
    """The locked application is refused, by an officer or by the experts' opinions; its activities are free again."""
    application.document_number = number
    advance(
        APPLICATION,
        application,
        "refuse",
        acting=acting,
        now=now,
        practitioner=application.practitioner,
        grounds=grounds,
        document_number=number,
        decision=grounds,
        decided_at=now,
    )
    _set_free(application, acting, now)


def owe(application: Application, kind: Task.Kind, clock: str, *, now: datetime) -> None:
    """The agency must do the next thing about the application within the policy's clock."""
    open_task(
        kind=kind,
        holder=Task.Holder.AGENCY,
        agency=application.agency,
        practitioner=application.practitioner,
        subject=application.uuid,
        policy=policies()[application.policy],
        clock=clock,
        starts_on=shanghai_day(now),
        now=now,
    )


def require_agency(application: Application, acting: Acting) -> None:
    """Only officers of the agency that was asked may act on the application."""
    if acting.agency is None or acting.agency.pk != application.agency_id:
        raise Refused(
            "not_the_deciding_agency",
            _("%(number)s is decided by %(agency)s; only its officers may do this.")
            % {"number": application.number, "agency": application.agency},
            field="agency",
        )


def _set_free(application: Application, acting: Acting, now: datetime) -> None:
    for attendance in application.attendances.select_for_update(of=("self",), no_key=True).order_by("pk"):
        attendance.application = None
        keep(attendance, by=acting.by, now=now)
    close_tasks(application.uuid, now=now, by=acting.by, state=State.CANCELLED)


@contextmanager
def about_the_amount() -> Iterator[None]:
    """What is wrong with the points or the days is wrong with what the application asks for."""
    try:
        yield
    except Refused as refusal:
        if refusal.field not in ("points", "days"):
            raise
        raise Refused(refusal.code, refusal.message, field="amount", value=refusal.value) from None


def _require_may_file(
    person: LockedPerson, practitioner: Practitioner, agency: Agency, kind: str, acting: Acting, now: datetime
) -> None:
    competent = competent_agencies(person.facts, person.members, kind, shanghai_day(now))
    if not competent:
        raise Refused(
            f"nothing_to_{'relieve' if kind == Kind.RELIEF else 'shorten'}",
            _("On %(day)s there are neither points of this year nor a running period to ask this for.")
            % {"day": day(shanghai_day(now))},
            field="kind",
            value=kind,
        )
    if agency not in competent:
        raise Refused(
            "agency_not_competent",
            _("%(agency)s did not record these points. Ask: %(competent)s.")
            % {"agency": agency, "competent": listed(competent)},
            field="agency",
            value=str(agency),
        )
    if acting.agency is not None and acting.agency != agency:
        raise Refused(
            "not_the_deciding_agency",
            _("An officer files for the own agency only, not for %(agency)s.") % {"agency": agency},
            field="agency",
            value=str(agency),
        )
    if acting.institution is not None and not _registered_at(person, acting, now):
        raise Refused(
            "not_own_staff",
            _("%(person)s is not registered there today. An institution acts for its own staff only.")
            % {"person": practitioner.name},
            field="practitioner",
            value=practitioner.code,
        )
    if pending := open_application(person.members, kind):
        raise Refused(
            "application_open",
            _("Application %(number)s is not decided yet. Wait for it, or withdraw it first.")
            % {"number": pending.number},
            field="kind",
            value=kind,
        )


def _registered_at(person: LockedPerson, acting: Acting, now: datetime) -> bool:
    today = shanghai_day(now)
    rows = Registration.objects.filter(practitioner_id__in=person.members, superseded_at=None, starts_on__lte=today)
    return rows.exclude(ends_on__lte=today).filter(institution=acting.institution).exists()


def _require_support(
    person: LockedPerson, chosen: Sequence[Attendance], kind: str, agency: Agency, now: datetime
) -> None:
    """Completed, not used, each activity once, of a kind the policy counts, and not before what it repairs."""
    room = room_for(kind, person.facts, agency, shanghai_day(now))
    assert room is not None  # some agency is competent, so there are entries
    if not chosen:
        raise Refused(
            "activities_missing",
            _("Name at least one completed activity; repair is for those who take part."),
            field="attendances",
        )
    seen: set[int] = set()
    for each in chosen:
        about = {"activity": each.activity.title, "since": _day(room.since)}
        own = each.practitioner_id in person.members
        _require(own, "activity_of_another", _("“%(activity)s”: this part is another person's."), about)
        _require(each.state == Attendance.State.COMPLETED, "activity_not_completed", _NOT_COMPLETED, about)
        _require(each.application_id is None, "activity_used", _USED, about)
        _require(each.activity_id not in seen, "activity_twice", _("“%(activity)s” counts once."), about)
        listed_kind = each.activity.kind in activities_of(room.policy)
        _require(listed_kind, "activity_not_counted", _NOT_COUNTED, {**about, "policy": room.policy.id})
        after = each.completed_on is not None and room.since is not None and each.completed_on >= room.since
        _require(after, "activity_before_the_handling", _BEFORE, {**about, "day": _day(each.completed_on)})
        seen.add(each.activity_id)


def _day(value: date | None) -> str:
    return day(value) if value else "–"


_NOT_COMPLETED = _("“%(activity)s” has not been completed; its result is not recorded.")
_USED = _("“%(activity)s” supports another application already. Each activity is used once.")
_NOT_COUNTED = _("“%(activity)s” is of a kind that policy %(policy)s does not count.")
_BEFORE = _(
    "“%(activity)s” was completed on %(day)s, before %(since)s, the day of the first handling in question;"
    " repair follows the violation."
)


def _require_news(person: LockedPerson, chosen: Sequence[Attendance], kind: str) -> None:
    """What experts refused is asked again once something came to it: an activity completed since, among those named."""
    refused = refused_by_experts(person.members, kind)
    if refused is None or any(_is_new_since(refused, each) for each in chosen):
        return
    assert refused.decided_at is not None  # what was refused was decided
    raise Refused(
        "nothing_new_since_refusal",
        _(
            "On %(day)s experts refused application %(number)s. Ask again with an activity that was completed since,"
            " beside others that count."
        )
        % {"number": refused.number, "day": shanghai_day(refused.decided_at)},
        field="attendances",
        value=refused.number,
    )


def _is_new_since(refused: Application, each: Attendance) -> bool:
    assert refused.decided_at is not None  # what was refused was decided
    assert each.completed_on is not None  # it was completed, or it would not be named
    return each.completed_on >= shanghai_day(refused.decided_at) and not supported(each, refused)


def _require(holds: bool, code: str, message: Promise, about: Mapping[str, object]) -> None:
    if not holds:
        raise Refused(code, str(message) % about, field="attendances", value=about["activity"])
