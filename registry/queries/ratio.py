"""How many sanctions began at an institution in a year, against its staff: the measure by which the agency acts.

A person-time is a suspension or a termination that began that year while the person was registered there. Merged files
are one person, and registrations count as they are known now.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.ledger.families import families
from registry.ledger.law import policies
from registry.models import FileMerge, Institution, Practitioner, Registration, SanctionPeriod
from registry.queries.explain import Source, source_of
from registry.rules.policy import NoPolicyInForce, Policy

MEASURES: Mapping[str, str | Promise] = {
    "ratios.settlement_paused": _("settlement is paused"),
    "ratios.agreement_suspended": _("the agreement is suspended"),
}
"""The rules that name a share of staff, with what follows from it; the lower share first."""

_ANYWHERE = 0
"""Stands for the institution in rows about sanctions of people whose registrations are known already."""


@dataclass(frozen=True, slots=True)
class PersonTime:
    """One sanction of one person that counts at an institution.

    `person` is the kept file, `file` the one that is registered there. A suspension has `until`, a termination
    `barred_until`.
    """

    person: int
    file: int = field(compare=False)
    kind: str
    from_: date
    until: date | None = field(compare=False)
    barred_until: date | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of staff from which the agency acts: `rule` is its key in the policy, `per_cent` its value."""

    rule: str
    per_cent: int
    policy: Policy

    @property
    def words(self) -> str:
        """What follows when the share is reached."""
        return str(MEASURES[self.rule])

    @property
    def source(self) -> Source:
        """Provision and certainty."""
        return source_of(self.policy, self.rule)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Person-times of the year of `on` that began up to that day, against the `staff` registered on the day.

    `policy` is that of the institution's region on the day; None where none was in force.
    """

    institution: Institution
    on: date
    staff: int
    times: tuple[PersonTime, ...]
    policy: Policy | None

    @property
    def suspended(self) -> int:
        """Suspensions among the person-times."""
        return sum(time.kind == SanctionPeriod.Kind.SUSPENSION for time in self.times)

    @property
    def terminated(self) -> int:
        """Terminations among the person-times."""
        return sum(time.kind == SanctionPeriod.Kind.TERMINATION for time in self.times)

    @property
    def per_cent(self) -> float | None:
        """The share, cut off after one decimal so that it never looks higher than it is; None without staff."""
        return len(self.times) * 1000 // self.staff / 10 if self.staff else None

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """What the policy says, the lower share first; nothing where no policy was in force."""
        law = self.policy
        return tuple(Threshold(rule, int(law.get(rule)), law) for rule in MEASURES) if law else ()

    @property
    def reached(self) -> Threshold | None:
        """The highest threshold that the share has reached; without staff there is no share and none is reached."""
        return next((each for each in reversed(self.thresholds) if self._reaches(each)), None)

    def _reaches(self, threshold: Threshold) -> bool:
        return bool(self.staff) and len(self.times) * 100 >= threshold.per_cent * self.staff

    def instead(self, person: int, times: Iterable[PersonTime]) -> "Ratio":
        """The same with other sanctions of one person."""
        others = (time for time in self.times if time.person != person)
        return replace(self, times=_in_order([*others, *times]))


def ratio_of(institution: Institution, on: date) -> Ratio:
    """The ratio of one institution on a day, for the calendar year of that day."""
    return ratios([institution], [on])[institution.pk, on]


def ratios(institutions: Collection[Institution], days: Collection[date]) -> dict[tuple[int, date], Ratio]:
    """The ratio of each institution (by id) on each of the days. At most four queries, however many are asked."""
    if not institutions or not days:
        return {}
    places = [institution.pk for institution in institutions]
    merged = _Merged.at(places, days)
    staff = _staff(places, days)
    times = _person_times(places, days, merged)
    return {
        (institution.pk, on): Ratio(
            institution=institution,
            on=on,
            staff=staff[institution.pk, on] - merged.doubles(institution.pk, on),
            times=_in_order(time for time in times[institution.pk] if counts_on(time.from_, on)),
            policy=_policy(institution, on),
        )
        for institution in institutions
        for on in days
    }


def places_with_times(on: date) -> list[int]:
    """The institutions (ids, in order) whose ratio on the day may hold a person-time: those of sanctioned people.

    People with merged files are taken to be sanctioned, so that none is missed.
    """
    began = "practitioner__periods__starts_on"
    present = Registration.objects.filter(superseded_at=None).order_by()
    sanctioned = present.filter(_covers(F(began)), _begun(began, [on])).values_list("institution", flat=True)
    links = FileMerge.objects.filter(undone_at=None, absorbed=OuterRef("practitioner"))
    absorbed = _within(present, [on]).filter(Exists(links)).values_list("institution", flat=True)
    return sorted(set(sanctioned.distinct()) | set(absorbed.distinct()))


def counts_on(began_on: date, on: date) -> bool:
    """Whether a sanction that began on one day is a person-time of the year of another, asked on that day."""
    return began_on.year == on.year and began_on <= on


def people_behind(ratio: Ratio, most: int) -> list[tuple[Practitioner, PersonTime]]:
    """The files of the people behind a ratio, the latest sanction first; at most `most`."""
    times = ratio.times[:most]
    found = Practitioner.objects.in_bulk({time.file for time in times})
    return [(found[time.file], time) for time in times]


def _policy(institution: Institution, on: date) -> Policy | None:
    try:
        return policies().in_force(institution.region_id, on)
    except NoPolicyInForce:
        return None


def _in_order(times: Iterable[PersonTime]) -> tuple[PersonTime, ...]:
    by_person = sorted(times, key=lambda time: (time.person, time.kind))
    return tuple(sorted(by_person, key=lambda time: time.from_, reverse=True))


def _covers(day: date | F) -> Q:
    return Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gt=day))


def _registered(places: list[int]) -> QuerySet[Registration]:
    return Registration.objects.filter(superseded_at=None, institution__in=places).order_by()


def _staff(places: list[int], days: Collection[date]) -> dict[tuple[int, date], int]:
    """Files registered on each day, those of one person not yet put together."""
    asked = sorted(days)
    staff = (Count("practitioner", filter=_covers(on), distinct=True) for on in asked)
    counted = {f"staff_{number}": count for number, count in enumerate(staff)}
    rows = _registered(places).values("institution").annotate(**counted).values_list("institution", *counted)
    found = {(place, on): count for place, *counts in rows for on, count in zip(asked, counts, strict=True)}
    return defaultdict(int, found)


class _Stay(NamedTuple):
    """A registration of a file that is merged with another, with the kept file of the person."""

    place: int
    person: int
    file: int
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


class _Merged(NamedTuple):
    """What merged files are registered at the institutions; few, so they are put together here."""

    stays: list[_Stay]

    @classmethod
    def at(cls, places: list[int], days: Collection[date]) -> "_Merged":
        links = FileMerge.objects.filter(undone_at=None)
        absorbed, kept = (Exists(links.filter(**{end: OuterRef("practitioner")})) for end in ("absorbed", "kept"))
        rows = _within(_registered(places), days).filter(absorbed | kept)
        found = list(rows.values_list("institution_id", "practitioner_id", "starts_on", "ends_on"))
        persons = families({file for _, file, _, _ in found}).kept if found else {}
        return cls([_Stay(place, persons[file], file, begin, end) for place, file, begin, end in found])

    def doubles(self, place: int, on: date) -> int:
        """How many files of the staff are of a person who is counted already."""
        here = [stay for stay in self.stays if stay.place == place and stay.covers(on)]
        return len(here) - len({stay.person for stay in here})

    def times(self, sanctions: Mapping[int, list[PersonTime]]) -> Iterator[tuple[int, PersonTime]]:
        """Sanctions of people who are registered there under a file that is not the kept one."""
        for stay in self.stays:
            for time in sanctions.get(stay.person, ()):
                if stay.covers(time.from_):
                    yield stay.place, replace(time, file=stay.file)


def _person_times(places: list[int], days: Collection[date], merged: _Merged) -> dict[int, set[PersonTime]]:
    """By institution; a sanction counts once however many files of the person are registered there."""
    found: dict[int, set[PersonTime]] = defaultdict(set)
    began = F("practitioner__periods__starts_on")
    stays = _registered(places).filter(_covers(began), _begun("practitioner__periods__starts_on", days))
    columns = ("kind", "starts_on", "ends_on", "barred_until")
    of_stays = [f"practitioner__periods__{name}" for name in columns]
    rows = stays.values_list("institution_id", "practitioner_id", *of_stays)
    if people := {stay.person for stay in merged.stays}:
        theirs = SanctionPeriod.objects.filter(_begun("starts_on", days), practitioner__in=people).order_by()
        rows = rows.union(theirs.values_list(Value(_ANYWHERE), "practitioner_id", *columns), all=True)
    of_merged = defaultdict(list)
    for place, file, *sanction in rows:
        time = PersonTime(file, file, *sanction)
        if place == _ANYWHERE:
            of_merged[file].append(time)
        else:
            found[place].add(time)
    for place, time in merged.times(of_merged):
        found[place].add(time)
    return found


def _begun(column: str, days: Collection[date]) -> Q:
    """Begun in the years of the days, up to the latest of them."""
    return Q(**{f"{column}__gte": date(min(days).year, 1, 1), f"{column}__lte": max(days)})


def _within(rows: QuerySet[Registration], days: Collection[date]) -> QuerySet[Registration]:
    first = date(min(days).year, 1, 1)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gt=first), starts_on__lte=max(days))
