"""The desk of an expert: the cases they were drawn for, the file without names, their days and conflicts."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.admin.experts import record_of
from appeals.models import Expert, Panel, Seat, Vote
from appeals.queries.anonymous import evidence_for, file_for
from appeals.queries.visible import mark_of, seats_of
from registry.actions.files import read_file
from registry.admin.composing import composed
from registry.admin.moment import today
from registry.admin.roles import is_expert, user_of
from registry.models import Task
from registry.queries.sight import as_the_asker

View = Callable[..., HttpResponse]


def my_cases(site: Any) -> View:
    """What waits for a vote, the nearest last day first, and what was."""

    def page(request: HttpRequest) -> HttpResponse:
        _require_expert(request)
        seats = list(seats_of(user_of(request)).order_by("-pk"))
        tasks = {task.subject: task for task in Task.objects.filter(subject__in=[seat.uuid for seat in seats])}
        rows = [(seat, tasks.get(seat.uuid), mark_of(seat)) for seat in seats]
        waiting = [row for row in rows if row[0].state == Seat.State.SEATED]
        response: HttpResponse = site.page(
            request,
            "appeals/my_cases.html",
            title=_("My cases"),
            waiting=sorted(waiting, key=lambda row: (row[1] and row[1].due_on) or date.max),
            past=[row for row in rows if row[0].state != Seat.State.SEATED],
            today=today(),
        )
        return response

    return page


def my_case(site: Any) -> View:
    """One case: the file without names, and what the expert can do; the own votes once all are opened."""

    @composed
    def page(request: HttpRequest, uuid: Any) -> HttpResponse:
        seat = _seat(request, uuid)
        concluded = seat.panel.state == Panel.State.CONCLUDED
        asked = seat.state == Seat.State.SEATED
        response: HttpResponse = site.page(
            request,
            "appeals/my_case.html",
            title=gettext("Case %(mark)s") % {"mark": mark_of(seat)},
            crumbs=[(_("My cases"), reverse("admin:expert_desk"))],
            seat=seat,
            task=Task.objects.filter(subject=seat.uuid).first() if asked else None,
            asked=asked,
            file=file_for(seat) if asked or seat.state == Seat.State.VOTED else None,
            votes=Vote.objects.filter(seat=seat).select_related("point") if concluded else (),
        )
        response["Cache-Control"] = "no-store"
        return response

    return page


def evidence(site: Any) -> View:
    """A released piece of evidence, as an attachment under a name that tells nothing."""

    @composed
    def download(request: HttpRequest, uuid: Any, pk: int) -> HttpResponse:
        seat = _seat(request, uuid)
        if seat.state not in (Seat.State.SEATED, Seat.State.VOTED):
            raise Http404
        found = evidence_for(seat).filter(pk=pk).first()
        if found is None or found.shown is None:
            raise Http404
        response = HttpResponse(read_file(found.shown), content_type=found.shown.media_type)
        ending = found.shown.name.rpartition(".")[2]
        response["Content-Disposition"] = f'attachment; filename="evidence-{found.pk}.{ending}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store"
        return response

    return download


def my_record(site: Any) -> View:
    """What the register keeps of the expert: workplaces, days offered, conflicts declared."""

    def page(request: HttpRequest) -> HttpResponse:
        _require_expert(request)
        expert = Expert.objects.filter(user=user_of(request)).first()
        response: HttpResponse = site.page(
            request,
            "appeals/my_record.html",
            title=_("My days and conflicts"),
            crumbs=[(_("My cases"), reverse("admin:expert_desk"))],
            may_act=False,
            may_end_days=True,
            **(record_of(expert) if expert else {}),
        )
        return response

    return page


def _require_expert(request: HttpRequest) -> None:
    if not is_expert(request):
        raise Http404


def _seat(request: HttpRequest, uuid: Any) -> Seat:
    _require_expert(request)
    with as_the_asker():
        seat = seats_of(user_of(request)).filter(uuid=uuid).first()
    if seat is None:
        raise Http404
    return seat
