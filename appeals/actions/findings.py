"""What a review says of each point of dispute, and what that makes of the points behind it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.models import Objection, PointOfDispute, Result
from appeals.queries.disputed import disputed_points
from appeals.queries.panels import needs_panel, panel_outcomes
from appeals.rules.verdict import Outcome, combined
from registry.actions.corrections import Correction
from registry.actions.decisions import Finding
from registry.actions.errors import Refused
from registry.actions.requirements import require_choice, required
from registry.models import Fact, ProposedEntry


@dataclass(frozen=True, slots=True)
class PointResult:
    """The outcome of one point of dispute and its grounds. Only a reduction names `points`, at least 1.

    `months` replaces the months of suspension of a recorded entry that is reduced; None means the policy's default.
    """

    result: str
    grounds: str
    points: int | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the results make of proposed entries, by id, and of recorded ones; what is upheld needs no correction."""

    findings: Mapping[int, Finding]
    corrections: tuple[Correction, ...]

    @property
    def annuls(self) -> bool:
        """An entry on record is annulled: two people sign."""
        return any(correction.annuls for correction in self.corrections)


Subject = ProposedEntry | Fact
Found = list[tuple[Outcome, PointResult]]


def weigh_results(objection: Objection, results: Mapping[int, PointResult]) -> Weighed:
    """Check the result of every point, by its id, and join those about the same thing in the person's favour.

    Raises Refused for a point without a result or grounds, for points that do not lower, for a result that differs
    from that of the panel, and for a professional question that no panel answered. The field of a refusal ends in the
    number of the point.
    """
    points = list(objection.points.select_related("item", "entry__practitioner", "entry__agency").order_by("number"))
    _require_each(points, results)
    answers = panel_outcomes(objection)
    by_subject: dict[Subject, Found] = {}
    stakes: dict[Subject, int] = {}
    for point in points:
        result, stake = results[point.pk], disputed_points(point)
        outcome = _outcome(point, result, stake)
        _require_panel(point, outcome, answers.get(point.pk))
        if stake:
            stakes[subject := _subject(point)] = stake
            by_subject.setdefault(subject, []).append((outcome, result))
    findings: dict[int, Finding] = {}
    corrections: list[Correction] = []
    for subject, found in by_subject.items():
        joined = combined([outcome for outcome, _result in found], stakes[subject])
        if isinstance(subject, ProposedEntry):
            points_left = joined.points if joined.kind == Result.REDUCED else None
            findings[subject.pk] = Finding(ProposedEntry.Outcome(joined.kind), points_left)
        elif joined.kind != Result.UPHELD:
            corrections.append(Correction(subject, joined.points or None, _months(joined, found)))
    return Weighed(findings, tuple(corrections))


def require_points(result: str, points: int | None, stake: int, *, field: str) -> None:
    """Refuse points that are no reduction of those at stake, and points where nothing is reduced."""
    if result != Result.REDUCED:
        if points is not None:
            raise Refused(
                "points_without_reduction",
                _("Only a reduction names points; leave %(points)s out.") % {"points": points},
                field=field,
                value=points,
            )
    elif not 1 <= (points or 0) < stake:
        raise Refused(
            "reduction_does_not_lower",
            _("%(stake)s points are at stake; a reduction names 1 to %(most)s. Annul them to leave none.")
            % {"stake": stake, "most": stake - 1}
            if stake > 1
            else _("A single point cannot be reduced; uphold or annul it."),
            field=field,
            value=points,
        )


def told(kind: str, points: int) -> str | Promise:
    """An outcome in words."""
    if kind == Result.REDUCED:
        return _("reduced to %(points)s") % {"points": points}
    return Result(kind).label


def _require_each(points: Iterable[PointOfDispute], results: Mapping[int, PointResult]) -> None:
    numbers = {point.pk: point.number for point in points}
    for pk in results:
        if pk not in numbers:
            raise Refused(
                "point_of_another",
                _("A result is for a point of another objection. Reload the page and try again."),
                field="results",
                value=pk,
            )
    for pk, number in numbers.items():
        if pk not in results:
            raise Refused(
                "result_missing",
                _("Point %(number)s has no result. Decide every point of dispute.") % {"number": number},
                field=f"result_{number}",
                value=number,
            )


def _outcome(point: PointOfDispute, result: PointResult, stake: int) -> Outcome:
    number = point.number
    require_choice(f"result_{number}", result.result, Result.values)
    required(result.grounds, field=f"grounds_{number}")
    if not stake and result.result != Result.ANNULLED:
        raise Refused(
            "annulled_meanwhile",
            _("Point %(number)s is about an entry that was annulled meanwhile; its result is “annulled”.")
            % {"number": number},
            field=f"result_{number}",
            value=result.result,
        )
    require_points(result.result, result.points, stake, field=f"points_{number}")
    if result.result == Result.REDUCED:
        return Outcome(result.result, result.points or 0)
    return Outcome(result.result, stake if result.result == Result.UPHELD else 0)


def _require_panel(point: PointOfDispute, outcome: Outcome, answer: Outcome | None) -> None:
    if answer is not None and outcome != answer:
        raise Refused(
            "panel_decided_otherwise",
            _("The panel decided point %(number)s by majority: %(answer)s. The decision follows it.")
            % {"number": point.number, "answer": told(answer.kind, answer.points)},
            field=f"result_{point.number}",
            value=outcome.kind,
        )
    if answer is None and outcome.kind != Result.ANNULLED and needs_panel(point):
        raise Refused(
            "peer_review_missing",
            _(
                "Point %(number)s is a professional question. Refer it to a panel, or find with reasons that it is"
                " none; without a panel it can only be annulled."
            )
            % {"number": point.number},
            field=f"result_{point.number}",
            value=outcome.kind,
        )


def _subject(point: PointOfDispute) -> Subject:
    subject = point.item or point.entry
    assert subject is not None  # the database refuses a point about nothing
    return subject


def _months(joined: Outcome, found: Sequence[tuple[Outcome, PointResult]]) -> int | None:
    """The fewest months named for the outcome that holds."""
    named = [result.months for outcome, result in found if outcome == joined and result.months is not None]
    return min(named, default=None)
