"""Cases for stories of the office: a ward of nurses, the case they answer in, and days to travel to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import time_machine

from registry.actions.handlings import identify_responsibility
from registry.actions.people import register_practitioner
from registry.actions.registrations import register_at
from registry.models import Case, Practitioner
from tests.casework import Desk
from tests.town import LAW_BEGINS, TODAY, at, handle

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@contextmanager
def on(day: date, hour: int = 15) -> Iterator[None]:
    with time_machine.travel(at(day, hour), tick=False):
        yield


def ward(here: Desk, size: int) -> list[Practitioner]:
    """Nurses of the hospital."""
    found = []
    for number in range(size):
        person = register_practitioner(
            code=f"N4301007{number:05d}", name=f"护士{number}", category="nurse", by=None, now=at(LAW_BEGINS)
        )
        register_at(
            practitioner=person, institution=here.town.hospital, starts_on=LAW_BEGINS, by=None, now=at(LAW_BEGINS)
        )
        found.append(person)
    return found


def case_with(here: Desk, people: list[Practitioner], grade: str = "general") -> Case:
    handling = handle(here.town)
    for person in people:
        identify_responsibility(
            handling=handling,
            practitioner=person,
            grade=grade,
            grounds="配合",
            identified_on=TODAY,
            by=here.identifier,
            now=at(TODAY, 11),
        )
    return handling.case


def numbers(case: Case) -> list[int]:
    return list(case.handling.responsibilities.order_by("pk").values_list("pk", flat=True)) if case.handling else []


def stray(here: Desk) -> Practitioner:
    """Somebody of the clinic who answers for a handling of the hospital."""
    person = register_practitioner(code="N430100000009", name="赵敏", category="nurse", by=None, now=at(LAW_BEGINS))
    register_at(practitioner=person, institution=here.town.clinic, starts_on=LAW_BEGINS, by=None, now=at(LAW_BEGINS))
    return person
