"""The advance notice on the portal: opened by the person, and from then on there to read.

Opening is pressing a button, for it is the receipt, and the window runs from the day after. A page that a browser
fetched ahead must not open it.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registry.actions.deliveries import open_notice
from registry.actions.procedure import for_practitioner
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.models import Practitioner, Proposal, Task, User
from registry.pages.own_file.extensions import Deed, Happening, deeds_for
from registry.pages.own_file.holder import for_its_holder
from registry.queries.advance_notices import UNRECEIVED, letter_of, sent_to
from registry.queries.own_file import files_of, once
from registry.queries.sight import full_sight


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def advance_notice(request: HttpRequest, person: Practitioner, proposal: UUID) -> HttpResponse:
    """What the agency intends; before it is opened, only that something waits and what opening it means."""
    found = sent_to(files_of(person)).select_related("practitioner", "case__agency").filter(uuid=proposal)
    notice = found.first()
    if notice is None:
        raise Http404
    if request.method == "POST":
        assert isinstance(request.user, User)  # the door lets nobody else in
        with full_sight():
            open_notice(proposal=notice, acting=for_practitioner(request.user), now=timezone.now())
        return HttpResponseRedirect(reverse("my_advance_notice", args=[proposal]))
    return render(request, "own_file/advance_notice.html", _shown(notice, person))


def deeds(person: Practitioner, today: date) -> Iterator[Deed]:
    """To open what waits to be opened."""
    waiting = [each for each in _sent_to(person) if each.state in UNRECEIVED]
    if not waiting:
        return
    tasks = Task.objects.filter(subject__in=[each.uuid for each in waiting], state=Task.State.OPEN)
    until = {task.subject: task.due_on for task in tasks if task.kind == Task.Kind.OPEN_NOTICE}
    for each in waiting:
        yield Deed(
            title=_("Open the advance notice of points"),
            text=_("%(agency)s intends to record points on you. Opened or not, it will be served on you.")
            % {"agency": each.case.agency.name},
            url=_address(each),
            until=until.get(each.uuid),
            pressing=True,
        )


def happenings(person: Practitioner) -> Iterator[Happening]:
    """The notices that the person has received."""
    for each in _sent_to(person):
        if each.received_on is not None:
            yield Happening(each.received_on, _("Advance notice received"), each.case.agency.name, _address(each))


def _sent_to(person: Practitioner) -> list[Proposal]:
    return once(person, "sent", lambda: list(sent_to(files_of(person)).select_related("case__agency")))


def _shown(notice: Proposal, person: Practitioner) -> dict[str, object]:
    """The notice and, as long as its window is open, what presses."""
    if notice.state in UNRECEIVED:
        return {"notice": notice, "working_days": policies()[notice.policy].clock("objection")}
    open_ = notice.state == Proposal.State.RECEIVED
    pressing = [each for each in deeds_for(person, shanghai_day(timezone.now())) if each.pressing] if open_ else []
    return {"notice": notice, "letter": letter_of(notice, timezone.now()), "deeds": pressing}


def _address(proposal: Proposal) -> str:
    return reverse("my_advance_notice", args=[proposal.uuid])
