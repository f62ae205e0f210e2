"""Repair: relief of points, a shorter period, and registration again after the bar."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from registry.actions.corrections import Difference, difference
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.periods import supersede
from registry.actions.requirements import optional_number, required
from registry.actions.two_people import require_second
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import Draft, LockedPerson, append, lock
from registry.models import Agency, Fact, FactKind, Institution, Practitioner, Registration, User
from registry.queries.explain import day, last_day
from registry.queries.remediation import relief_room, shortening_room
from registry.rules import facts
from registry.rules.compute import standing


def preview_relief(
    *, practitioner: Practitioner, points: int, activities: int = 1, agency: Agency, now: datetime
) -> Difference:
    """What the relief would do to the standing of today. Raises Refused as relieve_points would."""
    with transaction.atomic():
        person = lock(practitioner)
        _require_relief(person, points, activities, agency, shanghai_day(now))
        return difference(person, facts.PointsRelieved, now=now, points=points)


def relieve_points(
    *,
    practitioner: Practitioner,
    points: int,
    activities: int = 1,
    reason: str,
    document_number: str = "",
    agency: Agency,
    by: User | None,
    second: User | None,
    now: datetime,
) -> Fact:
    """Lower the points of the present year for so many effective activities, within the caps of the agency's policy.

    `document_number` names the decision: the same one twice is the same relief. Needs two signatures. Sanctions that
    have begun stay.
    """
    draft = Draft(
        kind=FactKind.POINTS_RELIEVED,
        points=points,
        reason=required(reason),
        document_number=optional_number(document_number),
        agency=agency,
        actor=by,
        second=require_second(by=by, second=second),
    )
    with transaction.atomic():
        person = lock(practitioner)
        if existing := _same_decision(person, FactKind.POINTS_RELIEVED, draft.document_number, points=points):
            return existing
        _require_relief(person, points, activities, agency, shanghai_day(now))
        return append(practitioner=practitioner, draft=draft, now=now)


def preview_shortening(*, practitioner: Practitioner, days: int, agency: Agency, now: datetime) -> Difference:
    """What the shortening would do to the standing of today. Raises Refused as shorten_period would."""
    with transaction.atomic():
        person = lock(practitioner)
        _require_shortening(person, days, agency, shanghai_day(now))
        return difference(person, facts.PeriodShortened, now=now, days=days)


def shorten_period(
    *,
    practitioner: Practitioner,
    days: int,
    reason: str,
    document_number: str = "",
    agency: Agency,
    by: User | None,
    second: User | None,
    now: datetime,
) -> Fact:
    """Let the running bar, or the last suspension that has not ended, end `days` earlier. Needs two signatures.

    A period never falls under the part of its length that the policy protects (half), and the bar of a termination by
    12 points at once cannot be shortened.
    """
    draft = Draft(
        kind=FactKind.PERIOD_SHORTENED,
        days=days,
        reason=required(reason),
        document_number=optional_number(document_number),
        agency=agency,
        actor=by,
        second=require_second(by=by, second=second),
    )
    with transaction.atomic():
        person = lock(practitioner)
        if existing := _same_decision(person, FactKind.PERIOD_SHORTENED, draft.document_number, days=days):
            return existing
        _require_shortening(person, days, agency, shanghai_day(now))
        return append(practitioner=practitioner, draft=draft, now=now)


def preview_reregistration(*, practitioner: Practitioner, now: datetime) -> Difference:
    """What re-registration would do to the standing of today. Raises Refused as reregister would."""
    with transaction.atomic():
        person = lock(practitioner)
        _require_bar_over(person, shanghai_day(now))
        return difference(person, facts.Reregistered, now=now)


def reregister(
    *,
    practitioner: Practitioner,
    institutions: Sequence[Institution],
    reason: str,
    agency: Agency,
    by: User | None,
    now: datetime,
) -> Fact:
    """Register a terminated person again, once the bar is over, at `institutions`; the older registrations end."""
    reason = required(reason)
    if not institutions:
        raise Refused(
            "institutions_missing",
            _("Name at least one institution at which the person is registered again."),
            field="institutions",
        )
    today = shanghai_day(now)
    with transaction.atomic():
        person = lock(practitioner)
        _require_bar_over(person, today)
        fact = append(
            practitioner=practitioner,
            draft=Draft(kind=FactKind.REREGISTERED, reason=reason, agency=agency, actor=by),
            now=now,
        )
        _end_older_registrations(person, today, by=by, now=now, reason=reason)
        for institution in dict.fromkeys(institutions):
            registration = Registration(
                practitioner=practitioner, institution=institution, starts_on=today, recorded_at=now, reason=reason
            )
            keep(registration, by=by, now=now, why=reason)
        return fact


def _end_older_registrations(person: LockedPerson, today: date, *, by: User | None, now: datetime, reason: str) -> None:
    present = Registration.objects.filter(practitioner_id__in=person.members, superseded_at=None)
    for registration in present.filter(Q(ends_on=None) | Q(ends_on__gt=today)).order_by("pk"):
        supersede(registration, by=by, now=now, reason=reason, ends_on=max(registration.starts_on, today))


def _same_decision(person: LockedPerson, kind: FactKind, document_number: str, **given: int) -> Fact | None:
    if not document_number:
        return None
    same = Fact.objects.filter(practitioner_id__in=person.members, kind=kind, document_number=document_number).first()
    ((field, value),) = given.items()
    if same is not None and getattr(same, field) != value:
        raise Refused(
            "decision_already_recorded",
            _("Decision %(number)s is recorded with %(recorded)s, not with %(value)s. Check its number.")
            % {"number": document_number, "recorded": getattr(same, field), "value": value},
            field=field,
            value=value,
        )
    return same


def _require_bar_over(person: LockedPerson, today: date) -> None:
    now = standing(person.facts, today, policies())
    if now.status != "terminated":
        raise Refused(
            "not_terminated",
            _("The person is not terminated; there is nothing to register again after."),
            field="practitioner",
        )
    if not now.may_reregister:
        raise Refused(
            "bar_running",
            _("The bar runs until %(day)s; from that day on the person may be registered again.")
            % {"day": day(now.until or date.max)},
            field="practitioner",
            value=now.until,
        )


def _require_relief(person: LockedPerson, points: int, activities: int, agency: Agency, today: date) -> None:
    room = relief_room(person.facts, agency.region_id, today)
    if not 1 <= points <= activities * room.per_activity:
        raise Refused(
            "relief_beyond_the_activity",
            ngettext_lazy(
                "One activity relieves 1 to %(most)s points under policy %(policy)s, not %(points)s.",
                "%(activities)s activities at %(each)s points each relieve 1 to %(most)s points under policy"
                " %(policy)s, not %(points)s.",
                "activities",
            )
            % {
                "activities": activities,
                "each": room.per_activity,
                "most": activities * room.per_activity,
                "policy": room.policy.id,
                "points": points,
            },
            field="points",
            value=points,
        )
    if room.relieved + points > room.per_year:
        raise Refused(
            "relief_beyond_the_year",
            _(
                "%(relieved)s points were relieved this year; %(points)s more would exceed the"
                " %(most)s that policy %(policy)s allows."
            )
            % {"relieved": room.relieved, "points": points, "most": room.per_year, "policy": room.policy.id},
            field="points",
            value=points,
        )
    if points > room.points:
        raise Refused(
            "relief_beyond_the_points",
            _("The person has %(total)s points this year; %(points)s cannot be relieved.")
            % {"total": room.points, "points": points},
            field="points",
            value=points,
        )


def _require_shortening(person: LockedPerson, days: int, agency: Agency, today: date) -> None:
    room = shortening_room(person.facts, agency.region_id, today)
    if room is None:
        raise Refused(
            "nothing_to_shorten",
            _("Neither a suspension nor a bar is running or to come on %(day)s.") % {"day": day(today)},
            field="days",
            value=days,
        )
    if room.excluded:
        raise Refused(
            "single_termination_is_not_shortened",
            _(
                "The bar from %(start)s up to and including %(end)s follows from 12 points at once;"
                " policy %(policy)s lets such a bar be shortened by 0 days, not %(days)s."
            )
            % {"start": day(room.start), "end": last_day(room.end), "policy": room.policy.id, "days": days},
            field="days",
            value=days,
        )
    if not 1 <= days <= room.most:
        raise Refused(
            "shortened_below_the_floor",
            _(
                "The period from %(start)s was to last up to and including %(original)s and now lasts up to and"
                " including %(end)s; its last day is %(earliest)s at the earliest, so at most %(most)s days earlier,"
                " not %(days)s."
            )
            % {
                "start": day(room.start),
                "original": last_day(room.original),
                "end": last_day(room.end),
                "earliest": last_day(room.earliest),
                "most": room.most,
                "days": days,
            },
            field="days",
            value=days,
        )
