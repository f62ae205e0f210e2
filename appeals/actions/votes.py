"""Experts vote, each for themselves; nobody else sees a vote before all are in, and the last one opens them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actions.moving import advance_in, policy_of
from appeals.actions.panel_course import forget_draft, give_back, locked_with_objection, require_expert
from appeals.models import Panel, PointOfDispute, Result, Seat, Vote
from appeals.queries.disputed import disputed_points, points_at_first
from appeals.queries.panels import left_of
from appeals.queries.pool import reasons_now
from appeals.rules import exclusions, verdict
from appeals.rules.procedures import PANEL, SEAT
from registry.actions.errors import Refused
from registry.actions.procedure import CLOCK, for_expert, locked, require_possible
from registry.actions.requirements import require_choice, required
from registry.actions.tasks import close_tasks
from registry.ledger.days import shanghai_day
from registry.models import Task, User
from registry.queries.explain import day

MUST_STEP_BACK = frozenset({exclusions.DECLARED_CONFLICT, exclusions.PART_IN_THE_CASE, exclusions.SAME_INSTITUTION_NOW})
"""What forbids a seated expert to vote, if it came about after the draw."""


class Ballot(NamedTuple):
    """What an expert says of one point: the result, the points that are left where it is reduced, and the reasons."""

    result: str
    points: int | None
    reasons: str


def preview_vote(*, seat: Seat, votes: Mapping[int, tuple[str, int | None, str]], by: User, now: datetime) -> None:
    """Raise Refused as `vote` would; nothing is written."""
    _require_vote(seat, votes, by, now)


def vote(*, seat: Seat, votes: Mapping[int, tuple[str, int | None, str]], by: User, now: datetime) -> Seat:
    """Vote on all points of the panel at once, by the ids of the points. A vote is cast once and not taken back.

    It is sealed; when the last one of the panel is in, all are opened, the middle one of each point decides, and the
    objection is with its reviewer again.
    """
    with transaction.atomic():
        panel, objection = locked_with_objection(seat.panel)
        place = locked(seat)
        place.panel = panel
        ballots = _require_vote(place, votes, by, now)
        words: dict[str, Any] = {str(point): list(ballot) for point, ballot in ballots.items()}
        sealed = place.vault.seal_words(words)
        advance_in(objection, SEAT, place, "vote", acting=for_expert(by), now=now, closed_at=now, sealed_votes=sealed)
        close_tasks(place.uuid, now=now, kinds=[Task.Kind.VOTE], by=by)
        forget_draft(place)
        _conclude_if_complete(panel, now)
        return place


def _conclude_if_complete(panel: Panel, now: datetime) -> None:
    seats = list(panel.seats.filter(state=Seat.State.VOTED).select_related("expert").order_by("pk"))
    if len(seats) < panel.size:
        return
    rule = policy_of(panel.objection).get("panel.outcome")
    cast = {place: _opened(place) for place in seats}
    for point in panel.points.select_related("item", "entry").order_by("number"):
        Vote.objects.bulk_create(_judged(point, {place: each[point.pk] for place, each in cast.items()}, rule))
    objection = panel.objection
    advance_in(objection, PANEL, panel, "conclude", acting=CLOCK, now=now, concluded_at=now)
    give_back(objection, acting=CLOCK, now=now)


def _opened(place: Seat) -> dict[int, Ballot]:
    assert place.sealed_votes is not None  # the database refuses a seat that voted without
    words = place.vault.unseal_words(bytes(place.sealed_votes))
    return {int(point): Ballot(*ballot) for point, ballot in words.items()}


def _judged(point: PointOfDispute, cast: Mapping[Seat, Ballot], rule: str) -> list[Vote]:
    """The votes on a point, those that differ from the majority marked.

    They are put in order by the points that the entry began with, whatever was corrected while the experts voted.
    """
    proposed = points_at_first(point)
    outcomes = {
        place: verdict.outcome_of(left_of(ballot.result, ballot.points, proposed), proposed)
        for place, ballot in cast.items()
    }
    votes = [verdict.Vote(str(place.uuid), outcome) for place, outcome in outcomes.items()]
    dissenting = {each.expert for each in verdict.majority(votes, proposed, rule=rule).dissent}
    return [
        Vote(
            seat=place,
            point=point,
            result=ballot.result,
            points=ballot.points,
            reasons=ballot.reasons,
            dissenting=str(place.uuid) in dissenting,
        )
        for place, ballot in cast.items()
    ]


def _require_vote(
    place: Seat, votes: Mapping[int, tuple[str, int | None, str]], by: User, now: datetime
) -> dict[int, Ballot]:
    require_may_vote(place, by, now)
    return _require_ballots(place.panel, votes)


def require_may_vote(place: Seat, by: User, now: datetime) -> None:
    """Refuse whoever is not the expert of the seat, is not asked any more, comes too late, or has to step back."""
    require_expert(place, by)
    require_possible(SEAT, place, "vote")
    _require_in_time(place, now)
    _require_independent(place, now)


def _require_in_time(place: Seat, now: datetime) -> None:
    """The last day decides, not the moment at which the clock comes by."""
    task = Task.objects.filter(subject=place.uuid, kind=Task.Kind.VOTE, state=Task.State.OPEN).first()
    if task is not None and task.due_on is not None and task.due_on < shanghai_day(now):
        raise Refused(
            "vote_too_late",
            _("The last day to vote was %(day)s. The seat goes to the next reserve of the draw.")
            % {"day": day(task.due_on)},
            field="votes",
            value=task.due_on,
        )


def _require_independent(place: Seat, now: datetime) -> None:
    if MUST_STEP_BACK & set(reasons_now(place.panel, place.expert, today=shanghai_day(now))):
        raise Refused(
            "must_step_back",
            _("You work at an institution of this case, have a part in it or declared a conflict. Step back instead."),
            field="seat",
        )


def _require_ballots(panel: Panel, votes: Mapping[int, tuple[str, int | None, str]]) -> dict[int, Ballot]:
    points = {point.pk: point for point in panel.points.select_related("item", "entry")}
    if points.keys() != votes.keys():
        raise Refused(
            "vote_incomplete",
            _("Vote on every point of the panel: there are %(count)s.") % {"count": len(points)},
            field="votes",
            value=len(votes),
        )
    return {pk: _require_ballot(points[pk], *ballot) for pk, ballot in votes.items()}


def _require_ballot(point: PointOfDispute, result: str, points: int | None, reasons: str) -> Ballot:
    require_choice("result", result, Result.values)
    proposed = disputed_points(point)
    if result == Result.REDUCED and (points is None or not 1 <= points < proposed):
        raise Refused(
            "reduction_does_not_fit",
            _("Point %(number)s is about %(proposed)s points. A reduction names 1 at the least, and fewer than these.")
            % {"number": point.number, "proposed": proposed},
            field="points",
            value=points,
        )
    if result != Result.REDUCED and points is not None:
        raise Refused("points_without_reduction", _("Only a reduction names points."), field="points", value=points)
    return Ballot(result, points, required(reasons, field="reasons"))
