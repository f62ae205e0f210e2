"""Whether another register's account of a person can be taken over: who is meant, by which law, and what is new."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings

from notifications.models import Doubt
from notifications.rules.exchange import Account, ForeignFact, digest_of_policy
from registry.ledger.families import family_of
from registry.ledger.law import policies
from registry.ledger.writing import Draft, LockedPerson, append
from registry.models import Agency, Fact, PersonalCode, Practitioner, PractitionerName
from registry.queries.names import normalised_name


class Doubtful(Exception):
    """A person has to look before anything is taken over. `what` names the fact or the policy, and nobody."""

    def __init__(self, why: Doubt, what: str = "") -> None:
        super().__init__(why)
        self.why, self.what = why, what


def person_of(given: Account) -> Practitioner:
    """Whom the account is about: code and name must agree. Raises Doubtful."""
    holders = PersonalCode.objects.filter(code__in=given.codes).select_related("practitioner").order_by("pk")
    found = list({row.practitioner_id: row.practitioner for row in holders}.values())
    if not found:
        raise Doubtful(Doubt.UNKNOWN_PERSON)
    person = family_of(found[0].pk)
    if any(each.pk not in person.files for each in found):
        raise Doubtful(Doubt.TWO_PEOPLE)
    names = PractitionerName.objects.filter(practitioner__in=person.files).values_list("name", flat=True)
    known = {*names, *(each.name for each in found)}
    if normalised_name(given.name) not in set(map(normalised_name, known)):
        raise Doubtful(Doubt.OTHER_NAME)
    return found[0]


def weighed(given: Account, person: LockedPerson) -> list[ForeignFact]:
    """The facts that are new here, entries before what corrects them. The files are locked. Raises Doubtful."""
    _require_same_law(given)
    kept = _kept_under_these_names(given.facts)
    new = [fact for fact in given.facts if fact.name not in kept]
    for fact in given.facts:
        if fact.name in kept and not _is_same(kept[fact.name], fact, person.members):
            raise Doubtful(Doubt.CONTRADICTION, _named(fact))
    _require_possible(new, {fact.name for fact in given.facts})
    return sorted(new, key=lambda fact: (fact.entry is not None, fact.decided_at, fact.origin, fact.origin_seq))


def take_over_facts(person: Practitioner, new: Sequence[ForeignFact], *, now: datetime) -> int:
    """Add the facts to the file, under the names that their registers gave them; how many. The file is locked."""
    agencies = {row.code: row for row in Agency.objects.filter(code__in={fact.agency for fact in new})}
    for fact in new:
        entry = Fact.objects.get(origin=fact.entry[0], origin_id=fact.entry[1]) if fact.entry else None
        draft = Draft(
            kind=fact.kind,
            effective_on=fact.effective_on,
            points=fact.points,
            counted_on=fact.counted_on,
            policy=fact.policy,
            months=fact.months,
            days=fact.days,
            entry=entry,
            document_number=fact.document_number,
            agency=agencies.get(fact.agency),
            origin=fact.origin,
            origin_id=fact.origin_id,
            origin_seq=fact.origin_seq,
            decided_at=fact.decided_at,
            legacy=fact.legacy,
        )
        append(practitioner=entry.practitioner if entry else person, draft=draft, now=now)
    return len(new)


def _require_same_law(given: Account) -> None:
    known = policies()
    for name in sorted({fact.policy for fact in given.facts if fact.policy}):
        if name not in known.for_entries or given.policies.get(name) != digest_of_policy(known[name]):
            raise Doubtful(Doubt.OTHER_LAW, name)


def _kept_under_these_names(facts: Iterable[ForeignFact]) -> dict[tuple[str, object], Fact]:
    ids = {fact.origin_id for fact in facts}
    rows = Fact.objects.filter(origin_id__in=ids).select_related("entry")
    return {(row.origin, row.origin_id): row for row in rows}


def _is_same(row: Fact, fact: ForeignFact, files: Iterable[int]) -> bool:
    entry = (row.entry.origin, row.entry.origin_id) if row.entry else None
    here = (row.kind, row.origin_seq, row.decided_at, row.effective_on, row.points, row.counted_on, row.policy)
    there = (fact.kind, fact.origin_seq, fact.decided_at, fact.effective_on, fact.points, fact.counted_on, fact.policy)
    rest = (row.months, row.days, entry) == (fact.months, fact.days, fact.entry)
    return here == there and rest and row.practitioner_id in files


def _require_possible(new: Sequence[ForeignFact], told: set[tuple[str, object]]) -> None:
    """Facts of our own that we do not know, numbers that are taken, corrections of nothing: somebody has to look."""
    numbers = [(fact.origin, fact.origin_seq) for fact in new]
    taken = set(
        Fact.objects.filter(
            origin__in={each for each, _ in numbers}, origin_seq__in=[seq for _, seq in numbers]
        ).values_list("origin", "origin_seq")
    )
    for fact, number in zip(new, numbers, strict=True):
        unknown_entry = fact.entry is not None and fact.entry not in told
        if (
            fact.origin == settings.REGISTRY_REGISTER_ID
            or number in taken
            or unknown_entry
            or numbers.count(number) > 1
        ):
            raise Doubtful(Doubt.CONTRADICTION, _named(fact))


def _named(fact: ForeignFact) -> str:
    return f"{fact.origin} {fact.origin_id}"
