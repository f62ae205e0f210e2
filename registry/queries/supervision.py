"""Key supervision: who is at or over the tier of an interview this year and not blocked, with what is owed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet, Value
from django.db.models.functions import Concat

from registry.ledger.families import families
from registry.ledger.law import policies
from registry.models import Practitioner, Registration, StandingSpan, Task
from registry.queries.scope import Scope
from registry.queries.worklist import Line
from registry.rules.policy import NATIONAL, NoPolicyInForce

TIER = "tiers.interview"
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Supervised:
    """A person on the list, with the points of the year, the institutions of the day and the open tasks about them."""

    practitioner: Practitioner
    points: int
    registrations: tuple[Registration, ...]
    tasks: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class KeySupervision:
    """A page of the list in order of code. `after` is the code from which the next page goes on, empty at the end."""

    people: tuple[Supervised, ...]
    after: str


def key_supervision(seen: Scope, today: date, *, after: str = "", size: int = A_PAGE) -> KeySupervision:
    """The people of a scope on the key-supervision list. At most six queries.

    The tier is that of the policies of the regions where the person is registered: the lowest of them counts.
    """
    spans = list(_spans(seen, today).filter(practitioner__code__gt=after)[: size + 1])
    page = [span for span in spans[:size] if span.points >= _tier_of(_registrations(span), today)]
    tasks = _tasks([span.practitioner_id for span in page], today)
    people = (
        Supervised(span.practitioner, span.points, _registrations(span), tuple(tasks[span.practitioner_id]))
        for span in page
    )
    return KeySupervision(tuple(people), spans[size - 1].practitioner.code if len(spans) > size else "")


def _spans(seen: Scope, today: date) -> QuerySet[StandingSpan]:
    lowest = min(int(law.get(TIER)) for law in policies().values() if not law.draft)
    spans = StandingSpan.objects.filter(starts_on__lte=today, status="normal", points__gte=lowest)
    spans = spans.filter(Q(ends_on=None) | Q(ends_on__gt=today))
    if not seen.sees_everything:
        spans = spans.filter(seen.about("practitioner"))
    here = Registration.objects.filter(superseded_at=None, starts_on__lte=today)
    here = here.filter(Q(ends_on=None) | Q(ends_on__gt=today)).select_related("institution").order_by("starts_on", "id")
    registrations = Prefetch("practitioner__registrations", here, to_attr="registrations_today")
    by_code = Concat("practitioner__code", Value(""))  # sorted: PostgreSQL would walk along everybody's codes
    return spans.select_related("practitioner").prefetch_related(registrations).order_by(by_code)


def _registrations(span: StandingSpan) -> tuple[Registration, ...]:
    return tuple(span.practitioner.registrations_today)  # type: ignore[attr-defined]  # put there by _spans


def _tier_of(registrations: tuple[Registration, ...], today: date) -> int:
    return min(_tier(region, today) for region in [row.institution.region_id for row in registrations] or [NATIONAL])


def _tier(region: str, today: date) -> int:
    try:
        return int(policies().in_force(region, today).get(TIER))
    except NoPolicyInForce:
        return int(policies().national(today).get(TIER))


def _tasks(people: list[int], today: date) -> dict[int, list[Line]]:
    """The open tasks by kept file, those of merged files among them."""
    found: dict[int, list[Line]] = defaultdict(list)
    if not people:
        return found
    kept = {file: person for person, files in families(people).members.items() for file in files}
    rows = Task.objects.filter(state=Task.State.OPEN, practitioner_id__in=kept).order_by("due_on", "id")
    for task in rows.select_related("agency", "institution"):
        found[kept[task.practitioner_id or 0]].append(Line(task, today))
    return found
