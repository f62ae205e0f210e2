"""Figures about objections: how many there are, what became of them, and how long it took."""

from datetime import date, timedelta

import pytest

from appeals.models import Objection
from appeals.queries.statistics import OBJECTIONS_BY, OUTCOMES_BY, filed, outcomes
from registry.models import Assignment, Role
from registry.queries.scope import Scope, scope_of
from registry.queries.statistics import During
from tests.appeals.disputes import decided, in_review, objected
from tests.casework import Desk, desk, received
from tests.town import TODAY, build

pytestmark = pytest.mark.django_db

EVERYWHERE = Scope((Assignment(role=Role.AUDITOR),))
MARCH = During(date(2025, 3, 1), date(2025, 3, 31))
DISPUTED = 2
"""Points of dispute of the surgeon's objection."""


@pytest.fixture
def here() -> Desk:
    """The surgeon's objection about two entries is decided, the nurse's waits for a reviewer."""
    found = desk()
    decided(found, in_review(found, objected(received(found, 4, 2), "不是我做的", "情节较轻")), "annulled", 1)
    objected(received(found, 3, who=found.nurse, number="罚字2号"), "不是我做的")
    return found


def test_objections_are_counted_by_how_far_they_are(here: Desk) -> None:
    (line,) = filed(EVERYWHERE, MARCH, by="agency").lines
    assert (line.key, line.name) == (here.town.agency.code, here.town.agency.name)
    figures = dict(line.figures)
    assert figures.pop("took") == timedelta(hours=5)
    assert figures == {
        "filed": 2, "late": 0, "open": 1, "decided": 1, "refused": 0, "withdrawn": 0, "out_of_scope": 0
    }  # fmt: skip
    assert {line.key for line in filed(EVERYWHERE, MARCH, by="category").lines} == {"physician", "nurse"}
    assert [line.name for line in filed(EVERYWHERE, MARCH, by="kind").lines] == [
        str(Objection.Kind.PROPOSED_POINTS.label)
    ]
    assert [line.key for line in filed(EVERYWHERE, MARCH, by="institution").lines] == [here.town.hospital.code]
    assert filed(EVERYWHERE, During(date(2025, 4, 1), date(2025, 4, 30)), by="agency").lines == ()


def test_what_became_of_each_point_of_dispute_is_counted_when_it_is_decided(here: Desk) -> None:
    (line,) = outcomes(EVERYWHERE, MARCH, by="reviewer").lines
    assert line.key == here.reviewer.username
    assert dict(line.figures) == {
        "disputed": DISPUTED, "objections": 1, "upheld": 0, "reduced": 1, "annulled": 1, "professional": 0
    }  # fmt: skip
    by_situation = {line.key: line.figures for line in outcomes(EVERYWHERE, MARCH, by="situation").lines}
    assert (by_situation["2-99"]["annulled"], by_situation["1-99"]["reduced"]) == (1, 1)


@pytest.mark.parametrize("by", OBJECTIONS_BY)
def test_every_way_of_grouping_objections_counts_all_of_them(here: Desk, by: str) -> None:
    assert sum(line.figures["filed"] for line in filed(EVERYWHERE, MARCH, by=by).lines) == 2


@pytest.mark.parametrize("by", OUTCOMES_BY)
def test_every_way_of_grouping_outcomes_counts_all_of_them(here: Desk, by: str) -> None:
    assert sum(line.figures["disputed"] for line in outcomes(EVERYWHERE, MARCH, by=by).lines) == DISPUTED


def test_objections_of_another_region_are_not_counted(here: Desk) -> None:
    stranger = scope_of(desk(build("320100")).scorer, TODAY)
    assert filed(stranger, MARCH, by="region").lines == ()
    assert outcomes(stranger, MARCH, by="region").lines == ()
    ours = scope_of(here.scorer, TODAY)
    assert [line.key for line in filed(ours, MARCH, by="province").lines] == ["430000"]
    assert filed(ours, During(MARCH.from_, MARCH.until, prefix="32"), by="region").lines == ()
