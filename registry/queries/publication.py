"""What health and drug authorities, which decide nothing here, see of points and sanctions: the rules of publication.

Whoever also reads files in another role sees what that role sees; the own file is always whole.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.ledger.law import policies
from registry.models import Fact, FactKind, PointsEntry, Practitioner, SanctionPeriod
from registry.queries.file import PractitionerFile
from registry.queries.lives import Life, Version
from registry.queries.roles import READERS_OF_FILES, TOLD_ONLY
from registry.queries.sanctions import Name, State, sanctions_of
from registry.queries.scope import Scope
from registry.rules.compute import Standing
from registry.rules.publication import (
    end_of_points,
    first_counted_shown,
    first_end_shown,
    may_be_shown,
)


def is_outsider(seen: Scope) -> bool:
    """Whether all that the asker reads of people in the register rests on a health or drug authority."""
    return bool(seen.roles & TOLD_ONLY) and not seen.roles & READERS_OF_FILES


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


def published_standing(seen: Scope, practitioner: Practitioner, standing: Standing, *, today: date) -> Standing:
    """The standing of today as the asker may be shown it: the periods that are published, and the steps behind them and
    behind the points that are. Of another day there is none (`may_ask_for`).
    """
    if not is_outsider(seen) or seen.is_own(practitioner):
        return standing
    law = policies().national(today)
    periods = tuple(
        each
        for each in standing.periods
        if each is standing.period or may_be_shown(law, each.kind, ended_on=each.until, annulled=False, today=today)
    )
    first = first_counted_shown(law, today=today)
    behind = {fact for each in periods for fact in each.because}
    steps = tuple(each for each in standing.steps if each.id in behind or each.year >= first.year)
    return replace(standing, periods=periods, steps=steps, errors=())


def published_file(seen: Scope, file: PractitionerFile, *, today: date) -> PractitionerFile:
    """The file of today as the asker may be shown it."""
    standing = published_standing(seen, file.practitioner, file.standing, today=today)
    return file if standing is file.standing else file.told(standing)


def may_ask_for(seen: Scope, practitioner: Practitioner | None, on: date, known: datetime | None, today: date) -> bool:
    """Whether the asker may be told how people, or this one, stood on `on` as known at `known`."""
    present = on == today and known is None
    return present or not is_outsider(seen) or (practitioner is not None and seen.is_own(practitioner))


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
