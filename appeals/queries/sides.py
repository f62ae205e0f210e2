"""For whom an officer acts in repair: one of the own agencies or institutions."""

from collections.abc import Collection
from datetime import date

from appeals.models import Activity, Application
from appeals.queries.applications import offered_by
from appeals.queries.remediation import Prospect, in_force
from registry.actions.procedure import Acting, for_agency, for_institution
from registry.models import Agency, Institution, Practitioner, Registration, User
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.queries.scope import Scope

Side = Agency | Institution


def sides_of(seen: Scope) -> dict[str, Side]:
    """The user's agencies and institutions, by the value that stands for each in a form."""
    agencies: dict[str, Side] = {f"agency-{each.pk}": each for each in seen.agencies}
    return agencies | {f"institution-{each.pk}": each for each in seen.places}


def acting_for(side: Side, by: User, second: User | None = None) -> Acting:
    """The user as an officer of the side."""
    return for_agency(by, side, second) if isinstance(side, Agency) else for_institution(by, side)


def offering(activity: Activity, seen: Scope, by: User) -> Acting | None:
    """The user as an officer of the side that offers the activity, if they are one."""
    if not offered_by(activity, seen):
        return None
    side = activity.agency or activity.institution
    assert side is not None  # the database refuses an activity that nobody offers
    return acting_for(side, by)


def enrolling(activity: Activity, people: Collection[Practitioner], seen: Scope, by: User, today: date) -> Acting:
    """The offering side; else the own institution at which most of these people are registered."""
    if acting := offering(activity, seen, by):
        return acting
    own = seen.places
    rows = Registration.objects.filter(superseded_at=None, practitioner__in=people, institution__in=own)
    here = rows.filter(in_force(today))
    staff = list(here.values_list("institution_id", flat=True))
    if not own:
        return for_agency(by, seen.agencies[0])
    return for_institution(by, max(own, key=lambda place: staff.count(place.pk)))


def may_enrol(activity: Activity, seen: Scope) -> bool:
    """The offering side, and institutions for their staff."""
    return offered_by(activity, seen) or bool(seen.places)


def decides(application: Application, seen: Scope) -> bool:
    """Whether the user is an officer of the agency that decides the application."""
    return application.agency_id in {agency.pk for agency in seen.held_as(OFFICERS_OF_AGENCIES).agencies}


def askable(found: Collection[Prospect], seen: Scope) -> list[Prospect]:
    """What can still be asked for; an agency's officer takes in what is asked of the own agency."""
    mine = seen.agencies
    return [each for each in found if not each.pending and (not mine or each.agency in mine)]


def filing_for(asked_for: Prospect, person: Practitioner, seen: Scope, by: User) -> Acting:
    """The agency that is asked, else the own institution."""
    if asked_for.agency in seen.agencies:
        return for_agency(by, asked_for.agency)
    own = seen.places
    here = person.registrations.filter(superseded_at=None, institution__in=own).values("institution")
    staff = {row["institution"] for row in here}
    return acting_for(next((place for place in own if place.pk in staff), own[0]), by)
