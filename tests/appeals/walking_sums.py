"""What must come of a decision, reckoned again from what was said; and what the ledger must say on any day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from appeals.models import Objection, PointOfDispute, Vote
from registry.ledger.checking import file_differences
from registry.ledger.law import policies
from registry.ledger.reading import facts_of
from registry.models import Fact, Practitioner, Proposal, ProposedEntry, StandingSpan
from registry.rules.compute import standing
from registry.rules.facts import PointsScored
from tests.appeals.walking import World


def outcomes_agree(proposal: Proposal) -> None:
    """Each proposed entry is on record with its outcome, or is not where nothing is left of it."""
    for item in proposal.items.select_related("entry__fact"):
        recorded = item.entry.fact.points if item.entry else 0
        match item.outcome:
            case "upheld":
                assert recorded == item.points
            case "reduced":
                assert 0 < recorded == (item.decided_points or 0) < item.points  # type: ignore[operator]
            case _:
                assert recorded == 0, f"points on record although they were {item.outcome or 'withdrawn'}"
        assert not item.outcome or proposal.state in ("decided", "dropped")


def decision_agrees(objection: Objection) -> None:
    """The least that is left by any point about the same thing is what is on record; a panel is followed."""
    assert objection.decided_at is not None  # the database refuses a decision without
    left: dict[ProposedEntry | Fact, list[int]] = {}
    for point in objection.points.select_related("item__entry__fact", "entry"):
        stake = _stake(point, objection.decided_at)
        said = {"upheld": stake, "annulled": 0}.get(point.result, point.points or 0)
        answer = _answer_of_the_panel(point)
        assert answer is None or said == min(answer, stake), "the panel decided otherwise"
        about = point.item or point.entry
        assert about is not None  # the database refuses a point about nothing
        left.setdefault(about, []).append(said)
    for about, found in left.items():
        assert _on_record(about) == min(found), f"{found} were left, {_on_record(about)} are on record"


def _stake(point: PointOfDispute, at: datetime) -> int:
    """The points that were in dispute just before the instant."""
    return point.item.points if point.item else points_of(point.entry, before=at)  # type: ignore[arg-type]


def _on_record(about: ProposedEntry | Fact) -> int:
    if isinstance(about, ProposedEntry):
        return (about.entry.fact.points or 0) if about.entry else 0
    return points_of(about)


def _answer_of_the_panel(point: PointOfDispute) -> int | None:
    """The vote in the middle, by the points that it leaves."""
    votes = Vote.objects.filter(point=point)
    if not votes:
        return None
    at_first = (point.item or point.entry).points or 0  # type: ignore[union-attr]
    left = sorted({"upheld": at_first, "annulled": 0}.get(vote.result, vote.points or 0) for vote in votes)
    return left[len(left) // 2]


def points_of(entry: Fact, *, before: datetime | None = None) -> int:
    """The points of an entry after the corrections made so far, or before an instant."""
    points = entry.points or 0
    corrections = entry.corrections.filter(recorded_at__lt=before) if before else entry.corrections.all()
    for correction in corrections.order_by("decided_at", "pk"):
        if correction.kind == "entry_annulled":
            return 0
        points = correction.points or 0
    return points


def would_terminate(proposal: Proposal, on: date) -> bool:
    """Whether the proposed points, on top of what is recorded, leave the person terminated on the day."""
    known = list(facts_of(proposal.practitioner))
    for item in proposal.items.all():
        more = PointsScored(
            id=f"item-{item.pk}",
            seq=len(known) + 1,
            effective_on=on,
            recorded_at=proposal.proposed_at,
            points=item.points,
            counted_on=proposal.responsibility.cause.made_on,
            policy=proposal.policy,
        )
        known.append(more)
    return standing(known, on, policies()).status == "terminated"


def terminated_by(fact: Fact) -> bool:
    """Whether the person is terminated on the day of the fact, by what was on record up to it."""
    known = list(facts_of(fact.practitioner))
    own = next(each for each in known if each.id == str(fact.origin_id))
    until = [each for each in known if each.seq <= own.seq]
    return standing(until, fact.effective_on, policies()).status == "terminated"


def ledger_agrees(world: World) -> None:
    """Chains and projection are whole, and the answer of any day is what the facts fold to."""
    assert list(file_differences()) == []
    ahead = (0, 1, 40, 200, 400, 1200)
    for person in world.people:
        for day in (world.today + timedelta(days=each) for each in (-60, *ahead)):
            assert _kept(person, day) == _folded(person, day), f"{person.name} on {day}"


def _folded(person: Practitioner, day: date) -> tuple[object, ...]:
    found = standing(facts_of(person), day, policies())
    return (found.status, found.until, found.points, found.may_reregister)


def _kept(person: Practitioner, day: date) -> tuple[object, ...]:
    spans = StandingSpan.objects.filter(practitioner=person, starts_on__lte=day).order_by("-starts_on")
    span = spans.first()
    if span is None or (span.ends_on is not None and span.ends_on < day):
        return ("normal", None, 0, False)
    return (span.status, span.until, span.points, span.may_reregister)
