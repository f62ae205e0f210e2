"""What an expert is asked to deliberate on: the list, the application without names, signing and standing aside."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.deliberations import sign_opinion, stand_aside
from appeals.admin.applications import asked
from appeals.models import Application, Opinion
from appeals.queries.applications import room_of
from appeals.queries.remediation import Deliberation, deliberations_of, support_of
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.composing import composed
from registry.admin.fields import prose_field, radio_field
from registry.admin.moment import today
from registry.admin.roles import is_expert, user_of
from registry.models import User
from registry.queries.roles import EXPERTS
from registry.queries.scope import Scope

IN_FAVOUR, AGAINST = "in_favour", "against"

View = Callable[..., HttpResponse]


def deliberations(site: Any) -> View:
    """What waits for the expert's opinion, what is due first at the top, and what they signed."""

    @composed
    def page(request: HttpRequest) -> HttpResponse:
        if not is_expert(request):
            raise Http404
        user = user_of(request)
        signed = Opinion.objects.filter(expert__user=user).select_related("application").order_by("-id")
        response: HttpResponse = site.page(
            request,
            "appeals/deliberations.html",
            title=_("My deliberations"),
            waiting=[(each, asked(each.application)) for each in deliberations_of(user)],
            signed=[(each, asked(each.application)) for each in signed[:50]],
            today=today(),
        )
        return response

    return page


def deliberation(site: Any) -> View:
    """One application as its experts see it: without names."""

    @composed
    def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
        found = _asked_of(request, uuid)
        response: HttpResponse = site.page(
            request,
            "appeals/deliberation.html",
            title=found.application.number,
            crumbs=[(_("My deliberations"), reverse("admin:deliberations"))],
            found=found,
            today=today(),
            **shown_of(found.application),
        )
        return response

    return page


def shown_of(application: Application) -> dict[str, Any]:
    """What experts see of an application: never whose it is."""
    return {
        "application": application,
        "asked": asked(application),
        "room": room_of(application, today()),
        "without_links": True,  # the pages of the law are for the office
        "support": support_of(application),
    }


def _asked_of(request: HttpRequest, uuid: UUID) -> Deliberation:
    if not is_expert(request):
        raise Http404
    found = next((each for each in deliberations_of(user_of(request)) if each.application.uuid == uuid), None)
    if found is None:
        raise Http404
    return found


class OnDeliberation(GuidedAct):
    """An act of an expert on an application on which they are asked to deliberate."""

    subject: Application
    allowed = EXPERTS
    previewed = False
    template = "appeals/deliberating.html"

    dispatch = composed(GuidedAct.dispatch)

    def find(self, seen: Scope) -> Application | None:
        """The application, while the user is asked."""
        rows = (each.application for each in deliberations_of(self.user))
        return next((row for row in rows if row.uuid == self.kwargs["uuid"]), None)

    def next_url(self, outcome: Any) -> str:
        """Back to what waits."""
        return reverse("admin:deliberations")

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list, then this one."""
        return [
            (_("My deliberations"), reverse("admin:deliberations")),
            (self.subject.number, reverse("admin:deliberation", args=[self.subject.uuid])),
        ]

    @cached_property
    def shown(self) -> dict[str, Any]:
        """What experts see of it."""
        return shown_of(self.subject)

    def context(self) -> dict[str, Any]:
        """What experts see of it."""
        return self.shown


class OpinionForm(ActForm):
    """In favour or against, and why."""

    opinion = radio_field(_("Opinion"), [(IN_FAVOUR, _("in favour")), (AGAINST, _("against"))])
    reasons = prose_field(_("Reasons"), help_text=_("They stay with the record; write no names."))


class Sign(OnDeliberation):
    """Sign an opinion."""

    title = _("Sign an opinion")
    explains = _("You sign once; nobody changes it afterwards.")
    do = _("Sign")
    form_class = OpinionForm
    decides = True

    def perform(self, data: dict[str, Any], second: User | None) -> Opinion:
        """Sign."""
        return sign_opinion(
            application=self.subject,
            in_favour=data["opinion"] == IN_FAVOUR,
            reasons=data["reasons"],
            by=self.user,
            now=self.now,
        )

    def done(self, outcome: Opinion) -> str:
        """What happened."""
        return gettext("Your opinion is signed.")


class AsideForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"), help_text=_("Such as a conflict that the register does not know."))


class StandAside(OnDeliberation):
    """Stand aside."""

    title = _("Stand aside")
    explains = _("You do not deliberate on this application; the agency calls somebody else.")
    do = _("Stand aside")
    form_class = AsideForm

    def perform(self, data: dict[str, Any], second: User | None) -> Application:
        """Stand aside."""
        return stand_aside(application=self.subject, reason=data["reason"], by=self.user, now=self.now)
