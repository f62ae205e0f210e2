"""Flag: a suspension or termination of a practitioner, in force or past."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound

from registry.api.fhir.editions import Edition, Found, Page, Resource, period, without_nothing
from registry.api.fhir.extensions import SANCTION_OF, because
from registry.api.fhir.paging import LAST_UPDATED
from registry.api.fhir.practitioners import person_reference
from registry.api.fhir.searching import Param, Search, bad, person
from registry.api.fhir.terms import FLAG_CATEGORY, SANCTION
from registry.models import Practitioner
from registry.queries.lives import life_of
from registry.queries.publication import is_published
from registry.queries.sanctions import Name, State, sanctioned, sanctions_of, seen_as

_WHOM = _("the person: `Practitioner/` and the id; by POST only")


class Flags(Resource):
    """The suspensions and terminations of the people who concern the asker."""

    type = "Flag"
    parameter = "flag"
    params = {
        "_lastUpdated": LAST_UPDATED,
        "subject": Param("reference", _WHOM, personal=True, required=True),
        "patient": Param("reference", _WHOM, personal=True, required=True),
    }

    def editions(self, id_: str) -> Sequence[Edition]:
        name = _name(id_)
        whose = sanctioned(self.asker.scope, UUID(name.cause)) if name else None
        states = sanctions_of(life_of(whose, self.asker.now)).get(name, []) if name and whose else []
        if name is None or whose is None or not states:
            raise NotFound
        if is_published(self.asker.scope, name, states, today=self.asker.today):
            self.opened = [whose]
            return [_edition(whose, state) for state in states]
        if states[-1].period:
            raise NotFound
        return [Edition(state.number, state.at, None) for state in states]  # whoever was told is told that it never was

    def page(self, search: Search) -> Page:
        found = list(self._found(search))
        first = int(search.after or 0)
        last = first + search.count
        return Page(found[first:last], str(last) if len(found) > last else "")

    def _found(self, search: Search) -> Iterator[Found]:
        whose = self._person(search)
        if whose is None:
            return
        self.opened = [whose]
        for name, states in sanctions_of(life_of(whose, self.asker.now)).items():
            newest = states[-1]
            published = is_published(self.asker.scope, name, states, today=self.asker.today)
            if newest.period and published and all(window.holds(newest.at) for window in search.windows):
                yield Found(f"{name.kind}-{name.cause}", _edition(whose, newest))

    def _person(self, search: Search) -> Practitioner | None:
        asked = {person(search, name) for name in ("subject", "patient") if name in search.values}
        if len(asked) != 1:
            raise bad("subject")
        found: Practitioner | None = self.asker.scope.practitioners().filter(uuid=asked.pop()).first()
        return seen_as(self.asker.scope, found.pk) if found else None


def _name(id_: str) -> Name | None:
    """Which sanction an id means; None for what is no id of one."""
    kind, _dash, cause = id_.partition("-")
    try:
        return Name(str(UUID(cause)), kind) if kind in SANCTION.words and str(UUID(cause)) == cause else None
    except ValueError:
        return None


def _edition(whose: Practitioner, state: State) -> Edition:
    return Edition(state.number, state.at, partial(_body, whose, state) if state.period else None)


def _body(whose: Practitioner, state: State) -> dict[str, Any]:
    sanction = state.period
    assert sanction is not None
    parts = {
        "barred-until": sanction.barred_until and sanction.barred_until.isoformat(),
        "single": sanction.single,
        **because(state.version.why(sanction)),
    }
    return without_nothing(
        {
            "extension": [SANCTION_OF.with_parts(parts)],
            "status": "active" if state.running else "inactive",
            "category": [{"coding": [{"system": FLAG_CATEGORY, "code": "admin", "display": "Administrative"}]}],
            "code": {"coding": [SANCTION.coding(sanction.kind)]},
            "subject": person_reference(whose),
            "period": period(sanction.from_, sanction.until),
        }
    )
