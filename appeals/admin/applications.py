"""Applications for repair: the list, and the page of each with its sum, activities, opinions and track."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter

from appeals.models import Application
from appeals.queries.applications import asked, calls_of, owed_by_agency, room_of, track_of, visible_applications
from appeals.queries.remediation import signatures_needed, support_of
from appeals.queries.sides import decides
from appeals.rules.procedures import APPLICATION
from registry.admin import labels
from registry.admin.acts.buttons import Button
from registry.admin.base import ListAdmin
from registry.admin.moment import today
from registry.admin.roles import scope
from registry.models import Task
from registry.queries.scope import Scope

State = Application.State


@admin.register(Application)
class ApplicationAdmin(ListAdmin):
    """Who asks for relief or a shorter period, the newest first."""

    list_display = ("number", "person", "asks", "state_now", "agency", "filed_at")
    list_filter = (("state", ChoicesRadioFilter), ("kind", ChoicesRadioFilter))
    search_fields = ("number",)
    search_help_text = _("Number of the application")

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The applications that concern the user."""
        return visible_applications(scope(request))

    @admin.display(description=_("practitioner"))
    def person(self, row: Application) -> SafeString:
        """The person."""
        return labels.person(row.practitioner)

    @admin.display(description=_("asks for"))
    def asks(self, row: Application) -> str:
        """What for, and how much."""
        return asked(row)

    @admin.display(description=_("state"))
    def state_now(self, row: Application) -> SafeString:
        """The state as a label."""
        return format_html('<span class="rg-tag">{}</span>', row.get_state_display())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The application at a glance."""
        application, seen = self.found(request, object_id), scope(request)
        is_open = application.state not in APPLICATION.ends
        return self.page(
            request,
            "appeals/application.html",
            title=application.number,
            crumbs=[(_("Applications for repair"), reverse("admin:appeals_application_changelist"))],
            application=application,
            asked=asked(application),
            room=room_of(application, today()) if is_open else None,
            support=support_of(application),
            calls=calls_of(application),
            needed=signatures_needed(application),
            owed=owed_by_agency(application),
            track=track_of(application),
            today=today(),
            acts=list(acts_on_application(application, seen)),
        )


def application_url(application: Application) -> str:
    """The page of an application."""
    return reverse("admin:appeals_application_change", args=[application.pk])


def by_uuid(site: Any) -> Callable[..., HttpResponse]:
    """From what a task is about to the page of the application, if it is the user's to see."""

    def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
        found = visible_applications(scope(request)).filter(uuid=uuid).first()
        if found is None:
            raise Http404
        return HttpResponseRedirect(application_url(found))

    return page


def acts_on_application(application: Application, seen: Scope) -> Iterator[Button]:
    """What an officer of the deciding agency can do with the application now."""
    if not decides(application, seen) or application.state in APPLICATION.ends:
        return
    owed = {task.kind for task in owed_by_agency(application)}
    if application.state in (State.FILED, State.DELIBERATING) and (
        Task.Kind.CONVENE in owed or application.state == State.FILED
    ):
        yield _button(_("Call experts"), "group_add", "convene", application, main=True)
    if application.state == State.DELIBERATED:
        yield _button(_("Grant"), "check_circle", "grant_application", application, main=True)
    yield _button(_("Refuse the application"), "block", "refuse_application", application)
    yield _button(_("Record its withdrawal"), "undo", "withdraw_application", application)


def _button(title: Any, icon: str, name: str, application: Application, *, main: bool = False) -> Button:
    return Button(title, reverse(f"admin:{name}", args=[application.pk]), icon, main)
