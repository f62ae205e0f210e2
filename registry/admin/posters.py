"""Sheets to hang up and to hand out: the rules of the institution's region, and reminders for its staff."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from registry.admin.moment import today
from registry.admin.roles import has_any, scope
from registry.ledger.law import policies
from registry.models import Institution
from registry.queries.explain import CERTAINTIES, Source, source_of, wording
from registry.queries.law_words import says
from registry.queries.reminders import reminded
from registry.queries.roles import STAFF_KEEPERS
from registry.rules.policy import NoPolicyInForce, Policy

SHEETS: dict[str, str | Promise] = {
    "rules": _("The rules, to hang up"),
    "reminder": _("Reminder with names, for the office"),
    "slips": _("Slips, one for each person"),
}
LANGUAGES = dict(settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class Rule:
    """From how many points on, what follows, and by which provisions, which stand below as numbered notes."""

    points: str
    follows: str
    sources: tuple[Source, ...]


def posters(site: Any) -> Callable[..., HttpResponse]:
    """The sheet asked for, in the language asked for, whatever the language of the office."""

    def view(request: HttpRequest, pk: int) -> HttpResponse:
        if not has_any(request, STAFF_KEEPERS):
            refused: HttpResponse = site.page(request, "registry/forbidden.html", status=403, title=_("Posters"))
            return refused
        place = scope(request).institutions().filter(pk=pk).first()
        if place is None:
            raise Http404
        asked, sheet = request.GET.get("letter", ""), request.GET.get("sheet", "")
        language = asked if asked in LANGUAGES else get_language() or settings.LANGUAGE_CODE
        sheet = sheet if sheet in SHEETS else "rules"
        response: HttpResponse = site.page(
            request,
            "registry/posters.html",
            title=_("Posters and reminders"),
            crumbs=[(place.name, reverse("admin:registry_institution_change", args=[place.pk]))],
            sheets=SHEETS.items(),
            sheet=sheet,
            languages=LANGUAGES.items(),
            letter_language=language,
            letter=_sheet(place, sheet, language),
        )
        return response

    return view


def _sheet(place: Institution, sheet: str, language: str) -> str:
    """The sheet itself, rendered in its own language; empty where no policy is in force."""
    try:
        law = policies().in_force(place.region_id, today())
    except NoPolicyInForce:
        return ""
    with override(language):
        shown = {"place": place, "law": law, "today": today(), **_objecting(law)}
        if sheet == "rules":
            tiers = list(_tiers(law))
            sources = [each for tier in tiers for each in tier.sources]
            notes = _notes([*sources, shown["window_source"], shown["silence_source"]])
            shown |= {"tiers": tiers, "bands": list(_bands(law)), "certainties": CERTAINTIES.items()}
            shown |= {"notes": notes}
        else:
            shown |= {"people": reminded(place, today(), least=int(law.get("tiers.talk"))), "suspend": law.suspend_at}
        return render_to_string(f"registry/letters/poster_{sheet}.html", shown)


def _notes(sources: Iterable[Source]) -> list[str]:
    """The texts of the provisions, each once, in the order in which they are first named."""
    return list(dict.fromkeys(source.text for source in sources))


def _objecting(law: Policy) -> dict[str, Any]:
    return {
        "working_days": law.clock("objection"),
        "window_source": source_of(law, "clocks.objection"),
        "silence_decides": bool(law.get("procedure.silence_decides")),
        "silence_source": source_of(law, "procedure.silence_decides"),
        "needs_signature": bool(law.get("procedure.countersignature_needed")),
        "terminate_at": law.terminate_at,
    }


def _tiers(law: Policy) -> Iterator[Rule]:
    talk, interview, suspend, end = (
        int(law.get(key)) for key in ("tiers.talk", "tiers.interview", "thresholds.suspend", "thresholds.terminate")
    )
    yield _rule(law, str(talk), gettext("The institution talks with the person and keeps a record."), "tiers.talk")
    words = gettext("Interview; the person is put on the key-supervision list.")
    yield _rule(law, str(interview), words, "tiers.interview")
    for total in range(suspend, end):
        keys = [f"months.cumulative.{total}.{part}" for part in ("default", "min", "max")]
        months = says(tuple(keys), {key: law.get(key) for key in keys})
        words = gettext("Suspended: services are not paid by the fund for %(months)s.") % {"months": months}
        yield _rule(law, str(total), words, "thresholds.suspend", keys[0])
    words = ngettext(
        "Terminated: no registration for %(months)s month.",
        "Terminated: no registration for %(months)s months.",
        int(law.get("bars.cumulative")),
    )
    added = words % {"months": law.get("bars.cumulative")}
    yield _rule(law, gettext("%(points)s added up") % {"points": end}, added, "thresholds.terminate", "bars.cumulative")
    at_once = words % {"months": law.get("bars.single")}
    yield _rule(law, gettext("%(points)s at once") % {"points": end}, at_once, "thresholds.terminate", "bars.single")


def _rule(law: Policy, points: str, follows: str, *keys: str) -> Rule:
    found = {(each.text, each.certainty): each for each in (source_of(law, key) for key in keys)}
    return Rule(points, follows, tuple(found.values()))


def _bands(law: Policy) -> Iterator[dict[str, Any]]:
    for number, (low, high) in sorted(law.bands.items()):
        items = [item for item in law.situations.values() if item.band == number]
        yield {
            "points": f"{low}–{high}",
            "source": source_of(law, f"bands.{number}.lo"),
            "items": [{"text": wording(each), "certainty": each.certainty} for each in items],
        }
