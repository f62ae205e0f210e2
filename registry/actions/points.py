"""Recording points: gate, responsibility, band, months, reasons, and what follows, shown before it is done."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.requirements import required
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies, policy_on
from registry.ledger.writing import Draft, LockedPerson, append
from registry.models import GATE_OPENING, FactKind, PhaseIn, PointsEntry, Responsibility, User
from registry.queries.explain import day
from registry.rules.compute import Standing, standing
from registry.rules.facts import PointsScored
from registry.rules.policy import NoPolicyInForce, Policy, Situation


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What recording would do, computed under the same rules and written nowhere."""

    policy: Policy
    situation: Situation
    default_points: int
    points: int
    months: int | None
    before: Standing
    after: Standing
    entry: PointsScored
    warnings: list[str | Promise] = field(default_factory=list)

    @property
    def terminates(self) -> bool:
        """The person is terminated by the entry, or stays so: a second person must countersign."""
        return self.after.status == "terminated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scoring:
    """The choice that an officer makes for one responsibility."""

    responsibility: Responsibility
    situation: str
    points: int | None = None
    months: int | None = None
    departure_reason: str = ""
    act: str = ""
    reduced: bool = False
    """A review found less than was proposed: the points may lie below the band of the situation."""


def write_entry(
    scoring: Scoring, preview: Preview, person: LockedPerson, *, by: User | None, second: User | None, now: datetime
) -> PointsEntry:
    """Add the fact that was weighed, and what stands behind it. Whether two people signed is checked by the caller."""
    responsibility = scoring.responsibility
    fact = append(
        practitioner=responsibility.practitioner,
        draft=Draft(
            kind=FactKind.POINTS_SCORED,
            points=preview.points,
            counted_on=responsibility.cause.made_on,
            policy=preview.policy.id,
            months=scoring.months,
            reason=scoring.departure_reason,
            document_number=responsibility.cause.document_number,
            agency=responsibility.cause.agency,
            actor=by,
            second=second,
        ),
        now=now,
        person=person,
    )
    return PointsEntry.objects.create(
        fact=fact,
        responsibility=responsibility,
        handling=responsibility.handling,
        trigger=responsibility.trigger,
        practitioner=responsibility.practitioner,
        situation=scoring.situation,
        act=scoring.act,
        round=_next_round(scoring, person),
        default_points=preview.default_points,
        departure_reason=scoring.departure_reason,
    )


def weigh(scoring: Scoring, person: LockedPerson, now: datetime) -> Preview:
    """What the entry would be and do, with everything the law asks of it checked. Raises Refused."""
    today = shanghai_day(now)
    cause = scoring.responsibility.cause
    policy = _policy(cause.agency.region_id, cause.conduct_until)
    situation = _situation(policy, scoring)
    _require_gate(situation, scoring.responsibility)
    _require_in_scope(scoring.responsibility)
    _require_unscored(scoring, person)
    default = policy.default_points(situation.band, scoring.responsibility.grade)
    points = default if scoring.points is None else scoring.points
    _require_band(policy, situation, scoring, points, default)
    before = standing(person.facts, today, policies())
    entry = PointsScored(
        id="preview",
        seq=len(person.facts) + 1,
        effective_on=today,
        recorded_at=now,
        points=points,
        counted_on=cause.made_on,
        policy=policy.id,
        months=scoring.months,
    )
    after = standing([*person.facts, entry], today, policies())
    _require_months(policy, scoring, points, after)
    return Preview(
        policy=policy,
        situation=situation,
        default_points=default,
        points=points,
        months=scoring.months,
        before=before,
        after=after,
        entry=entry,
        warnings=_warnings(scoring, points, default),
    )


def _policy(region: str, conduct_on: date) -> Policy:
    try:
        policy = policy_on(region, conduct_on)
    except NoPolicyInForce:
        raise Refused(
            "conduct_before_the_law",
            _("Conduct on %(day)s is not scored: no policy was in force on that day.") % {"day": day(conduct_on)},
            field="responsibility",
            value=conduct_on,
        ) from None
    if conduct_on < policy.conduct_from:
        raise Refused(
            "conduct_before_the_law",
            _("Conduct on %(day)s is not scored: only conduct from %(first)s on is.")
            % {"day": day(conduct_on), "first": day(policy.conduct_from)},
            field="responsibility",
            value=conduct_on,
        )
    return policy


def _situation(policy: Policy, scoring: Scoring) -> Situation:
    try:
        return policy.situations[scoring.situation]
    except KeyError:
        raise Refused(
            "situation_unknown",
            _("Policy %(policy)s has no situation “%(situation)s”. Choose one of: %(all)s.")
            % {"policy": policy.id, "situation": scoring.situation, "all": ", ".join(policy.situations)},
            field="situation",
            value=scoring.situation,
        ) from None


def _require_gate(situation: Situation, responsibility: Responsibility) -> None:
    handling, trigger = responsibility.handling, responsibility.trigger
    if handling is not None and handling.kind not in GATE_OPENING:
        raise Refused(
            "gate_closed",
            _("Nobody is scored for “%(kind)s”: it takes an administrative penalty or a heavy agreement handling.")
            % {"kind": handling.get_kind_display()},
            field="responsibility",
            value=handling.kind,
        )
    if trigger is not None and situation.gate != trigger.kind:
        raise Refused(
            "situation_needs_a_handling",
            _("Situation %(situation)s is not what “%(kind)s” is about. Choose the situation of that document.")
            % {"situation": situation.code, "kind": trigger.get_kind_display()},
            field="situation",
            value=situation.code,
        )


def _require_in_scope(responsibility: Responsibility) -> None:
    cause, person = responsibility.cause, responsibility.practitioner
    institution = cause.institution
    region = institution.region_id if institution else cause.agency.region_id
    areas = [region, f"{region[:4]}00", f"{region[:2]}0000"]
    days = dict(
        PhaseIn.objects.filter(region__in=areas, category=person.category).values_list("region_id", "starts_on")
    )
    starts_on = next((days[area] for area in areas if area in days), None)
    if starts_on is not None and cause.conduct_until < starts_on:
        raise Refused(
            "not_yet_in_scope",
            _("In this region “%(category)s” is in scope from %(day)s; conduct until %(conduct)s is not scored.")
            % {"category": person.get_category_display(), "day": day(starts_on), "conduct": day(cause.conduct_until)},
            field="responsibility",
            value=cause.conduct_until,
        )


def _require_band(policy: Policy, situation: Situation, scoring: Scoring, points: int, default: int) -> None:
    low, high = policy.bands[situation.band]
    least, most = policy.allowed_points(situation.band)
    least = 1 if scoring.reduced else least
    if not least <= points <= most:
        raise Refused(
            "points_outside_the_band",
            _("Situation %(situation)s brings %(low)s to %(high)s points under policy %(policy)s, not %(points)s.")
            % {"situation": situation.code, "low": least, "high": most, "policy": policy.id, "points": points},
            field="points",
            value=points,
        )
    if points != default and not scoring.departure_reason.strip():
        raise Refused(
            "departure_reason_missing",
            _("The default is %(default)s points. Give the reason for %(points)s (band %(low)s to %(high)s).")
            % {"default": default, "points": points, "low": low, "high": high},
            field="departure_reason",
            value=points,
        )


def _require_months(policy: Policy, scoring: Scoring, points: int, after: Standing) -> None:
    if scoring.months is None:
        return
    single, total = points >= policy.suspend_at, after.steps[-1].total
    if after.status == "terminated" or not policy.suspend_at <= total < policy.terminate_at:
        raise Refused(
            "months_without_suspension",
            _("This entry does not suspend; leave the months of suspension empty."),
            field="months",
            value=scoring.months,
        )
    allowed = policy.months(total, single=single)
    if not allowed.min <= scoring.months <= allowed.max:
        raise Refused(
            "months_outside_the_range",
            _("At %(total)s points policy %(policy)s suspends for %(low)s to %(high)s months, not %(months)s.")
            % {
                "total": total,
                "policy": policy.id,
                "low": allowed.min,
                "high": allowed.max,
                "months": scoring.months,
            },
            field="months",
            value=scoring.months,
        )
    if scoring.months != allowed.default:
        required(scoring.departure_reason, field="departure_reason")


def _warnings(scoring: Scoring, points: int, default: int) -> list[str | Promise]:
    warnings: list[str | Promise] = []
    if points != default:
        warnings.append(
            _("The points depart from the default: %(points)s instead of %(default)s.")
            % {"points": points, "default": default}
        )
    handling = scoring.responsibility.handling
    if handling is not None and not _was_registered(scoring.responsibility):
        warnings.append(
            _("The person was not registered at %(institution)s during the conduct.")
            % {"institution": handling.institution.name}
        )
    return warnings


def _was_registered(responsibility: Responsibility) -> bool:
    handling = responsibility.handling
    assert handling is not None
    present = responsibility.practitioner.registrations.filter(institution=handling.institution, superseded_at=None)
    begun = present.filter(starts_on__lte=handling.conduct_until)
    return begun.filter(Q(ends_on=None) | Q(ends_on__gt=handling.conduct_from)).exists()


def _same_situation_or_act(scoring: Scoring, person: LockedPerson) -> QuerySet[PointsEntry]:
    """The entries on the person, in whichever of their files, for the same situation or act of the same cause."""
    same = Q(situation=scoring.situation)
    if scoring.act.strip():
        same |= Q(act=scoring.act.strip())
    cause = {"handling": scoring.responsibility.handling, "trigger": scoring.responsibility.trigger}
    return PointsEntry.objects.filter(same, **cause, practitioner_id__in=person.members)


def _next_round(scoring: Scoring, person: LockedPerson) -> int:
    """All earlier entries are annulled, or nothing would be recorded; their rounds are used up."""
    rounds = _same_situation_or_act(scoring, person).aggregate(last=Max("round", default=0))
    return int(rounds["last"]) + 1


def _standing_entry(scoring: Scoring, person: LockedPerson) -> PointsEntry | None:
    """The entry for the same situation or act that was not annulled."""
    same = _same_situation_or_act(scoring, person)
    return same.exclude(fact__corrections__kind=FactKind.ENTRY_ANNULLED).order_by("pk").first()


def _require_unscored(scoring: Scoring, person: LockedPerson) -> None:
    if entry := _standing_entry(scoring, person):
        raise Refused(
            "already_scored",
            _(
                "Situation %(situation)s is already scored in this handling with %(points)s points."
                " One act is scored once, at the highest situation; annul or revise that entry first."
            )
            % {"situation": entry.situation, "points": entry.fact.points},
            field="situation",
            value=scoring.situation,
        )
