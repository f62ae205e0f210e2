"""Objections for stories: what somebody disputes, in the town with its officers."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from appeals.actions.appeals import file_appeal
from appeals.actions.disputes import Dispute
from appeals.actions.findings import PointResult
from appeals.actions.objections import file_objection
from appeals.actions.reviews import assign_reviewer, decide_objection
from appeals.models import Objection, PointOfDispute
from registry.actions.errors import Refused
from registry.actions.files import keep_file
from registry.models import PointsEntry, Proposal, StoredFile, Task, User
from tests.casework import Desk
from tests.rules import sample_files
from tests.town import TODAY, at

NEXT_DAY = date(2025, 3, 11)


def stored(name: str = "病历.pdf", *, content: bytes | None = None, by: User | None = None) -> StoredFile:
    """A file that was handed in."""
    return keep_file(name=name, content=content or sample_files.pdf(), by=by, now=at(TODAY))


def objected(proposal: Proposal, *texts: str, now: datetime | None = None, **more: Any) -> Objection:
    """The practitioner objects: one point for each text, about the entries proposed in their order."""
    items = list(proposal.items.order_by("pk"))
    points = [Dispute(item=items[min(n, len(items) - 1)], text=text) for n, text in enumerate(texts)]
    given: dict[str, Any] = {"via": "practitioner", "filed_by": None, "points": points, **more}
    return file_objection(proposal=proposal, now=now or at(NEXT_DAY), **given)


def in_review(here: Desk, objection: Objection, *, now: datetime | None = None) -> Objection:
    """The reviewer has it."""
    return assign_reviewer(objection=objection, reviewer=here.reviewer, by=here.another, now=now or at(NEXT_DAY, 11))


def said(objection: Objection, *results: str | int) -> dict[int, PointResult]:
    """Results of the points in their order: a word, or the points that are left."""
    return {
        point.pk: PointResult("reduced", "情节较轻", points=result)
        if isinstance(result, int)
        else PointResult(result, "查证属实")
        for point, result in zip(points_of(objection), results, strict=True)
    }


def decided(
    here: Desk, objection: Objection, *results: str | int, now: datetime | None = None, **more: Any
) -> Objection:
    """The reviewer decides."""
    given: dict[str, Any] = {"by": here.reviewer, "decision": "复核决定", "document_number": "复核1号", **more}
    return decide_objection(
        objection=objection, results=said(objection, *results), now=now or at(NEXT_DAY, 15), **given
    )


def points_of(objection: Objection) -> list[PointOfDispute]:
    """The points of dispute in their order."""
    return list(objection.points.order_by("number"))


def appealed(*entries: PointsEntry, now: datetime, text: str = "不是我做的", **more: Any) -> Objection:
    """The practitioner appeals against entries."""
    person = entries[0].practitioner
    given: dict[str, Any] = {"via": "practitioner", "filed_by": None, "statement": text, **more}
    return file_appeal(practitioner=person, entries=[entry.fact for entry in entries], now=now, **given)


def refusal(act: Callable[..., Any], *args: Any, **given: Any) -> Refused:
    """How the act says no."""
    with pytest.raises(Refused) as told:
        act(*args, **given)
    return told.value


def owed(objection: Objection) -> list[tuple[str, str]]:
    """The open tasks about the objection: kind and clock."""
    rows = Task.objects.filter(subject=objection.uuid, state="open")
    return list(rows.values_list("kind", "clock"))
