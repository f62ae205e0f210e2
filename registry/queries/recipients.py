"""Who is told of points, suspensions and terminations, and who was told what a correction corrects.

Who is told follows from where the person is registered; for a correction, on the days on which the corrected entries
were in force, as the register held them then. Deciding about what is sent, and when, is not for here.
"""

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import zip_longest

from django.db.models import TextChoices, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from registry.actions.corrections import Difference
from registry.ledger.days import shanghai_day
from registry.ledger.families import was_known
from registry.ledger.law import policies
from registry.models import Agency, Authority, Fact, Institution, Practitioner, Region, Registration
from registry.rules import facts, reach
from registry.rules.periods import new_year, next_day

Body = Practitioner | Institution | Agency | Authority | Region
Days = tuple[date, date]
"""Half-open: the first day, and the first day after."""


class RecipientKind(TextChoices):
    """Whom the register tells, in the order in which they are listed."""

    PRACTITIONER = "practitioner", _("practitioner")
    INSTITUTION = "institution", _("institution")
    AGENCY = "agency", _("agency")
    HEALTH_AUTHORITY = "health_authority", _("health authority")
    DRUG_AUTHORITY = "drug_authority", _("drug authority")
    REGION = "region", _("region")
    ALL_REGIONS = "all_regions", _("all regions")


class Because(TextChoices):
    """Why somebody was told."""

    OWN_FILE = "own_file", _("It is their own file.")
    REGISTERED_THERE = "registered_there", _("The person was registered there.")
    DECIDED = "decided", _("It decided the entry.")
    HANDLES_THE_AGREEMENT = "handles_the_agreement", _("It handles the agreement of one of these institutions.")
    IN_ITS_REGION = "in_its_region", _("It is told of what is recorded in its region.")
    HOLDS_EVERYWHERE = "holds_everywhere", _("A suspension or a termination holds in every region.")


_AUTHORITIES = {
    Authority.Kind.HEALTH: RecipientKind.HEALTH_AUTHORITY,
    Authority.Kind.DRUG: RecipientKind.DRUG_AUTHORITY,
}
_ORDER = list(RecipientKind)
_OF_THE_FILE = frozenset(
    {RecipientKind.PRACTITIONER, RecipientKind.INSTITUTION, RecipientKind.REGION, RecipientKind.ALL_REGIONS}
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told again, once, and the first reason why. `body` is None for all regions together."""

    kind: RecipientKind
    body: Body | None
    because: Because

    @property
    def ref(self) -> str:
        """The code of the body; of the practitioner, the identifier that shows no code. Empty for all regions."""
        if self.body is None:
            return ""
        return str(self.body.uuid) if isinstance(self.body, Practitioner) else self.body.code

    @property
    def name(self) -> str:
        """The name of the body; empty for all regions."""
        return self.body.name if self.body else ""

    @property
    def follows_from_the_file(self) -> bool:
        """The person's file alone says so; which agency or authority comes with it is known by others' records."""
        return self.kind in _OF_THE_FILE


class Bodies:
    """The authorities and regions that may be told, each read once while this is used."""

    def __init__(self) -> None:
        self._authorities: dict[frozenset[str], list[Authority]] = {}
        self._regions: dict[frozenset[str], dict[str, Region]] = {}

    @cached_property
    def provinces(self) -> list[str]:
        """The codes of all of them, in order."""
        return list(Region.objects.filter(code__endswith="0000").order_by("code").values_list("code", flat=True))

    def authorities(self, areas: frozenset[str]) -> list[Authority]:
        """The health and drug authorities of these very regions."""
        if areas not in self._authorities:
            found = Authority.objects.filter(kind__in=_AUTHORITIES, region__in=areas)
            self._authorities[areas] = list(found)
        return self._authorities[areas]

    def regions(self, codes: frozenset[str]) -> dict[str, Region]:
        """Those of the regions that there are, by code."""
        if codes not in self._regions:
            self._regions[codes] = Region.objects.in_bulk(codes) if codes else {}
        return self._regions[codes]


_ALL_REGIONS = Recipient(RecipientKind.ALL_REGIONS, None, Because.HOLDS_EVERYWHERE)


def recipients_of(
    found: Difference,
    *,
    entries: Collection[Fact],
    changes: reach.Reach,
    registrations: Collection[Registration],
    bodies: Bodies | None = None,
) -> tuple[Recipient, ...]:
    """Who has to be told again of those entries that the act previewed as `found` corrects; by kind, then by code.

    `changes` is how the standing differs by the act. `registrations` are all that the person ever had, with their
    institutions and agencies, also those that are superseded: who was told by a registration that was ended only later
    was told all the same. At most five queries, fewer where the entries come with their agency and file.
    """
    corrected = {fact.entry for fact in found.added if isinstance(fact, facts.EntryAnnulled | facts.EntryRevised)}
    entries = [entry for entry in entries if str(entry.origin_id) in corrected]
    if not entries:
        return ()
    end = next_day(found.before.on)
    past = list(_sanctions(found.person.facts, corrected, end))
    days = [*past, *_days_of_points(entries), *_days_changed(changes)]
    places = _institutions(entries, [(from_, min(until, end)) for from_, until in days], registrations)
    prefetch_related_objects(entries, "agency", "practitioner")
    return told_of(
        person=_person(found, entries),
        places=places,
        deciding=[entry.agency for entry in entries],
        everywhere=bool(past or changes.periods),
        bodies=bodies or Bodies(),
    )


def told_of(
    *,
    person: Practitioner,
    places: Collection[Institution],
    deciding: Collection[Agency | None],
    everywhere: bool,
    bodies: Bodies,
) -> tuple[Recipient, ...]:
    """Who is told of something about the person, registered at these places, that these agencies decided.

    By kind, then by code. `everywhere` says that it is about a suspension or a termination, which holds in all regions;
    else only those are told in which the person is registered. An agency is None where another register decided.
    """
    agencies = {agency for agency in deciding if agency}
    decided_in = {agency.region_id if agency else "" for agency in deciding}
    everybody = [
        Recipient(RecipientKind.PRACTITIONER, person, Because.OWN_FILE),
        *(Recipient(RecipientKind.INSTITUTION, place, Because.REGISTERED_THERE) for place in places),
        *_agencies(agencies, places),
        *_authorities({place.region_id for place in places} | decided_in, bodies),
        *([_ALL_REGIONS] if everywhere else _regions(places, decided_in, bodies)),
    ]
    return tuple(sorted(everybody, key=lambda each: (_ORDER.index(each.kind), each.ref)))


def registered_on(day: date, registrations: Iterable[Registration], *, known: datetime) -> list[Institution]:
    """Where the person was registered on the day, as the register held it at `known`; each institution once."""
    return list(dict.fromkeys(row.institution for row in registrations if _held(row, day, known)))


def _sanctions(known: Collection[facts.Fact], entries: Collection[str], end: date) -> Iterator[Days]:
    """The days of each suspension and termination that would not have been, or not so, without the entries.

    The register may have held the entries otherwise before: each time that it learnt something is looked at, and its
    sanctions count up to the day on which it learnt the next.
    """
    first = min(fact.recorded_at for fact in known if fact.id in entries)
    moments = sorted({fact.recorded_at for fact in known if fact.recorded_at >= first})
    for moment, then in zip_longest(moments, moments[1:]):
        held = [fact for fact in known if fact.recorded_at <= moment]
        without = [fact for fact in held if fact.id not in entries]
        until = next_day(shanghai_day(then)) if then else end
        for change in reach.reach(held, without, policies()).periods:
            if change.before:
                yield change.before.from_, min(change.before.end, until)


def _days_of_points(entries: Iterable[Fact]) -> Iterator[Days]:
    """The day on which each entry was recorded, and the days on which its points are in the total of the year."""
    for entry in entries:
        recorded = shanghai_day(entry.recorded_at)
        yield recorded, next_day(recorded)
        assert entry.counted_on is not None  # entries always have it; the database sees to it
        by_handling = policies()[entry.policy].year_of == "handling"
        year = (entry.counted_on if by_handling else entry.effective_on).year
        yield entry.effective_on, new_year(year + 1) or date.max


def _days_changed(changes: reach.Reach) -> Iterator[Days]:
    for window in (*changes.unblocked, *changes.newly_blocked):
        yield window.from_, window.until or date.max


def _institutions(
    entries: Iterable[Fact], days: Iterable[Days], registrations: Iterable[Registration]
) -> list[Institution]:
    """Where the person was registered when an entry was recorded or on one of the days; each institution once."""
    moments, windows = {entry.recorded_at for entry in entries}, set(days)
    told = (
        row.institution
        for row in registrations
        if any(_held(row, shanghai_day(moment), moment) for moment in moments)
        or any(_meets(row, window) for window in windows)
    )
    return list(dict.fromkeys(told))


def _held(row: Registration, day: date, known: datetime) -> bool:
    """The register held at `known` that the person was registered there on the day."""
    return (
        was_known(row.recorded_at, row.superseded_at, known)
        and row.starts_on <= day
        and (row.ends_on is None or day < row.ends_on)
    )


def _meets(row: Registration, days: Days) -> bool:
    """One of the days lies in the registration; one that was superseded counts for the days on which it was held."""
    from_, until = max(row.starts_on, days[0]), min(row.ends_on or date.max, days[1])
    if row.superseded_at:
        from_ = max(from_, shanghai_day(row.recorded_at))
        until = min(until, shanghai_day(row.superseded_at))
    return from_ < until


def _person(found: Difference, entries: Iterable[Fact]) -> Practitioner:
    """The kept file."""
    own = (entry.practitioner for entry in entries if entry.practitioner_id == found.person.kept)
    return next(own, None) or Practitioner.objects.get(pk=found.person.kept)


def _agencies(deciding: Set[Agency], places: Iterable[Institution]) -> Iterator[Recipient]:
    for agency in deciding:
        yield Recipient(RecipientKind.AGENCY, agency, Because.DECIDED)
    for agency in {place.agency for place in places} - deciding:
        yield Recipient(RecipientKind.AGENCY, agency, Because.HANDLES_THE_AGREEMENT)


def _authorities(regions: Iterable[str], bodies: Bodies) -> Iterator[Recipient]:
    """The health and drug authorities of the regions, and of the cities and provinces that these lie in."""
    areas = frozenset(area for code in regions for area in (code, f"{code[:4]}00", province(code)))
    for authority in bodies.authorities(areas):
        yield Recipient(_AUTHORITIES[Authority.Kind(authority.kind)], authority, Because.IN_ITS_REGION)


def _regions(places: Collection[Institution], decided_in: Collection[str], bodies: Bodies) -> Iterator[Recipient]:
    """The provinces of the institutions other than the one in which all entries were decided."""
    deciding = {province(code) for code in decided_in}
    regions = {place.region_id for place in places if {province(place.region_id)} != deciding}
    found = bodies.regions(frozenset(regions | {province(code) for code in regions}))
    for region in {found.get(province(code), found[code]) for code in regions}:
        yield Recipient(RecipientKind.REGION, region, Because.REGISTERED_THERE)


def province(code: str) -> str:
    """The province of a region."""
    return f"{code[:2]}0000"
