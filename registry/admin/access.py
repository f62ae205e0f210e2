"""Users with their assignments, and keys of systems."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from registry.admin.base import KeptByAdministrators, ListAdmin
from registry.admin.moment import now
from registry.admin.roles import ADMINISTRATORS, has_any
from registry.models import ApiKey, Assignment, Role, User
from registry.queries.explain import day

admin.site.unregister(Group)

PLACES = {Role.AGENCY_OFFICER: "agency", Role.COMPLIANCE_OFFICER: "institution"}


class AssignmentForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A role, the place where it is held, and when; says at the field what does not fit the role."""

    def clean(self) -> dict[str, Any]:
        """An agency officer has an agency, a compliance officer an institution, an administrator neither."""
        data = super().clean() or {}
        if role := data.get("role"):
            self.place_for(Role(role), data)
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            words = gettext("The assignment ends on %(end)s, before it begins on %(start)s.")
            self.add_error("ends_on", words % {"end": day(end), "start": day(start)})
        return data

    def place_for(self, role: Role, data: dict[str, Any]) -> None:
        """Refuse a missing place and one of the other kind."""
        for name in ("agency", "institution"):
            if (PLACES.get(role) == name) == bool(data.get(name)):
                continue
            missing = gettext("The role “%(role)s” is held at one of these: choose it.")
            too_much = gettext("The role “%(role)s” is not held at one of these: leave it empty.")
            self.add_error(name, (too_much if data.get(name) else missing) % {"role": role.label})


class AssignmentInline(StackedInline):  # type: ignore[misc]  # the theme is untyped
    """What the user may do, where, and when. Past assignments stay; they end by a day."""

    model = Assignment
    form = AssignmentForm
    fields = ("role", ("agency", "institution"), ("starts_on", "ends_on"))
    autocomplete_fields = ("agency", "institution")
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators."""
        return has_any(request, ADMINISTRATORS)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators."""
        return has_any(request, ADMINISTRATORS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators."""
        return has_any(request, ADMINISTRATORS)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, KeptByAdministrators):  # type: ignore[misc,type-arg]  # the theme is untyped
    """Who signs in."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "named", "roles_held", "is_active", "last_login")
    list_filter = (("is_active", BooleanRadioFilter),)
    search_fields = ("username", "last_name", "first_name")
    search_help_text = _("User name or name")
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("last_name", "first_name", "email", "language")}),
        (_("Account"), {"fields": ("is_active", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
    )
    inlines = (AssignmentInline,)
    keyset = "username"

    def rows(self, request: HttpRequest) -> Any:
        """Everybody, with assignments."""
        return User.objects.prefetch_related("assignments__agency", "assignments__institution")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A short form to add, the whole one to change."""
        return self.fieldsets if obj else self.add_fieldsets

    @admin.display(description=_("name"))
    def named(self, row: User) -> str:
        """Family name and given name."""
        return f"{row.last_name}{row.first_name}" or self.empty_value_display

    @admin.display(description=_("assignments"))
    def roles_held(self, row: Any) -> str:
        """Role and place of each."""
        held = [(a.get_role_display(), a.agency or a.institution or "") for a in row.assignments.all()]
        return "; ".join(f"{role} {place}".strip() for role, place in held) or self.empty_value_display


@admin.register(ApiKey)
class KeyAdmin(ListAdmin):
    """Keys of systems: their digests only."""

    seen_by = ADMINISTRATORS
    list_before_template = "registry/parts/key_start.html"
    list_display = ("name", "scope", "prefix", "created_at", "expires_at", "state")
    list_display_links = None

    @admin.display(description=_("state"))
    def state(self, row: ApiKey) -> SafeString | str:
        """Revoked, expired, or in use with the act to revoke it."""
        if row.revoked_at:
            return str(_("revoked"))
        if row.expires_at <= now():
            return str(_("expired"))
        return format_html('<a href="{}">{}</a>', reverse("admin:revoke_key", args=[row.pk]), _("in use: revoke"))
