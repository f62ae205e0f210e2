"""Objections that programs file, in tests: on the first of December 2026, against points told the day before."""

from datetime import date
from typing import Any

from registry.models import Assignment, Proposal, Role, User
from tests.api.officers import Program
from tests.casework import Desk, received
from tests.town import LAW_BEGINS

TOLD_ON = date(2026, 11, 30)
TODAY = date(2026, 12, 1)


def compliance(here: Desk) -> User:
    """The compliance officer of the hospital."""
    user = User.objects.create_user(f"compliance-{here.town.region.code}")
    Assignment.objects.create(
        user=user, role=Role.COMPLIANCE_OFFICER, institution=here.town.hospital, starts_on=LAW_BEGINS
    )
    return user


def administrator() -> User:
    """Somebody who sees everything and decides nothing."""
    user = User.objects.create_user("administrator")
    Assignment.objects.create(user=user, role=Role.ADMINISTRATOR, starts_on=LAW_BEGINS)
    return user


def proposed(here: Desk, *points: int) -> Proposal:
    """Points of which the surgeon was told."""
    return received(here, *points, on=TOLD_ON)


def on_paper(proposal: Proposal, *texts: str, **more: Any) -> dict[str, Any]:
    """An objection on paper, with a point for each text about the items in their order."""
    items = proposal.items.order_by("pk")
    points = [{"item": item.pk, "text": text} for item, text in zip(items, texts, strict=False)]
    return {"received_on": f"{TODAY}", "points": points, **more}


def taken_in(here: Desk, proposal: Proposal, *texts: str, **more: Any) -> str:
    """The address of an objection that the agency took in."""
    sent = on_paper(proposal, *texts, **more)
    made: str = Program(here.another).done(f"proposals/{proposal.uuid}/paper-objections/", sent)["id"]
    return f"objections/{made}/"


def in_review(here: Desk, address: str) -> None:
    """The reviewer has it."""
    Program(here.another).done(f"{address}assignments/", {"reviewer": here.reviewer.username})


def results(*outcomes: str) -> list[dict[str, Any]]:
    """An outcome for each point in their order."""
    return [{"point": n, "result": each, "grounds": "查证属实"} for n, each in enumerate(outcomes, start=1)]
