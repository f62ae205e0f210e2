"""Many people at the hospital at once, every one of them in some trouble, for pages that have to stay quick."""

from datetime import date
from uuid import uuid4

from registry.models import Practitioner, Registration, StandingSpan, Task
from tests.town import LAW_BEGINS, TODAY, Town, at

AGAIN = date(2025, 9, 1)


def crowd(town: Town, count: int) -> list[Practitioner]:
    """A third is near the threshold, a third suspended, a third terminated; about each an overdue talk is owed.

    They are written at once, because only pages are looked at.
    """
    now = at(LAW_BEGINS)
    people = Practitioner.objects.bulk_create(
        Practitioner(code=f"D4301000{number:05}", name=f"群众{number}", category="physician", recorded_at=now)
        for number in range(10_000, 10_000 + count)
    )
    Registration.objects.bulk_create(
        Registration(practitioner=person, institution=town.hospital, starts_on=LAW_BEGINS, recorded_at=now)
        for person in people
    )
    StandingSpan.objects.bulk_create(_span(person, number % 3) for number, person in enumerate(people))
    Task.objects.bulk_create(_talk(town, person) for person in people)
    return people


def _span(person: Practitioner, kind: int) -> StandingSpan:
    status, points, until = (("normal", 7, None), ("suspended", 9, AGAIN), ("terminated", 12, AGAIN))[kind]
    return StandingSpan(
        practitioner=person, starts_on=TODAY, status=status, points=points, until=until, may_reregister=False
    )


def _talk(town: Town, person: Practitioner) -> Task:
    return Task(
        kind="talk", holder="institution", institution=town.hospital, practitioner=person, subject=uuid4(),
        policy="cn-43-2025", clock="talk", working_days=10, starts_on=LAW_BEGINS, due_on=date(2025, 2, 3),
        opened_at=at(LAW_BEGINS),
    )  # fmt: skip
