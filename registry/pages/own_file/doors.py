"""Where an account begins, and where else it has pages: the office, the own file, and desks that applications offer.

The register never knows who offers a desk. An account may hold roles of several at once.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.models import Role
from registry.queries.roles import OFFICE, OWN_FILE

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Door:
    """A first page, by the name of its address, for whoever holds one of the roles."""

    title: Words
    name: str
    roles: frozenset[Role]

    @property
    def url(self) -> str:
        """Where it is."""
        return reverse(self.name)


_DOORS = [
    Door(_("To the office"), "admin:index", OFFICE),
    Door(_("To my own file"), "my_file", OWN_FILE),
]


def offer_door(title: Words, name: str, roles: frozenset[Role]) -> None:
    """Let whoever holds one of the roles, and nothing that comes before it, begin at the page of that name."""
    _DOORS.append(Door(title, name, roles))


def doors_of(roles: Collection[Role]) -> list[Door]:
    """Where somebody with these roles has pages, the first page first."""
    return [door for door in _DOORS if door.roles.intersection(roles)]


def other_doors(roles: Collection[Role], here: str) -> list[Door]:
    """The same without the one of that name, in which the reader is."""
    return [door for door in doors_of(roles) if door.name != here]
