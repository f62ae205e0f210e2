"""Corrections of entries: annulled (it never existed) or revised downwards (it always had fewer points)."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.requirements import optional_number, required
from registry.actions.two_people import require_second
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import Draft, LockedPerson, append_all, lock, unlocked
from registry.models import Fact, FactKind, Practitioner, User
from registry.queries.explain import day
from registry.rules import facts
from registry.rules.compute import Standing, standing
from registry.rules.course import Step


@dataclass(frozen=True, slots=True)
class Correction:
    """What becomes of one entry: `points` None annuls it, a number says that it always had so many.

    `months` replaces the months of suspension of a revised entry; None means the policy's default for the new total.
    """

    entry: Fact
    points: int | None
    months: int | None = None

    @property
    def annuls(self) -> bool:
        """The entry never existed."""
        return self.points is None

    @property
    def kind(self) -> FactKind:
        """The kind of fact that the correction becomes."""
        return FactKind.ENTRY_ANNULLED if self.annuls else FactKind.ENTRY_REVISED


@dataclass(frozen=True, slots=True)
class Difference:
    """The standing of today without and with an act, computed and written nowhere.

    `person` holds the facts without the act; `added` are the facts that the act would add, none
    where all of them are recorded already.
    """

    before: Standing
    after: Standing
    person: LockedPerson
    added: tuple[facts.Fact, ...]

    @property
    def facts_with(self) -> list[facts.Fact]:
        """The facts of the person with the act."""
        return [*self.person.facts, *self.added]


def difference(person: LockedPerson, fact: type[facts.Fact], *, now: datetime, **fields: Any) -> Difference:
    """What one more fact of the kind `fact`, effective on the day of `now`, would change."""
    return _difference(person, [_next(person.facts, fact, now=now, **fields)], now)


def preview_corrections(
    *,
    practitioner: Practitioner,
    corrections: Sequence[Correction],
    person: LockedPerson | None = None,
    now: datetime,
) -> Difference:
    """What correct_entries would do to the standing of today. Raises Refused as it would.

    Looking locks nobody: the act reads again under its lock. `person` is for callers who have read it already.
    """
    _require_entries(corrections)
    person = person or unlocked(practitioner)
    _require_theirs(person, corrections)
    return _difference(person, _planned(person, corrections, now), now)


def correct_entries(
    *,
    corrections: Sequence[Correction],
    reason: str,
    document_number: str = "",
    by: User | None,
    second: User | None,
    signed_before: bool = False,
    now: datetime,
) -> list[Fact]:
    """Correct entries of one person at once, in whichever of their files; the facts come in the order given.

    `document_number` names the deciding document, such as a judgment. An annulment among the corrections needs a second
    person; `signed_before` says that they signed earlier, and may have no open account any more. A revision only
    lowers; raising is a new decision. Nothing brings an annulled entry back, but its situation may be scored again, in
    a new round. Each correction is checked as if it were made alone after those before it: annulments first, then
    revisions in the order in which the computation takes the entries. The same corrections again are the same facts.
    """
    shared = Draft(
        kind="",
        reason=required(reason),
        document_number=optional_number(document_number),
        actor=by,
        second=second,
    )
    _require_entries(corrections)
    if second is not None or any(each.annuls for each in corrections):
        require_second(by=by, second=second, signed_before=signed_before)
    with transaction.atomic():
        person = lock(corrections[0].entry.practitioner)
        _require_theirs(person, corrections)
        found = _recorded(corrections, shared)
        new = _in_order(person, [each for each in corrections if each.entry.pk not in found])
        _planned(person, new, now)
        found |= _append(new, shared, now)
    return [found[each.entry.pk] for each in corrections]


def _difference(person: LockedPerson, added: Sequence[facts.Fact], now: datetime) -> Difference:
    today = shanghai_day(now)
    before, after = (standing(known, today, policies()) for known in (person.facts, [*person.facts, *added]))
    return Difference(before, after, person, tuple(added))


def _next(known: Sequence[facts.Fact], fact: type[facts.Fact], *, now: datetime, **fields: Any) -> facts.Fact:
    """A fact that would come after those known, effective on the day of `now`."""
    seq = len(known) + 1
    return fact(id=f"preview-{seq}", seq=seq, effective_on=shanghai_day(now), recorded_at=now, **fields)


def _in_order(person: LockedPerson, corrections: Collection[Correction]) -> list[Correction]:
    taken = {fact.id: (fact.effective_on, fact.seq) for fact in person.facts}
    return sorted(corrections, key=lambda each: (not each.annuls, taken[_id(each.entry)]))


def _planned(person: LockedPerson, corrections: Collection[Correction], now: datetime) -> list[facts.Fact]:
    """The facts that the corrections become, each checked as if those before it were recorded."""
    known = list(person.facts)
    for each in _in_order(person, corrections):
        with _told_apart(each.entry, among=len(corrections)):
            if each.points is not None:
                known.append(_revision(known, each, each.points, now))
            elif not _is_annulled(known, each.entry):
                known.append(_next(known, facts.EntryAnnulled, now=now, entry=_id(each.entry)))
    return known[len(person.facts) :]


def _revision(known: Sequence[facts.Fact], correction: Correction, points: int, now: datetime) -> facts.Fact:
    entry, months = correction.entry, correction.months
    present = _require_at_most_present(known, entry, points)
    revised = _next(known, facts.EntryRevised, now=now, entry=_id(entry), points=points, months=months)
    on = max(shanghai_day(now), entry.effective_on)
    before, after = (_step(each, entry, on) for each in (known, [*known, revised]))
    _require_months(entry, points, months, after)
    _require_lower(points, months, present, before, after)
    return revised


@contextmanager
def _told_apart(entry: Fact, *, among: int) -> Iterator[None]:
    """Where several entries are corrected, a refusal says which of them it is about."""
    try:
        yield
    except Refused as refusal:
        if among == 1:
            raise
        message = _("The entry of %(points)s points, effective %(day)s, document %(number)s: %(why)s") % {
            "points": entry.points,
            "day": day(entry.effective_on),
            "number": entry.document_number or "–",
            "why": refusal.message,
        }
        raise Refused(refusal.code, message, field=refusal.field, value=refusal.value) from None


def _append(corrections: Collection[Correction], shared: Draft, now: datetime) -> dict[int, Fact]:
    """The new facts by their entry; each goes into the file of the entry."""
    found: dict[int, Fact] = {}
    for file in dict.fromkeys(each.entry.practitioner for each in corrections):
        own = [each for each in corrections if each.entry.practitioner_id == file.pk]
        drafts = [
            replace(
                shared,
                kind=each.kind,
                entry=each.entry,
                points=each.points,
                months=each.months,
                agency=each.entry.agency,
            )
            for each in own
        ]
        made = append_all(practitioner=file, drafts=drafts, now=now)
        found |= {each.entry.pk: fact for each, fact in zip(own, made, strict=True)}
    return found


def _recorded(corrections: Collection[Correction], shared: Draft) -> dict[int, Fact]:
    """The corrections that are facts already, by their entry: its annulment, or the very same last revision."""
    rows = Fact.objects.filter(entry__in=[each.entry.pk for each in corrections])
    in_order = rows.order_by("decided_at", "origin", "origin_seq")
    last = {(fact.entry_id, fact.kind): fact for fact in in_order}
    found = {each: last[each.entry.pk, each.kind] for each in corrections if (each.entry.pk, each.kind) in last}
    return {each.entry.pk: fact for each, fact in found.items() if each.annuls or _is_same(fact, each, shared)}


def _is_same(fact: Fact, correction: Correction, shared: Draft) -> bool:
    given = (correction.points, correction.months, shared.reason, shared.document_number)
    return (fact.points, fact.months, fact.reason, fact.document_number) == given


def _id(entry: Fact) -> str:
    return str(entry.origin_id)


def _is_annulled(known: Collection[facts.Fact], entry: Fact) -> bool:
    return any(isinstance(fact, facts.EntryAnnulled) and fact.entry == _id(entry) for fact in known)


def _present_points(known: Collection[facts.Fact], entry: Fact) -> int:
    """The points of an entry after its revisions."""
    revisions = [fact for fact in known if isinstance(fact, facts.EntryRevised) and fact.entry == _id(entry)]
    if revisions:
        return max(revisions, key=lambda fact: fact.seq).points
    assert entry.points is not None  # entries always have points; the database sees to it
    return entry.points


def _step(known: Sequence[facts.Fact], entry: Fact, on: date) -> Step:
    """What the entry does to the person."""
    return next(step for step in standing(known, on, policies()).steps if step.id == _id(entry))


def _require_entries(corrections: Sequence[Correction]) -> None:
    if not corrections:
        raise Refused("corrections_missing", _("Name at least one entry that is corrected."), field="corrections")
    for position, each in enumerate(corrections):
        if each.entry.kind != FactKind.POINTS_SCORED:
            raise Refused(
                "no_entry",
                _("Only a points entry can be corrected; this is “%(kind)s”.")
                % {"kind": each.entry.get_kind_display()},
                field="entry",
                value=_id(each.entry),
            )
        if any(other.entry.pk == each.entry.pk for other in corrections[:position]):
            raise Refused(
                "entry_named_twice",
                _("The same entry is named twice. Say once what becomes of it."),
                field="entry",
                value=_id(each.entry),
            )


def _require_theirs(person: LockedPerson, corrections: Collection[Correction]) -> None:
    for each in corrections:
        if each.entry.practitioner_id not in person.members:
            raise Refused(
                "entry_of_another",
                _("One of the entries is in another person's file. Correct each person by an act of its own."),
                field="entry",
                value=_id(each.entry),
            )


def _require_at_most_present(known: Sequence[facts.Fact], entry: Fact, points: int) -> int:
    """The present points of the entry, which `points` do not exceed."""
    if _is_annulled(known, entry):
        raise Refused(
            "entry_annulled", _("The entry is annulled; there is nothing to revise."), field="entry", value=points
        )
    present = _present_points(known, entry)
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
    return present


def _require_lower(points: int, months: int | None, present: int, before: Step, after: Step) -> None:
    """The revision takes away points or months, and adds none. `present` are the points of now."""
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
