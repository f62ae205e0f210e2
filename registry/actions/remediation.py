"""Repair: relief of points, a shorter period, and registration again after the bar."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import ceil

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.actions.corrections import Difference, difference
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.periods import supersede
from registry.actions.requirements import optional_number, required
from registry.actions.two_people import require_second
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies, policy_on
from registry.ledger.writing import Draft, LockedPerson, append, lock
from registry.models import Agency, Fact, FactKind, Institution, Practitioner, Registration, User
from registry.rules import facts
from registry.rules.compute import standing
from registry.rules.periods import Period


def preview_relief(*, practitioner: Practitioner, points: int, agency: Agency, now: datetime) -> Difference:
    """What the relief would do to the standing of today. Raises Refused as relieve_points would."""
    with transaction.atomic():
        person = lock(practitioner)
        _require_relief(person, points, agency, shanghai_day(now))
        return difference(person, facts.PointsRelieved, now=now, points=points)


def relieve_points(
    *,
    practitioner: Practitioner,
    points: int,
    reason: str,
    document_number: str = "",
    agency: Agency,
    by: User | None,
    second: User | None,
    now: datetime,
) -> Fact:
    """Lower the points of the present year for an effective activity, within the caps of the agency's policy.

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
        _require_relief(person, points, agency, shanghai_day(now))
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
            _("The bar runs until %(day)s; from that day on the person may be registered again.") % {"day": now.until},
            field="practitioner",
            value=now.until,
        )


def _require_relief(person: LockedPerson, points: int, agency: Agency, today: date) -> None:
    policy = policy_on(agency.region_id, today)
    a_time = int(policy.get("remediation.relief_per_activity"))
    a_year = int(policy.get("remediation.relief_per_year"))
    total = standing(person.facts, today, policies()).points_raw
    relieved = sum(
        fact.points
        for fact in person.facts
        if isinstance(fact, facts.PointsRelieved) and fact.effective_on.year == today.year
    )
    if not 1 <= points <= a_time:
        raise Refused(
            "relief_beyond_the_activity",
            _("One activity relieves 1 to %(most)s points under policy %(policy)s, not %(points)s.")
            % {"most": a_time, "policy": policy.id, "points": points},
            field="points",
            value=points,
        )
    if relieved + points > a_year:
        raise Refused(
            "relief_beyond_the_year",
            _(
                "%(relieved)s points were relieved this year; %(points)s more would exceed the"
                " %(most)s that policy %(policy)s allows."
            )
            % {"relieved": relieved, "points": points, "most": a_year, "policy": policy.id},
            field="points",
            value=points,
        )
    if points > total:
        raise Refused(
            "relief_beyond_the_points",
            _("The person has %(total)s points this year; %(points)s cannot be relieved.")
            % {"total": total, "points": points},
            field="points",
            value=points,
        )


def _require_shortening(person: LockedPerson, days: int, agency: Agency, today: date) -> None:
    period = _running_period(person, today)
    if period is None:
        raise Refused(
            "nothing_to_shorten",
            _("Neither a suspension nor a bar is running or to come on %(day)s.") % {"day": today},
            field="days",
            value=days,
        )
    policy = policy_on(agency.region_id, today)
    if period.kind == "termination" and period.single and not policy.get("remediation.single_termination_shortened"):
        raise Refused(
            "single_termination_is_not_shortened",
            _("The bar of a termination by 12 points at once cannot be shortened."),
            field="days",
            value=days,
        )
    kept_percent = int(policy.get("remediation.shortest_percent"))
    start, end = period.from_, _ending(period)
    original = _ending(_as_decided(person, period, today))
    earliest = start + timedelta(days=ceil((original - start).days * kept_percent / 100))
    if days < 1 or end - timedelta(days=days) < earliest:
        raise Refused(
            "shortened_below_the_floor",
            _(
                "The period from %(start)s was to last until %(original)s and ends on %(end)s;"
                " it may end on %(earliest)s at the earliest, so at most %(most)s days earlier, not %(days)s."
            )
            % {
                "start": start,
                "original": original,
                "end": end,
                "earliest": earliest,
                "most": max(0, (end - earliest).days),
                "days": days,
            },
            field="days",
            value=days,
        )


def _running_period(person: LockedPerson, today: date) -> Period | None:
    """What a shortening would reach today: the running bar, else the last suspension that has not ended."""
    now = standing(person.facts, today, policies())
    if now.status == "terminated":
        return (
            None if now.may_reregister else next(p for p in now.periods if p.kind == "termination" and p.covers(today))
        )
    suspensions = [p for p in now.periods if p.kind == "suspension" and p.end > today]
    return max(suspensions, key=lambda period: period.from_, default=None)


def _as_decided(person: LockedPerson, period: Period, today: date) -> Period:
    """The same period as it would be had it, or a suspension joined into it, never been shortened.

    Shortenings of earlier periods stay: without them those might run into this one, and it would seem longer.
    """
    caused = "bar_shortened" if period.kind == "termination" else "suspension_shortened"
    steps = standing(person.facts, today, policies()).steps
    ours = {step.id for step in steps if step.caused == caused and step.from_ and step.from_ >= period.from_}
    unshortened = [fact for fact in person.facts if fact.id not in ours]
    renumbered = [replace(fact, seq=seq) for seq, fact in enumerate(unshortened, start=1)]
    periods = standing(renumbered, today, policies()).periods
    same = [p for p in periods if p.kind == period.kind and set(p.because) >= set(period.because)]
    return same[0] if same else period


def _ending(period: Period) -> date:
    ending = period.barred_until if period.kind == "termination" else period.until
    assert ending is not None  # a suspension has an end and a termination a bar
    return ending
