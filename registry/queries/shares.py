"""Institutions whose people were sanctioned in a year, with their share of staff against the thresholds."""

from collections.abc import Sequence
from datetime import date

from registry.queries.ratio import Ratio, places_with_times, ratios
from registry.queries.scope import Scope


def shares(
    seen: Scope, on: date, *, prefix: str = "", reached: bool = False, after: int = 0, size: int
) -> tuple[Sequence[Ratio], int]:
    """A page of the ratios on the day, in the order of the institutions, and the id after which the next one goes on.

    Only institutions with a person-time; with `reached` only those at a threshold. The id is 0 at the end.
    """
    places = seen.institutions().filter(pk__in=places_with_times(on), region__code__startswith=prefix, pk__gt=after)
    page = list(places.order_by("pk")[: size + 1])
    found = ratios(page[:size], [on])
    shown = [found[place.pk, on] for place in page[:size]]
    kept = [ratio for ratio in shown if ratio.times and (ratio.reached or not reached)]
    return kept, page[size - 1].pk if len(page) > size else 0


MOST = 2_000
"""Institutions with sanctioned people that are put in order while somebody waits."""
NEAR = 75
"""Per cent of the lowest threshold from which an institution is near it."""


def near_or_over(seen: Scope, on: date, *, prefix: str = "") -> tuple[Ratio, ...]:
    """The institutions near a threshold of their policy or over it, the highest share first. At most seven queries.

    At most MOST institutions with a person-time are looked at, in order of their numbers.
    """
    places = seen.institutions().filter(pk__in=places_with_times(on), region__code__startswith=prefix)
    page = list(places.select_related("region").order_by("pk")[:MOST])
    found = ratios(page, [on])
    kept = [found[place.pk, on] for place in page if is_near(found[place.pk, on])]
    return tuple(sorted(kept, key=lambda ratio: (-(ratio.per_cent or 0), ratio.institution.pk)))


def is_near(ratio: Ratio) -> bool:
    """Whether the share is near the lowest threshold of its policy, or over it."""
    lowest = min((each.per_cent for each in ratio.thresholds), default=None)
    return lowest is not None and bool(ratio.staff) and len(ratio.times) * 10_000 >= lowest * NEAR * ratio.staff
