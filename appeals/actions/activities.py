"""Activities of remediation: offered, taken part in, and confirmed with a result and its evidence."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.models import Activity, Attendance
from appeals.queries.remediation import activities_of, audience
from appeals.rules.procedures import ATTENDANCE
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.procedure import Acting, Capacity, advance, begin, locked
from registry.actions.requirements import require_choice, required
from registry.ledger.days import shanghai_day
from registry.ledger.law import policy_on
from registry.ledger.writing import LockedPerson, lock_many
from registry.models import Practitioner, Registration
from registry.queries.explain import day
from registry.queries.wording import listed
from registry.rules.policy import NoPolicyInForce, Policy

FULL_MARKS = 100


def offer_activity(
    *,
    kind: str,
    title: str,
    description: str = "",
    starts_on: date,
    ends_on: date,
    place: str = "",
    places: int | None = None,
    pass_mark: int | None = None,
    acting: Acting,
    now: datetime,
) -> Activity:
    """Offer an activity from `starts_on` to `ends_on` (inclusive), by the agency or the institution of `acting`.

    Its kind must be among those that the policy of the region counts on the first day. `places` None is without limit;
    a study with a test has a `pass_mark` of 100.
    """
    _require_days(starts_on, ends_on, shanghai_day(now))
    region = _region_of(acting)
    require_choice("kind", kind, activities_of(_policy(region, starts_on)))
    _require_numbers(kind, places, pass_mark)
    activity = Activity(
        kind=kind,
        title=required(title, field="title", most=200),
        description=description.strip(),
        agency=acting.agency,
        institution=acting.institution,
        starts_on=starts_on,
        ends_on=ends_on,
        place=required(place, field="place", most=200) if place.strip() else "",
        places=places,
        pass_mark=pass_mark,
        offered_at=now,
        offered_by=acting.by,
    )
    with transaction.atomic():
        keep(activity, by=acting.by, now=now)
    return activity


def close_activity(*, activity: Activity, acting: Acting, now: datetime) -> Activity:
    """Nobody enrols any more; results of those enrolled can still be recorded. Closing twice is closing once."""
    with transaction.atomic():
        activity = locked(activity)
        require_offering(activity, acting)
        if activity.closed_at is None:
            activity.closed_at = now
            keep(activity, by=acting.by, now=now)
        return activity


def enrol(
    *, activity: Activity, practitioners: Sequence[Practitioner], acting: Acting, now: datetime
) -> list[Attendance]:
    """Enrol people in an activity, all or none: by themselves, by an institution for its staff, by who offers it.

    Refused when it is over, closed or full, for who takes part already, and for whom it is not offered to.
    """
    today = shanghai_day(now)
    if not practitioners:
        raise Refused("practitioners_missing", _("Choose at least one person to enrol."), field="practitioners")
    with transaction.atomic():
        people = lock_many(list(practitioners))
        activity = locked(activity)
        _require_running(activity, today)
        _require_may_enrol(activity, practitioners, acting, today)
        _require_audience(activity, practitioners, today)
        _require_not_enrolled(activity, practitioners, people)
        _require_places(activity, len(practitioners))
        return [_enrolled(activity, person, acting, now) for person in practitioners]


def cancel_enrolment(*, attendance: Attendance, reason: str = "", acting: Acting, now: datetime) -> Attendance:
    """Somebody does not take part after all; the place is free again. Cancelling twice is cancelling once."""
    with transaction.atomic():
        lock_many([attendance.practitioner])
        attendance = locked(attendance)
        if attendance.state == Attendance.State.CANCELLED:
            return attendance
        if acting.role != Capacity.PRACTITIONER and not _offers(attendance.activity, acting):
            _require_staff([attendance.practitioner], acting, shanghai_day(now))
        advance(
            ATTENDANCE,
            attendance,
            "cancel",
            acting=acting,
            now=now,
            practitioner=attendance.practitioner,
            grounds=reason.strip(),
        )
        return attendance


def _enrolled(activity: Activity, person: Practitioner, acting: Acting, now: datetime) -> Attendance:
    attendance = Attendance(activity=activity, practitioner=person, enrolled_at=now)
    begin(ATTENDANCE, attendance, act="enrol", acting=acting, now=now, practitioner=person)
    return attendance


def _region_of(acting: Acting) -> str:
    if acting.agency is not None:
        return acting.agency.region_id
    if acting.institution is not None:
        return acting.institution.region_id
    raise Refused("not_an_offering_side", _("Activities are offered by an agency or an institution."))


def _policy(region: str, on: date) -> Policy:
    try:
        return policy_on(region, on)
    except NoPolicyInForce:
        raise Refused(
            "activity_before_the_law",
            _("No policy was in force on %(day)s, so no activity counts from then. Choose a later first day.")
            % {"day": day(on)},
            field="starts_on",
            value=on,
        ) from None


def _offers(activity: Activity, acting: Acting) -> bool:
    if acting.agency is not None:
        return acting.agency.pk == activity.agency_id
    return acting.institution is not None and acting.institution.pk == activity.institution_id


def require_offering(activity: Activity, acting: Acting) -> None:
    """Only the side that offers the activity says who completed it."""
    if not _offers(activity, acting):
        raise Refused(
            "not_the_offering_side",
            _("“%(activity)s” is offered by %(by)s; only they may do this.")
            % {"activity": activity.title, "by": activity.agency or activity.institution},
            field="activity",
            value=activity.title,
        )


def _require_days(starts_on: date, ends_on: date, today: date) -> None:
    if ends_on < starts_on:
        raise Refused(
            "activity_ends_before_it_starts",
            _("The activity ends on %(end)s, before its first day %(start)s.")
            % {"end": day(ends_on), "start": day(starts_on)},
            field="ends_on",
            value=ends_on,
        )
    if ends_on < today:
        raise Refused(
            "activity_over",
            _("The last day of the activity, %(end)s, is over. Offer one that people can still join.")
            % {"end": day(ends_on)},
            field="ends_on",
            value=ends_on,
        )


def _require_numbers(kind: str, places: int | None, pass_mark: int | None) -> None:
    if places is not None and places < 1:
        raise Refused(
            "places_too_few",
            _("%(places)s places are none; leave it empty for an activity without a limit.") % {"places": places},
            field="places",
            value=places,
        )
    with_test = kind == Activity.Kind.STUDY_WITH_TEST
    if with_test and (pass_mark is None or not 1 <= pass_mark <= FULL_MARKS):
        raise Refused(
            "pass_mark_needed",
            _("A study with a test needs a pass mark from 1 to 100."),
            field="pass_mark",
            value=pass_mark,
        )
    if not with_test and pass_mark is not None:
        raise Refused(
            "pass_mark_without_test",
            _("Only a study with a test has a pass mark; leave it empty."),
            field="pass_mark",
            value=pass_mark,
        )


def _require_running(activity: Activity, today: date) -> None:
    if activity.closed_at is not None or activity.ends_on < today:
        raise Refused(
            "activity_over",
            _("“%(activity)s” is closed or over; its last day is %(end)s. Choose another activity.")
            % {"activity": activity.title, "end": day(activity.ends_on)},
            field="activity",
            value=activity.title,
        )


def _require_may_enrol(activity: Activity, people: Sequence[Practitioner], acting: Acting, today: date) -> None:
    if acting.role == Capacity.PRACTITIONER or _offers(activity, acting):
        return
    _require_staff(people, acting, today)


def _require_staff(people: Sequence[Practitioner], acting: Acting, today: date) -> None:
    """An institution acts for those who are registered there on the day, and for nobody else."""
    here = Registration.objects.filter(institution=acting.institution, superseded_at=None, starts_on__lte=today)
    asked = here.exclude(ends_on__lte=today).filter(practitioner__in=people)
    staff = set(asked.values_list("practitioner_id", flat=True))
    if strangers := [person.name for person in people if person.pk not in staff]:
        raise Refused(
            "not_own_staff",
            _("Not registered there today: %(people)s. An institution acts for its own staff only.")
            % {"people": listed(strangers)},
            field="practitioners",
            value=strangers,
        )


def _require_audience(activity: Activity, people: Sequence[Practitioner], today: date) -> None:
    found = audience(activity, today).filter(pk__in=[person.pk for person in people])
    reached = set(found.values_list("pk", flat=True))
    if others := [person.name for person in people if person.pk not in reached]:
        raise Refused(
            "not_offered_to",
            _("The activity of %(by)s is not offered to: %(people)s. They are not registered there.")
            % {"by": activity.agency or activity.institution, "people": listed(others)},
            field="practitioners",
            value=others,
        )


def _require_not_enrolled(
    activity: Activity, practitioners: Sequence[Practitioner], people: dict[int, LockedPerson]
) -> None:
    """Files of one person count as one; so does somebody named twice."""
    parts = activity.attendances.exclude(state=Attendance.State.CANCELLED)
    seen, twice = set(parts.values_list("practitioner_id", flat=True)), []
    for person in practitioners:
        members = people[person.pk].members
        if seen & members:
            twice.append(person.name)
        seen |= members
    if twice:
        raise Refused(
            "already_enrolled",
            _("Already taking part in “%(activity)s”: %(people)s.")
            % {"activity": activity.title, "people": listed(twice)},
            field="practitioners",
            value=twice,
        )


def _require_places(activity: Activity, asked: int) -> None:
    if activity.places is None:
        return
    taken = activity.attendances.exclude(state=Attendance.State.CANCELLED).count()
    if taken + asked > activity.places:
        raise Refused(
            "activity_full",
            _("%(taken)s of %(places)s places are taken: %(left)s left, %(asked)s asked for.")
            % {
                "taken": taken,
                "places": activity.places,
                "left": max(0, activity.places - taken),
                "asked": asked,
            },
            field="practitioners",
            value=asked,
        )
