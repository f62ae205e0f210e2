"""What was done and who looked, for those who watch over the register. To narrow it to one person is kept, too."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.access_log import Kind
from registry.admin import extensions
from registry.admin.acts.guided import Words
from registry.admin.fields import day_field, text_field
from registry.admin.measures import STEPS
from registry.admin.moment import today
from registry.admin.openings import Opening, ask_first, opening_of
from registry.admin.roles import has_any, narrow, scope
from registry.models import ProcedureStep, User
from registry.queries.access_log import reading_of
from registry.queries.audit import A_PAGE, AUDITING, Asked, acts_done, looks_taken
from registry.queries.casework import ACTS
from registry.queries.people import with_codes

TITLE = _("Audit")
OF_TASKS: Mapping[str, Words] = {
    "finish": _("done"),
    "lapse": _("lapsed"),
    "cancel": _("cancelled"),
    "escalate": _("handed up"),
    "postpone": _("put off"),
}
PROCEDURES: Mapping[str, tuple[Words, Mapping[str, Words]]] = {
    "case": (_("case"), ACTS),
    "proposal": (_("proposal"), ACTS),
    "task": (_("task"), OF_TASKS),
    "measure": (_("measure"), STEPS),
}
"""What the procedures of the register and their acts are called; others say it of their own."""


class AskedForm(forms.Form):
    """About whom, by whom, on which day."""

    person = text_field(_("Personal code"), required=False)
    user = text_field(_("User name"), required=False)
    day = day_field(_("Day"), required=False)


def audit_page(site: Any) -> Callable[..., HttpResponse]:
    """Acts, or looks into files, a page at a time."""

    def view(request: HttpRequest) -> HttpResponse:
        if not has_any(request, AUDITING):
            refused: HttpResponse = site.page(request, "registry/forbidden.html", status=403, title=TITLE)
            return refused
        narrow(request, AUDITING)
        form = AskedForm(request.GET)
        found = _asked(request, form) if form.is_valid() else None
        opening: Opening | None = None
        if found and found.person:
            opening = opening_of(request, found.person)
            if opening is None:
                return ask_first(request, found.person, to=request.get_full_path())
            opening.keep(Kind.HISTORY)
        return _shown(request, site, form, found)

    return view


def _shown(request: HttpRequest, site: Any, form: AskedForm, found: Asked | None) -> HttpResponse:
    looks = request.GET.get("show") == "looks"
    rows: list[Any] = []
    if found is not None:
        every: Any = looks_taken(scope(request), found) if looks else acts_done(scope(request), found)
        before = request.GET.get("before", "")
        every = every.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 19 else every
        rows = list(every[: A_PAGE + 1])
    kept = {name: value for name, value in request.GET.items() if name in ("person", "user", "day") and value}
    older = {**kept, "show": "looks" if looks else "acts", "before": rows[A_PAGE - 1].pk} if len(rows) > A_PAGE else {}
    page: HttpResponse = site.page(
        request,
        "registry/audit.html",
        title=TITLE,
        form=form,
        looks=looks,
        tabs=[
            (gettext("Acts"), f"?{urlencode({**kept, 'show': 'acts'})}", not looks),
            (gettext("Looks into files"), f"?{urlencode({**kept, 'show': 'looks'})}", looks),
        ],
        rows=[(row, reading_of(row) if looks else words_of(row)) for row in rows[:A_PAGE]],
        nobody=found is None,
        narrowed=found is not None and found.is_anything,
        older=f"?{urlencode(older)}" if older else "",
        first=f"{reverse('admin:audit')}?{urlencode({**kept, 'show': 'looks' if looks else 'acts'})}",
        is_first=not request.GET.get("before"),
        today=today(),
    )
    return page


def _asked(request: HttpRequest, form: AskedForm) -> Asked | None:
    """What is looked for; None where nobody has that code or name among those whom the user may see."""
    code, name = form.cleaned_data["person"], form.cleaned_data["user"]
    person = with_codes(scope(request).practitioners(), [code]).first() if code else None
    user = User.objects.filter(username=name).first() if name else None
    if (code and person is None) or (name and user is None):
        return None
    return Asked(person, user, form.cleaned_data["day"])


def words_of(step: ProcedureStep) -> dict[str, Any]:
    """The procedure and what was done in it, in words."""
    known = {**extensions.OFFERS.act_words, **PROCEDURES}
    title, acts = known.get(step.procedure, (step.procedure, {}))
    return {"procedure": title, "act": acts.get(step.act, step.act)}
