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
