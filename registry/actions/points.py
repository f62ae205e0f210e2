"""Recording points: gate, responsibility, band, months, reasons, and what follows, shown before it is done."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.requirements import required
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies, policy_on
from registry.ledger.sheaf import Sheaf
from registry.ledger.writing import Draft, LockedPerson, bind
from registry.models import GATE_OPENING, FactKind, PointsEntry, Responsibility, User
from registry.queries.explain import day
from registry.queries.weighing import Ground, Scored, areas_of, ground_of
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
    round: int = 1
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
    scoring: Scoring,
    preview: Preview,
    person: LockedPerson,
    *,
    by: User | None,
    second: User | None,
    now: datetime,
    into: Sheaf | None = None,
) -> PointsEntry:
    """Add the fact that was weighed, and what stands behind it. Whether two people signed is checked by the caller.

    `person` is as they were locked for the weighing, or later. `into` a sheaf, when the caller writes it.
    """
    responsibility, sheaf = scoring.responsibility, Sheaf() if into is None else into
    draft = Draft(
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
    )
    ((fact, pk),) = bind(sheaf, practitioner=responsibility.practitioner, drafts=[draft], now=now, person=person)
    entry = PointsEntry(
        pk=pk,
        fact=fact,
        responsibility=responsibility,
        handling=responsibility.handling,
        trigger=responsibility.trigger,
        practitioner=responsibility.practitioner,
        situation=scoring.situation,
        act=scoring.act,
        round=preview.round,
        default_points=preview.default_points,
        departure_reason=scoring.departure_reason,
    )
    sheaf.add(entry)
    if into is None:
        sheaf.write()
    return entry


def weigh(scoring: Scoring, person: LockedPerson, now: datetime, ground: Ground | None = None) -> Preview:
    """What the entry would be and do, with everything the law asks of it checked. Raises Refused.

    `ground`, if the caller read it already under the lock of the person.
    """
    today = shanghai_day(now)
    cause = scoring.responsibility.cause
    policy = _policy(cause.agency.region_id, cause.conduct_until)
    situation = _situation(policy, scoring)
    _require_gate(situation, scoring.responsibility)
    ground = ground or ground_of(scoring.responsibility, person.members)
    _require_in_scope(scoring.responsibility, ground)
    same = _same_situation_or_act(scoring, ground)
    _require_unscored(scoring, same)
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
        round=1 + max((each.round for each in same), default=0),
        warnings=_warnings(scoring, points, default, was_registered=ground.was_registered),
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


def _require_in_scope(responsibility: Responsibility, ground: Ground) -> None:
    cause, person = responsibility.cause, responsibility.practitioner
    areas = areas_of(responsibility)
    starts_on = next((ground.phase_ins[area] for area in areas if area in ground.phase_ins), None)
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


def _warnings(scoring: Scoring, points: int, default: int, *, was_registered: bool) -> list[str | Promise]:
    warnings: list[str | Promise] = []
    if points != default:
        warnings.append(
            _("The points depart from the default: %(points)s instead of %(default)s.")
            % {"points": points, "default": default}
        )
    handling = scoring.responsibility.handling
    if handling is not None and not was_registered:
        warnings.append(
            _("The person was not registered at %(institution)s during the conduct.")
            % {"institution": handling.institution.name}
        )
    return warnings


def _same_situation_or_act(scoring: Scoring, ground: Ground) -> list[Scored]:
    """The entries on the person, in whichever of their files, for the same situation or act of the same cause."""
    act = scoring.act.strip()
    return [each for each in ground.scored if each.situation == scoring.situation or (act and each.act == act)]


def _require_unscored(scoring: Scoring, same: list[Scored]) -> None:
    """Refuse where an entry for the same situation or act was not annulled."""
    if entry := next((each for each in same if not each.annulled), None):
        raise Refused(
            "already_scored",
            _(
                "Situation %(situation)s is already scored in this handling with %(points)s points."
                " One act is scored once, at the highest situation; annul or revise that entry first."
            )
            % {"situation": entry.situation, "points": entry.points},
            field="situation",
            value=scoring.situation,
        )
