"""The site of the office: who comes in, and the pages beside the lists."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

WITHOUT_PEOPLE = ("index", "autocomplete", "jsi18n", "policies", "policy", "enter_year", "correct_day")
_KINDS = ("region", "agency", "authority", "phasein", "calendaryear", "user", "apikey")
WITHOUT_PEOPLE_AT = (*(f"registry_{kind}_" for kind in _KINDS), "auth_user_password", "app_list")
ANSWERED = ("GET", "HEAD", "POST")
ACTS_ON_ACCESS = ("give_identity", "end_employment", "issue_key", "rotate_key", "revoke_key")

_LISTS = ("practitioner", "registration", "institution", "pointsentry")
_NOTICES = (
    "notifications_notice_changelist",
    "notifications_notice_change",
    "print_notice",
    "acknowledge_notice",
    "report_outcome",
)
_DELIVERIES = (
    "notifications_endpoint_changelist",
    "notifications_endpoint_change",
    "notifications_push_changelist",
    "notifications_push_change",
    "delivery_board",
    "ask_for_endpoint",
)
_SUBSCRIPTIONS = (
    "notifications_subscription_changelist",
    "notifications_subscription_change",
    "subscribe",
    "end_subscription",
)
TOLD = (
    *(f"registry_{kind}_changelist" for kind in _LISTS),
    "registry_practitioner_change",
    "registry_institution_change",
    "open_file",
    *_NOTICES,
    *_DELIVERIES,
    *_SUBSCRIPTIONS,
)
"""Where health and drug authorities read what is published or was told to them, how it comes to their systems, and of
whom they asked to be told."""


def _is_told(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.url_name in TOLD


def _has_no_people(request: HttpRequest) -> bool:
    name = request.resolver_match.url_name or "" if request.resolver_match else ""
    return name in (*WITHOUT_PEOPLE, *ACTS_ON_ACCESS) or name.startswith(WITHOUT_PEOPLE_AT)


class Office(UnfoldAdminSite):  # type: ignore[misc]  # the theme is untyped
    """The office of agencies, institutions and administrators."""

    site_title = _("Payment qualification register")
    site_header = _("Payment qualification register")
    index_title = _("Overview")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Everybody who holds a role of the office today."""
        from registry.admin.roles import is_officer

        return is_officer(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """At the one door of the register; who is in and holds no role here is told so, or led to the own pages."""
        from registry.admin.roles import has_own_pages

        if request.user.is_authenticated and not self.has_permission(request):
            if has_own_pages(request):
                return HttpResponseRedirect(reverse("home"))
            return render(request, "account/no_role.html", status=403)
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Out by the same door."""
        logout(request)
        return HttpResponseRedirect(reverse("account_login"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Where everybody changes it."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Behind the sign-in. What shows people is not there for those who read no files. Pages are read and posted to,
        and nothing else."""
        from registry.admin.roles import is_officer, reads_files, reads_people

        def for_the_role(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method not in ANSWERED:
                return HttpResponseNotAllowed(ANSWERED)
            open_to_all = is_officer(request) and _has_no_people(request)
            told = reads_people(request) and _is_told(request)
            if reads_files(request) or open_to_all or told:
                return view(request, *args, **kwargs)
            raise Http404

        guarded: Callable[..., Any] = super().admin_view(update_wrapper(for_the_role, view), cacheable)
        return guarded

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Our pages first, so that they may stand under the addresses of lists."""
        from registry.admin.urls import pages

        urls: list[URLPattern | URLResolver] = super().get_urls()
        return [*pages(self), *urls]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The overview of the user's role; who reads no files goes to what they keep."""
        from registry.admin.overview import overview
        from registry.admin.roles import reads_access, reads_files, reads_people

        if not reads_files(request):
            kept = "registry_user_changelist" if reads_access(request) else "policies"
            first = "registry_practitioner_changelist" if reads_people(request) else kept
            return HttpResponseRedirect(reverse(f"admin:{first}"))
        return overview(request, self)

    def page(self, request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> TemplateResponse:
        """A page of ours inside the frame of the office; `crumbs` are pairs of title and address."""
        request.current_app = self.name
        return TemplateResponse(request, template, {**self.each_context(request), **context}, status=status)
