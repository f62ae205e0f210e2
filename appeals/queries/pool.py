"""What a draw starts from: the experts and the case as they are on a day, under names that hold for this draw only."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from appeals.models import Expert, Panel, Seat
from appeals.queries.parties import Parties, parties_of
from appeals.rules import pool
from appeals.rules.draw import SEED_BYTES
from appeals.rules.exclusions import reasons_against
from appeals.rules.pseudonyms import Pseudonyms
from registry.models import Assignment, Role

LEFT_THE_POOL = "left_the_pool"
"""Why a reserve is passed over, beside the reasons of `appeals.rules.exclusions`."""

COUNTED = (Seat.State.SEATED, Seat.State.VOTED, Seat.State.REPLACED)
"""The seats that are an expert's load: all but those given back."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The pool and the case of one draw."""

    experts: tuple[pool.Expert, ...]
    case: pool.Case
    terms: pool.Terms


def seed_of(panel: Panel) -> bytes:
    """The seed, which nobody sees before the draw. Raises SealBroken."""
    return panel.vault.unseal(bytes(panel.sealed_seed))[:SEED_BYTES]


def names_of(panel: Panel) -> Pseudonyms:
    """The names of the draw. Raises SealBroken."""
    return Pseudonyms(panel.vault.unseal(bytes(panel.sealed_seed))[SEED_BYTES:])


def terms_of(panel: Panel) -> pool.Terms:
    """The seats and years of the policy, as they were when the panel was called."""
    return pool.Terms(panel.size, panel.years_apart)


def with_load(experts: QuerySet[Expert]) -> QuerySet[Expert]:
    """Experts with the number of panels they served on as `load`; one query."""
    return experts.annotate(load=Count("seats", filter=Q(seats__state__in=COUNTED)))


def frozen(panel: Panel, *, drawing: int | None, today: date) -> Frozen:
    """The whole pool and the case on a day; `drawing` is the id of the user who draws. Nobody is asked by name."""
    return _frozen(panel, Expert.objects.filter(active=True), drawing=drawing, today=today)


def _frozen(panel: Panel, among: QuerySet[Expert], *, drawing: int | None, today: date) -> Frozen:
    names, parties = names_of(panel), parties_of(panel.objection, today=today)
    experts = list(_everything(among))
    signing_in, involved = _who_sign_in(today), {drawing, panel.committed_by_id, *parties.officers}
    known = _Known(names, parties, frozenset(each for each in involved if each), signing_in, str(panel.uuid))
    people = {names.person(pk) for pk in parties.people} | {
        names.expert(each.uuid) for each in experts if known.has_a_part(each)
    }
    case = pool.Case(
        id=str(panel.uuid),
        day=today,
        specialty=panel.specialty,
        institutions=frozenset(names.institution(pk) for pk in parties.institutions),
        people=frozenset(people),
    )
    return Frozen(tuple(known.as_in_the_pool(each) for each in experts), case, terms_of(panel))


def reasons_now(panel: Panel, expert: Expert, *, today: date) -> tuple[str, ...]:
    """Why an expert could not be drawn for this panel today; none, and they may sit."""
    now = _frozen(panel, Expert.objects.filter(pk=expert.pk), drawing=panel.drawn_by_id, today=today)
    (asked,) = now.experts
    left = () if expert.active else (LEFT_THE_POOL,)
    return (*left, *reasons_against(asked, now.case, now.terms))


def expert_named(panel: Panel, name: str) -> Expert:
    """The expert behind a name of the draw."""
    names = names_of(panel)
    found = next(pk for pk, uuid in Expert.objects.values_list("pk", "uuid") if names.expert(uuid) == name)
    return Expert.objects.select_related("user").get(pk=found)


@dataclass(frozen=True, slots=True)
class _Known:
    names: Pseudonyms
    parties: Parties
    officers: frozenset[int]
    signing_in: frozenset[int]
    case: str

    def has_a_part(self, expert: Expert) -> bool:
        """As a person of the case, as an officer in it, or as an expert who has judged it."""
        return (
            expert.practitioner_id in self.parties.people
            or expert.user_id in self.officers
            or expert.pk in self.parties.judged
        )

    def as_in_the_pool(self, expert: Expert) -> pool.Expert:
        """Without an account that can sign in nobody can vote: such an expert offers no days."""
        days = expert.availability.all() if expert.user_id in self.signing_in else ()
        load: int = expert.load  # type: ignore[attr-defined]  # annotated
        return pool.Expert(
            id=self.names.expert(expert.uuid),
            specialties=frozenset(expert.specialties),
            stays=tuple(
                pool.Stay(self.names.institution(each.institution_id), pool.Days(each.starts_on, each.ends_on))
                for each in expert.places.all()
            ),
            available=tuple(pool.Days(each.starts_on, each.ends_on) for each in days),
            load=load,
            conflicts=frozenset(self._conflicts(expert)),
        )

    def _conflicts(self, expert: Expert) -> set[str]:
        found = {self.case} if expert.pk in self.parties.recused else set()
        for each in expert.conflicts.all():
            if each.institution_id is not None:
                found.add(self.names.institution(each.institution_id))
            else:
                found.add(self.names.person(each.practitioner_id))
        return found


def _everything(experts: QuerySet[Expert]) -> QuerySet[Expert]:
    return with_load(experts).prefetch_related("places", "availability", "conflicts").order_by("uuid")


def _who_sign_in(today: date) -> frozenset[int]:
    begun = Assignment.objects.filter(role=Role.EXPERT, starts_on__lte=today, user__is_active=True)
    return frozenset(begun.filter(Q(ends_on=None) | Q(ends_on__gt=today)).values_list("user_id", flat=True))
