"""How many points a dispute is about, and which entries a standing rests on."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from appeals.models import PointOfDispute
from registry.ledger.families import family_of
from registry.ledger.law import policies
from registry.ledger.writing import LockedPerson
from registry.models import Fact, FactKind, Practitioner
from registry.queries.scope import Scope
from registry.rules.compute import Standing, standing
from registry.rules.facts import EntryAnnulled, PointsScored
from registry.rules.facts import Fact as Recorded


def disputed_points(point: PointOfDispute) -> int:
    """The points proposed, or those that the entry on record has after its corrections; 0 where it is annulled."""
    if point.item is not None:
        return point.item.points
    assert point.entry is not None  # the database refuses a point about nothing
    return present_points(point.entry)


def points_at_first(point: PointOfDispute) -> int:
    """The points proposed, or those that the entry was recorded with; at least 1."""
    about = point.item or point.entry
    assert about is not None  # the database refuses a point about nothing
    assert about.points is not None  # what is proposed has points, and so has an entry
    return about.points


def present_points(entry: Fact) -> int:
    """The points of the entry after its corrections; 0 where it is annulled."""
    corrections = sorted(entry.corrections.all(), key=lambda fact: (fact.decided_at, fact.origin, fact.origin_seq))
    if any(fact.kind == FactKind.ENTRY_ANNULLED for fact in corrections):
        return 0
    points = [fact.points for fact in corrections if fact.kind == FactKind.ENTRY_REVISED]
    return (points[-1] if points else entry.points) or 0


def behind_the_standing(person: LockedPerson, today: date) -> list[Fact]:
    """The entries behind the suspension or termination of the day, else behind the points of its year; by effect.

    Annulled entries are behind nothing.
    """
    found = standing(person.facts, today, policies())
    ids = set(found.period.because) if found.period else _of_the_year(person, found)
    entries = Fact.objects.filter(practitioner__in=person.members, origin_id__in=[UUID(each) for each in ids])
    scored = entries.filter(kind=FactKind.POINTS_SCORED)
    return list(scored.select_related("practitioner", "agency__region").order_by("effective_on", "id"))


def _of_the_year(person: LockedPerson, found: Standing) -> set[str]:
    counted = {step.id for step in found.steps}
    return {
        fact.id
        for fact in person.facts
        if isinstance(fact, PointsScored) and fact.id in counted and fact.counted_on.year == found.on.year
    }


def appealable(practitioner: Practitioner, *, files: Collection[int] = ()) -> list[Fact]:
    """The entries of the person that are not annulled, the latest first; whoever knows all `files` of the person says
    so, and saves the question.
    """
    files = files or family_of(practitioner.pk).files
    scored = Fact.objects.filter(practitioner__in=files, kind=FactKind.POINTS_SCORED)
    rows = scored.select_related("agency__region", "practitioner", "points_entry").prefetch_related("corrections")
    return [fact for fact in rows.order_by("-effective_on", "-pk") if present_points(fact)]


def rulable(practitioner: Practitioner, seen: Scope) -> list[Fact]:
    """Those of them on which an outcome elsewhere can be recorded."""
    return [fact for fact in appealable(practitioner) if decided_within(fact, seen)]


def decided_within(fact: Fact, seen: Scope) -> bool:
    """Whether an agency in the scope decided it; what an older register left without an agency is anybody's."""
    return fact.agency is None or seen.acts_in(fact.agency.region_id)


def any_appealable(facts: Collection[Recorded]) -> bool:
    """Whether any entry is on record among these facts of a person that is not annulled."""
    annulled = {each.entry for each in facts if isinstance(each, EntryAnnulled)}
    return any(isinstance(each, PointsScored) and each.id not in annulled for each in facts)
