"""What a panel decides on one point of dispute, and what several points do to the same proposed item.

An expert's vote is one of three: the proposed points are *upheld*; they are *reduced*, to 1 up to one less than
proposed; or they are *annulled*. Told by the points that are left (proposed, fewer, or 0), votes have an order, and the
panel's outcome is the vote in the middle of it: the one number at which a majority of the experts says “no more than
this”, and a majority says “no fewer”. Where a majority votes the same, that is the outcome; where three experts say
three different things, the middle one is a decision of this register (the policy's `panel.outcome`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from appeals.rules.pool import SIZES
from registry.rules.facts import MOST_POINTS

UPHELD = "upheld"
REDUCED = "reduced"
ANNULLED = "annulled"

KINDS = (UPHELD, REDUCED, ANNULLED)
"""What can come of a point of dispute, the heaviest first."""

MEDIAN = "median"
"""The only way to decide so far, as the policy's `panel.outcome` names it."""


class InvalidVerdict(ValueError):
    """Votes or outcomes that nothing follows from: which field, which value, and why not."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(f"{field} = {value!r}: {reason}")
        self.field = field
        self.value = value
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of the proposed points; `points` are those left: as many as proposed, fewer, or 0 where annulled."""

    kind: str
    points: int


@dataclass(frozen=True, slots=True)
class Vote:
    """What one expert of the panel says; None as long as the seat has not voted."""

    expert: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a panel, with the votes that are not the same, in the order of the seats."""

    outcome: Outcome
    dissent: tuple[Vote, ...]


def outcome_of(points: int, proposed: int) -> Outcome:
    """The outcome that leaves these points of the proposed ones. Raises `InvalidVerdict` for more, or fewer than 0."""
    _check_proposed(proposed)
    if not 0 <= points <= proposed:
        raise InvalidVerdict("points", points, f"a review leaves 0 to {proposed} points of {proposed}")
    if points == 0:
        return Outcome(ANNULLED, 0)
    return Outcome(UPHELD if points == proposed else REDUCED, points)


def said(kind: str, proposed: int, *, reduced_to: int | None = None) -> Outcome:
    """The outcome as people say it: only a reduction names its points.

    Raises `InvalidVerdict` for an unknown kind, a reduction without points, and points with anything else.
    """
    if (kind == REDUCED) != (reduced_to is not None):
        raise InvalidVerdict("reduced_to", reduced_to, f"belongs to {REDUCED}, and is needed there; this is {kind}")
    outcome = Outcome(kind, {UPHELD: proposed, ANNULLED: 0}.get(kind, reduced_to or 0))
    check(outcome, proposed)
    return outcome


def check(outcome: Outcome, proposed: int) -> None:
    """Raise `InvalidVerdict` where the kind is unknown or its points are not those of the kind."""
    if outcome.kind not in KINDS:
        raise InvalidVerdict("kind", outcome.kind, f"must be one of: {', '.join(KINDS)}")
    if outcome_of(outcome.points, proposed).kind != outcome.kind:
        raise InvalidVerdict("points", outcome.points, f"cannot be what is left of {proposed} when {outcome.kind}")


def majority(votes: Sequence[Vote], proposed: int, *, rule: str = MEDIAN) -> Verdict:
    """The outcome of a whole panel: one vote for each seat.

    Raises `InvalidVerdict` for a panel of another size than 3 or 5, a seat that has not voted, an expert with two
    seats, a vote that cannot be cast, and a rule that is not known.
    """
    if rule != MEDIAN:
        raise InvalidVerdict("rule", rule, f"must be one of: {MEDIAN}")
    cast = _cast(votes, proposed)
    middle = sorted(each.points for each in cast)[len(cast) // 2]
    outcome = outcome_of(middle, proposed)
    return Verdict(outcome, tuple(vote for vote in votes if vote.outcome != outcome))


def combined(outcomes: Iterable[Outcome], proposed: int) -> Outcome:
    """What holds where several points of dispute concern the same proposed points: the best for the person.

    Annulled beats reduced, the lowest reduction beats the others, and any of them beats upheld. Raises
    `InvalidVerdict` where there is no outcome, or one that cannot be.
    """
    found = list(outcomes)
    if not found:
        raise InvalidVerdict("outcomes", found, "at least one point of dispute must have an outcome")
    for each in found:
        check(each, proposed)
    return min(found, key=lambda outcome: outcome.points)


def _cast(votes: Sequence[Vote], proposed: int) -> list[Outcome]:
    if len(votes) not in SIZES:
        raise InvalidVerdict("votes", len(votes), f"a panel has one of: {', '.join(map(str, SIZES))} seats")
    cast: dict[str, Outcome] = {}
    for vote in votes:
        if vote.expert in cast:
            raise InvalidVerdict("expert", vote.expert, "has two seats")
        if vote.outcome is None:
            raise InvalidVerdict("expert", vote.expert, "has not voted")
        check(vote.outcome, proposed)
        cast[vote.expert] = vote.outcome
    return list(cast.values())


def _check_proposed(proposed: int) -> None:
    if not 1 <= proposed <= MOST_POINTS:
        raise InvalidVerdict("proposed", proposed, f"must be 1 to {MOST_POINTS} points")
