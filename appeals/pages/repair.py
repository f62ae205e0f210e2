"""My repair: what it would bring now, what is offered, what I took part in, and what I asked for."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from appeals.actions.activities import cancel_enrolment, enrol
from appeals.models import Application, Attendance
from appeals.queries.own_repair import askable_now, asked_by, course_parts
from appeals.queries.remediation import Offer, offers_for, prospects, taken_part
from registry.actions.errors import Refused
from registry.actions.procedure import for_practitioner
from registry.ledger.days import shanghai_day
from registry.models import Practitioner, User
from registry.pages.own_file.extensions import Deed, Happening, Words
from registry.pages.own_file.holder import for_its_holder
from registry.queries.own_file import files_of, history_of_holder, once
from registry.queries.sight import full_sight

OF_THE_DECIDED: dict[str, Words] = {
    Application.State.GRANTED: gettext_lazy("Application for repair granted"),
    Application.State.REFUSED: gettext_lazy("Application for repair refused"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def my_repair(request: HttpRequest, person: Practitioner) -> HttpResponse:
    """Everything about repair; posting enrols in an activity that is offered, or cancels that."""
    now = timezone.now()
    wrong: dict[str, object] = {}
    if request.method == "POST":
        try:
            _done(request, person, now)
        except Refused as refusal:
            wrong = {"wrong": refusal.message, "wrong_at": request.POST.get("enrol") or request.POST.get("cancel")}
        else:
            return HttpResponseRedirect(reverse("my_repair") + "#offered")
    today = shanghai_day(now)
    history = history_of_holder(person)
    parts = taken_part(history.files)
    asked = asked_by(history.files)
    shown = {
        "prospects": prospects(history, today, parts=parts, applications=[each.row for each in asked]),
        "offers": offers_for(history.files, today, parts=parts),
        "parts": parts,
        "courses": course_parts(parts),
        "asked": asked,
        "today": today,
        **wrong,
    }
    return render(request, "appeals/own/repair.html", shown, status=422 if wrong else 200)


def _done(request: HttpRequest, person: Practitioner, now: datetime) -> None:
    """Enrol, or cancel the enrolment. Raises Refused; what is not offered is not there."""
    assert isinstance(request.user, User)  # the door lets nobody else in
    files, acting = files_of(person), for_practitioner(request.user)
    offer = _offer(request.POST.get("enrol") or request.POST.get("cancel", ""), files, shanghai_day(now))
    if "enrol" in request.POST:
        if offer.mine is None:
            with full_sight():
                enrol(activity=offer.activity, practitioners=[person], acting=acting, now=now)
        messages.success(request, _("You are enrolled in “%(title)s”.") % {"title": offer.activity.title})
    else:
        if offer.mine is not None:
            with full_sight():
                cancel_enrolment(attendance=offer.mine, acting=acting, now=now)
        messages.success(request, _("Your enrolment in “%(title)s” is cancelled.") % {"title": offer.activity.title})


def _offer(named: str, files: Collection[int], today: date) -> Offer:
    found = next((each for each in offers_for(files, today) if str(each.activity.uuid) == named), None)
    if found is None:
        raise Http404
    return found


def deeds(person: Practitioner, today: date) -> Iterator[Deed]:
    """A study to go on with, and what could be applied for now."""
    parts = _parts_of(person)
    for part in course_parts(parts).values():
        if part.state == Attendance.State.ENROLLED and part.activity.starts_on <= today <= part.activity.ends_on:
            yield Deed(
                title=_("Study and take the test: %(title)s") % {"title": part.activity.title},
                text=_("A completed study counts for repair."),
                url=reverse("my_study", args=[part.uuid]),
                until=part.activity.ends_on,
            )
    if not any(part.state == Attendance.State.COMPLETED and part.application_id is None for part in parts):
        return  # nothing supports an application
    for each in askable_now(prospects(history_of_holder(person), today)):
        yield Deed(
            title=_("Apply for repair: %(kind)s") % {"kind": each.kind.label},
            text=_("Your completed activities are enough to ask for something. Nothing is granted by asking."),
            url=reverse("my_apply", args=[each.kind.value, each.agency.code]),
        )


def happenings(person: Practitioner) -> Iterator[Happening]:
    """Activities that were completed, applications that were filed and decided."""
    files = files_of(person)
    for part in _parts_of(person):
        if part.completed_on:
            yield Happening(part.completed_on, _("Activity completed"), part.activity.title, reverse("my_repair"))
    for row in Application.objects.filter(practitioner_id__in=files).select_related("agency"):
        url = reverse("my_application", args=[row.uuid])
        yield Happening(shanghai_day(row.filed_at), _("Application for repair filed"), row.number, url)
        if row.decided_at:
            yield Happening(shanghai_day(row.decided_at), OF_THE_DECIDED[row.state], row.number, url)


def _parts_of(person: Practitioner) -> tuple[Attendance, ...]:
    return once(person, "parts", lambda: taken_part(files_of(person)))


def own_application(person: Practitioner, application: UUID) -> Application:
    """An application of the holder; others are not there."""
    files = files_of(person)
    rows = Application.objects.filter(practitioner_id__in=files).select_related("agency__region")
    found = rows.filter(uuid=application).first()
    if found is None:
        raise Http404
    return found
