"""What appeals put on pages of the register: buttons, cards, acts, and who may have which file."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, Window
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.admin.acts import deciding, external, filing, objections
from appeals.models import ExternalOutcome, Objection
from appeals.queries.countersigning import waits_for_countersignature
from appeals.queries.objections import WAITING, answering_for, handles, to_countersign
from appeals.queries.objections import objections as visible
from appeals.rules.procedures import OBJECTION
from registry.admin import extensions
from registry.admin.acts.buttons import Button
from registry.admin.acts.guided import GuidedAct, Words
from registry.admin.extensions import Section
from registry.admin.roles import has_any, is_agency_officer, scope, user_of
from registry.models import Case, PointsEntry, Proposal, Task
from registry.queries.file import PractitionerFile
from registry.queries.roles import COMPLIANCE, POOL_READERS

State = Objection.State
MOST_SHOWN = 20
FEW = 5
TOLD = [Proposal.State.NOTIFIED, Proposal.State.TO_SERVE, Proposal.State.RECEIVED, Proposal.State.HELD]
"""States of a proposal in which the person was told and nothing is decided."""
OF_A_NOTICE = [Task.Kind.OPEN_NOTICE, Task.Kind.SERVE, Task.Kind.OBJECT, Task.Kind.DECIDE]
"""Tasks that are open in these states."""

ACTS: list[tuple[str, str, type[GuidedAct]]] = [
    ("proposals/<int:pk>/objection/", "take_in_objection", filing.TakeInObjection),
    ("proposals/<int:pk>/object/", "object_for_person", filing.ObjectForPerson),
    ("practitioners/<int:pk>/appeal/", "take_in_appeal", filing.TakeInAppeal),
    ("practitioners/<int:pk>/appeal-for/", "appeal_for_person", filing.AppealForPerson),
    ("practitioners/<int:pk>/outcome/", "record_outcome", external.RecordOutcome),
    ("objections/<int:pk>/admit/", "admit_objection", objections.AdmitLate),
    ("objections/<int:pk>/refuse/", "refuse_objection", objections.RefuseLate),
    ("objections/<int:pk>/assign/", "assign_reviewer", objections.AssignReviewer),
    ("objections/<int:pk>/classify/", "classify_point", objections.ClassifyPoint),
    ("objections/<int:pk>/decide/", "decide_objection", deciding.DecideObjection),
    ("objections/<int:pk>/countersign/", "countersign_objection", objections.CountersignObjection),
    ("objections/<int:pk>/not-countersigned/", "decline_countersignature", objections.DeclineCountersignature),
    ("objections/<int:pk>/evidence/", "add_evidence", objections.AddEvidence),
    ("objections/<int:pk>/words/", "add_words", objections.AddWords),
    ("objections/<int:pk>/withdraw/", "withdraw_objection", objections.WithdrawObjection),
    ("objections/<int:pk>/out-of-scope/", "close_objection", objections.DeclareOutOfScope),
]


def button(title: Words, icon: str, name: str, pk: int, *, main: bool = False, query: str = "") -> Button:
    """A link to an act of ours."""
    return Button(title, reverse(f"admin:{name}", args=[pk]) + query, icon, main)


def acts_on_objection(request: HttpRequest, objection: Objection) -> list[Button]:
    """The acts that the state allows, to whom they are open."""
    found: list[Button] = []
    if handles(scope(request), objection):
        found += _of_the_agency(request, objection)
    compliance = has_any(request, COMPLIANCE)
    if compliance and objection.countersigned_at is None and OBJECTION.allows(objection.state, "countersign"):
        sign = _("Countersign for the institution")
        found.append(button(sign, "approval", "countersign_objection", objection.pk, main=True))
        asked = answering_for(scope(request), objection).pk == objection.countersignature_asked_of_id
        if asked and waits_for_countersignature(objection):
            found.append(button(_("Do not countersign"), "do_not_disturb_on", "decline_countersignature", objection.pk))
    taking_in = extensions.may_do(request, "add_evidence")
    if (found or compliance) and taking_in and OBJECTION.allows(objection.state, "supplement"):
        found.append(button(_("Add evidence"), "attach_file_add", "add_evidence", objection.pk))
        found.append(button(_("Add words of the person"), "add_comment", "add_words", objection.pk))
    return found + extensions.buttons("objection", request, objection)


def _of_the_agency(request: HttpRequest, objection: Objection) -> list[Button]:
    mine = objection.reviewer_id == user_of(request).pk
    offered = [
        ("admit", _("Admit the late objection"), "door_open", "admit_objection", True),
        ("refuse", _("Refuse the late objection"), "door_front", "refuse_objection", False),
        ("assign", _("Assign a reviewer"), "assignment_ind", "assign_reviewer", objection.state == State.FILED),
    ]
    if mine:
        offered += [
            ("decide", _("Decide"), "gavel", "decide_objection", True),
            ("refer", _("Refer to a panel"), "groups", "refer_to_panel", False),
            ("classify", _("Classify a point"), "category", "classify_point", False),
        ]
    offered += [
        ("withdraw", _("Record the withdrawal"), "undo", "withdraw_objection", False),
        ("declare_out_of_scope", _("Close as out of scope"), "block", "close_objection", False),
    ]
    return [
        button(title, icon, name, objection.pk, main=main)
        for act, title, icon, name, main in offered
        if OBJECTION.allows(objection.state, act) and extensions.may_do(request, name)
    ]


def on_person(request: HttpRequest, file: PractitionerFile) -> Iterable[Button]:
    """What the person answered, appeals, and outcomes elsewhere; nothing is asked for it.

    Objecting is offered where the window is told.
    """
    pk, entered = file.practitioner.pk, bool(file.past)
    agency, compliance = is_agency_officer(request), has_any(request, COMPLIANCE)
    if not agency and not compliance:
        return
    theirs = f"{reverse('admin:appeals_objection_changelist')}?q={file.practitioner.code}"
    yield Button(_("Objections of this person"), theirs, "contract_edit")
    if entered and agency:
        yield button(_("Take in an appeal"), "balance", "take_in_appeal", pk)
        yield button(_("Record an outcome elsewhere"), "account_balance", "record_outcome", pk)
    if entered and compliance:
        yield button(_("Appeal for the person"), "balance", "appeal_for_person", pk)


def on_proposal(request: HttpRequest, proposal: Proposal) -> Iterable[Button]:
    """Objecting, as long as nothing is decided."""
    if proposal.state in TOLD:
        yield from _objecting(request, proposal.pk)


def on_task(request: HttpRequest, task: Task) -> Iterable[Button]:
    """Objecting, from the line that tells of a notice or its window; nothing is asked for it."""
    if task.proposal_id and task.kind in OF_A_NOTICE:
        yield from _objecting(request, task.proposal_id)


def _objecting(request: HttpRequest, pk: int) -> Iterable[Button]:
    if is_agency_officer(request):
        yield button(_("Take in an objection"), "contract_edit", "take_in_objection", pk)
    if has_any(request, COMPLIANCE):
        yield button(_("Object for the person"), "contract_edit", "object_for_person", pk)


def on_entry(request: HttpRequest, entry: PointsEntry) -> Iterable[Button]:
    """Appeals against this entry, and outcomes elsewhere."""
    chosen, pk = f"?entry={entry.fact_id}", entry.practitioner_id
    if any(fact.kind == "entry_annulled" for fact in entry.fact.corrections.all()):
        return
    if is_agency_officer(request):
        yield button(_("Take in an appeal"), "balance", "take_in_appeal", pk, query=chosen)
        yield button(_("Record an outcome elsewhere"), "account_balance", "record_outcome", pk)
    if has_any(request, COMPLIANCE):
        yield button(_("Appeal for the person"), "balance", "appeal_for_person", pk, query=chosen)


def _card(request: HttpRequest, about: Q) -> list[Section]:
    rows = visible(scope(request)).filter(about).distinct().order_by("-pk")[:MOST_SHOWN]
    found = list(rows.select_related("practitioner"))
    return [Section("appeals/parts/objections.html", found)] if found else []


def about_proposal(request: HttpRequest, proposal: Proposal) -> Iterable[Section]:
    """The objections to a proposal."""
    return _card(request, Q(proposal=proposal.pk))


def about_case(request: HttpRequest, case: Case) -> Iterable[Section]:
    """The objections of a case."""
    return _card(request, Q(case=case.pk))


def about_entry(request: HttpRequest, entry: PointsEntry) -> Iterable[Section]:
    """The objections about an entry, and what others decided of it."""
    about = Q(points__entry=entry.fact_id) | Q(points__item__entry=entry.pk)
    outcomes = list(ExternalOutcome.objects.filter(points__entry=entry.fact_id).distinct().defer("file__sealed"))
    cards = _card(request, about)
    return [*cards, Section("appeals/parts/outcomes.html", outcomes)] if outcomes else cards


def on_overview(request: HttpRequest, nothing: None) -> Iterable[Section]:
    """What waits for the countersignature of the user's institution: first what it was asked for, and how many of each.

    One query.
    """
    if not has_any(request, COMPLIANCE):
        return []
    rows = to_countersign(scope(request)).select_related("practitioner")
    counts = {"all": Window(Count("pk")), "all_asked": Window(Count("pk", filter=Q(asked=True)))}
    counted = rows.annotate(**counts).order_by("-asked", "filed_at", "pk")
    ways = {key: f"{reverse('admin:appeals_objection_changelist')}?countersignature={key}" for key in WAITING}
    shown = {"rows": list(counted[:FEW]), "every": ways["missing"], "asked": ways["asked"]}
    return [Section("appeals/parts/to_countersign.html", shown)]


def panels_of(request: HttpRequest, objection: Objection) -> Iterable[Section]:
    """The panels that were asked, for those who read the pool."""
    if not has_any(request, POOL_READERS):
        return []
    found = list(objection.panels.order_by("pk"))
    return [Section("appeals/parts/panels.html", found)] if found else []


def _offer() -> None:
    places: list[tuple[extensions.Place, Any, Any]] = [
        ("proposal", on_proposal, about_proposal),
        ("entry", on_entry, about_entry),
    ]
    for place, buttons, sections in places:
        extensions.offer_buttons(place, buttons)
        extensions.offer_sections(place, sections)
    extensions.offer_buttons("person", on_person)
    extensions.offer_buttons("task", on_task)
    extensions.offer_sections("case", about_case)
    extensions.offer_sections("objection", panels_of)
    extensions.offer_sections("overview", on_overview)
    extensions.offer_acts(ACTS)


_offer()
