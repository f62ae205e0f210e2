"""Which acts are offered on a case, on the people ticked in it, and on a proposal, to whom."""

from collections.abc import Collection

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.admin import extensions
from registry.admin.acts.buttons import Button, button
from registry.admin.acts.receipts import UNRECEIVED
from registry.admin.roles import scope, user_of
from registry.models import Case, Proposal
from registry.queries.casework import COUNTERSIGN, UNPROPOSED
from registry.queries.identifiers import identifiers_of
from registry.queries.serving import serving
from registry.rules.procedures import PROPOSAL

State = Proposal.State


def acts_on_case(request: HttpRequest, case: Case) -> list[Button]:
    """Acts of the agency on a case."""
    found: list[Button] = []
    if scope(request).acts_for(case):
        is_open = case.state == Case.State.OPEN
        found.append(button(_("Identify a responsibility"), "person_search", "identify", case.pk, main=is_open))
        if case.handling is not None:
            found.append(button(_("Identify many people"), "group_add", "identify_many", case.pk))
            found.append(button(_("Propose points by a list"), "playlist_add", "propose_by_list", case.pk))
        found.append(button(_("Attach a document"), "attach_file", "add_case_file", case.pk))
        found.append(button(_("Transfer to the police"), "local_police", "transfer_to_police", case.pk))
        if is_open:
            found.append(button(_("Close the case"), "task_alt", "close_case", case.pk))
    return found + extensions.buttons("case", request, case)


def acts_on_people(request: HttpRequest, case: Case, stages: Collection[str]) -> list[Button]:
    """Acts on the people who are ticked on the page of a case; only what somebody in it is far enough for."""
    seen = scope(request)
    if seen.acts_for(case):
        acts = (
            ({UNPROPOSED, State.DROPPED}, _("Propose points"), "scoreboard", "propose_many"),
            ({COUNTERSIGN, State.HELD}, _("Countersign"), "signature", "countersign_many"),
            ({State.PROPOSED}, _("Send the notices"), "outgoing_mail", "notify_many"),
            (set(UNRECEIVED), _("Record the receipts"), "mark_email_read", "record_receipts"),
        )
        return [button(title, icon, name, case.pk) for at, title, icon, name in acts if at.intersection(stages)]
    if serving(seen).filter(case=case).exists():
        return [button(_("Record the receipts"), "mark_email_read", "record_receipts", case.pk)]
    return []


def acts_on_proposal(request: HttpRequest, proposal: Proposal, awaited: bool) -> list[Button]:
    """What can be done with a proposal in its state; `awaited` says whether it waits for a second person."""
    seen, pk = scope(request), proposal.pk
    found: list[Button] = []
    if seen.acts_for(proposal.case):
        found += _of_agency(request, proposal, awaited)
    elif proposal.state in UNRECEIVED and serving(seen).filter(proposal=proposal).exists():
        found.append(button(_("Record the receipt"), "mark_email_read", "record_receipt", pk, main=True))
    found.append(Button(_("The advance notice as a letter"), reverse("admin:notice_letter", args=[pk]), "print"))
    return found + extensions.buttons("proposal", request, proposal)


def _of_agency(request: HttpRequest, proposal: Proposal, awaited: bool) -> list[Button]:
    pk, state = proposal.pk, State(proposal.state)
    found: list[Button] = []
    if state == State.HELD:
        found.append(button(_("Decide what waits"), "gavel", "decide_held", pk, main=True))
    if awaited and _may_countersign(request, proposal):
        found.append(button(_("Countersign"), "signature", "countersign", pk, main=state == State.PROPOSED))
    if state == State.PROPOSED:
        main = not found and not awaited
        found.append(button(_("Send the advance notice"), "outgoing_mail", "notify", pk, main=main))
    if state in UNRECEIVED:
        found.append(button(_("Record the receipt"), "mark_email_read", "record_receipt", pk, main=True))
    if PROPOSAL.allows(state, "withdraw"):
        found.append(button(_("Withdraw the proposal"), "undo", "withdraw", pk))
    return found


def _may_countersign(request: HttpRequest, proposal: Proposal) -> bool:
    """Whether this is another one than who proposed or identified, and nobody has signed yet."""
    if proposal.countersigned_by_id is not None or not PROPOSAL.allows(proposal.state, "countersign"):
        return False
    user = user_of(request).pk
    return user != proposal.proposed_by_id and user not in identifiers_of(proposal.responsibility)


def waits_for_second(proposal: Proposal) -> bool:
    """Whether it is known that the proposal needs a second person."""
    if proposal.state == State.HELD:
        return proposal.held_because == "countersignature_missing"
    return proposal.tasks.filter(kind="countersign", state="open").exists()
