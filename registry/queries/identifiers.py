"""Who identified a responsibility, now or before: whoever ever did does not score it."""

from registry.models import Responsibility


def identifiers_of(responsibility: Responsibility) -> set[int]:
    """The ids of the users who gave the person this grade or an earlier one."""
    earlier = Responsibility.history.filter(id=responsibility.pk).values_list("recorded_by", flat=True)
    return {user for user in (responsibility.recorded_by_id, *earlier) if user is not None}
