"""What the demo writes at once of a case is what the acts leave one after the other."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import models

from registry.actions.silence import decide_by_silence
from registry.desks.demo_data.cases import case
from registry.desks.demo_data.course import Channel, Part
from registry.desks.demo_data.stage import Officers, Stage
from registry.desks.demo_data.workdays import Workdays
from registry.models import (
    Authority,
    Case,
    Delivery,
    Fact,
    Grade,
    PointsEntry,
    Practitioner,
    ProcedureStep,
    Proposal,
    ProposedEntry,
    Responsibility,
    StandingChange,
    StandingSpan,
    Task,
)
from registry.queries.calendar import calendar
from tests.casework import Desk, desk
from tests.town import at

pytestmark = pytest.mark.django_db

MADE_ON = date(2025, 3, 10)
OF_ONE_PERSON = (
    Responsibility, Responsibility.history.model, Proposal, Proposal.history.model, ProcedureStep, Task, Fact,
    PointsEntry, StandingChange, StandingSpan,
)  # fmt: skip
OF_A_PROPOSAL = (ProposedEntry, ProposedEntry.history.model, Delivery)
NOT_COMPARED = {
    "id", "uuid", "history_id", "practitioner", "case", "handling", "responsibility", "proposal", "subject", "fact",
    "entry", "number", "document_number", "salt", "hash", "prev_hash", "origin_id", "origin_seq",
}  # fmt: skip
"""What is another one by its nature: the two people answer in two cases."""


def stage_of(here: Desk) -> Stage:
    town = here.town
    return Stage(
        today=MADE_ON + timedelta(60),
        institutions={town.hospital.code: town.hospital},
        officers={town.agency.pk: Officers(here.identifier, here.scorer, here.second, here.reviewer)},
        compliance={town.hospital.pk: here.another},
        workdays=Workdays(calendar()),
        authorities={f"YB{town.region.code}": Authority.objects.create(
            code=f"YB{town.region.code}", name="市医疗保障局", kind="healthcare_security", region=town.region
        )},
        people={},
        cast={},
        mainly_at={},
    )  # fmt: skip


def rows(model: type[models.Model], **of: Any) -> list[dict[str, Any]]:
    names = [field.name for field in model._meta.concrete_fields if field.name not in NOT_COMPARED]
    return list(model._default_manager.filter(**of).order_by("pk").values(*names))


def left(person: Practitioner) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for model in OF_ONE_PERSON:
        yield model.__name__, rows(model, practitioner=person)
    proposal = Proposal.objects.get(practitioner=person)
    for model in OF_A_PROPOSAL:
        yield model.__name__, rows(model, proposal=proposal)
    for model in (Case, Case.history.model):
        yield model.__name__, rows(model, number=proposal.case.number)
    yield "steps of the case", rows(ProcedureStep, subject=proposal.case.uuid)


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("situation", ["2-01", "4-01"])
def test_written_at_once_or_done_by_the_acts_it_is_the_same(channel: Channel, situation: str) -> None:
    here = desk()
    stage = stage_of(here)
    people = {True: here.surgeon, False: here.nurse}
    for by_acts, person in people.items():
        case(
            stage,
            place=here.town.hospital.code,
            situation=situation,
            made_on=MADE_ON,
            parts=[Part(person=person, grade=Grade.PRINCIPAL)],
            channel=channel,
            by_acts=by_acts,
        )
    stage.wind(lambda now: decide_by_silence(now=now))
    stage.play(at(stage.today))

    one_by_one, at_once = (dict(left(people[by_acts])) for by_acts in (True, False))
    assert one_by_one == at_once
    assert one_by_one["PointsEntry"]
    assert Task.objects.filter(kind="countersign").exists() == (situation == "4-01")
