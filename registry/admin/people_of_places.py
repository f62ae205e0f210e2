"""The list of people, where it is one of the people of a place: they are found from the registrations there."""

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest

from registry.admin.filters import RegionOfPerson, inside, registered_at
from registry.admin.keyset import KeysetChangeList
from registry.admin.roles import scope
from registry.models import Region, Registration


class PeopleChangeList(KeysetChangeList):
    """People by the number of their file."""

    def numbers(self, request: HttpRequest, column: str, edge: str | None, *, descending: bool) -> QuerySet[Any, Any]:
        """The numbers of the files from the edge on.

        The files of a province lie together in this order, since most were opened together. Where nothing else is
        asked, its registrations tell them; otherwise whatever else is asked has to find them.
        """
        registrations = self._registrations(request)
        if registrations is None:
            return super().numbers(request, column, edge, descending=descending)
        if edge:
            registrations = registrations.filter(**{f"practitioner__{'lt' if descending else 'gt'}": int(edge)})
        people = registrations.order_by().annotate(person=F("practitioner_id") + 0).values_list("person", flat=True)
        return people.distinct().order_by("-person" if descending else "person")

    def _registrations(self, request: HttpRequest) -> QuerySet[Registration] | None:
        """Those of exactly the people of this list; None where they would be others, or all."""
        seen, asked = scope(request), self.get_filters_params()
        chosen = asked.pop(RegionOfPerson.parameter_name, None)
        if self.query or asked or seen.own_files():
            return None
        if chosen is None:
            return None if seen.sees_everything else seen.registrations()
        region = Region.objects.filter(pk=chosen[-1]).first()
        if region is None or not region.prefix or not seen.covers_region(region.pk):
            return None
        return registered_at(inside(region))
