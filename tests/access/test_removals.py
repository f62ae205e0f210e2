"""Each check of who may do what is taken away once, and the matrix notices: some cell is not what it says any more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from appeals.models import Seat
from registry.models import ApiKey, Assignment, Institution, Practitioner, Role, User
from registry.queries.roles import OFFICE
from registry.queries.scope import Scope
from registry.queries.sight import FULL
from tests.access.asking import cell
from tests.access.callers import (
    AUTHORITY,
    FROM_ELSEWHERE,
    OF_THE_CITY,
    OF_THE_PROVINCE,
    REVOKED,
    WITHOUT_REASON,
)
from tests.access.routes import Route
from tests.access.table import matrix
from tests.access.world import World

Change = Callable[[pytest.MonkeyPatch], None]


def put(path: str, instead: Any) -> Change:
    """Something else in the place of what is found there."""
    owner, _, name = path.rpartition(".")

    def change(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_found(owner), name, instead)

    return change


def both(*changes: Change) -> Change:
    """All of these."""

    def change(monkeypatch: pytest.MonkeyPatch) -> None:
        for each in changes:
            each(monkeypatch)

    return change


def _found(path: str) -> Any:
    try:
        return import_string(path)
    except ImportError:
        return __import__(path, fromlist=["*"])


def yes(*_args: Any, **_given: Any) -> bool:
    """Whatever is asked, it may be done."""
    return True


def nothing(*_args: Any, **_given: Any) -> None:
    """Refuses nobody."""


def every_seat(_user: User) -> QuerySet[Seat]:
    """The seats of all experts."""
    return Seat.objects.all()


def every_institution(_seen: Scope) -> QuerySet[Institution]:
    """All of them."""
    return Institution.objects.all()


def every_factor(_view: Any) -> QuerySet[Authenticator]:
    """The keys of everybody."""
    keys: QuerySet[Authenticator] = Authenticator.objects.all()
    return keys


def everywhere(_seen: Scope, _path: str) -> Q:
    """Rows of every region."""
    return Q()


def as_of_the_country(key: ApiKey, today: date) -> Scope:
    """A key sees the whole country."""
    return Scope((Assignment(role=Role.ADMINISTRATOR, starts_on=today),))


def somebody(_seen: Scope) -> Practitioner:
    """A file, whoever asks."""
    return Practitioner.objects.earliest("pk")


@dataclass(frozen=True)
class Removal:
    """A check, how it is taken away, and who then comes in where."""

    change: Change
    column: str
    at: str

    @property
    def where(self) -> Route:
        """The address at which it is missed."""
        method, _, path = self.at.partition(" /")
        return Route(path, method)


ALL = property(lambda _seen: True)
NO_WALL = put("registry.queries.scope.Scope.sight", property(lambda _seen: FULL))
"""What the database alone would still hide: the check is taken away with the wall behind it."""

OFFICER, AUDITOR, SUPPORT = Role.AGENCY_OFFICER.value, Role.AUDITOR.value, Role.SUPPORT.value
SECURITY, REVIEWER, COMPLIANCE = Role.SECURITY_ADMINISTRATOR.value, Role.REVIEWER.value, Role.COMPLIANCE_OFFICER.value
EXPERT, PRACTITIONER = Role.EXPERT.value, Role.PRACTITIONER.value
PERSON = "api/v1/practitioners/<uuid:practitioner>/"

REMOVALS: dict[str, Removal] = {
    "which key settles": Removal(
        put("registry.api.authentication.MaySettle.has_permission", yes),
        OFFICER,
        "POST /api/v1/eligibility",
    ),
    "from which network a key is taken": Removal(
        put("registry.queries.keys.taken_from", yes),
        FROM_ELSEWHERE,
        "GET /api/v1/proposals/",
    ),
    "whether a key still holds": Removal(put("registry.queries.keys._holds", yes), REVOKED, "GET /api/v1/proposals/"),
    "what an authority's system sees": Removal(
        put("registry.api.authentication.scope_of_key", as_of_the_country),
        AUTHORITY,
        f"GET /{PERSON}standing/",
    ),
    "why a file is opened": Removal(put("registry.api.opening.is_ones_work", yes), WITHOUT_REASON, f"GET /{PERSON}"),
    "which roles read over the API": Removal(
        put("registry.api.desk.DeskFace.require", nothing),
        SECURITY,
        "GET /api/v1/proposals/",
    ),
    "who has everything of the own file": Removal(
        put("registry.api.own_data.OwnData.seen_by", OFFICE),
        OFFICER,
        f"GET /{PERSON}own-data/",
    ),
    "who shows whole document numbers": Removal(
        put("registry.api.documents.UnmaskDocument.done_by", OFFICE),
        REVIEWER,
        f"POST /{PERSON}unmaskings/",
    ),
    "who sits on a panel": Removal(
        both(put("appeals.api.seats.seats_of", every_seat), NO_WALL),
        EXPERT,
        "POST /api/v1/my/seats/<uuid:seat>/votes/",
    ),
    "whose desk of experts it is": Removal(
        put("appeals.pages.experts.door.EXPERTS", frozenset({Role.AGENCY_OFFICER})), OFFICER, "GET /expert/"
    ),
    "what one scope sees": Removal(
        put("registry.queries.scope.Scope.sees_everything", ALL),
        COMPLIANCE,
        "GET /admin/registry/proposal/<path:object_id>/change/",
    ),
    "the institutions of a scope": Removal(
        put("registry.queries.scope.Scope.institutions", every_institution),
        COMPLIANCE,
        "GET /api/v1/institutions/<str:code>/",
    ),
    "the regions of a scope": Removal(
        put("registry.queries.scope.Scope.in_regions", everywhere),
        REVIEWER,
        "GET /api/v1/activities/<uuid:activity>/",
    ),
    "who keeps the whole country": Removal(
        put("registry.queries.scope.Scope.keeps_the_country", ALL),
        OF_THE_CITY,
        "POST /api/v1/calendar/years/",
    ),
    "in which region reference data is kept": Removal(
        put("registry.queries.scope.Scope.covers_region", yes),
        OF_THE_PROVINCE,
        "POST /admin/registry/agency/<path:object_id>/change/",
    ),
    "who comes to pages with people": Removal(
        put("registry.admin.site._has_no_people", yes),
        SUPPORT,
        "GET /admin/work/",
    ),
    "who acts in the office": Removal(
        put("registry.admin.acts.guided.has_any", yes),
        AUDITOR,
        "GET /admin/keys/issue/",
    ),
    "who sees a list of the office": Removal(
        put("registry.admin.base.ListAdmin.has_view_permission", yes),
        OFFICER,
        "GET /admin/registry/user/",
    ),
    "who changes accounts": Removal(
        put("registry.admin.base.KeptByForms.has_change_permission", yes),
        AUDITOR,
        "POST /admin/registry/user/<path:object_id>/change/",
    ),
    "who reads who looked": Removal(
        put("registry.api.readings.Readings.seen_by", OFFICE),
        REVIEWER,
        f"GET /{PERSON}readings/",
    ),
    "who is an expert over the API": Removal(
        put("appeals.api.seats.MySeats.seen_by", OFFICE),
        OFFICER,
        "GET /api/v1/my/seats/",
    ),
    "whose own file it is": Removal(
        put("registry.pages.own_file.holder.own_practitioner", somebody),
        OFFICER,
        "GET /my/",
    ),
    "whose second factor it is": Removal(
        put("registry.pages.sign_in.views.RemoveKey.get_queryset", every_factor),
        OFFICER,
        "GET /account/factor/keys/<int:pk>/remove/",
    ),
    "who may have a file": Removal(
        both(put("registry.api.files.may_read", yes), NO_WALL),
        COMPLIANCE,
        "GET /api/v1/files/<uuid:file>/content/",
    ),
}


@pytest.mark.parametrize("check", REMOVALS)
def test_a_check_that_is_taken_away_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch, check: str) -> None:
    removal = REMOVALS[check]
    route, wanted = removal.where, matrix()[removal.where][removal.column]
    assert cell(route, world.callers[removal.column], world) == wanted
    removal.change(monkeypatch)
    assert cell(route, world.callers[removal.column], world) != wanted
