"""What must hold at the end, whatever died: every change has every effect exactly once, in order."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from django.db.models import QuerySet

from notifications.models import Endpoint, Event, Notice, Push
from notifications.queries.pending import people_waiting
from registry.models import StandingChange, Task


class Taken(Protocol):
    """A letter as a receiver acted on it."""

    @property
    def event(self) -> dict[str, Any]: ...


def faults(effects: Mapping[str, Sequence[Taken]]) -> list[str]:
    """Everything that is not as it must be, one sentence each.

    `effects` are what each receiver acted on, in order, by the path of its address.
    """
    found = list(_of_announcements())
    for path in Endpoint.objects.values_list("url", flat=True):
        found += _of_effects(effects.get(path.rpartition("/")[2], ()), Push.objects.filter(endpoint__url=path))
    return found


def _of_announcements() -> Iterator[str]:
    if waiting := list(people_waiting(everything=True)):
        yield f"never announced: something of {len(waiting)} files"
    announced = Event.objects.filter(change__isnull=False).count()
    if announced != (changes := StandingChange.objects.count()):
        yield f"{changes} changes of standing, {announced} events of them"
    for person in Event.objects.order_by().values_list("practitioner", flat=True).distinct():
        numbers = list(
            Event.objects.filter(practitioner=person).order_by("sequence").values_list("sequence", flat=True)
        )
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"events of a file are numbered {numbers}"
    for event in Event.objects.filter(change__isnull=False):
        if not Notice.objects.filter(event=event, practitioner__isnull=False).exists():
            yield f"{event} was announced to nobody"
    deadlines = Event.objects.filter(deadline__isnull=False).count()
    if deadlines > Task.objects.count():
        yield f"{deadlines} deadlines announced"


def _of_effects(effects: Sequence[Taken], pushes: QuerySet[Push]) -> Iterator[str]:
    owed = {str(uuid) for uuid in pushes.values_list("notice__event__uuid", flat=True)}
    acted = [letter.event["id"] for letter in effects]
    if missing := owed - set(acted):
        yield f"{len(missing)} of {len(owed)} never had their effect"
    if len(acted) != len(set(acted)) or set(acted) - owed:
        yield f"{len(acted)} effects of {len(owed)} changes"
    if undelivered := pushes.exclude(state="delivered").count():
        yield f"{undelivered} not delivered"
    by_person = defaultdict(list)
    for letter in effects:
        by_person[letter.event.get("subject", "")].append(int(letter.event["sequence"]))
    for subject, numbers in by_person.items():
        if subject and numbers != list(range(1, len(numbers) + 1)):
            yield f"effects of one person in the order {numbers}"
