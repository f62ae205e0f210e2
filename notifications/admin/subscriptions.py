"""Whom the bodies follow, in the office: the list, the page of each, and the way there from a person's file."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin.choice_filters import RadioFilter

from notifications.models import Subscription
from notifications.models.bodies import BODIES
from notifications.queries.endpoints import subscriptions_of
from notifications.queries.inbox import bodies_of, own_bodies
from notifications.queries.subscriptions import SOON, about, ended, ending, running
from registry.admin.acts.buttons import Button
from registry.admin.base import ListAdmin
from registry.admin.extensions import offer_buttons
from registry.admin.labels import tag
from registry.admin.moment import today
from registry.admin.roles import scope
from registry.queries.explain import last_day
from registry.queries.file import PractitionerFile
from registry.queries.roles import READERS_OF_DELIVERIES, TOLD

FEW = 20


class Running(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """By whether somebody is told today."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str | Promise]]:
        """Running, about to end, over."""
        return [("open", _("running")), ("ending", _("ends within 30 days")), ("ended", _("ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By its days."""
        narrowed = {"open": running, "ending": ending, "ended": ended}.get(self.value() or "")
        return narrowed(queryset, today()) if narrowed else queryset


@admin.register(Subscription)
class SubscriptionAdmin(ListAdmin):
    """Whom the user's bodies follow, the newest first."""

    seen_by = READERS_OF_DELIVERIES
    list_before_template = "notifications/parts/subscriptions_start.html"
    list_display = ("named", "state_now", "whose", "reason", "starts_on", "until", "by_whom")
    list_display_links = ("named",)
    list_filter = (Running,)
    search_fields = ("practitioner__code",)
    search_help_text = _("Code; beginning of the name or part of it; or pinyin: wangwei or ww")

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of the user's bodies; every one for who watches over the register."""
        return subscriptions_of(scope(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the person."""
        return about(queryset, search_term) if search_term.strip() else queryset, False

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Whose it is only where that differs."""
        seen = scope(request)
        several = seen.sees_everything or len(own_bodies(seen)) > 1
        return self.list_display if several else tuple(each for each in self.list_display if each != "whose")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """With the button to follow somebody, for who may."""
        context = {**(extra_context or {}), "may_follow": bool(own_bodies(scope(request)))}
        return super().changelist_view(request, context)

    @admin.display(description=_("state"))
    def state_now(self, row: Subscription) -> SafeString:
        """Running, about to end or over, as a label."""
        return state_label(row)

    @admin.display(description=_("practitioner"))
    def named(self, row: Subscription) -> SafeString:
        """Whom, as the link to the subscription; the file is a step further."""
        return format_html('{} <span class="rg-code">{}</span>', row.practitioner.name, row.practitioner.code)

    @admin.display(description=_("of whom"))
    def whose(self, row: Subscription) -> str:
        """The body."""
        return whose(row)

    @admin.display(description=_("last day"))
    def until(self, row: Subscription) -> str:
        """The last day on which it is told; nothing where it ended on the day it began."""
        return _last(row)

    @admin.display(description=_("subscribed by"))
    def by_whom(self, row: Subscription) -> str:
        """Who asked."""
        return _name(row.made_by) or self.empty_value_display

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The subscription with everything that was done with it."""
        row = self.found(request, object_id)
        return self.page(
            request,
            "notifications/subscription.html",
            title=row.practitioner.name,
            crumbs=[(_("Subscriptions"), reverse("admin:notifications_subscription_changelist"))],
            subscription=row,
            label=state_label(row),
            whose=whose(row),
            last=_last(row),
            versions=_versions(row),
            acts=list(_acts(request, row)),
        )


def whose(subscription: Subscription) -> str:
    """The name of the body."""
    return str(next(body for body in (getattr(subscription, name) for name in BODIES) if body))


def state_label(subscription: Subscription) -> SafeString:
    """Whether somebody is told today, and whether that ends soon, by word and shape."""
    if subscription.ends_on <= today():
        return tag(gettext("ended"))
    soon = subscription.ends_on <= today() + SOON
    return tag(gettext("ends soon"), "new") if soon else tag(gettext("running"), "good")


def _last(row: Any) -> str:
    return last_day(row.ends_on) if row.ends_on > row.starts_on else gettext("ended on its first day")


def _name(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def _versions(subscription: Subscription) -> list[dict[str, Any]]:
    """What was said of it each time, the newest first."""
    rows = subscription.history.select_related("history_user").order_by("-history_date", "-history_id")[:FEW]
    return [
        {"at": each.history_date, "by": _name(each.history_user), "last": _last(each), "reason": each.reason}
        for each in rows
    ]


def _acts(request: HttpRequest, subscription: Subscription) -> Iterator[Button]:
    """What the user's body does with it while it runs."""
    bodies = bodies_of(scope(request).held_as(TOLD))
    if subscription.ends_on > today() and any(getattr(subscription, name) in ids for name, ids in bodies.items()):
        longer = f"{reverse('admin:subscribe')}?person={subscription.practitioner_id}"
        yield Button(_("Make it longer"), longer, "more_time", main=True)
        yield Button(_("Stop following"), reverse("admin:end_subscription", args=[subscription.pk]), "visibility_off")


def follow_button(request: HttpRequest, file: PractitionerFile) -> Iterator[Button]:
    """From a person's file: to follow them; who follows already is told so before anything is kept."""
    if own_bodies(scope(request).held_as(TOLD)):
        url = f"{reverse('admin:subscribe')}?person={file.practitioner.pk}"
        yield Button(_("Follow this person"), url, "notification_add")


offer_buttons("person", follow_button)
offer_buttons("published person", follow_button)
