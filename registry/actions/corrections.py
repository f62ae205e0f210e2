"""Corrections of an entry: annulled (it never existed) or revised downwards (it always had fewer points)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.requirements import required
from registry.actions.two_people import require_second
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import Draft, LockedPerson, append, lock
from registry.models import Fact, FactKind, User
from registry.rules import facts
from registry.rules.compute import Standing, standing
from registry.rules.course import Step


@dataclass(frozen=True, slots=True)
class Difference:
    """The standing of today without and with an act, computed and written nowhere.

    `person` holds the facts without the act, read under the lock; `added` is the fact that the act would add.
    """

    before: Standing
    after: Standing
    person: LockedPerson
    added: facts.Fact


def difference(person: LockedPerson, fact: type[facts.Fact], *, now: datetime, **fields: Any) -> Difference:
    """What one more fact of the kind `fact`, effective on the day of `now`, would change."""
    today = shanghai_day(now)
    added = fact(id="preview", seq=len(person.facts) + 1, effective_on=today, recorded_at=now, **fields)
    before, after = (standing(known, today, policies()) for known in (person.facts, [*person.facts, added]))
    return Difference(before, after, person, added)


def preview_annulment(*, entry: Fact, now: datetime) -> Difference:
    """What annulling the entry would do to the standing of today."""
    _require_entry(entry)
    with transaction.atomic():
        person = lock(entry.practitioner)
        return difference(person, facts.EntryAnnulled, now=now, entry=str(entry.origin_id))


def annul_entry(*, entry: Fact, reason: str, by: User | None, second: User | None, now: datetime) -> Fact:
    """The entry never existed, for every day past and future. Needs a second person; nothing brings it back.

    Annulling it twice is annulling it once. The situation may be scored again, in a new round.
    """
    reason = required(reason)
    _require_entry(entry)
    require_second(by=by, second=second)
    with transaction.atomic():
        lock(entry.practitioner)
        if annulment := entry.corrections.filter(kind=FactKind.ENTRY_ANNULLED).first():
            return annulment
        draft = Draft(
            kind=FactKind.ENTRY_ANNULLED, entry=entry, reason=reason, agency=entry.agency, actor=by, second=second
        )
        return append(practitioner=entry.practitioner, draft=draft, now=now)


def preview_revision(*, entry: Fact, points: int, months: int | None = None, now: datetime) -> Difference:
    """What revising the entry would do to the standing of today. Raises Refused as revise_entry would."""
    _require_entry(entry)
    with transaction.atomic():
        person = lock(entry.practitioner)
        _require_lower(person, entry, points, months, now)
        return difference(person, facts.EntryRevised, now=now, entry=str(entry.origin_id), points=points, months=months)


def revise_entry(
    *, entry: Fact, points: int, months: int | None = None, reason: str, by: User | None, now: datetime
) -> Fact:
    """The entry always had these `points`. A revision only lowers; raising is a new decision.

    `months` replaces the months of suspension; None means the policy's default for the new total. Neither may make the
    suspension longer than it was.
    """
    reason = required(reason)
    _require_entry(entry)
    with transaction.atomic():
        person = lock(entry.practitioner)
        latest = _latest_revision(entry)
        if latest and (latest.points, latest.months, latest.reason) == (points, months, reason):
            return latest
        _require_lower(person, entry, points, months, now)
        draft = Draft(
            kind=FactKind.ENTRY_REVISED,
            entry=entry,
            points=points,
            months=months,
            reason=reason,
            agency=entry.agency,
            actor=by,
        )
        return append(practitioner=entry.practitioner, draft=draft, now=now)


def present_points(entry: Fact) -> tuple[int, int | None]:
    """Points and months of an entry after its revisions."""
    latest = _latest_revision(entry) or entry
    assert latest.points is not None  # entries and revisions always have points; the database sees to it
    return latest.points, latest.months


def _latest_revision(entry: Fact) -> Fact | None:
    return (
        entry.corrections.filter(kind=FactKind.ENTRY_REVISED).order_by("-decided_at", "-origin", "-origin_seq").first()
    )


def _require_entry(entry: Fact) -> None:
    if entry.kind != FactKind.POINTS_SCORED:
        raise Refused(
            "no_entry",
            _("Only a points entry can be corrected; this is “%(kind)s”.") % {"kind": entry.get_kind_display()},
            field="entry",
            value=str(entry.origin_id),
        )


def _require_lower(person: LockedPerson, entry: Fact, points: int, months: int | None, now: datetime) -> None:
    if any(isinstance(fact, facts.EntryAnnulled) and fact.entry == str(entry.origin_id) for fact in person.facts):
        raise Refused(
            "entry_annulled", _("The entry is annulled; there is nothing to revise."), field="entry", value=points
        )
    present, _months = present_points(entry)
    if not 1 <= points <= present:
        raise Refused(
            "revision_raises",
            _(
                "The entry has %(present)s points; a revision lowers them to 1 at the least, not to %(points)s."
                " More points need a new decision."
            )
            % {"present": present, "points": points},
            field="points",
            value=points,
        )
    before, after = _steps(person, entry, points, months, now)
    _require_months(entry, points, months, after)
    if (present, before.months or 0) == (points, after.months or 0):
        raise Refused(
            "revision_does_not_lower",
            _("The revision changes nothing: name fewer than %(points)s points, or fewer months of suspension.")
            % {"points": present},
            field="points",
            value=points,
        )
    if (after.months or 0) > (before.months or 0):
        raise Refused(
            "revision_lengthens",
            _(
                "The entry brought %(before)s months; revised so it would bring %(after)s."
                " A revision only lowers: name the months."
            )
            % {"before": before.months or 0, "after": after.months},
            field="months",
            value=months,
        )


def _steps(person: LockedPerson, entry: Fact, points: int, months: int | None, now: datetime) -> tuple[Step, Step]:
    """What the entry does to the person as it is, and as it would do revised."""
    on = max(shanghai_day(now), entry.effective_on)
    revision = facts.EntryRevised(
        id="preview",
        seq=len(person.facts) + 1,
        effective_on=on,
        recorded_at=now,
        entry=str(entry.origin_id),
        points=points,
        months=months,
    )
    before, after = (
        next(step for step in standing(known, on, policies()).steps if step.id == str(entry.origin_id))
        for known in (person.facts, [*person.facts, revision])
    )
    return before, after


def _require_months(entry: Fact, points: int, months: int | None, after: Step) -> None:
    """Months may be named only where the revised entry suspends, and inside the policy's range for its total."""
    if months is None:
        return
    policy = policies()[entry.policy]
    if after.caused not in ("suspended", "suspension_extended"):
        raise Refused(
            "months_without_suspension",
            _("With %(points)s points this entry does not suspend; leave the months of suspension empty.")
            % {"points": points},
            field="months",
            value=months,
        )
    allowed = policy.months(after.total, single=points >= policy.suspend_at)
    if not allowed.min <= months <= allowed.max:
        raise Refused(
            "months_outside_the_range",
            _("At %(total)s points policy %(policy)s suspends for %(low)s to %(high)s months, not %(months)s.")
            % {
                "total": after.total,
                "policy": policy.id,
                "low": allowed.min,
                "high": allowed.max,
                "months": months,
            },
            field="months",
            value=months,
        )
