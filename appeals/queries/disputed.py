"""How many points a point of dispute is about."""

from appeals.models import PointOfDispute
from registry.actions.corrections import present_points


def disputed_points(point: PointOfDispute) -> int:
    """The points proposed, or those that the entry on record has after its revisions."""
    if point.item is not None:
        return point.item.points
    assert point.entry is not None  # the database refuses a point about nothing
    return present_points(point.entry)[0]
