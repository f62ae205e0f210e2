"""Organization: institutions that concern the asker, and the agencies and authorities of all regions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound

from registry.api.fhir.editions import Edition, Found, Page, Resource, without_nothing
from registry.api.fhir.extensions import AGENCY_OF, REGION_OF
from registry.api.fhir.paging import ID, LAST_UPDATED, page_of
from registry.api.fhir.searching import Param, Search, bad, reference, tokens
from registry.api.fhir.terms import AGENCY_CODE, AUTHORITY_CODE, BODY, INSTITUTION_CODE, REGION
from registry.api.fhir.windows import within
from registry.models import Agency, Authority, Institution
from registry.queries.touched import records_touched

INSTITUTION, AGENCY, AUTHORITY = "institution", "agency", "authority"
SYSTEMS = {INSTITUTION_CODE: INSTITUTION, AGENCY_CODE: AGENCY, AUTHORITY_CODE: AUTHORITY}
CODES = {kind: system for system, kind in SYSTEMS.items()}
KINDS = tuple(CODES)
"""In this order they stand in a search."""


@dataclass(frozen=True, slots=True)
class Body:
    """A table of bodies: its rows for the asker, and what stands in their ids after the kind."""

    rows: QuerySet[Any]
    id_column: str


class Organizations(Resource):
    """Institutions, agencies and authorities."""

    type = "Organization"
    parameter = "organization"
    about_people = False
    params = {
        "_id": ID,
        "_lastUpdated": LAST_UPDATED,
        "identifier": Param("token", _("the code of an institution, an agency or an authority")),
    }

    def editions(self, id_: str) -> Sequence[Edition]:
        kind, _dash, key = id_.partition("-")
        if kind not in CODES or not _good_key(kind, key):
            raise NotFound
        body = self._body(kind)
        row = body.rows.filter(**{body.id_column: key}).first()
        if row is None:
            raise NotFound
        return _editions(kind, row, _written(type(row), [row.pk]))

    def page(self, search: Search) -> Page:
        found: list[Found] = []
        first, _colon, after = search.after.partition(":")
        for kind in KINDS[KINDS.index(first) if first else 0 :]:
            room, rows = search.count - len(found), self._asked(kind, search)
            if not room:
                if within(rows, search.windows).exists():
                    return Page(found, f"{kind}:0")
                continue
            some, last = page_of(rows, replace(search, after=after if kind == first else "", count=room))
            found += _present(kind, some)
            if last:
                return Page(found, f"{kind}:{last}")
        return Page(found, "")

    def _asked(self, kind: str, search: Search) -> QuerySet[Any]:
        body = self._body(kind)
        rows = records_touched(body.rows) if search.windows else body.rows
        if "_id" in search.values:
            parts = [each.partition("-") for each in search.several("_id")]
            keys = [key for named, _dash, key in parts if named == kind and _good_key(kind, key)]
            rows = rows.filter(**{f"{body.id_column}__in": keys})
        if "identifier" in search.values:
            rows = rows.filter(code__in=_codes(search, kind))
        return rows

    def _body(self, kind: str) -> Body:
        if kind == INSTITUTION:
            return Body(self.asker.scope.institutions().select_related("region", "agency"), "code")
        model: Any = Agency if kind == AGENCY else Authority
        return Body(model.objects.select_related("region"), "pk")


def institution_reference(row: Institution) -> dict[str, Any]:
    """A reference to an institution, with its code: whoever does not see it may know it."""
    identifier = {"system": INSTITUTION_CODE, "value": row.code}
    return {"reference": f"Organization/{INSTITUTION}-{row.code}", "identifier": identifier}


def institution_searched(search: Search, name: str) -> str:
    """The code of the institution that a reference names."""
    kind, _dash, code = reference(search, name, "Organization").partition("-")
    if kind != INSTITUTION or not code:
        raise bad(name)
    return code


def _codes(search: Search, kind: str) -> list[str]:
    named = list(tokens(search, "identifier", SYSTEMS))
    return [value for system, value in named if system == kind]


def _good_key(kind: str, key: str) -> bool:
    """Whether a row could be found by it: a code of letters and digits, or a number."""
    return key.isascii() and (key.isalnum() if kind == INSTITUTION else key.isdigit() and len(key) < 10)


def _present(kind: str, rows: Sequence[Any]) -> Iterator[Found]:
    if rows:
        written = _written(type(rows[0]), [row.pk for row in rows])
        for row in rows:
            yield Found(_id(kind, row), _editions(kind, row, written)[-1])


def _written(model: Any, pks: Sequence[int]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in model.history.filter(id__in=pks).order_by("history_date", "history_id"):
        found.setdefault(row.id, []).append(row)
    return found


def _editions(kind: str, row: Any, written: Mapping[int, Sequence[Any]]) -> list[Edition]:
    rows = written.get(row.pk)
    if not rows:
        return [Edition(1, getattr(row, "recorded_at", None), partial(_document, kind, row, row))]
    return [
        Edition(number, each.history_date, partial(_document, kind, row, each))
        for number, each in enumerate(rows, start=1)
    ]


def _document(kind: str, row: Any, version: Any) -> dict[str, Any]:
    region = {"system": REGION, "code": version.region_id}
    agency = {"reference": f"Organization/{AGENCY}-{version.agency_id}"} if kind == INSTITUTION else None
    return without_nothing(
        {
            "extension": [REGION_OF.of(region), *([AGENCY_OF.of(agency)] if agency else [])],
            "identifier": [{"use": "official", "system": CODES[kind], "value": version.code}],
            "active": True,
            "type": _types(kind, version),
            "name": version.name,
        }
    )


def _types(kind: str, version: Any) -> list[dict[str, Any]]:
    code = AGENCY if kind == AGENCY else version.kind
    grade = getattr(version, "grade", "")
    return [{"coding": [BODY.coding(code)]}, *([{"text": grade}] if grade else [])]


def _id(kind: str, row: Any) -> str:
    return f"{kind}-{row.code if kind == INSTITUTION else row.pk}"
