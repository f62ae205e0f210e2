"""Who did which act, and who looked into whose file: by person, by user, by day. Newest first."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch, Q, QuerySet

from registry.ledger.days import SHANGHAI
from registry.ledger.families import family_of
from registry.models import AccessRecord, Assignment, Practitioner, ProcedureStep, User
from registry.queries.roles import WATCHING_OVER_ALL
from registry.queries.scope import Scope

AUDITING = WATCHING_OVER_ALL
"""Who looks over what others did: auditors, and administrators as far as their region goes."""
OF_EXPERTS = ("seat",)
"""Procedures left out: nobody is to know who sits on a panel before it is over."""
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; what is None is not narrowed."""

    person: Practitioner | None = None
    user: User | None = None
    day: date | None = None

    @property
    def is_anything(self) -> bool:
        """Something is narrowed."""
        return any(each is not None for each in (self.person, self.user, self.day))


def acts_done(seen: Scope, asked: Asked) -> QuerySet[ProcedureStep]:
    """The steps of procedures at agencies and institutions in the scope, with whoever did them."""
    rows = ProcedureStep.objects.exclude(procedure__in=OF_EXPERTS)
    if not seen.sees_everything:
        here = seen.in_regions("agency__region") | seen.in_regions("institution__region")
        rows = rows.filter(here | seen.in_regions("case__agency__region"))
    if asked.person:
        rows = rows.filter(practitioner__in=family_of(asked.person.pk).files)
    if asked.user:
        rows = rows.filter(Q(actor=asked.user) | Q(second=asked.user))
    if asked.day:
        rows = rows.filter(recorded_at__gte=_begin(asked.day), recorded_at__lt=_begin(asked.day + timedelta(days=1)))
    shown = ("actor", "second", "agency", "institution", "practitioner", "case")
    return rows.select_related(*shown).order_by("-id")


def looks_taken(seen: Scope, asked: Asked) -> QuerySet[AccessRecord]:
    """The looks into files of people in the scope, told with `reading_of`."""
    offices = Assignment.objects.select_related("agency", "institution", "authority").order_by("pk")
    rows = AccessRecord.objects.all()
    if not seen.sees_everything:
        rows = rows.filter(seen.about("practitioner"))
    if asked.person:
        rows = rows.filter(practitioner__in=family_of(asked.person.pk).files)
    if asked.user:
        rows = rows.filter(user=asked.user)
    if asked.day:
        rows = rows.filter(at__gte=_begin(asked.day), at__lt=_begin(asked.day + timedelta(days=1)))
    rows = rows.select_related("user", "key__region", "key__authority", "practitioner")
    rows = rows.defer("salt", "hash", "prev_hash").order_by("-id")
    return rows.prefetch_related(Prefetch("user__assignments", offices, to_attr="all_assignments"))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
