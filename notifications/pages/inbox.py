"""What a practitioner was told: the list, and each notice, which counts as read once it is opened."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from notifications.actions.receipts import acknowledge, mark_read
from notifications.models import Kind, Notice
from notifications.queries.formal import formal
from notifications.queries.inbox import (
    Asked,
    corrected_by,
    corrects,
    narrowed,
    own_notices,
    unread,
    with_everything,
)
from notifications.queries.mail_addresses import addresses_of
from notifications.queries.mailing import sends_mail
from notifications.queries.saying import lines_of, sentence_of, title_of
from registry.models import Practitioner, User
from registry.pages.own_file.extensions import Card
from registry.pages.own_file.holder import for_its_holder
from registry.queries.own_file import files_of, once
from registry.queries.sight import full_sight

PAGE = 20
KINDS = [(kind.value, kind.label) for kind in Kind if kind != Kind.TEST]


class AskedForm(forms.Form):
    """Which notices."""

    unread = forms.BooleanField(required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is about"), required=False, choices=[("", gettext_lazy("everything")), *KINDS]
    )
    after = forms.IntegerField(required=False, min_value=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A notice with what it says."""

    notice: Notice
    title: str
    sentence: str


@require_safe
@for_its_holder
def my_notices(request: HttpRequest, person: Practitioner) -> HttpResponse:
    """The notices to the holder of the file, the newest first."""
    form = AskedForm(request.GET)
    asked = Asked(**form.cleaned_data) if form.is_valid() else Asked()
    assert isinstance(request.user, User)  # the door lets nobody else in
    mine = own_notices(files_of(person))
    page = list(with_everything(narrowed(mine, asked))[: PAGE + 1])
    shown = {
        "rows": [_row(each) for each in page[:PAGE]],
        "form": form,
        "asked": asked,
        "unread": unread(mine),
        "older": _older(asked, page[PAGE - 1]) if len(page) > PAGE else "",
        "only_here": sends_mail() and addresses_of(request.user).counting is None,
    }
    return render(request, "notifications/my_notices.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def my_notice(request: HttpRequest, person: Practitioner, notice: UUID) -> HttpResponse:
    """One notice; opening it is reading it, posting acknowledges it."""
    found = with_everything(own_notices(files_of(person))).filter(uuid=notice).first()
    if found is None:
        raise Http404
    assert isinstance(request.user, User)  # the door lets nobody else in
    said: dict[str, Any] = {"notice": found, "by": request.user, "now": timezone.now()}
    with full_sight():
        if request.method == "POST":
            acknowledge(**said)
        else:
            mark_read(**said)
    if request.method == "POST":
        messages.success(request, _("Thank you. It is kept that you know of it."))
        return HttpResponseRedirect(reverse("my_notice", args=[notice]))
    shown = {
        "row": _row(found),
        "lines": lines_of(found.event),
        "corrects": [_row(each) for each in corrects(found)],
        "corrected_by": [_row(each) for each in corrected_by(found)],
    }
    return render(request, "notifications/my_notice.html", shown)


@require_safe
@for_its_holder
def printed_notice(request: HttpRequest, person: Practitioner, notice: UUID) -> HttpResponse:
    """One notice as a letter; opening it is reading it, too."""
    found = with_everything(own_notices(files_of(person))).filter(uuid=notice).first()
    if found is None:
        raise Http404
    assert isinstance(request.user, User)  # the door lets nobody else in
    with full_sight():
        mark_read(notice=found, by=request.user, now=timezone.now())
    shown = {
        "letter": formal(found, reached_at=request.build_absolute_uri("/")),
        "back": reverse("my_notice", args=[notice]),
        "printed_at": timezone.now(),
    }
    return render(request, "notifications/letter.html", shown)


def unread_of(person: Practitioner) -> str:
    """How many notices wait to be read, in few letters."""
    return once(person, "unread", lambda: unread(own_notices(files_of(person))))


def card(person: Practitioner) -> Card:
    """What stands on the page of the own file."""
    mine = own_notices(files_of(person))
    latest = with_everything(narrowed(mine, Asked(unread=True)))[:3]
    return Card("notifications/own_card.html", {"unread": unread_of(person), "rows": [_row(each) for each in latest]})


def _row(notice: Notice) -> Row:
    return Row(notice, title_of(notice.event), sentence_of(notice.event))


def _older(asked: Asked, last: Notice) -> str:
    kept = {"kind": asked.kind, "unread": "on" if asked.unread else "", "after": last.pk}
    return "?" + urlencode({name: value for name, value in kept.items() if value})
