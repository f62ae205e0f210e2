"""The page of the own file: how its holder stands, what can be done now, what happened, and why."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from registry.ledger.days import shanghai_day
from registry.models import Practitioner, User
from registry.pages.own_file.doors import doors_of
from registry.pages.own_file.extensions import cards_for, deeds_for, happenings_for
from registry.pages.own_file.holder import for_its_holder
from registry.pages.own_file.timeline import line_of
from registry.queries.explain import WHOLE
from registry.queries.file import file_of
from registry.queries.gauge import consequences, gauge_of
from registry.queries.own_file import history_of_holder
from registry.queries.scope import roles_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The beginning: the office for whoever works there, else the own file, else another desk of one's own."""
    doors = doors_of(roles_of(request.user, shanghai_day(timezone.now()))) if isinstance(request.user, User) else []
    return HttpResponseRedirect(doors[0].url if doors else reverse("admin:index"))


@require_safe
@for_its_holder
def own_page(request: HttpRequest, person: Practitioner) -> HttpResponse:
    """Standing, points, deeds, the line of time and the steps of the computation; where they are many, the newest."""
    today = shanghai_day(timezone.now())
    whole = WHOLE in request.GET
    file = file_of(person, today, history=history_of_holder(person))
    line = line_of(file, happenings_for(person), whole=whole)
    steps = file.why(whole=whole)
    shown = {
        "file": file,
        "gauge": gauge_of(file.standing.points, today, file.policy),
        "consequences": consequences(file.policy),
        "deeds": deeds_for(person, today),
        "line": line.moments,
        "earlier_moments": line.left_out,
        "steps": steps,
        "earlier_steps": len(file.standing.steps) - len(steps),
        "whole": WHOLE,
        "today": today,
        "cards": cards_for(person),
    }
    return render(request, "own_file/my_file.html", shown)
