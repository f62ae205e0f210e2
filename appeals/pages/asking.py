"""Which institutions the holder of a file can ask to countersign, and the asking."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.actions.countersigning import ask_countersignature
from appeals.models import Draft, Objection
from appeals.queries.countersigning import could_countersign
from registry.actions.errors import Refused
from registry.ledger.days import shanghai_day
from registry.models import Institution, User
from registry.queries.own_file import files_of
from registry.queries.sight import full_sight


def places_to_ask(about: Draft | Objection) -> list[Institution]:
    """Where the person is registered today, the institution of the case first."""
    behind = about if isinstance(about, Objection) else about.proposal
    with full_sight():
        return could_countersign(
            files_of(about.practitioner), behind.case_id if behind else None, shanghai_day(timezone.now())
        )


def asked(objection: Objection, code: str, *, by: User, now: datetime) -> Institution:
    """Ask the institution with this code. Raises Refused for a code that is not among those that could be asked."""
    places = [objection.countersignature_asked_of, *places_to_ask(objection)]
    place = next((each for each in places if each and each.code == code), None)
    if place is None:
        raise Refused(
            "not_registered_there",
            _("“%(code)s” is not an institution where you are registered today. Choose one of those shown.")
            % {"code": code[:20]},
            field="countersignature",
            value=code[:20],
        )
    with full_sight():
        ask_countersignature(objection=objection, institution=place, by=by, now=now)
    return place
