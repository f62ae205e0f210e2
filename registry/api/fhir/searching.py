"""Searches: which parameters there are, what they say, and how the next page is named without naming anybody.

What identifies a person is taken from the body of a POST only. The address of a next page holds the search sealed, for
whoever asked it, so that no identifier stands in it either.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.request import Request

from registry.api.fhir.outcomes import BAD_PARAMETER, MISSING_PARAMETER, PERSON_IN_ADDRESS, UNKNOWN_PARAMETER
from registry.api.fhir.windows import Window, window_of
from registry.api.problems import Problem
from registry.models import sealing
from registry.queries.faults import printable

MOST_ROWS = 200
USUAL_ROWS = 50
MOST_VALUES = 50
PAGE = "_page"
OF_THE_ANSWER = ("_format", "_pretty")
PERSONAL = frozenset(
    {
        *(
            "identifier",
            "name",
            "family",
            "given",
            "phonetic",
            "birthdate",
            "gender",
            "subject",
            "patient",
            "individual",
        ),
        *("telecom", "phone", "email", "address", "address-city", "address-country", "address-postalcode"),
        *("address-state", "address-use"),
    }
)
"""What says who a person is, in any search parameter of FHIR about people, known here or not."""


@dataclass(frozen=True, slots=True)
class Param:
    """A search parameter: its type in FHIR, what it means, and whether it identifies a person."""

    type: str
    meaning: Any
    personal: bool = False
    required: bool = False
    """Whether one of those marked so must be given."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for, and where its page begins."""

    values: Mapping[str, list[str]]
    count: int
    after: str

    def one(self, name: str) -> str:
        """The parameter; empty where it was not given."""
        return self.values.get(name, [""])[0]

    def several(self, name: str) -> list[str]:
        """The values of a parameter, one of which is to be met."""
        found = [each.replace("\\,", ",") for each in re.split(r"(?<!\\),", self.one(name)) if each]
        if len(found) > MOST_VALUES:
            raise bad(name)
        return found

    @property
    def windows(self) -> tuple[Window, ...]:
        """The ranges of `_lastUpdated`, all of which are to be met."""
        return tuple(_window(each) for each in self.values.get("_lastUpdated", ()))

    @property
    def since(self) -> datetime | None:
        """The instant before which nothing is asked for; None where there is none."""
        return max((each.from_ for each in self.windows if each.from_), default=None)


def search_of(request: Request, params: Mapping[str, Param], seal_for: str, *, about_people: bool) -> Search:
    """What the request asks for. Raises Problem."""
    if sealed := request.query_params.get(PAGE):
        return _opened(sealed, seal_for)
    given = {**_in_address(request.query_params, params, about_people), **_in_body(request)}
    for name, values in given.items():
        if name not in params and name != "_count":
            raise Problem(UNKNOWN_PARAMETER, _("There is no search parameter “%(name)s”.") % {"name": printable(name)})
        if (len(values) > 1 and name != "_lastUpdated") or not all(each.isprintable() for each in values):
            raise bad(name)
    needed = [name for name, each in params.items() if each.required]
    if needed and not any(given.get(name) for name in needed):
        raise Problem(MISSING_PARAMETER)
    return Search(given, _count(given.pop("_count", [str(USUAL_ROWS)])[0]), "")


def page_after(search: Search, last: str, seal_for: str) -> str:
    """What stands in the address of the page that begins after `last`."""
    text = json.dumps({"values": dict(search.values), "count": search.count, "after": last})
    sealed = sealing.seal(base64.b32encode(text.encode()).decode(), bound_to=seal_for)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def shown(search: Search, params: Mapping[str, Param]) -> QueryDict:
    """The search as it can be shown in an address: without what identifies a person."""
    query = QueryDict(mutable=True)
    for name, values in search.values.items():
        if not params[name].personal:
            query.setlist(name, values)
    query["_count"] = str(search.count)
    return query


def bad(name: str) -> Problem:
    """The refusal of a parameter. Its value is not repeated: it may be somebody's."""
    return Problem(BAD_PARAMETER, _("The search parameter “%(name)s” is not written as described.") % {"name": name})


def tokens(search: Search, name: str, systems: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The values of a token (`system|value`, `value`), each with what `systems` says of its system; no others."""
    for each in search.several(name):
        system, bar, value = each.rpartition("|")
        if not value:
            raise bad(name)
        if not bar:
            yield from ((known, value) for known in systems.values())
        elif system in systems:
            yield systems[system], value


def reference(search: Search, name: str, type_: str) -> str:
    """The id that a reference (`Type/id`, or the id alone) names."""
    kind, slash, id_ = search.one(name).rpartition("/")
    if not id_ or (slash and kind.rpartition("/")[2] != type_):
        raise bad(name)
    return id_


def person(search: Search, name: str) -> UUID:
    """The id of a practitioner that a reference names."""
    try:
        return UUID(reference(search, name, "Practitioner"))
    except ValueError:
        raise bad(name) from None


def is_opaque(value: str) -> bool:
    """Whether a reference to a person holds nothing but an id that means the person in addresses."""
    try:
        return bool(UUID(value.rpartition("/")[2]))
    except ValueError:
        return False


def _in_address(query: QueryDict, params: Mapping[str, Param], about_people: bool) -> dict[str, list[str]]:
    given = {name: values for name, values in query.lists() if name not in OF_THE_ANSWER}
    for name, values in given.items():
        first, _dot, chained = name.partition(".")
        says_who = {each.partition(":")[0] for each in (first, chained)} & PERSONAL if about_people or chained else {}
        names_person = first.partition(":")[0] == "practitioner" and not all(is_opaque(each) for each in values)
        if says_who or names_person or (name in params and params[name].personal):
            raise Problem(PERSON_IN_ADDRESS)
    return given


def _in_body(request: Request) -> dict[str, list[str]]:
    sent = request.data if request.method == "POST" else None
    lists = sent.lists() if isinstance(sent, QueryDict) else ()
    return {name: values for name, values in lists if name not in OF_THE_ANSWER}


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text)):
        raise bad("_count")
    return min(int(text), MOST_ROWS)


def _window(text: str) -> Window:
    try:
        return window_of(text)
    except (ValueError, OverflowError):
        raise bad("_lastUpdated") from None


def _opened(sealed: str, seal_for: str) -> Search:
    try:
        packed = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        asked = json.loads(base64.b32decode(sealing.unseal(packed, bound_to=seal_for)))
    except (ValueError, binascii.Error, sealing.SealBroken):
        raise bad(PAGE) from None
    return Search(asked["values"], asked["count"], asked["after"])
