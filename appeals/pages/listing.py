"""My objections: what can be objected to, what is being written, and what became of what was filed."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appeals.actions.drafts import begin_draft
from appeals.pages.author import user_of
from appeals.pages.own_file import windows_of
from appeals.pages.words import told
from appeals.queries.drafts import kept_until, own_drafts
from appeals.queries.own_objections import (
    appealable_entries,
    own_objections,
    with_what_comes_next,
)
from registry.actions.errors import Refused
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.reading import facts_of_files
from registry.models import Practitioner
from registry.pages.own_file.holder import for_its_holder
from registry.queries.explain import headline
from registry.queries.own_file import files_of
from registry.queries.sight import full_sight
from registry.rules import compute


class BeginForm(forms.Form):
    """What the draft is about."""

    proposal = forms.UUIDField(required=False)
    entry = forms.UUIDField(required=False)
    standing = forms.BooleanField(required=False)


@require_safe
@for_its_holder
def my_objections(request: HttpRequest, person: Practitioner) -> HttpResponse:
    """Everything at a glance, what ends first at the beginning."""
    today = shanghai_day(timezone.now())
    files, drafts = files_of(person), list(own_drafts(user_of(request)))
    entries = appealable_entries(person, files=files)
    shown = {
        "today": today,
        "windows": windows_of(person, today),
        "entries": [(each, told(each.thing)) for each in entries],
        "standing": _standing_in_words(files, today) if any(each.open is None for each in entries) else "",
        "drafts": [(each, kept_until(each)) for each in drafts],
        "drafted": {each.proposal_id for each in drafts},
        "own": with_what_comes_next(list(own_objections(files)), today),
    }
    return render(request, "appeals/own/objections.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def begin(request: HttpRequest, person: Practitioner) -> HttpResponse:
    """Begin, or go on with, the draft about one thing; from there on everything is kept. Looking begins nothing."""
    form = BeginForm(request.POST)
    if not form.is_valid() or not any(form.cleaned_data.values()):
        return HttpResponseRedirect(reverse("my_objections"))
    today = shanghai_day(timezone.now())
    about = _named(person, form.cleaned_data, today)
    try:
        with full_sight():
            draft = begin_draft(practitioner=person, by=user_of(request), now=timezone.now(), **about)
    except Refused as refused:
        messages.error(request, str(refused.message))
        unopened = about["proposal"].uuid if refused.code == "notice_unopened" else None
        there = reverse("my_advance_notice", args=[unopened]) if unopened else reverse("my_objections")
        return HttpResponseRedirect(there)
    return HttpResponseRedirect(reverse("draft_points", args=[draft.uuid]))


def _named(person: Practitioner, asked: dict[str, Any], today: date) -> dict[str, Any]:
    """What it is about, of what can be objected to now. Raises Http404 for anything else."""
    if asked["proposal"]:
        found = next(
            (each.proposal for each in windows_of(person, today) if each.proposal.uuid == asked["proposal"]),
            None,
        )
        if found is None:
            raise Http404
        return {"proposal": found}
    if asked["entry"]:
        entry = next((e.thing.entry for e in appealable_entries(person) if e.thing.key == str(asked["entry"])), None)
        if entry is None:
            raise Http404
        return {"entry": entry}
    return {"standing": True}


def _standing_in_words(files: Collection[int], today: date) -> str:
    """The standing, where it is one to appeal against."""
    standing = compute.standing(facts_of_files(files), today, policies())
    return headline(standing) if standing.period else ""
