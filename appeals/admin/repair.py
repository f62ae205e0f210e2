"""Repair in the office: its acts and pages, and what it puts on pages of the register."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.admin import (
    activities,
    activity_acts,
    application_acts,
    applications,
    course_acts,
    prospects,
    result_acts,
)
from registry.admin.acts.buttons import Button
from registry.admin.extensions import (
    offer_acts,
    offer_buttons,
    offer_views,
)
from registry.admin.roles import has_any
from registry.models import Task
from registry.queries.file import PractitionerFile
from registry.queries.roles import STAFF_KEEPERS

__all__ = ["activities", "applications"]

offer_acts(
    [
        ("activities/offer/", "offer_activity", activity_acts.OfferActivity),
        ("activities/<int:pk>/enrol/", "enrol", activity_acts.Enrol),
        ("activities/<int:pk>/results/", "record_results", result_acts.RecordResults),
        ("activities/<int:pk>/close/", "close_activity", activity_acts.CloseActivity),
        ("activities/<int:pk>/test/", "set_course", course_acts.SetCourse),
        ("activities/<int:pk>/lessons/add/", "add_lesson", course_acts.AddLesson),
        ("activities/lessons/<int:pk>/change/", "change_lesson", course_acts.ChangeLesson),
        ("activities/<int:pk>/questions/add/", "add_question", course_acts.AddQuestion),
        ("activities/questions/<int:pk>/change/", "change_question", course_acts.ChangeQuestion),
        ("attendances/<int:pk>/correct/", "correct_result", result_acts.CorrectResult),
        ("attendances/<int:pk>/cancel/", "cancel_enrolment", activity_acts.CancelEnrolment),
        ("practitioners/<int:pk>/repair/", "file_application", application_acts.FileApplication),
        ("applications/<int:pk>/convene/", "convene", application_acts.Convene),
        ("applications/<int:pk>/grant/", "grant_application", application_acts.Grant),
        ("applications/<int:pk>/refuse/", "refuse_application", application_acts.Refuse),
        ("applications/<int:pk>/withdraw/", "withdraw_application", application_acts.Withdraw),
    ]
)
offer_views(
    [
        ("practitioners/<int:pk>/prospects/", "prospects", prospects.prospects_page),
        ("applications/<uuid:uuid>/", "application", applications.by_uuid),
        ("attendances/<int:pk>/evidence/", "evidence_of_part", activities.evidence),
    ]
)


def _buttons(request: HttpRequest, file: PractitionerFile) -> Iterator[Button]:
    """To what repair could bring, for whoever has something in the file; nothing is asked for it."""
    if has_any(request, STAFF_KEEPERS) and file.past:
        yield Button(_("Repair"), reverse("admin:prospects", args=[file.practitioner.pk]), "volunteer_activism")


def _ways(request: HttpRequest, task: Task) -> Iterator[Button]:
    """From a line of the work list to the application; nothing is asked for it."""
    if task.kind in (Task.Kind.CONVENE, Task.Kind.GRANT):
        yield Button(_("Open the application"), reverse("admin:application", args=[task.subject]), "open_in_new")
    if task.kind == Task.Kind.DELIBERATE and task.user_id == request.user.pk:
        yield Button(_("Open the application"), reverse("admin:deliberation", args=[task.subject]), "open_in_new")


offer_buttons("person", _buttons)
offer_buttons("task", _ways)
