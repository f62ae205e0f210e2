"""Cases and proposals: the lists, and the page of each."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter

from registry.admin import extensions, labels
from registry.admin.acts.case_buttons import acts_on_case, acts_on_people, acts_on_proposal, waits_for_second
from registry.admin.acts.subjects import OF_A_CASE, OF_A_PROPOSAL, case_url, crumbs_to_case
from registry.admin.base import ListAdmin
from registry.admin.exact import by_case, by_number, by_person
from registry.admin.filters import ByInstitution, RegionTree
from registry.admin.moment import now, today
from registry.admin.roles import scope
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.models import Case, Delivery, ProcedureStep, Proposal, ProposedEntry, Region
from registry.queries.advance_notices import items_of
from registry.queries.casework import (
    STAGES,
    act_words,
    notice_number,
    outlook_of,
    page_of,
    progress,
    told_at,
    why_held,
    with_counts,
)
from registry.queries.police import transfers_of
from registry.queries.worklist import next_date_of
from registry.rules.procedures import PROPOSAL

PEOPLE_ON_A_PAGE = 100


class RegionOfCase(RegionTree):
    """Cases of institutions in a region; of personal triggers the region of the agency counts."""

    def narrowed(self, queryset: QuerySet[Any], region: Region | None) -> QuerySet[Any]:
        """By the digits that the codes of the region begin with."""
        prefix = region.prefix if region else "-"
        of_trigger = Q(handling=None, agency__region__code__startswith=prefix)
        return queryset.filter(Q(handling__institution__region__code__startswith=prefix) | of_trigger)


def by_document(term: str) -> Q:
    """The number of the document behind the case, as it is written there."""
    return Q(handling__document_number=term) | Q(trigger__document_number=term)


@admin.register(Case)
class CaseAdmin(ListAdmin):
    """Cases, newest first."""

    list_display = ("number", "place", "document", "state_now", "people", "open_proposals", "opened_on")
    list_filter = (
        ("state", ChoicesRadioFilter),
        ("handling__institution", ByInstitution),
        RegionOfCase,
    )
    search_fields = ("number",)
    search_help_text = _("Number of the case or of the document")
    exactly = (by_number, by_document)

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The cases in the user's scope."""
        return scope(request).cases().select_related(*OF_A_CASE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With how many people answer and how many proposals are open."""
        return with_counts(super().get_queryset(request), scope(request))

    @admin.display(description=_("institution or person"))
    def place(self, row: Case) -> SafeString:
        """Where it happened; of a personal trigger, to whom."""
        if row.handling is not None:
            return labels.institution(row.handling.institution)
        assert row.trigger is not None
        return labels.person(row.trigger.practitioner)

    @admin.display(description=_("document"))
    def document(self, row: Case) -> str:
        """The number of the document behind it."""
        return row.cause.document_number

    @admin.display(description=_("state"))
    def state_now(self, row: Case) -> SafeString:
        """Open or closed."""
        return format_html('<span class="rg-tag">{}</span>', row.get_state_display())

    @admin.display(description=_("people"))
    def people(self, row: Any) -> int:
        """How many answer."""
        return int(row.people)

    @admin.display(description=_("open proposals"))
    def open_proposals(self, row: Any) -> int:
        """How many are not decided."""
        return int(row.open_proposals)

    @admin.display(description=_("opened on"))
    def opened_on(self, row: Case) -> Any:
        """Since when."""
        return shanghai_day(row.opened_at)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The case with everybody in it, as far as the user may know of them."""
        case, seen = self.found(request, object_id), scope(request)
        stage, term, after = _asked(request)
        rows, more = page_of(case, seen, today(), stage=stage, term=term, after=after, size=PEOPLE_ON_A_PAGE)
        stages = progress(case, seen)
        everybody = sum(number for _stage, _words, number in stages)
        officer = seen.acts_for(case)
        return self.page(
            request,
            "registry/case.html",
            title=case.number,
            crumbs=crumbs_to_case(case)[:1],
            case=case,
            cause=case.cause,
            rows=rows,
            stages=stages,
            everybody=everybody,
            done=sum(number for each, _words, number in stages if each in PROPOSAL.ends),
            stage=stage,
            stage_words=STAGES.get(stage, ""),
            term=term,
            after=after,
            following=rows[-1].responsibility.pk if more else None,
            files=case.files.select_related("file") if seen.reads_documents_of(case) else None,
            steps=_steps(case) if seen.reads_documents_of(case) else None,
            transfers=transfers_of(seen).filter(case=case),
            may_act=officer,
            people_acts=acts_on_people(request, case, [stage for stage, _words, _number in stages]),
            acts=acts_on_case(request, case),
            sections=extensions.sections("case", request, case),
        )


def _asked(request: HttpRequest) -> tuple[str, str, int]:
    stage = request.GET.get("stage", "")
    after = request.GET.get("after", "0")
    term = " ".join(request.GET.get("q", "").split())[:100]
    return stage if stage in STAGES else "", term, int(after) if after.isdecimal() and len(after) < 13 else 0


@admin.register(Proposal)
class ProposalAdmin(ListAdmin):
    """Points proposed, newest first."""

    list_display = ("person", "case_number", "state_now", "points", "proposed_on", "received_on")
    list_filter = (("state", ChoicesRadioFilter),)
    search_fields = ("case__number",)
    search_help_text = _("Personal code, or number of the case")
    exactly = (by_person, by_case)

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The proposals in the user's scope."""
        return scope(request).proposals_found().select_related(*OF_A_PROPOSAL)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what is proposed."""
        return super().get_queryset(request).prefetch_related("items")

    @admin.display(description=_("practitioner"))
    def person(self, row: Proposal) -> SafeString:
        """The person; the link leads to the proposal."""
        person = row.practitioner
        return format_html('{} <span class="rg-code">{}</span>', person.name, person.code)

    @admin.display(description=_("case"))
    def case_number(self, row: Proposal) -> str:
        """The number of the case."""
        return row.case.number

    @admin.display(description=_("state"))
    def state_now(self, row: Proposal) -> SafeString:
        """How far it is."""
        return format_html('<span class="rg-tag">{}</span>', row.get_state_display())

    @admin.display(description=_("points"))
    def points(self, row: Proposal) -> str:
        """What is proposed, situation by situation."""
        return " + ".join(str(item.points) for item in row.items.all())

    @admin.display(description=_("proposed on"))
    def proposed_on(self, row: Proposal) -> Any:
        """Since when."""
        return row.proposed_at

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The proposal: what is proposed, what it leads to, what was done, and who must act until when."""
        proposal, seen = self.found(request, object_id), scope(request)
        prefetch_related_objects([proposal], Prefetch("items", ProposedEntry.objects.select_related("entry__fact")))
        law, is_open = policies()[proposal.policy], proposal.state not in PROPOSAL.ends
        opens_case = sees_case(request, proposal.case)
        awaited = waits_for_second(proposal)
        return self.page(
            request,
            "registry/proposal.html",
            title=proposal.practitioner.name,
            crumbs=crumbs_to_case(proposal.case) if opens_case else crumbs_to_case(Case()),
            proposal=proposal,
            case_url=case_url(proposal.case) if opens_case else "",
            cause=proposal.case.cause,
            law=law,
            items=items_of(proposal),
            number=notice_number(proposal),
            outlook=outlook_of(proposal, now()) if is_open else None,
            awaits_second=proposal.state == Proposal.State.PROPOSED and awaited,
            why_held=why_held(proposal.held_because) if proposal.state == Proposal.State.HELD else "",
            next=next_date_of(proposal, today()) if is_open else None,
            deliveries=_deliveries(proposal),
            steps=_steps_of_proposal(proposal),
            acts=acts_on_proposal(request, proposal, awaited),
            sections=extensions.sections("proposal", request, proposal),
            told_at=told_at(proposal, now()),
            sees_documents=seen.reads_documents_of(proposal.case),
        )


def sees_case(request: HttpRequest, case: Case) -> bool:
    """Whether the user may open the case too: a place of work serves notices of cases of other institutions."""
    return scope(request).cases().filter(pk=case.pk).exists()


def _deliveries(proposal: Proposal) -> QuerySet[Delivery]:
    return proposal.deliveries.select_related("receipt", "recorded_by").defer("receipt__sealed")


def _steps_of_proposal(proposal: Proposal) -> list[dict[str, Any]]:
    rows = ProcedureStep.objects.filter(subject=proposal.uuid)
    return _in_words(rows, why=True)


def _steps(case: Case) -> list[dict[str, Any]]:
    return _in_words(ProcedureStep.objects.filter(subject=case.uuid), why=False)


def _in_words(rows: QuerySet[ProcedureStep], *, why: bool) -> list[dict[str, Any]]:
    """What was done, by whom, in which capacity; why a proposal waits is kept as a code and said in words."""
    rows = rows.select_related("actor", "second", "agency", "institution", "authority").order_by("-id")
    return [
        {
            "step": row,
            "words": act_words(row.act),
            "grounds": why_held(row.grounds) if why and row.act == "hold" else row.grounds,
        }
        for row in rows
    ]
