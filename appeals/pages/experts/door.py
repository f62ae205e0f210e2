"""Who comes in to the pages of experts, and to which of the cases: whoever sits on it, and nobody else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.models import Seat
from appeals.queries.own_seats import Deadline, deadline_of, owed_by, with_draft_and_places
from appeals.queries.visible import seats_of
from registry.admin.roles import narrow, scope
from registry.ledger.days import shanghai_day
from registry.models import Task, User
from registry.pages.own_file.doors import other_doors
from registry.pages.own_file.extensions import Way, Words
from registry.queries.roles import EXPERTS
from registry.queries.sight import as_the_asker, full_sight

FIRST = "expert_cases"
WAYS: tuple[tuple[Words, str, Task.Kind | None], ...] = (
    (_("My cases"), FIRST, Task.Kind.VOTE),
    (_("Opinions on repair"), "expert_opinions", Task.Kind.DELIBERATE),
    (_("Past cases"), "expert_past", None),
    (_("Days and conflicts"), "expert_record", None),
)
"""The pages in the row of ways, and what is counted at each."""

READING = (Seat.State.SEATED, Seat.State.VOTED)
"""The states of a seat in which its expert reads the file."""


@dataclass(frozen=True, slots=True)
class Me:
    """The expert who asks, when, and everything that is asked of them, the nearest last day first."""

    user: User
    now: datetime
    tasks: tuple[Task, ...]

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return shanghai_day(self.now)

    def deadline(self, seat: Seat) -> Deadline:
        """Until when the seat waits for a vote; the working days left are not counted."""
        task = next((task for task in self.tasks if task.subject == seat.uuid), None)
        return deadline_of(task, self.today)


def for_experts(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Behind the sign-in, with the expert after the request; who is none is led to the beginning.

    What experts are shown is made for them, so the page is put together with full sight; what it is about is looked up
    as the asker, who sees as an expert and no further, whatever other roles the account has.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **path: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        roles = scope(request).roles
        if not roles & EXPERTS:
            return HttpResponseRedirect(reverse("home"))
        narrow(request, EXPERTS)
        me = Me(request.user, timezone.now(), tuple(owed_by(request.user)))
        request.own_ways = _ways(request.path, me.tasks)  # type: ignore[attr-defined]  # shown by own_file/base.html
        request.other_doors = other_doors(roles, FIRST)  # type: ignore[attr-defined]  # the same
        with full_sight():
            return view(request, me, **path)

    return guarded


def for_seated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """With the own seat of that identifier; another one is not there."""

    @wraps(view)
    @for_experts
    def guarded(request: HttpRequest, me: Me, *, seat: UUID, **path: Any) -> HttpResponse:
        with as_the_asker():
            found = with_draft_and_places(seats_of(me.user)).filter(uuid=seat).first()
        if found is None:
            raise Http404
        return view(request, me, found, **path)

    return guarded


def for_asked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """With the own seat while it waits for a vote; one that is over leads to its case."""

    @wraps(view)
    @for_seated
    def guarded(request: HttpRequest, me: Me, seat: Seat, **path: Any) -> HttpResponse:
        if seat.state != Seat.State.SEATED:
            return HttpResponseRedirect(reverse("expert_case", args=[seat.uuid]))
        return view(request, me, seat, **path)

    return guarded


def _ways(path: str, tasks: tuple[Task, ...]) -> list[Way]:
    urls = [reverse(name) for _title, name, _kind in WAYS]
    here = max((url for url in urls if path.startswith(url)), key=len, default="")
    return [
        Way(title, url, str(sum(task.kind == kind for task in tasks) or ""), current=url == here)
        for (title, _name, kind), url in zip(WAYS, urls, strict=True)
    ]
