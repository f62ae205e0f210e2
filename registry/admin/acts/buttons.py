"""Which acts are offered where, to whom."""

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.admin import extensions
from registry.admin.acts.guided import Words
from registry.admin.roles import has_any, user_of
from registry.models import Case, Handling, Institution, InstitutionMeasure
from registry.queries.file import PractitionerFile
from registry.queries.roles import OFFICERS_OF_AGENCIES, STAFF_KEEPERS


@dataclass(frozen=True, slots=True)
class Button:
    """A link to an act."""

    title: Words
    url: str
    icon: str
    main: bool = False


def button(title: Words, icon: str, name: str, pk: int, *, main: bool = False) -> Button:
    """A link to the act of that name on the row with that id."""
    return Button(title, reverse(f"admin:{name}", args=[pk]), icon, main)


def acts_on_person(request: HttpRequest, file: PractitionerFile) -> list[Button]:
    """Acts on a person's file that make sense in its present standing."""
    pk, standing = file.practitioner.pk, file.standing
    found: list[Button] = []
    if has_any(request, OFFICERS_OF_AGENCIES):
        found.append(button(_("Propose points"), "scoreboard", "cases_of_person", pk, main=True))
        found.append(button(_("Record a personal trigger"), "person_alert", "record_trigger", pk))
        if standing.may_reregister:
            found.append(button(_("Register again"), "restart_alt", "reregister", pk, main=True))
    if has_any(request, STAFF_KEEPERS) and standing.status != "terminated":
        found.append(button(_("Register at an institution"), "add_business", "register_at", pk))
    if has_any(request, STAFF_KEEPERS) and file.current_registrations:
        found.append(button(_("Issue a code of access"), "key", "issue_access_code", pk))
    if has_any(request, OFFICERS_OF_AGENCIES):
        found += _record_acts(file)
    return found + extensions.buttons("person", request, file)


def _record_acts(file: PractitionerFile) -> list[Button]:
    pk = file.practitioner.pk
    found = [button(_("Change the name"), "edit", "rename", pk)]
    if file.practitioner.provisional:
        found.append(button(_("Assign the national code"), "pin", "assign_code", pk))
    found.append(button(_("Add a document"), "fingerprint", "add_document", pk))
    found.append(button(_("Merge another file into this one"), "merge", "merge_files", pk))
    return found


def acts_on_institution(request: HttpRequest, place: Institution, *, over: int | None) -> list[Button]:
    """Acts on an institution; `over` is a year in which its share of sanctioned staff asks for a measure."""
    found: list[Button] = []
    if over and has_any(request, OFFICERS_OF_AGENCIES):
        measure = button(_("Propose a measure"), "domain_disabled", "propose_measure", place.pk, main=True)
        found.append(replace(measure, url=f"{measure.url}?year={over}"))
    if has_any(request, OFFICERS_OF_AGENCIES):
        found.append(button(_("Record a handling"), "gavel", "record_handling", place.pk, main=True))
    if has_any(request, STAFF_KEEPERS):
        found.append(button(_("Register a person here"), "person_add", "register_person", place.pk))
        found.append(button(_("Record several talks"), "record_voice_over", "finish_talks", place.pk))
        found.append(button(_("Upload a roster"), "upload_file", "upload_roster", place.pk))
        found.append(button(_("Download the roster"), "download", "export_roster", place.pk))
    if has_any(request, OFFICERS_OF_AGENCIES):
        found.append(button(_("Conclude a service agreement"), "handshake", "conclude_agreement", place.pk))
    return found + extensions.buttons("institution", request, place)


def acts_on_handling(request: HttpRequest, handling: Handling, case: Case | None) -> list[Button]:
    """To the case of a handling; one that was recorded before there were cases opens its case first."""
    if case is not None:
        return [button(_("Open the case"), "folder_open", "registry_case_change", case.pk, main=True)]
    if has_any(request, OFFICERS_OF_AGENCIES) and handling.opens_the_gate:
        return [button(_("Open the case"), "folder_open", "open_case", handling.pk, main=True)]
    return []


def acts_on_measure(request: HttpRequest, measure: InstitutionMeasure) -> list[Button]:
    """Acts on a measure that make sense in its state. Who proposed it does not decide it."""
    if not has_any(request, OFFICERS_OF_AGENCIES):
        return []
    if measure.state == InstitutionMeasure.State.IN_FORCE:
        return [button(_("End the measure"), "lock_open", "end_measure", measure.pk, main=True)]
    if measure.state != InstitutionMeasure.State.PROPOSED:
        return []
    found = [button(_("Drop the proposal"), "do_not_disturb_on", "drop_measure", measure.pk)]
    if measure.proposed_by_id != user_of(request).pk:
        found.insert(0, button(_("Decide the measure"), "gavel", "decide_measure", measure.pk, main=True))
    return found
