"""Measures against an institution with too many sanctions: proposed, decided, ended or dropped by its agency."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.one_by_one import one_by_one
from registry.actions.periods import require_order, supersede
from registry.actions.procedure import advance, begin, for_agency, locked, require_possible
from registry.actions.requirements import LONGEST_DOCUMENT_NUMBER, LONGEST_REASON, require_choice, required
from registry.actions.tasks import close_tasks, open_task
from registry.actions.two_people import require_second
from registry.ledger.days import shanghai_day
from registry.models import Agency, Institution, InstitutionMeasure, MeasurePeriod, Task, User
from registry.queries.calendar import calendar
from registry.queries.explain import day as day_words
from registry.queries.measures import (
    OPEN,
    Due,
    days_of,
    due_at,
    institutions_over,
    kind_of,
    ratio_of_year,
    subject_of,
    sum_of,
    threshold_of,
)
from registry.queries.ratio import Ratio, Threshold
from registry.rules.clocks import WorkingCalendar
from registry.rules.procedures import MEASURE

Kind = InstitutionMeasure.Kind
CLOCK = "measure"


def preview_measure(
    *, institution: Institution, kind: str, year: int, lighter_reason: str = "", now: datetime
) -> tuple[Ratio, Threshold]:
    """The ratio that a proposal would rest on and the share it has reached. Raises Refused as propose_measure would."""
    require_choice("kind", kind, Kind.values)
    today = shanghai_day(now)
    if year > today.year:
        raise Refused(
            "year_to_come",
            _("The year %(year)s has not begun. Choose this year or an earlier one.") % {"year": year},
            field="year",
            value=year,
        )
    ratio = ratio_of_year(institution, year, today=today)
    reached = _require_share(ratio, kind)
    if kind_of(reached) != kind and not lighter_reason.strip():
        raise Refused(
            "lighter_reason_missing",
            _("%(sum)s From %(share)s%% on %(measure)s. Choose that measure, or give the reason for the lighter one.")
            % {"sum": sum_of(ratio), "share": reached.per_cent, "measure": reached.words},
            field="lighter_reason",
            value=lighter_reason,
        )
    return ratio, reached


def propose_measure(
    *,
    institution: Institution,
    kind: str,
    year: int | None = None,
    grounds: str,
    lighter_reason: str = "",
    agency: Agency,
    by: User,
    now: datetime,
) -> InstitutionMeasure:
    """Propose a measure by the person-times of a year: on its last day, or for this year (the default) today.

    Pausing settlement although the share suspends the agreement needs `lighter_reason`. A measure that is proposed
    already is the same one. Closes the agency's task to propose, and opens the one to decide.
    """
    grounds = required(grounds, field="grounds")
    today = shanghai_day(now)
    year = year or today.year
    if not institution.region_id.startswith(agency.region.prefix):
        raise Refused(
            "agency_elsewhere",
            _("%(agency)s does not answer for the region of this institution. Choose an agency that does.")
            % {"agency": agency},
            field="agency",
            value=str(agency),
        )
    with transaction.atomic():
        _lock(institution)
        if existing := InstitutionMeasure.objects.filter(institution=institution, kind=kind, state__in=OPEN).first():
            return _same_measure(existing, year)
        ratio, reached = preview_measure(
            institution=institution, kind=kind, year=year, lighter_reason=lighter_reason, now=now
        )
        measure = InstitutionMeasure(
            institution=institution,
            agency=agency,
            kind=kind,
            year=year,
            sanctions=len(ratio.times),
            staff=ratio.staff,
            policy=reached.policy.id,
            grounds=grounds,
            lighter_reason=lighter_reason.strip() if kind_of(reached) != kind else "",
            proposed_at=now,
            proposed_by=by,
        )
        begin(MEASURE, measure, act="propose", acting=for_agency(by, agency), now=now, grounds=grounds)
        close_tasks(subject_of(institution, year), now=now, kinds=[Task.Kind.MEASURE], by=by)
        open_task(
            kind=Task.Kind.MEASURE,
            holder=Task.Holder.AGENCY,
            subject=measure.uuid,
            policy=reached.policy,
            clock=CLOCK,
            starts_on=today,
            now=now,
            agency=agency,
            institution=institution,
        )
        return measure


def preview_decision(*, measure: InstitutionMeasure, starts_on: date, by: User, now: datetime) -> Ratio:
    """The ratio of the measure's year as known now. Raises Refused as decide_measure would."""
    today = shanghai_day(now)
    require_possible(MEASURE, measure, "decide")
    if by.pk == measure.proposed_by_id:
        raise Refused(
            "proposer_decides",
            _("You proposed this measure. Another officer of the agency must decide it."),
            field="by",
            value=str(by),
        )
    _require_not_past(starts_on, today, field="starts_on")
    ratio = ratio_of_year(measure.institution, measure.year, today=today)
    # Staff who came or went since do not touch the proposal; sanctions that were annulled take its ground away.
    _require_share(replace(ratio, staff=measure.staff), measure.kind)
    return ratio


def decide_measure(
    *,
    measure: InstitutionMeasure,
    starts_on: date,
    document_number: str,
    by: User,
    second: User | None,
    now: datetime,
) -> InstitutionMeasure:
    """The measure holds from `starts_on` until it is ended: nothing provided there on those days is payable.

    Decided by another officer than the one who proposed it, and signed by a second person, who may be that one. The
    same document again is the same decision.
    """
    document_number = required(document_number, field="document_number", most=LONGEST_DOCUMENT_NUMBER)
    second = require_second(by=by, second=second)
    with transaction.atomic():
        _lock(measure.institution)
        measure = locked(measure)
        if measure.decided_by_id == by.pk and _decided_alike(measure, document_number, starts_on):
            return measure
        preview_decision(measure=measure, starts_on=starts_on, by=by, now=now)
        measure.document_number = document_number
        advance(
            MEASURE,
            measure,
            "decide",
            acting=for_agency(by, measure.agency, second),
            now=now,
            document_number=document_number,
            decided_at=now,
            decided_by=by,
            second=second,
        )
        _record(measure, starts_on, by, now, document_number)
        close_tasks(measure.uuid, now=now, by=by)
        return measure


def drop_measure(*, measure: InstitutionMeasure, reason: str, by: User, now: datetime) -> InstitutionMeasure:
    """The proposal is not followed, because of `reason`; for the same sanctions none is asked for again."""
    reason = required(reason)
    with transaction.atomic():
        _lock(measure.institution)
        measure = locked(measure)
        if measure.state == InstitutionMeasure.State.DROPPED:
            return measure
        advance(MEASURE, measure, "drop", acting=for_agency(by, measure.agency), now=now, grounds=reason)
        close_tasks(measure.uuid, now=now, by=by)
        return measure


def preview_end(*, measure: InstitutionMeasure, ends_on: date, now: datetime) -> MeasurePeriod:
    """The days of the measure as they are until now. Raises Refused as end_measure would."""
    require_possible(MEASURE, measure, "end")
    period = days_of(measure)
    assert period is not None
    _require_not_past(ends_on, shanghai_day(now), field="ends_on")
    require_order(starts_on=period.starts_on, ends_on=ends_on)
    return period


def end_measure(
    *, measure: InstitutionMeasure, ends_on: date, reason: str, by: User, now: datetime
) -> InstitutionMeasure:
    """The measure ends: `ends_on` is the first day on which it no longer holds, today or later.

    A measure that has not begun ends on its first day and never holds. What was refused before stays refused.
    """
    reason = required(reason)
    with transaction.atomic():
        _lock(measure.institution)
        measure = locked(measure)
        present = days_of(measure)
        if present and present.ends_on == ends_on:
            return measure
        period = preview_end(measure=measure, ends_on=ends_on, now=now)
        advance(MEASURE, measure, "end", acting=for_agency(by, measure.agency), now=now, grounds=reason)
        supersede(period, by=by, now=now, reason=reason[:LONGEST_REASON], ends_on=ends_on)
        return measure


def propose_due(*, now: datetime) -> int:
    """Give the agencies the task to propose a measure where a share is reached; how many tasks are new.

    Looks at this year and the one before, so that what happened in the last days of December is not lost. However
    often this runs, a year of an institution has one open task; one whose ground is gone is cancelled. Raises
    SomeFailed.
    """
    today, days = shanghai_day(now), calendar()
    _cancel_undue(today, now)
    found = (due for on in (date(today.year - 1, 12, 31), today) for due in institutions_over(on))
    return one_by_one(
        "measures", found, lambda due: _open_due(due, days, now), of=lambda due: f"institution {due.institution.pk}"
    )


def _open_due(due: Due, days: WorkingCalendar, now: datetime) -> bool:
    with transaction.atomic():
        _lock(due.institution)
        open_already = Task.objects.filter(kind=Task.Kind.MEASURE, subject=due.subject, state=Task.State.OPEN)
        if open_already.exists() or due_at(due.institution, due.ratio.on) is None:
            return False
        open_task(
            kind=Task.Kind.MEASURE,
            holder=Task.Holder.AGENCY,
            subject=due.subject,
            policy=due.threshold.policy,
            clock=CLOCK,
            starts_on=due.ratio.on,
            now=now,
            agency=due.institution.agency,
            institution=due.institution,
            days=days,
        )
        return True


def _cancel_undue(today: date, now: datetime) -> None:
    """Sanctions were annulled, or staff came: what was asked for is no longer due."""
    tasks = Task.objects.filter(kind=Task.Kind.MEASURE, state=Task.State.OPEN, institution__isnull=False)
    for task in tasks.select_related("institution").order_by("id"):
        place, year = task.institution, task.starts_on.year
        assert place is not None
        about_year = task.subject == subject_of(place, year)
        if about_year and due_at(place, min(date(year, 12, 31), today)) is None:
            close_tasks(task.subject, now=now, kinds=[Task.Kind.MEASURE], state=Task.State.CANCELLED)


def _lock(institution: Institution) -> None:
    """Acts on the measures of an institution take turns."""
    Institution.objects.select_for_update(of=("self",), no_key=True).get(pk=institution.pk)


def _record(measure: InstitutionMeasure, starts_on: date, by: User, now: datetime, why: str) -> None:
    period = MeasurePeriod(
        measure=measure,
        institution_id=measure.institution_id,
        kind=measure.kind,
        starts_on=starts_on,
        recorded_at=now,
        reason=why,
    )
    keep(period, by=by, now=now, why=why)


def _same_measure(existing: InstitutionMeasure, year: int) -> InstitutionMeasure:
    """The proposal that waits already. Raises Refused where it is about another year, or in force."""
    if existing.state == InstitutionMeasure.State.PROPOSED and existing.year == year:
        return existing
    raise Refused(
        "measure_open",
        _("This measure is open already (%(state)s, for %(year)s). End or drop it before you propose another.")
        % {"state": existing.get_state_display(), "year": existing.year},
        field="kind",
        value=existing.kind,
    )


def _decided_alike(measure: InstitutionMeasure, document_number: str, starts_on: date) -> bool:
    period = days_of(measure)
    return period is not None and (measure.document_number, period.starts_on) == (document_number, starts_on)


def _require_share(ratio: Ratio, kind: str) -> Threshold:
    """The highest share that is reached, which is that of `kind` or a graver one. Raises Refused with the sum."""
    needed, reached = threshold_of(ratio, kind), ratio.reached
    if needed is None:
        raise Refused(
            "no_policy",
            _("No policy was in force on %(day)s: nothing follows from the share.") % {"day": day_words(ratio.on)},
            field="year",
            value=ratio.on.year,
        )
    if reached is None or reached.per_cent < needed.per_cent:
        raise Refused(
            "share_too_low",
            _("%(sum)s Only from %(share)s%% on %(measure)s.")
            % {"sum": sum_of(ratio), "share": needed.per_cent, "measure": needed.words},
            field="kind",
            value=kind,
        )
    return reached


def _require_not_past(day: date, today: date, *, field: str) -> None:
    if day < today:
        raise Refused(
            "day_has_passed",
            _("%(day)s has passed. The past stands: choose %(today)s or a later day.")
            % {"day": day_words(day), "today": day_words(today)},
            field=field,
            value=day,
        )
