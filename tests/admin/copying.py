"""So many rows more of what a story made once, for pages that have to stay quick."""

from collections.abc import Sequence
from copy import copy
from typing import Any, TypeVar
from uuid import uuid4

from django.db.models import Model

from appeals.models import Activity, Application, Expert, Objection, Panel, PointOfDispute
from notifications.models import Event, Notice
from registry.models import (
    Case,
    Handling,
    Practitioner,
    ProcedureStep,
    Proposal,
    Responsibility,
    RosterJob,
    StandingChange,
    User,
)

NUMBERED = ("number", "document_number", "username")
Row = TypeVar("Row", bound=Model)


def copies(row: Row, count: int, **each: Sequence[Any]) -> list[Row]:
    """So many copies, under ids and numbers of their own; `each` gives a column a value of its own for every copy."""
    made = []
    for number in range(count):
        new = copy(row)
        new.pk, new._state.adding = None, True
        for field in (field.attname for field in row._meta.concrete_fields):
            if field == "uuid":
                setattr(new, field, uuid4())
            elif field in NUMBERED and isinstance(old := getattr(row, field), str) and old:
                setattr(new, field, f"{old[:16]}-{number}")
        for field, values in each.items():
            setattr(new, field, values[number])
        made.append(new)
    return type(row)._default_manager.bulk_create(made)


def multiplied(people: Sequence[Practitioner]) -> None:
    """Of everything that the register holds of one person, as much for each of these. Only pages are looked at."""
    count = len(people)
    handlings = copies(_one(Handling), count)
    cases = copies(_one(Case), count, handling=handlings)
    blamed = copies(_one(Responsibility), count, handling=handlings, practitioner=people)
    proposals = copies(_one(Proposal), count, case=cases, practitioner=people, responsibility=blamed)
    objections = copies(_one(Objection), count, case=cases, practitioner=people, proposal=proposals)
    copies(_one(PointOfDispute), count, objection=objections)
    copies(_one(Panel), count, objection=objections)
    copies(_one(Application), count, practitioner=people)
    copies(_one(ProcedureStep), count)
    copies(_one(Expert), count, user=copies(_one(User), count))
    for kind in (Activity, RosterJob):
        copies(_one(kind), count)
    changes = copies(_one(StandingChange, cause="fact"), count, practitioner=people, cause=["day"] * count)
    events = copies(_one(Event, change__isnull=False), count, practitioner=people, change=changes)
    for notice in Notice.objects.filter(event=_one(Event, change__isnull=False), practitioner=None):
        copies(notice, count, event=events)


def multiplied_of_one(person: Practitioner, objection: Objection, count: int) -> None:
    """As much more about this person: changes of the standing with their notices, and objections taken back."""
    changes = copies(_one(StandingChange, practitioner=person, cause="fact"), count, cause=["day"] * count)
    told = _one(Event, practitioner=person, change__isnull=False)
    events = copies(told, count, change=changes, sequence=range(1_000, 1_000 + count))
    copies(_one(Notice, event=told, practitioner=person), count, event=events)
    withdrawn = copies(objection, count, state=["withdrawn"] * count)
    copies(_one(PointOfDispute, objection=objection), count, objection=withdrawn)


def _one(kind: type[Row], **where: Any) -> Row:
    found = kind._default_manager.filter(**where).order_by("pk").last()
    assert found, kind
    return found
