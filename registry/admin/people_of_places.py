"""The list of people, where it is one of the people of a place: they are walked along as they stand by their place."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from registry.admin.filters import RegionOfPerson
from registry.admin.keyset import KeysetChangeList
from registry.admin.roles import scope
from registry.models import Region, Whereabouts


class PeopleChangeList(KeysetChangeList):
    """People by the number of their file."""

    def numbers(self, request: HttpRequest, column: str, edge: str | None, *, descending: bool) -> QuerySet[Any, Any]:
        """The numbers of the files from the edge on.

        Of one place, they are read off its own register of people, which has them in order; whatever else is asked is
        asked of each on the way. Otherwise everybody is walked along.
        """
        seen, people = scope(request), self.queryset.order_by()
        if len(seen.places) == 1 and len(seen.assignments) == 1:
            there: QuerySet[Any] = seen.registrations()
        elif prefix := self._region(request):
            there = Whereabouts.objects.filter(prefix=prefix)
        else:
            return super().numbers(request, column, edge, descending=descending)
        there = there.filter(practitioner__in=people)
        if edge:
            there = there.filter(**{f"practitioner__{'lt' if descending else 'gt'}": int(edge)})
        order = "-practitioner_id" if descending else "practitioner_id"
        return there.order_by(order).values_list("practitioner_id", flat=True).distinct()

    def _region(self, request: HttpRequest) -> str:
        """The smallest region that everybody of this list is or was registered in, by its first digits; or none."""
        seen = scope(request)
        chosen = (self.get_filters_params().get(RegionOfPerson.parameter_name) or [""])[-1]
        picked = Region(code=chosen).prefix if len(chosen) == len("430100") and chosen.isdecimal() else ""
        only = len(seen.regions) == 1 and not seen.places and not seen.own_files() and not seen.sees_everything
        return max(seen.regions[0] if only else "", picked, key=len)
