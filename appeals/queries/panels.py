"""What is known of panels: the published draw, the outcome once all votes are in, who served and how often."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.models import Expert, Objection, Panel, PointOfDispute, Result, Seat, Vote
from appeals.queries.disputed import disputed_points
from appeals.queries.pool import LEFT_THE_POOL, names_of
from appeals.rules import exclusions, verdict
from registry.ledger.days import SHANGHAI

REASONS: Mapping[str, str | Promise] = {
    exclusions.OTHER_SPECIALTY: _("another specialty"),
    exclusions.SAME_INSTITUTION_NOW: _("works at an institution of the case"),
    exclusions.SAME_INSTITUTION_RECENTLY: _("worked at an institution of the case too recently"),
    exclusions.DECLARED_CONFLICT: _("declared a conflict"),
    exclusions.PART_IN_THE_CASE: _("has a part in the case"),
    exclusions.UNAVAILABLE: _("not available on that day"),
    LEFT_THE_POOL: _("left the pool"),
}
"""Why an expert does not sit, in words."""


@dataclass(frozen=True, slots=True)
class Said:
    """One expert's opened vote on one point."""

    expert: Expert
    result: str
    points: int | None
    reasons: str
    dissenting: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What a panel decided on one point, and all votes in the order of the seats; only a reduction has points."""

    point: PointOfDispute
    result: str
    points: int | None
    votes: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Honorarium:
    """How many seats an expert voted on in a year."""

    expert: Expert
    votes: int


@dataclass(frozen=True, slots=True)
class Lot:
    """An expert in a draw: the name there, who it is, place in the order of drawing, and the reasons against them."""

    name: str
    expert: Expert | None
    place: int | None = None
    load: int | None = None
    tickets: int | None = None
    reasons: tuple[str | Promise, ...] = ()


def draw_json(panel: Panel) -> str:
    """The public form of the draw, which `manage.py verify_draw` reads; there must be a draw."""
    if panel.draw is None:
        raise ValueError(f"panel {panel.uuid} has not been drawn")
    return json.dumps(panel.draw, indent=1) + "\n"


def lots_of(panel: Panel) -> tuple[list[Lot], list[Lot]]:
    """Who was drawn, in order, and who was excluded, with the people behind the names; for the office only."""
    result: Mapping[str, Any] = panel.draw["result"] if panel.draw else {"drawn": [], "excluded": []}
    names = names_of(panel)
    people = {names.expert(expert.uuid): expert for expert in Expert.objects.all()}
    drawn = [
        Lot(each["expert"], people.get(each["expert"]), place, each["load"], each["tickets"])
        for place, each in enumerate(result["drawn"], start=1)
    ]
    excluded = [
        Lot(each["expert"], people.get(each["expert"]), reasons=tuple(REASONS[code] for code in each["reasons"]))
        for each in result["excluded"]
    ]
    return drawn, excluded


def judged(panel: Panel) -> list[Judged]:
    """The outcome of a concluded panel by point of dispute. Before that nobody knows anything: empty."""
    if panel.state != Panel.State.CONCLUDED:
        return []
    votes = Vote.objects.filter(seat__panel=panel).select_related("seat__expert", "point").order_by("seat_id")
    by_point: dict[PointOfDispute, list[Vote]] = {}
    for vote in votes:
        by_point.setdefault(vote.point, []).append(vote)
    ordered = sorted(by_point.items(), key=lambda pair: pair[0].number)
    return [_judged(point, cast) for point, cast in ordered]


def panel_outcomes(objection: Objection) -> dict[int, verdict.Outcome]:
    """What concluded panels decided, by the id of the point of dispute; a majority decides, so the reviewer follows.

    It leaves nobody more points than the entry has by now; an entry that was annulled meanwhile needs no outcome.
    """
    concluded = objection.panels.filter(state=Panel.State.CONCLUDED).order_by("pk")
    found = [each for panel in concluded for each in judged(panel)]
    return {each.point.pk: _outcome(each) for each in found if disputed_points(each.point)}


def needs_panel(point: PointOfDispute) -> bool:
    """Whether the point is for experts, and none of its panels was given up for want of them."""
    return point.professional and not point.panels.filter(state=Panel.State.FAILED).exists()


def left_of(result: str, points: int | None, proposed: int) -> int:
    """The points that a vote leaves of those proposed."""
    return {Result.UPHELD.value: proposed, Result.ANNULLED.value: 0}.get(result, points or 0)


def honoraria(year: int, experts: QuerySet[Expert]) -> list[Honorarium]:
    """How many seats each of the experts voted on in a year of Shanghai, whatever became of the panel; by name."""
    first, after = (datetime.combine(date(each, 1, 1), time(), SHANGHAI) for each in (year, year + 1))
    seats = Seat.objects.filter(closed_at__gte=first, closed_at__lt=after, expert__in=experts)
    counted = honoraria_of(seats)
    who = experts.in_bulk(list(counted))
    found = [Honorarium(who[pk], votes) for pk, votes in counted.items()]
    return sorted(found, key=lambda each: (each.expert.name, each.expert.pk))


def honoraria_of(seats: QuerySet[Seat]) -> dict[int, int]:
    """The seats voted on among these, by the id of the expert; one query."""
    counted = seats.filter(state=Seat.State.VOTED).values("expert").annotate(voted=Count("pk")).order_by("expert")
    return {row["expert"]: row["voted"] for row in counted}


def _judged(point: PointOfDispute, cast: Sequence[Vote]) -> Judged:
    """The outcome is the vote of whoever agrees with the majority."""
    agreeing = next(vote for vote in cast if not vote.dissenting)
    return Judged(point, agreeing.result, agreeing.points, tuple(map(_said, cast)))


def _outcome(found: Judged) -> verdict.Outcome:
    present = disputed_points(found.point)
    return verdict.outcome_of(min(left_of(found.result, found.points, present), present), present)


def _said(vote: Vote) -> Said:
    return Said(vote.seat.expert, vote.result, vote.points, vote.reasons, vote.dissenting)
