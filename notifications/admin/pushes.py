"""What is pushed in the office: the list, each push with its tries, the board of every endpoint and of e-mails."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter
from unfold.contrib.filters.admin.choice_filters import RadioFilter

from notifications.admin.chart import chart_of
from notifications.admin.endpoints import condition
from notifications.models import Endpoint, Mail, Push
from notifications.queries.delivery import Line, board, dead, with_tries
from notifications.queries.endpoints import endpoints_of, keeps_endpoints, may_ask, pushes_of
from notifications.queries.mailing import failing
from notifications.queries.saying import title_of
from registry.admin.acts.buttons import Button
from registry.admin.base import ListAdmin
from registry.admin.labels import tag
from registry.admin.moment import now
from registry.admin.roles import has_any, scope
from registry.queries.roles import READERS_OF_DELIVERIES

MOST_LINES = 20
TONES = {"delivered": "good", "overdue": "stop"}


class Dead(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """What was tried and did not get through."""

    title = _("dead letters")
    parameter_name = "dead"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str | Promise]]:
        """Only those."""
        return [("yes", _("did not get through"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the tries."""
        return dead(queryset) if self.value() == "yes" else queryset


@admin.register(Push)
class PushAdmin(ListAdmin):
    """What is owed to endpoints, or was, the newest first."""

    seen_by = READERS_OF_DELIVERIES
    list_display = ("what", "endpoint", "state_now", "failures", "last_problem", "since", "next_at")
    list_filter = (Dead, ("state", ChoicesRadioFilter))

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """To the endpoints that the user sees."""
        return pushes_of(scope(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Those of one endpoint, too."""
        return lookup == "endpoint__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("notice"))
    def what(self, row: Push) -> str:
        """What happened; of whom is told by the notice itself."""
        return title_of(row.notice.event)

    @admin.display(description=_("state"))
    def state_now(self, row: Push) -> SafeString:
        """The state as a label."""
        return tag(row.get_state_display(), TONES.get(row.state, ""))

    @admin.display(description=_("last problem"))
    def last_problem(self, row: Push) -> str:
        """Why the last try came to nothing."""
        return row.get_problem_display() or self.empty_value_display

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The push with its tries."""
        push = self.found(request, object_id)
        (delivery,) = with_tries([push])
        replay = Button(_("Send again"), reverse("admin:replay_push", args=[push.pk]), "replay", main=True)
        may = keeps_endpoints(scope(request)) and push.state != Push.State.WITHDRAWN
        return self.page(
            request,
            "notifications/push.html",
            title=title_of(push.notice.event),
            crumbs=[
                (_("Endpoints"), reverse("admin:notifications_endpoint_changelist")),
                (push.endpoint.name, reverse("admin:notifications_endpoint_change", args=[push.endpoint_id])),
            ],
            push=push,
            tone=TONES.get(push.state, ""),
            each=delivery,
            acts=[replay] if may else [],
        )


def delivery_board(site: Any) -> Callable[..., HttpResponse]:
    """The page of every endpoint with its last day."""

    def view(request: HttpRequest) -> HttpResponse:
        if not has_any(request, READERS_OF_DELIVERIES):
            return site.page(request, "registry/forbidden.html", status=403, title=_("Delivery"))  # type: ignore[no-any-return]
        lines, following = _lines(request)
        response: HttpResponse = site.page(
            request,
            "notifications/board.html",
            title=_("Delivery board"),
            crumbs=[(_("Endpoints"), reverse("admin:notifications_endpoint_changelist"))],
            lines=[(line, chart_of(line), condition(line.endpoint)) for line in lines],
            next_url=following,
            is_first=not request.GET.get("after"),
            may_ask=may_ask(scope(request)),
            mails=_failing_mails(request),
        )
        return response

    return view


def _failing_mails(request: HttpRequest) -> list[Mail]:
    """The mails that do not go out, those owed for longest first; for who watches over the whole register."""
    return list(failing()[:MOST_LINES]) if scope(request).sees_everything else []


def _lines(request: HttpRequest) -> tuple[list[Line], str]:
    """A page of endpoints that receive or did, and where the next one begins."""
    after = request.GET.get("after", "")
    used = endpoints_of(scope(request)).exclude(state__in=[Endpoint.State.PROPOSED, Endpoint.State.RETIRED])
    rows = list(used.filter(pk__gt=int(after) if after.isdecimal() else 0).order_by("pk")[: MOST_LINES + 1])
    following = f"?after={rows[MOST_LINES - 1].pk}" if len(rows) > MOST_LINES else ""
    return board(rows[:MOST_LINES], now()), following
