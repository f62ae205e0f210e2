"""A draft, step by step: what it is against, the points one by one with their files, the own words."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from appeals.actions.drafts import choose_against, take_out_point, write_point, write_words
from appeals.models import Draft, DraftFile, DraftPoint
from appeals.pages.author import for_its_author, user_of
from appeals.pages.forms import AgainstForm, PointForm, WordsForm, labelled, tell
from appeals.pages.words import told
from appeals.queries.drafts import Thing, kept_until, things_of
from appeals.queries.own_objections import appealable_entries, window_of
from registry.actions.errors import Refused
from registry.ledger.days import shanghai_day
from registry.ledger.reading import standing_of
from registry.models import Practitioner
from registry.queries.explain import headline
from registry.queries.sight import full_sight

STEPS = {
    "against": (gettext_lazy("What it is against"), "draft_against"),
    "points": (gettext_lazy("Points of dispute"), "draft_points"),
    "words": (gettext_lazy("Your words"), "draft_words"),
    "check": (gettext_lazy("Check and file"), "draft_check"),
}
"""The steps of a draft: their names and addresses."""


@dataclass(frozen=True, slots=True)
class WrittenPoint:
    """A point of a draft as it is shown: in its order, with what it is about and its files."""

    point: DraftPoint
    place: int
    about: str
    files: tuple[DraftFile, ...]


def framed(draft: Draft, step: str, **shown: Any) -> dict[str, Any]:
    """What every step shows: the steps, which of them this is, what the draft is about, and how long it is kept."""
    today = shanghai_day(timezone.now())
    keys = [key for key in STEPS if key != "against" or draft.proposal_id is None]
    steps = [(STEPS[key][0], reverse(STEPS[key][1], args=[draft.uuid]), key == step) for key in keys]
    window = window_of(draft.proposal, today) if draft.proposal else None
    return {
        "draft": draft,
        "steps": steps,
        "place": keys.index(step) + 1,
        "step": STEPS[step][0],
        "window": window,
        "kept_until": kept_until(draft),
        **shown,
    }


def chosen(draft: Draft) -> dict[str, Thing]:
    """What points can be about: of an appeal, what it is against."""
    things = things_of(draft, shanghai_day(timezone.now()))
    words = draft.words
    if draft.proposal_id or words.standing:
        return things
    return {key: thing for key, thing in things.items() if key in words.against}


def written_points(draft: Draft, things: dict[str, Thing]) -> list[WrittenPoint]:
    """The points with their files; no file is opened."""
    files = list(draft.files.defer("sealed").order_by("pk"))
    return [
        WrittenPoint(
            each,
            place,
            told(things[each.about]) if each.about in things else "",
            tuple(file for file in files if file.point == each.number),
        )
        for place, each in enumerate(draft.words.points, start=1)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_author
def against(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What an appeal is against; of an objection, that is the proposal."""
    if draft.proposal_id:
        return HttpResponseRedirect(reverse("draft_points", args=[draft.uuid]))
    entries, words = appealable_entries(draft.practitioner), draft.words
    initial = {"standing": "yes" if words.standing else "", "entries": list(words.against)}
    form = AgainstForm(request.POST if request.method == "POST" else None, entries=entries, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            with full_sight():
                choose_against(draft=draft, by=user_of(request), now=timezone.now(), **form.cleaned_data)
            return HttpResponseRedirect(reverse("draft_points", args=[draft.uuid]))
        except Refused as refused:
            tell(form, refused)
    picked = set(form["entries"].value() or ())
    shown = framed(
        draft,
        "against",
        form=form,
        entries=[(each, told(each.thing), each.thing.key in picked) for each in entries],
        standing=headline(standing_of(draft.practitioner, shanghai_day(timezone.now()))),
    )
    return render(request, "appeals/own/against.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_author
def points(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The points so far, under what each is about; posting takes one out."""
    if request.method == "POST":
        if (number := request.POST.get("take_out", "")).isdecimal():
            with full_sight():
                take_out_point(draft=draft, number=int(number), by=user_of(request), now=timezone.now())
            messages.success(request, _("The point is taken out, with its files."))
        return HttpResponseRedirect(reverse("draft_points", args=[draft.uuid]))
    things = chosen(draft)
    if not things and not draft.proposal_id:
        return HttpResponseRedirect(reverse("draft_against", args=[draft.uuid]))
    rows = written_points(draft, things)
    shown = framed(
        draft,
        "points",
        groups=[
            (key, told(thing), [each for each in rows if each.point.about == key]) for key, thing in things.items()
        ],
        others=[each for each in rows if each.point.about not in things],
    )
    return render(request, "appeals/own/points.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_author
def point(request: HttpRequest, draft: Draft, number: int | None = None) -> HttpResponse:
    """One point with its files. Every button of the form keeps what was typed, also where something is refused."""
    things, present = chosen(draft), draft.words.point(number) if number else None
    if number is not None and present is None:
        raise Http404
    choices = labelled(things, told)
    if request.method != "POST":
        initial: dict[str, Any] = {"about": request.GET.get("about", "")}
        if present:
            initial = {"about": present.about, "text": present.text, "professional": present.professional}
        return _point_page(request, draft, PointForm(initial=initial, choices=choices), number)
    form = PointForm(request.POST, request.FILES, choices=choices)
    saving = request.POST.get("do", "save") == "save"
    if form.is_valid():
        number = _written(request, draft, form, number)
        if saving and not form.cleaned_data["text"].strip():
            form.add_error("text", _("Say what is wrong. Everything else is kept."))
    if form.errors:
        return _point_page(request, draft, form, number)
    if saving:
        messages.success(request, _("The point is kept in your draft."))
        return HttpResponseRedirect(reverse("draft_points", args=[draft.uuid]))
    return HttpResponseRedirect(reverse("draft_point", args=[draft.uuid, number]) + "#files")


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_author
def words(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The own words; a good cause where the window is over, new facts where an entry was decided on before."""
    kept, today = draft.words, shanghai_day(timezone.now())
    late = draft.proposal is not None and window_of(draft.proposal, today).is_over
    again = draft.proposal is None and _was_decided_before(draft.practitioner, set(chosen(draft)))
    asked = {"late": late or bool(kept.good_cause), "again": again or bool(kept.new_facts)}
    initial = {"statement": kept.statement, "good_cause": kept.good_cause, "new_facts": kept.new_facts}
    form = WordsForm(request.POST if request.method == "POST" else None, initial=initial, **asked)
    if form.is_bound and form.is_valid():
        try:
            with full_sight():
                write_words(draft=draft, by=user_of(request), now=timezone.now(), **form.cleaned_data)
            return HttpResponseRedirect(reverse("draft_check", args=[draft.uuid]))
        except Refused as refused:
            tell(form, refused)
    shown = framed(draft, "words", form=form, has_points=bool(kept.points))
    return render(request, "appeals/own/words.html", shown, status=422 if form.errors else 200)


def _was_decided_before(person: Practitioner, keys: set[str]) -> bool:
    return any(each.decided_by for each in appealable_entries(person) if each.thing.key in keys)


def _written(request: HttpRequest, draft: Draft, form: PointForm, number: int | None) -> int | None:
    """Keep the point and its files; what is refused stands at the form."""
    given, do = form.cleaned_data, request.POST.get("do", "")
    try:
        with full_sight():
            done = write_point(
                draft=draft,
                number=number,
                about=given["about"],
                text=given["text"],
                professional=given["professional"],
                uploads=[(file.name or "", file.read()) for file in given["evidence"]],
                without=[int(do.removeprefix("remove-"))] if do.removeprefix("remove-").isdecimal() else [],
                by=user_of(request),
                now=timezone.now(),
            )
    except Refused as refused:
        tell(form, refused)
        return number
    for each in done.refused:
        form.add_error("evidence", str(each.message))
    return done.number


def _point_page(request: HttpRequest, draft: Draft, form: PointForm, number: int | None) -> HttpResponse:
    found = list(draft.files.filter(point=number).defer("sealed").order_by("pk")) if number else []
    shown = framed(
        draft,
        "points",
        form=form,
        number=number,
        files=found,
        most_megabytes=settings.REGISTRY_FILE_MB,
        most_files=settings.REGISTRY_FILES_PER_POINT,
    )
    return render(request, "appeals/own/point.html", shown, status=422 if form.errors else 200)
