"""The work list: what the user must do, due first, with the way to each act; and who is under key supervision."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.actions.talks import TALKS
from registry.admin import extensions
from registry.admin.acts.buttons import Button
from registry.admin.acts.own_files import answers
from registry.admin.fields import choice_field, tick_field
from registry.admin.moment import today
from registry.admin.roles import has_any, scope, user_of
from registry.models import Institution, Practitioner, Task
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.supervision import key_supervision
from registry.queries.talks import acting_for
from registry.queries.worklist import LATER, OVERDUE, TODAY, UNKNOWN, WEEK, Line, Wanted, worklist

ALL = _("All")
PARTS: dict[str, str | Promise] = {
    OVERDUE: _("overdue"),
    TODAY: _("due today"),
    WEEK: _("due this week"),
    LATER: _("due later"),
    UNKNOWN: _("no due day yet"),
}
"""What the parts of the queue are called."""


class WantedForm(forms.Form):
    """Which tasks are asked for."""

    kind = choice_field(_("Task"), Task.Kind.choices, empty=ALL, required=False)
    holder = choice_field(_("Who must act"), Task.Holder.choices, empty=ALL, required=False)
    overdue = tick_field(_("Overdue only"))
    escalated = tick_field(_("Handed up only"))
    mine = tick_field(_("Given to me only"))
    when = choice_field(_("Due"), PARTS.items(), empty=ALL, required=False)
    given_to = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput())
    agency = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput())


@dataclass(frozen=True, slots=True)
class Row:
    """A line with the ways that lead on from it. `person` is nobody where whoever must act may not know them."""

    line: Line
    person: Practitioner | None
    ways: list[Button]

    @property
    def way(self) -> Button | None:
        """The act that does the task; where this list has none, the page on which it is done, which comes last."""
        return next((way for way in self.ways if way.main), self.ways[-1] if self.ways else None)


def work_list(site: Any) -> Callable[..., HttpResponse]:
    """The page of the work list, filtered by its address."""

    def view(request: HttpRequest) -> HttpResponse:
        form = WantedForm(request.GET)
        wanted = Wanted(**form.cleaned_data) if form.is_valid() else Wanted()
        found = _found(request, wanted)
        response: HttpResponse = site.page(
            request,
            "registry/worklist.html",
            title=_("Work list"),
            form=form,
            today=today(),
            rows=rows_of(request, found.lines),
            years=found.years,
            places=_institutions(request),
            filtered=any(wanted),
            is_first=not request.GET.get("after"),
            next_url=_next(request, found.after),
        )
        return response

    return view


def supervision(site: Any) -> Callable[..., HttpResponse]:
    """The page of the key-supervision list."""

    def view(request: HttpRequest) -> HttpResponse:
        found = key_supervision(scope(request), today(), after=request.GET.get("after", ""))
        response: HttpResponse = site.page(
            request,
            "registry/supervision.html",
            title=_("Key supervision"),
            people=found.people,
            today=today(),
            next_url=_next(request, found.after),
        )
        return response

    return view


def rows_of(request: HttpRequest, lines: Any) -> list[Row]:
    """Lines with the ways that the user has on from them. Asks nothing more of the database."""
    return [Row(line, _known(line.task), list(_ways(request, line.task))) for line in lines]


def _found(request: HttpRequest, wanted: Wanted) -> Any:
    seen, user, after = scope(request), user_of(request), request.GET.get("after", "")
    try:
        return worklist(seen, today(), user=user, wanted=wanted, after=after)
    except ValueError:  # an address that no page of the list gave
        return worklist(seen, today(), user=user, wanted=wanted)


def _known(task: Task) -> Practitioner | None:
    """Experts judge without names."""
    return None if task.holder == Task.Holder.EXPERT else task.practitioner


def _ways(request: HttpRequest, task: Task) -> Iterator[Button]:
    if task.kind in TALKS and has_any(request, STAFF_KEEPERS) and acting_for(scope(request), user_of(request), task):
        yield Button(_("Record the talk"), reverse("admin:finish_talk", args=[task.pk]), "record_voice_over", main=True)
    if task.kind == Task.Kind.CORRECT and answers(request, task):
        yield Button(_("Answer the request"), reverse("admin:answer_correction", args=[task.pk]), "reply", main=True)
    yield from extensions.buttons("task", request, task)
    if task.holder != Task.Holder.EXPERT:
        yield from _pages(task)


def _pages(task: Task) -> Iterator[Button]:
    """The pages of the proposal or the case, where the office has them."""
    for title, name, pk in (
        (_("Open the proposal"), "registry_proposal_change", task.proposal_id),
        (_("Open the case"), "registry_case_change", task.case_id),
    ):
        if pk is None:
            continue
        try:
            yield Button(title, reverse(f"admin:{name}", args=[pk]), "open_in_new")
        except NoReverseMatch:
            continue
        return


def _institutions(request: HttpRequest) -> list[Institution]:
    """The institutions that the user answers for, whose talks can be recorded together."""
    return scope(request).places


def _next(request: HttpRequest, after: str) -> str:
    if not after:
        return ""
    kept = {name: value for name, value in request.GET.items() if name != "after"}
    return "?" + urlencode({**kept, "after": after})
