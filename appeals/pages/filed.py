"""One objection or appeal of one's own: how far it came, what was decided, and what can still be done."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals.actions.moving import OPEN
from appeals.actions.objections import add_evidence, add_words, withdraw_objection
from appeals.models import Objection, PointOfDispute
from appeals.pages.asking import asked, places_to_ask
from appeals.pages.author import for_its_objector, user_of
from appeals.pages.forms import AdditionForm, tell
from appeals.pages.words import told
from appeals.queries.countersigning import can_ask, waits_for_countersignature
from appeals.queries.objections import track
from appeals.queries.own_objections import STANDS, own_points
from registry.actions.errors import Refused
from registry.actions.files import keep_file, read_file
from registry.actions.procedure import for_practitioner
from registry.ledger.days import shanghai_day
from registry.models import StoredFile, User
from registry.queries.sight import full_sight

TOLD_WITH_GROUNDS = frozenset(
    {
        "ask_countersignature",
        "decline_countersignature",
        "supplement",
        "admit",
        "refuse",
        "classify",
        "withdraw",
        "declare_out_of_scope",
    }
)
"""The steps whose grounds are for the person; others name officers and experts, or are the panel's."""

NOTHING_RUNS = "default-src 'none'; sandbox"


def whole(objection: Objection) -> dict[str, Any]:
    """Everything that is shown of it."""
    today = shanghai_day(timezone.now())
    return {
        "objection": objection,
        "track": track(objection, today=today),
        "points": [(each, told(each.thing)) for each in own_points(objection)],
        "stands": STANDS[objection.state],
        "is_open": objection.state in OPEN,
        "waits_for_signature": waits_for_countersignature(objection),
        "told_with_grounds": TOLD_WITH_GROUNDS,
        "today": today,
        "now": timezone.now(),
    }


@require_safe
@for_its_objector
def one(request: HttpRequest, objection: Objection) -> HttpResponse:
    """The whole of it."""
    return _page(request, objection)


@require_safe
@for_its_objector
def receipt(request: HttpRequest, objection: Objection) -> HttpResponse:
    """That it is filed: number, time, and what happens next."""
    return render(request, "appeals/own/receipt.html", whole(objection))


@require_safe
@for_its_objector
def printed(request: HttpRequest, objection: Objection) -> HttpResponse:
    """The whole of it on paper."""
    return render(request, "appeals/own/printed.html", whole(objection))


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_objector
def add(request: HttpRequest, objection: Objection) -> HttpResponse:
    """Hand in more words, or more files for one point; posting does both or nothing."""
    points = own_points(objection)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("my_objection", args=[objection.uuid]) + "#more")
    form = AdditionForm(request.POST, request.FILES, points=points)
    if form.is_valid():
        chosen = next((each.point for each in points if str(each.point.number) == form.cleaned_data["point"]), None)
        if _added(form, objection, chosen, by=user_of(request)):
            messages.success(request, _("It is with your objection now."))
            return HttpResponseRedirect(reverse("my_objection", args=[objection.uuid]))
    return _page(request, objection, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_objector
def withdrawal(request: HttpRequest, objection: Objection) -> HttpResponse:
    """What follows from withdrawing; posting does it."""
    refused = None
    if request.method == "POST":
        try:
            with full_sight():
                acting = for_practitioner(user_of(request))
                withdraw_objection(objection=objection, acting=acting, now=timezone.now())
            messages.success(request, _("You withdrew it."))
            return HttpResponseRedirect(reverse("my_objection", args=[objection.uuid]))
        except Refused as refusal:
            refused = refusal
    shown = {**whole(objection), "refused": refused}
    return render(request, "appeals/own/withdrawal.html", shown, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_objector
def ask(request: HttpRequest, objection: Objection) -> HttpResponse:
    """Ask an institution to countersign what is filed."""
    back = reverse("my_objection", args=[objection.uuid]) + "#countersignature"
    if request.method != "POST":
        return HttpResponseRedirect(back)
    try:
        place = asked(objection, request.POST.get("countersignature", ""), by=user_of(request), now=timezone.now())
    except Refused as refused:
        return _page(request, objection, unasked=refused)
    told_so = _("%(place)s was asked to countersign. Your objection goes on meanwhile.")
    messages.success(request, told_so % {"place": place.name})
    return HttpResponseRedirect(back)


@require_safe
@for_its_objector
def file(request: HttpRequest, objection: Objection, file: UUID) -> HttpResponse:
    """A file that is evidence in it, or the signed page: as an attachment, never run."""
    evidence = StoredFile.objects.filter(uuid=file)
    of_points = evidence.filter(pk__in=objection.points.values("evidence__file"))
    found = (of_points | evidence.filter(pk__in=[objection.signature_id or 0])).first()
    if found is None:
        raise Http404
    response = HttpResponse(read_file(found), content_type=found.media_type)
    response["Content-Disposition"] = content_disposition_header(True, found.name)
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _added(form: AdditionForm, objection: Objection, point: PointOfDispute | None, *, by: User) -> bool:
    """Keep both or nothing. Every file that is not taken is named."""
    now, given, refusals = timezone.now(), form.cleaned_data, []
    with full_sight(), transaction.atomic():
        exhibits = []
        for upload in given["evidence"]:
            try:
                kept = keep_file(name=upload.name or "", content=upload.read(), by=by, now=now)
                exhibits.append((kept.name, kept))
            except Refused as refused:
                refusals.append(refused)
        try:
            if exhibits and point and not refusals:
                add_evidence(point=point, exhibits=exhibits, acting=for_practitioner(by), now=now)
            if given["words"].strip() and not refusals:
                add_words(objection=objection, words=given["words"], acting=for_practitioner(by), now=now)
        except Refused as refused:
            refusals.append(refused)
        transaction.set_rollback(bool(refusals))
    for each in refusals:
        tell(form, each, {"file": "evidence", "title": "evidence"})
    return not refusals


def _page(
    request: HttpRequest, objection: Objection, form: AdditionForm | None = None, unasked: Refused | None = None
) -> HttpResponse:
    shown = whole(objection)
    form = form or AdditionForm(points=[each for each, _words in shown["points"]])
    shown |= {
        "form": form,
        "most_megabytes": settings.REGISTRY_FILE_MB,
        "most_files": settings.REGISTRY_FILES_PER_POINT,
        "places": places_to_ask(objection) if can_ask(objection) else [],
        "unasked": unasked,
    }
    return render(request, "appeals/own/objection.html", shown, status=422 if form.errors or unasked else 200)
