"""What a large register keeps of its figures is what is counted at that moment, and says since when."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import time_machine

from registry.actions.figures import count_figures
from registry.actions.one_by_one import SomeFailed
from registry.admin.comparing import is_late
from registry.models import KeptFigures, Registration
from registry.queries import kept_figures, shares
from registry.queries.ranking import Ranking, ranked
from registry.queries.shares import Near, near_or_over
from tests.queries import random_register
from tests.queries.test_statistics import SCOPES
from tests.town import at

pytestmark = pytest.mark.django_db

TODAY = date(2025, 12, 31)
NOW = at(TODAY)
PREFIXES = ("", "43", "4301", "51")


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A register counts as large here, however few people it has."""
    monkeypatch.setattr(kept_figures, "LARGE", -1)


def asked(seen: Any) -> list[Ranking | Near]:
    regions: list[Ranking | Near] = [
        ranked(seen, year=2025, today=TODAY, prefix=prefix, sort="share") for prefix in PREFIXES
    ]
    return [*regions, *(near_or_over(seen, TODAY, prefix=prefix) for prefix in PREFIXES)]


def figures(answers: list[Ranking | Near]) -> list[Any]:
    return [each.rows if isinstance(each, Ranking) else each.places for each in answers]


@pytest.mark.parametrize("where", SCOPES)
@pytest.mark.parametrize("seed", range(3))
def test_kept_figures_are_those_counted_at_that_moment(seed: int, where: str) -> None:
    random_register.build(Random(seed), people=20)
    seen = SCOPES[where]()
    counted = asked(seen)
    assert all(each.counted_at is None for each in counted)
    assert count_figures(now=NOW) == ["near 2025", "regions 2025"]
    kept = asked(seen)
    assert figures(kept) == figures(counted)
    whole = [seen.covers_all_of(prefix) for prefix in PREFIXES * 2]
    assert [each.counted_at for each in kept] == [NOW if all_of else None for all_of in whole]


def test_they_say_since_when_until_they_are_counted_again() -> None:
    random_register.build(Random(1), people=20)
    seen = SCOPES["everywhere"]()
    count_figures(now=NOW)
    before = figures(asked(seen))
    Registration.objects.filter(starts_on__lt=TODAY).update(ends_on=TODAY)
    assert count_figures(now=NOW + timedelta(minutes=59)) == []
    assert figures(asked(seen)) == before
    assert count_figures(now=NOW + timedelta(minutes=60)) == ["near 2025", "regions 2025"]
    assert figures(asked(seen)) != before


def test_years_that_are_over_are_counted_again_once_a_day() -> None:
    new_year = at(date(2026, 1, 1))
    assert count_figures(now=new_year) == ["near 2026", "regions 2026", "regions 2025"]
    assert count_figures(now=new_year + timedelta(hours=2)) == ["near 2026", "regions 2026"]
    assert count_figures(now=new_year + timedelta(days=1)) == ["near 2026", "regions 2026", "regions 2025"]


def test_a_register_that_is_not_large_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    count_figures(now=NOW)
    monkeypatch.setattr(kept_figures, "LARGE", 1_000_000)
    assert count_figures(now=NOW) == []
    assert not KeptFigures.objects.exists()


def test_what_cannot_be_counted_holds_up_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "to_keep", lambda today: 1 / 0)
    with pytest.raises(SomeFailed):
        count_figures(now=NOW)
    assert set(KeptFigures.objects.values_list("name", flat=True)) == {"regions 2025"}


def test_figures_that_nobody_counts_any_more_are_late() -> None:
    with time_machine.travel(NOW, tick=False):
        assert [is_late(NOW - timedelta(hours=hours), 2025) for hours in (0, 3, 4)] == [False, False, True]
        assert [is_late(NOW - timedelta(hours=hours), 2024) for hours in (4, 26, 27)] == [False, False, True]
        assert is_late(None, 2025) is False
