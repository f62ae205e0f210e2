"""Practitioner: a person of the register, with their standing as an extension."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.api.fhir.editions import Edition, Found, Page, Resource, instant, without_nothing
from registry.api.fhir.extensions import MERGED_INTO, standing_of
from registry.api.fhir.paging import ID, LAST_UPDATED, page_of, uuids
from registry.api.fhir.searching import Param, Search, tokens
from registry.api.fhir.terms import CATEGORY, PERSONAL_CODE
from registry.api.subjects import one
from registry.models import PersonalCode, Practitioner
from registry.queries.lives import Life, Lives, Record, Version, life_of
from registry.queries.people import with_codes
from registry.queries.publication import versions_published
from registry.queries.touched import people_touched


class Practitioners(Resource):
    """The people who concern the asker."""

    type = "Practitioner"
    parameter = "practitioner"
    params = {
        "_id": ID,
        "_lastUpdated": LAST_UPDATED,
        "identifier": Param("token", _("a personal code, present or former; by POST only"), personal=True),
    }

    def editions(self, id_: str) -> Sequence[Edition]:
        person = one(self.asker.scope.practitioners(), uuid=id_)
        self.opened = [person]
        life = life_of(person, self.asker.now)
        published = versions_published(self.asker.scope, life, today=self.asker.today)
        return [_edition(life, version, standing=version.number in published) for version in life.versions]

    def page(self, search: Search) -> Page:
        people = self.asker.scope.practitioners()
        if search.windows:
            people = people_touched(people, self.asker.now, since=search.since)
        if "_id" in search.values:
            people = people.filter(uuid__in=uuids(search, "_id"))
        if "identifier" in search.values:
            codes = [code for _system, code in tokens(search, "identifier", {PERSONAL_CODE: ""})]
            people = with_codes(people, codes)
        rows, last = page_of(people, search)
        if search.values.keys() & {"_id", "identifier"}:  # asked for by name: what changed lately is a list
            self.opened = list(rows)
        lives = Lives(rows, self.asker.now)
        found = [Found(str(row.uuid), _edition(life, life.present)) for row in rows if (life := lives.of(row.pk))]
        return Page(found, last)


def _edition(life: Life, version: Version, *, standing: bool = True) -> Edition:
    return Edition(version.number, version.at, partial(_body, life, version, standing))


def _body(life: Life, version: Version, standing: bool) -> dict[str, Any]:
    record, merged = life.record(version), version.kept != life.person.pk
    kept = [MERGED_INTO.of({"reference": f"Practitioner/{life.uuids[version.kept]}"})] if merged else []
    return without_nothing(
        {
            "extension": [*([standing_of(version)] if standing else []), *kept],
            "identifier": [_identifier(each, record) for each in record.codes],
            "active": not merged,
            "name": _names(record, version),
            "gender": record.sex,
            "birthDate": record.birth_date and record.birth_date.isoformat(),
            "qualification": [{"code": {"coding": [CATEGORY.coding(record.category)]}}],
        }
    )


def _identifier(code: PersonalCode, record: Record) -> dict[str, str]:
    use = "temp" if code.provisional else "official"
    return {"use": use if code.code == record.code else "old", "system": PERSONAL_CODE, "value": code.code}


def _names(record: Record, version: Version) -> list[dict[str, Any]]:
    """The name first, then the former ones, each with the time for which it was known."""
    names: list[dict[str, Any]] = []
    for row in record.names:
        ended = row.superseded_at if row.superseded_at and row.superseded_at <= version.at else None
        known = {"start": instant(row.recorded_at), **({"end": instant(ended)} if ended else {})}
        names.insert(0, {"use": "old" if ended else "official", "text": row.name, "period": known})
    return names or [{"use": "official", "text": record.name}]


def person_reference(person: Practitioner) -> dict[str, str]:
    """A reference to a person, by the id that stands for them in addresses."""
    return {"reference": f"Practitioner/{person.uuid}"}
