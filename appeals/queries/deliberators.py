"""Which experts may deliberate on an application: nobody who is involved, in conflict, or at the same institution.

The rules are those of panels (appeals/rules/exclusions.py), except that no specialty is asked for.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.db.models import Q

from appeals.models import Application, Expert, Seat
from appeals.queries.remediation import support_of
from appeals.rules.exclusions import reasons_against
from appeals.rules.pool import Case, Days, Stay, Terms
from appeals.rules.pool import Expert as InPool
from registry.ledger.families import family_of
from registry.ledger.law import policies
from registry.models import PointsEntry, Registration, Responsibility
from registry.queries.identifiers import identifiers_of

ANY = "any"


def reasons_against_deliberating(
    experts: Iterable[Expert], application: Application, today: date
) -> dict[int, tuple[str, ...]]:
    """By the id of each expert, the codes of what excludes them on the day; none, and they may deliberate."""
    case = _case(application, today)
    terms = Terms(size=3, years_apart=int(policies()[application.policy].get("panel.years_apart")))
    return {expert.pk: reasons_against(_in_pool(expert), case, terms) for expert in experts}


def possible_deliberators(application: Application, today: date) -> list[Expert]:
    """The experts with an account who may deliberate on the application on the day, by name."""
    pool = list(Expert.objects.filter(active=True, user__is_active=True).prefetch_related(*_PARTS))
    against = reasons_against_deliberating(pool, application, today)
    return [expert for expert in pool if not against[expert.pk]]


_PARTS = ("places__institution", "availability", "conflicts__institution")


def _in_pool(expert: Expert) -> InPool:
    return InPool(
        id=_expert(expert.pk),
        specialties=frozenset({ANY}),
        stays=tuple(
            Stay(place.institution.code, Days(place.starts_on, place.ends_on)) for place in expert.places.all()
        ),
        available=tuple(Days(days.starts_on, days.ends_on) for days in expert.availability.all()),
        load=0,
        conflicts=frozenset(
            conflict.institution.code if conflict.institution else _person(conflict.practitioner_id)
            for conflict in expert.conflicts.all()
        ),
    )


def _case(application: Application, today: date) -> Case:
    members = family_of(application.practitioner_id).files
    people = {_person(pk) for pk in members} | {_expert(pk) for pk in _involved(application, members)}
    case = Case(str(application.uuid), today, ANY, frozenset(), frozenset(people))
    return replace(case, institutions=frozenset(_institutions(application, members, today)))


def _institutions(application: Application, members: frozenset[int], today: date) -> set[str]:
    """Where the person is registered, where the violations were, and who offered the activities."""
    registered = Registration.objects.filter(practitioner_id__in=members, superseded_at=None)
    now = registered.exclude(ends_on__lte=today).values_list("institution__code", flat=True)
    entries = PointsEntry.objects.filter(practitioner_id__in=members, handling__isnull=False)
    offering = (row.activity.institution for row in support_of(application))
    handled = entries.values_list("handling__institution__code", flat=True)
    return {*now, *handled, *(place.code for place in offering if place)}


def _involved(application: Application, members: frozenset[int]) -> set[int]:
    """Experts who are the person, acted in the matter, or judged the person's points on a panel."""
    entries = PointsEntry.objects.filter(practitioner_id__in=members)
    acted = {application.filed_by_id, *entries.values_list("fact__actor_id", flat=True)}
    acted |= {*entries.values_list("fact__second_id", flat=True)}
    answered = Responsibility.objects.filter(points_entries__in=entries).distinct()
    acted |= {user for responsibility in answered for user in identifiers_of(responsibility)}
    acted |= {row.confirmed_by_id for row in support_of(application)}
    judged = Seat.objects.filter(state=Seat.State.VOTED, panel__objection__practitioner_id__in=members)
    rule = Q(practitioner_id__in=members) | Q(user_id__in=acted - {None}) | Q(pk__in=judged.values("expert"))
    return set(Expert.objects.filter(rule).values_list("pk", flat=True))


def _person(pk: int | None) -> str:
    return f"practitioner-{pk}"


def _expert(pk: int) -> str:
    return f"expert-{pk}"
