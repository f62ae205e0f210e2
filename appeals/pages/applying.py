"""An application for repair by the person: composed, seen beforehand, filed once, followed, withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from appeals.actions.applications import file_application, preview, withdraw_application
from appeals.models import Application, Attendance
from appeals.pages.repair import own_application
from appeals.queries.applications import owed_by_agency, track_of
from appeals.queries.remediation import OPEN, Prospect, open_application, prospects, support_of
from registry.actions.corrections import Difference
from registry.actions.errors import Refused
from registry.actions.procedure import for_practitioner
from registry.ledger.days import shanghai_day
from registry.ledger.reading import History, history_of
from registry.models import Practitioner, User
from registry.pages.own_file.holder import for_its_holder
from registry.queries.explain import day
from registry.queries.sight import full_sight


class ApplyForm(forms.Form):
    """With which activities, how much, and in which words."""

    attendances = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Activities that I completed"),
        queryset=Attendance.objects.none(),
        widget=forms.CheckboxSelectMultiple(),
        help_text=gettext_lazy("Each activity supports one application."),
    )
    amount = forms.IntegerField(label=gettext_lazy("How much"), min_value=1)
    statement = forms.CharField(
        label=gettext_lazy("What I did to put it right"), max_length=4000, widget=forms.Textarea({"rows": 5})
    )

    def __init__(self, *args: Any, prospect: Prospect, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prospect = prospect
        parts: Any = self.fields["attendances"]
        named = Q(pk__in=[part.pk for part in prospect.usable])
        if prospect.pending:  # a second press names what the first one has used
            named |= Q(application=prospect.pending)
        parts.queryset = Attendance.objects.filter(named).select_related("activity")
        parts.label_from_instance = _part_words
        amount = self.fields["amount"]
        in_points = prospect.kind == Application.Kind.RELIEF
        amount.label = gettext_lazy("Points to be relieved") if in_points else gettext_lazy("Days to be shortened")
        amount.help_text = _("At most %(most)s with all the activities above.") % {"most": prospect.most}
        amount.widget.attrs |= {"max": prospect.most, "inputmode": "numeric"}


class WithdrawForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Why I withdraw it"), max_length=400)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for what, as it is looked at now."""

    person: Practitioner
    user: User
    history: History
    prospect: Prospect
    now: datetime

    def previewed(self, given: dict[str, Any]) -> Difference:
        """What a grant would do. Raises Refused beyond the caps."""
        with full_sight():
            return preview(
                kind=self.prospect.kind,
                practitioner=self.person,
                amount=given["amount"],
                activities=len(given["attendances"]),
                agency=self.prospect.agency,
                now=self.now,
            )

    def filed(self, given: dict[str, Any]) -> Application:
        """Filed, or the one that the first of two presses has filed. Raises Refused."""
        try:
            with full_sight():
                return file_application(
                    practitioner=self.person,
                    kind=self.prospect.kind,
                    agency=self.prospect.agency,
                    acting=for_practitioner(self.user),
                    now=self.now,
                    **given,
                )
        except Refused as refusal:
            same = open_application(self.history.files, self.prospect.kind)
            if refusal.code == "application_open" and same and self._is(same, given):
                return same
            raise

    def _is(self, row: Application, given: dict[str, Any]) -> bool:
        asked = (row.amount, row.statement, row.agency_id, row.filed_by_id)
        return asked == (given["amount"], given["statement"].strip(), self.prospect.agency.pk, self.user.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def my_apply(request: HttpRequest, person: Practitioner, kind: str, agency: str) -> HttpResponse:
    """The form; posting it shows what a grant would do, and posting that files it."""
    asking = _asking(request, person, kind, agency)
    if asking is None:
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = ApplyForm(given, prospect=asking.prospect, initial=_beginning(asking.prospect))
    if given is None:
        return _page(request, asking, form)
    step, found = given.get("step", ""), None
    if form.is_valid():
        try:
            if step == "file":
                filed = asking.filed(form.cleaned_data)
                return HttpResponseRedirect(reverse("my_receipt", args=[filed.uuid]))
            found = asking.previewed(form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
    return _page(request, asking, form, found if step != "back" else None)


def _asking(request: HttpRequest, person: Practitioner, kind: str, agency: str) -> Asking | None:
    assert isinstance(request.user, User)  # the door lets nobody else in
    now, history = timezone.now(), history_of(person)
    for each in prospects(history, shanghai_day(now)):
        if (each.kind.value, each.agency.code) == (kind, agency):
            return Asking(person, request.user, history, each, now)
    return None


def _beginning(prospect: Prospect) -> dict[str, Any]:
    return {"attendances": [part.pk for part in prospect.usable], "amount": prospect.most or None}


def _page(request: HttpRequest, asking: Asking, form: ApplyForm, found: Difference | None = None) -> HttpResponse:
    shown: dict[str, Any] = {"prospect": asking.prospect, "room": asking.prospect.room, "form": form, "found": found}
    if found:
        shown["chosen"] = form.cleaned_data
    return render(request, "appeals/own/apply.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def my_application(request: HttpRequest, person: Practitioner, application: UUID) -> HttpResponse:
    """One application with its track; posting withdraws it, after it was asked for once more."""
    row = own_application(person, application)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _withdrawn(request, form, row):
        messages.success(request, _("The application is withdrawn. Its activities are free for another one."))
        return HttpResponseRedirect(reverse("my_application", args=[application]))
    shown = {
        "application": row,
        "is_open": row.state in OPEN,
        "owed": owed_by_agency(row),
        "track": track_of(row),
        "support": support_of(row),
        "form": form,
        "asks": "withdraw" in request.GET or form.errors,
    }
    return render(request, "appeals/own/application.html", shown, status=422 if form.errors else 200)


def _withdrawn(request: HttpRequest, form: WithdrawForm, row: Application) -> bool:
    assert isinstance(request.user, User)  # the door lets nobody else in
    try:
        with full_sight():
            withdraw_application(
                application=row,
                reason=form.cleaned_data["reason"],
                acting=for_practitioner(request.user),
                now=timezone.now(),
            )
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return False
    return True


@require_safe
@for_its_holder
def my_receipt(request: HttpRequest, person: Practitioner, application: UUID) -> HttpResponse:
    """That an application was filed, with its number, to be printed."""
    row = own_application(person, application)
    shown = {"application": row, "owed": owed_by_agency(row), "support": support_of(row), "person": person}
    return render(request, "appeals/own/application_receipt.html", shown)


def _part_words(part: Attendance) -> str:
    return _("%(title)s, completed on %(day)s") % {"title": part.activity.title, "day": day_of(part)}


def day_of(part: Attendance) -> str:
    """The day of completion, as the language writes it."""
    return day(part.completed_on) if part.completed_on else "–"
