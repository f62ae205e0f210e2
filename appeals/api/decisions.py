"""The decision of an objection, point by point, and everything it would do, before it is done."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rest_framework.exceptions import NotFound

from appeals.actions.findings import PointResult
from appeals.actions.reviews import decide_objection, preview_decision
from appeals.api.objections import OnObjection, as_it_stands
from appeals.models import Objection, Result
from appeals.queries.objections import acts_on, objections
from registry.actions.errors import Refused
from registry.api.given import NOT_KNOWN, Choice, Given, Prose, Text, Whole, several
from registry.api.previews import Preview
from registry.api.problems import SECOND_MISSING, VALUE_REFUSED, Problem
from registry.api.reach import CorrectionShape
from registry.api.subjects import one
from registry.queries.faults import REPEATED_MEMBER, FieldError
from registry.queries.reach import reach_of
from registry.queries.roles import REVIEWING


class PointResultGiven(Given):
    """The outcome of one point, by its number. Only a reduction names `points`."""

    point = Whole(min_value=1, help_text="the number of the point")
    result = Choice(choices=Result.values)
    points = Whole(min_value=1, max_value=11, required=False, allow_null=True, help_text="those left by a reduction")
    months = Whole(min_value=1, max_value=6, required=False, allow_null=True, help_text="by the policy unless told")
    grounds = Prose(max_length=20000)


class ResultsGiven(Given):
    """The outcome of every point."""

    results = several(PointResultGiven, min_length=1, max_length=50)


class DecideObjectionGiven(ResultsGiven):
    """The outcome of every point, and the text of the decision, as the person is told."""

    decision = Prose(max_length=20000)
    document_number = Text(default="", allow_blank=True, max_length=120)


def results_of(objection: Objection, sent: list[dict[str, Any]]) -> dict[int, PointResult]:
    """The outcomes by id of the point. Raises Problem for a number that no point has, or that is named twice."""
    ids = dict(objection.points.values_list("number", "pk"))
    found: dict[int, PointResult] = {}
    wrong: list[FieldError] = []
    for n, each in enumerate(sent):
        field, number = f"results[{n}].point", each["point"]
        if number not in ids:
            wrong.append(NOT_KNOWN.of(field, str(number)))
        elif ids[number] in found:
            wrong.append(REPEATED_MEMBER.of(field, str(number)))
        else:
            found[ids[number]] = PointResult(each["result"], each["grounds"], each.get("points"), each.get("months"))
    if wrong:
        raise Problem(VALUE_REFUSED, errors=wrong)
    return found


@contextmanager
def at_the_point(sent: list[dict[str, Any]]) -> Iterator[None]:
    """Within, what is refused of one point is refused at its member of the body."""
    try:
        yield
    except Refused as refusal:
        member, _, number = (refusal.field or "").rpartition("_")
        place = next((n for n, each in enumerate(sent) if str(each["point"]) == number), None)
        if place is None:
            raise
        words = str(refusal.message)
        error = FieldError(f"results[{place}].{member}", refusal.value, refusal.code, words, words)
        raise Problem(VALUE_REFUSED, words, errors=[error], code=refusal.code) from refusal


class PreviewDecision(Preview):
    """What a decision of an objection would do today, on other days, and who would have to be told again."""

    tag = "objections"
    shape = CorrectionShape
    given = ResultsGiven
    seen_by = REVIEWING

    def subject(self, **path: Any) -> Objection:
        rows = objections(self.asker.scope).select_related("agency__region", "practitioner")
        found = one(rows, uuid=path["objection"])
        if not acts_on(self.asker.scope, found, self.seen_by):
            raise NotFound
        return found

    def found(self, subject: Objection, values: dict[str, Any]) -> Mapping[str, Any]:
        results = results_of(subject, values["results"])
        with at_the_point(values["results"]):
            seen = preview_decision(objection=subject, results=results, now=self.asker.now)
        reach = reach_of(seen.difference, entries=seen.entries) if seen.difference else None
        return {"before": seen.before, "after": seen.after, "needs_second": seen.needs_second, "reach": reach}


class DecideObjection(OnObjection):
    """Decide every point of an objection, as its reviewer; what a panel decided is followed.

    All of it is carried out at once, or nothing. Where it terminates or annuls an entry, a second officer signs, who
    had no part in the points either.
    """

    given = DecideObjectionGiven
    done_by = REVIEWING
    two_people = True

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        sent = values.pop("results")
        results = results_of(subject, sent)
        with at_the_point(sent):
            needed = preview_decision(objection=subject, results=results, now=self.asker.now).needs_second
            if needed and self.second is None:
                raise Problem(SECOND_MISSING)
            return as_it_stands(
                decide_objection(
                    objection=subject,
                    results=results,
                    by=self.asker.user,
                    second=self.second if needed else None,
                    now=self.asker.now,
                    **values,
                )
            )
