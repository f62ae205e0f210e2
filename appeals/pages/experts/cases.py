"""The cases of an expert: what waits, one case with its file, and those that are over."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from appeals.models import Seat
from appeals.pages.experts.door import READING, Me, for_experts, for_seated
from appeals.queries.anonymous import file_for
from appeals.queries.own_seats import (
    deadline_of,
    draft_of,
    past_seats,
    places_of,
    waiting_cases,
    way_of,
    with_votes,
)
from appeals.queries.visible import mark_of
from registry.models import Task
from registry.queries.sight import as_the_asker

LATELY = 3
ON_A_PAGE = 10


@require_safe
@for_experts
def cases(request: HttpRequest, me: Me) -> HttpResponse:
    """What waits, the most urgent first, and what was decided lately."""
    with as_the_asker():
        waiting = waiting_cases(me.user, me.tasks, me.today)
        past = list(past_seats(me.user)[:LATELY])
    opinions = [task for task in me.tasks if task.kind == Task.Kind.DELIBERATE]
    shown = {
        "number": len(waiting) + len(opinions),
        "to_answer": [each for each in waiting if not each.begun],
        "to_vote": [each for each in waiting if each.begun],
        "opinions": len(opinions),
        "opinions_until": deadline_of(opinions[0], me.today) if opinions else None,
        "past": with_votes(past),
    }
    return render(request, "appeals/expert/cases.html", shown)


@require_safe
@for_seated
def case(request: HttpRequest, me: Me, seat: Seat) -> HttpResponse:
    """One case: the file without names, the panel by its seats, how far it has come, and the own vote once cast."""
    deadline = me.deadline(seat)
    shown = {
        **named(seat),
        "deadline": deadline,
        "asked": seat.state == Seat.State.SEATED,
        "draft": draft_of(seat),
        "file": file_for(seat) if seat.state in READING else None,
        "places": places_of(seat),
        "way": way_of(seat, deadline),
        "past": with_votes([seat])[0] if seat.state != Seat.State.SEATED else None,
    }
    return render(request, "appeals/expert/case.html", shown)


@require_safe
@for_experts
def past(request: HttpRequest, me: Me) -> HttpResponse:
    """The cases that are over, the last one first, with the own votes and what came of them."""
    with as_the_asker():
        page = Paginator(past_seats(me.user), ON_A_PAGE).get_page(request.GET.get("page"))
        seats = list(page)
    return render(request, "appeals/expert/past.html", {"page": page, "past": with_votes(seats)})


def named(seat: Seat) -> dict[str, Any]:
    """The seat, and what its case is called."""
    return {"seat": seat, "mark": mark_of(seat)}
