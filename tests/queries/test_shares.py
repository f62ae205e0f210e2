"""Institutions with a share of sanctioned staff, against the ratio of each one by one."""

from datetime import date
from random import Random

import pytest

from registry.models import Institution
from registry.queries.ratio import ratio_of
from registry.queries.shares import is_near, near_or_over, shares
from tests.queries import random_register
from tests.queries.test_statistics import EVERYWHERE, SCOPES

pytestmark = pytest.mark.django_db


def test_institutions_with_a_share_come_page_by_page() -> None:
    random_register.build(Random(3), people=20)
    on, after, seen = date(2025, 12, 31), 0, []
    while True:
        page, after = shares(EVERYWHERE, on, after=after, size=1)
        seen += list(page)
        if not after:
            break
    expected = [ratio for place in Institution.objects.order_by("pk") if (ratio := ratio_of(place, on)).times]
    assert expected
    assert seen == expected


@pytest.mark.parametrize("where", SCOPES)
@pytest.mark.parametrize("seed", range(4))
def test_institutions_near_the_ratio_are_those_found_one_by_one(seed: int, where: str) -> None:
    """Also where files were merged, and where more people are registered than are counted."""
    random_register.build(Random(seed), people=20)
    seen, on = SCOPES[where](), date(2025, 12, 31)
    every = [ratio_of(place, on) for place in seen.institutions().order_by("pk")]
    near = sorted(filter(is_near, every), key=lambda ratio: -(ratio.per_cent or 0))
    found = near_or_over(seen, on).places
    assert [(place.id, place.times, place.staff) for place in found] == [
        (ratio.institution.pk, len(ratio.times), ratio.staff) for ratio in near
    ]
    assert [place.reached for place in found] == [ratio.reached.rule if ratio.reached else "" for ratio in near]
    for prefix in ("43", "4301", "51"):
        inside = [place for place in found if place.region.startswith(prefix)]
        assert list(near_or_over(seen, on, prefix=prefix).places) == inside
