"""PractitionerRole: the registration (登记备案) of a practitioner at an institution."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.api.fhir.editions import Edition, Found, Page, Resource, period, without_nothing
from registry.api.fhir.extensions import COMMITMENT
from registry.api.fhir.organizations import institution_reference, institution_searched
from registry.api.fhir.paging import ID, LAST_UPDATED, page_of, uuids
from registry.api.fhir.practitioners import person_reference
from registry.api.fhir.searching import Param, Search, person
from registry.api.subjects import one
from registry.ledger.families import family_of
from registry.models import Practitioner, Registration
from registry.queries.tenures import Tenure, tenures_of
from registry.queries.touched import registrations_touched


class PractitionerRoles(Resource):
    """The registrations of the people who concern the asker."""

    type = "PractitionerRole"
    parameter = "registration"
    params = {
        "_id": ID,
        "_lastUpdated": LAST_UPDATED,
        "organization": Param("reference", _("the institution: `Organization/` and its id")),
        "practitioner": Param("reference", _("the person: `Practitioner/` and the id, never a code")),
    }

    def editions(self, id_: str) -> Sequence[Edition]:
        row = one(self._rows(), record=id_)
        return _editions(row, tenures_of([row], self.asker.now))

    def page(self, search: Search) -> Page:
        rows = self._asked(search)
        if search.windows:
            rows = registrations_touched(rows, self.asker.now, since=search.since)
        found, last = page_of(rows, search)
        tenures = tenures_of(found, self.asker.now)
        return Page([Found(str(row.record), _editions(row, tenures)[-1]) for row in found], last)

    def _rows(self) -> QuerySet[Registration]:
        rows = Registration.objects.filter(superseded_at=None).select_related("practitioner", "institution")
        seen = self.asker.scope
        return rows if seen.sees_everything else rows.filter(seen.about("practitioner"))

    def _asked(self, search: Search) -> QuerySet[Registration]:
        rows = self._rows()
        if "_id" in search.values:
            rows = rows.filter(record__in=uuids(search, "_id"))
        if "organization" in search.values:
            rows = rows.filter(institution__code=institution_searched(search, "organization"))
        if "practitioner" in search.values:
            rows = rows.filter(practitioner_id__in=self._files(person(search, "practitioner")))
        return rows

    def _files(self, uuid: UUID) -> frozenset[int]:
        found: Practitioner | None = self.asker.scope.practitioners().filter(uuid=uuid).first()
        return family_of(found.pk).files if found else frozenset()


def _editions(row: Registration, tenures: Mapping[UUID, Sequence[Tenure]]) -> list[Edition]:
    return [Edition(each.number, each.at, partial(_body, row, each)) for each in tenures[row.record]]


def _body(row: Registration, tenure: Tenure) -> dict[str, Any]:
    signed = tenure.committed_on
    return without_nothing(
        {
            "extension": [COMMITMENT.of(signed.isoformat())] if signed else [],
            "active": tenure.holds,
            "period": period(tenure.starts_on, tenure.ends_on),
            "practitioner": person_reference(row.practitioner),
            "organization": institution_reference(row.institution),
            "specialty": [{"text": tenure.department}] if tenure.department else [],
        }
    )
