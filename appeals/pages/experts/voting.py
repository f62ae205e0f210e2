"""The vote, step by step: free to judge, what should become of each point and why, and the casting of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from appeals.actions.ballots import begin_vote, cast_written, write_vote
from appeals.actions.seats import recuse
from appeals.models import DraftBallot, Seat
from appeals.pages.experts.cases import named
from appeals.pages.experts.door import Me, for_asked
from appeals.pages.experts.forms import ReasonForm, VoteForm, typed
from appeals.pages.experts.proving import proof_of
from appeals.pages.forms import tell
from appeals.queries.anonymous import AnonymousFile, ShownPoint, file_for
from appeals.queries.own_seats import Cast, draft_of
from registry.actions.errors import Refused
from registry.queries.sight import as_the_asker

STEPS = {
    "free": (gettext_lazy("Free to judge"), "expert_independence"),
    "vote": (gettext_lazy("Vote and reasons"), "expert_vote"),
    "check": (gettext_lazy("Check and cast"), "expert_check"),
}
"""The steps of a vote: their names and addresses."""


def framed(me: Me, seat: Seat, step: str, **shown: Any) -> dict[str, Any]:
    """What every step shows: the steps, which of them this is, and until when."""
    keys = list(STEPS)
    return {
        **named(seat),
        "steps": [(STEPS[key][0], reverse(STEPS[key][1], args=[seat.uuid]), key == step) for key in keys],
        "place": keys.index(step) + 1,
        "step": STEPS[step][0],
        "deadline": me.deadline(seat),
        "draft": draft_of(seat),
        **shown,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_asked
def independence(request: HttpRequest, me: Me, seat: Seat) -> HttpResponse:
    """What keeps somebody from judging, and what the register knows of the expert; posting says that nothing does."""
    refused = None
    if request.method == "POST":
        try:
            begin_vote(seat=seat, by=me.user, now=me.now)
            return HttpResponseRedirect(reverse("expert_vote", args=[seat.uuid]))
        except Refused as refusal:
            refused = refusal
    with as_the_asker():
        conflicts = list(seat.expert.conflicts.select_related("institution", "practitioner").order_by("-pk"))
        places = list(seat.expert.places.select_related("institution").order_by("-starts_on"))
    shown = framed(me, seat, "free", conflicts=conflicts, workplaces=places, refused=refused)
    return render(request, "appeals/expert/independence.html", shown, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_asked
def votes(request: HttpRequest, me: Me, seat: Seat) -> HttpResponse:
    """The form beside what it is about. Every button keeps what was typed; going on asks that nothing is missing."""
    draft, file = draft_of(seat), file_for(seat)
    if draft is None:
        return HttpResponseRedirect(reverse("expert_independence", args=[seat.uuid]))
    if request.method != "POST":
        form = VoteForm(initial=typed(draft.ballots), points=file.points, whole=False)
        if "unfinished" in request.GET:
            form = _whole(draft.ballots, file.points)
        return render(request, "appeals/expert/vote.html", framed(me, seat, "vote", form=form, file=file))
    form = _kept(request, me, seat, file.points)
    if form.errors:
        return render(request, "appeals/expert/vote.html", framed(me, seat, "vote", form=form, file=file), status=422)
    return HttpResponseRedirect(reverse("expert_check" if form.whole else "expert_vote", args=[seat.uuid]))


def _kept(request: HttpRequest, me: Me, seat: Seat, points: tuple[ShownPoint, ...]) -> VoteForm:
    """The form, kept as a draft; whole where the expert goes on. What is refused stands at it."""
    form, going_on = VoteForm(request.POST, points=points, whole=False), request.POST.get("do") == "check"
    if not form.is_valid():
        return form
    try:
        write_vote(seat=seat, ballots=form.ballots, by=me.user, now=me.now)
    except Refused as refused:
        tell(form, refused)
        return form
    if not going_on:
        messages.success(request, _("Your draft is kept. Nothing is cast yet."))
        return form
    return VoteForm(request.POST, points=points, whole=True)


@require_http_methods(["GET", "HEAD", "POST"])
@for_asked
def check(request: HttpRequest, me: Me, seat: Seat) -> HttpResponse:
    """Exactly what will be cast; posting casts it, if that is still what was shown. A second press finds it cast."""
    draft, file = draft_of(seat), file_for(seat)
    if draft is None or not _whole(draft.ballots, file.points).is_valid():
        return HttpResponseRedirect(reverse("expert_vote", args=[seat.uuid]) + ("?unfinished" if draft else ""))
    seen, refused, stale = _seen(draft.ballots, file), None, False
    proof = proof_of(request, me)
    if request.method == "POST":
        stale = not constant_time_compare(request.POST.get("seen", ""), seen)
        if not stale and proof is None:
            try:
                cast_written(seat=seat, by=me.user, now=me.now)
            except Refused as refusal:
                refused = refusal
            else:
                messages.success(request, _("Your vote is cast and sealed. Thank you."))
                return HttpResponseRedirect(reverse("expert_case", args=[seat.uuid]))
    cast = [(point, _cast(point, draft.ballots[point.pk])) for point in file.points]
    shown = framed(
        me, seat, "check", file=file, cast=cast, seen=seen, stale=stale, refused=refused, form=proof, proof=proof
    )
    status = 409 if stale else 422 if request.method == "POST" else 200
    return render(request, "appeals/expert/check.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_asked
def recusal(request: HttpRequest, me: Me, seat: Seat) -> HttpResponse:
    """What follows from stepping back; posting does it, with the reason."""
    told = _("Such as that you recognise the case, or know somebody in it. Write no names.")
    form = ReasonForm(request.POST if request.method == "POST" else None, told=told)
    if form.is_bound and form.is_valid():
        try:
            recuse(seat=seat, by=me.user, now=me.now, **form.cleaned_data)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("You have stepped back from the case."))
            return HttpResponseRedirect(reverse("expert_cases"))
    shown = {
        **named(seat),
        "form": form,
        "title": _("Step back from case %(mark)s?") % named(seat),
        "explains": [
            _("The next reserve of the draw takes your seat; nothing is drawn anew."),
            _("What you have written of your vote is forgotten, and you do not read the file any more."),
            _("It cannot be undone. The office reads your reason; the person concerned and the other experts do not."),
        ],
        "do": _("Step back"),
        "grave": True,
        "back": reverse("expert_case", args=[seat.uuid]),
    }
    return render(request, "appeals/expert/act.html", shown, status=422 if form.errors else 200)


def _whole(ballots: Mapping[int, DraftBallot], points: tuple[ShownPoint, ...]) -> VoteForm:
    return VoteForm({name: value for name, value in typed(ballots).items() if value}, points=points, whole=True)


def _seen(ballots: Mapping[int, DraftBallot], file: AnonymousFile) -> str:
    """What the expert saw: what was written, and how many points each point was about."""
    whole = [(point.pk, point.points, *astuple(ballots[point.pk])) for point in file.points]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()


def _cast(point: ShownPoint, ballot: DraftBallot) -> Cast:
    return Cast(point.number, ballot.result, ballot.points, ballot.reasons)
