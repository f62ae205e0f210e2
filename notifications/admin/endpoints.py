"""Endpoints in the office: the list, and the page of one with its last day, its keys, and what did not get through."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter

from notifications.admin.chart import chart_of
from notifications.models import Endpoint
from notifications.models.bodies import BODIES
from notifications.queries.delivery import board, dead, fails
from notifications.queries.endpoints import allows, endpoints_of, keeps_endpoints, may_ask, pushes_of
from notifications.wire.signing import public_text
from registry.admin.acts.buttons import Button
from registry.admin.base import ListAdmin
from registry.admin.labels import tag
from registry.admin.moment import now
from registry.admin.roles import scope
from registry.queries.roles import READERS_OF_DELIVERIES

FEW = 10
TONES = {"active": "good", "disabled": "stop", "proposed": "new"}


@admin.register(Endpoint)
class EndpointAdmin(ListAdmin):
    """Where the systems of bodies receive."""

    seen_by = READERS_OF_DELIVERIES
    list_before_template = "notifications/parts/endpoints_start.html"
    list_display = ("name", "whose", "url", "state_now", "failures")
    list_filter = (("state", ChoicesRadioFilter),)
    search_fields = ("name",)
    search_help_text = _("Name of the system")

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of the user's bodies; every one for who watches over the register."""
        return endpoints_of(scope(request))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """With the button to ask for one, for who may."""
        context = {**(extra_context or {}), "may_ask": may_ask(scope(request))}
        return super().changelist_view(request, context)

    @admin.display(description=_("of whom"))
    def whose(self, row: Endpoint) -> str:
        """The body."""
        return whose(row)

    @admin.display(description=_("state"))
    def state_now(self, row: Endpoint) -> SafeString:
        """The state as a label."""
        return condition(row)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The endpoint at a glance."""
        endpoint = self.found(request, object_id)
        keeps = keeps_endpoints(scope(request))
        (line,) = board([endpoint], now())
        letters = dead(pushes_of(scope(request)).filter(endpoint=endpoint)).order_by("since", "pk")
        return self.page(
            request,
            "notifications/endpoint.html",
            title=endpoint.name,
            crumbs=[(_("Endpoints"), reverse("admin:notifications_endpoint_changelist"))],
            endpoint=endpoint,
            whose=whose(endpoint),
            condition=condition(endpoint),
            line=line,
            chart=chart_of(line),
            keys=[(key, public_text(bytes(key.public))) for key in endpoint.keys.order_by("-pk")],
            letters=letters[:FEW],
            every_letter=f"{reverse('admin:notifications_push_changelist')}?endpoint__id__exact={endpoint.pk}",
            keeps=keeps,
            acts=list(_acts(endpoint)) if keeps else [],
        )


def condition(endpoint: Endpoint) -> SafeString:
    """The state as a label; what is to receive and does not is called so."""
    if fails(endpoint):
        return tag(gettext("failing"), "warn")
    return tag(endpoint.get_state_display(), TONES.get(endpoint.state, ""))


def whose(endpoint: Endpoint) -> str:
    """The name of the body."""
    return str(next(body for body in (getattr(endpoint, name) for name in BODIES) if body))


def _acts(endpoint: Endpoint) -> Iterator[Button]:
    """What the state allows."""
    offered = [
        ("approve", _("Approve"), "verified", "approve_endpoint", True),
        ("resume", _("Resume"), "play_arrow", "resume_endpoint", True),
        ("test", _("Send a test"), "outgoing_mail", "test_endpoint", False),
        ("rotate", _("Give it a new key"), "key", "rotate_endpoint_key", False),
        ("pause", _("Pause"), "pause", "pause_endpoint", False),
        ("retire", _("Switch off for good"), "power_settings_new", "retire_endpoint", False),
    ]
    for act, title, icon, name, main in offered:
        if allows(endpoint, act):
            yield Button(title, reverse(f"admin:{name}", args=[endpoint.pk]), icon, main)
