"""What health and drug authorities, which decide nothing here, see of points and sanctions: the rules of publication.

Whoever also reads files in another role sees what that role sees; the own file is always whole.
"""

from collections.abc import Mapping
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.ledger.law import policies
from registry.models import Authority, Fact, FactKind, PointsEntry, Role, SanctionPeriod
from registry.queries.lives import Life, Version
from registry.queries.roles import READERS_OF_FILES
from registry.queries.sanctions import Name, State, sanctions_of
from registry.queries.scope import Scope
from registry.rules.publication import (
    end_of_points,
    first_counted_shown,
    first_end_shown,
    may_be_shown,
)

_OUTSIDE = (Authority.Kind.HEALTH, Authority.Kind.DRUG)


def is_outsider(seen: Scope) -> bool:
    """Whether all that the asker reads of people rests on a health or drug authority."""
    reading = [row for row in seen.assignments if row.role in READERS_OF_FILES]
    return bool(reading) and all(
        row.role == Role.AUTHORITY_OFFICER and row.authority is not None and row.authority.kind in _OUTSIDE
        for row in reading
    )


def published_entries(seen: Scope, entries: QuerySet[PointsEntry], *, today: date) -> QuerySet[PointsEntry]:
    """Those of the entries that the asker may be shown."""
    if not is_outsider(seen):
        return entries
    annulled = Fact.objects.filter(entry=OuterRef("fact"), kind=FactKind.ENTRY_ANNULLED)
    first = first_counted_shown(policies().national(today), today=today)
    return entries.filter(~Exists(annulled) & Q(fact__counted_on__gte=first) | Q(practitioner__in=seen.own_files()))


def published_periods(seen: Scope, periods: QuerySet[SanctionPeriod], *, today: date) -> QuerySet[SanctionPeriod]:
    """Those of the suspensions and terminations that the asker may be shown."""
    if not is_outsider(seen):
        return periods
    law, shown = policies().national(today), Q(practitioner__in=seen.own_files())
    for kind in SanctionPeriod.Kind.values:
        if may_be_shown(law, kind, ended_on=None, annulled=False, today=today):
            first = first_end_shown(law, kind, today=today)
            shown |= Q(kind=kind) & (Q(ends_on=None) | Q(ends_on__gte=first))
    return periods.filter(shown)


def is_published(seen: Scope, name: Name, states: list[State], *, today: date) -> bool:
    """Whether the asker may be shown this sanction, by its newest state."""
    return not is_outsider(seen) or _shown(name, states, today)


def versions_published(seen: Scope, life: Life, *, today: date) -> frozenset[int]:
    """The numbers of the versions of a person whose standing the asker may be shown; always that of the newest."""
    if not is_outsider(seen) or seen.is_own(life.person):
        return frozenset(version.number for version in life.versions)
    sanctions = sanctions_of(life)
    past = (version.number for version in life.versions if _standing_shown(version, sanctions, today))
    return frozenset({*past, life.present.number})


def _standing_shown(version: Version, sanctions: Mapping[Name, list[State]], today: date) -> bool:
    period = version.standing.period
    if period is not None:
        name = Name(period.because[0], period.kind)
        return _shown(name, sanctions[name], today)
    if version.standing.points == 0:
        return True
    ended = end_of_points(version.standing.on)
    return may_be_shown(policies().national(today), "points", ended_on=ended, annulled=False, today=today)


def _shown(name: Name, states: list[State], today: date) -> bool:
    period = states[-1].period
    ended = period.until if period else None
    return may_be_shown(policies().national(today), name.kind, ended_on=ended, annulled=period is None, today=today)
