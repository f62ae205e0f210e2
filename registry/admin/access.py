"""Users with their assignments, and keys of systems."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.forms import AdminPasswordChangeForm, UnfoldReadOnlyPasswordHashWidget, UserChangeForm, UserCreationForm

from registry.actions.access import HELD_AT, end_role, give_role, require_assignable, require_endable
from registry.actions.errors import Refused
from registry.admin.base import KeptByForms, ListAdmin, PlainPickers
from registry.admin.fields import choice_field
from registry.admin.moment import now
from registry.admin.roles import has_any, user_of
from registry.models import ApiKey, Assignment, Role, User
from registry.models.access import HELD_BY_KEYS, PLACES
from registry.queries.roles import KEEPERS_OF_ACCESS, READERS_OF_ACCESS

admin.site.unregister(Group)


GIVEN = tuple(role for role in Role if role not in {Role.PRACTITIONER, *HELD_BY_KEYS})
"""What is given here. A practitioner's account comes about by the code that the own institution issues."""


class AssignmentForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A role, where it is held, and when; says at the field what does not fit the role."""

    giver: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in set(self.fields) - {"ends_on", "id", "user"}:
                self.fields[name].disabled = True
        elif "role" in self.fields:
            given = [(role, role.label) for role in GIVEN]
            self.fields["role"] = choice_field(self.fields["role"].label or "", given)

    def clean(self) -> dict[str, Any]:
        """The place that the role needs and no other, and what the act would refuse."""
        data = super().clean() or {}
        if (role := data.get("role")) and not self.instance.pk:
            self.place_for(Role(role), data)
        if not self.errors and self.has_changed():
            self.ask(data)
        return data

    def place_for(self, role: Role, data: dict[str, Any]) -> None:
        """Refuse a missing place and one of another kind."""
        wanted = PLACES.get(role, "")
        for name in self.fields.keys() & set(HELD_AT):
            optional = role == Role.ADMINISTRATOR and name == "region"
            if optional or (wanted == name) == bool(data.get(name)):
                continue
            missing = gettext("The role “%(role)s” is held at one of these: choose it.")
            too_much = gettext("The role “%(role)s” is not held at one of these: leave it empty.")
            self.add_error(name, (too_much if data.get(name) else missing) % {"role": role.label})

    def ask(self, data: dict[str, Any]) -> None:
        """What the act would refuse, at its field."""
        try:
            if self.instance.pk and data.get("ends_on"):
                require_endable(self.instance, data["ends_on"], by=self.giver, now=now())
            elif not self.instance.pk:
                told = {name: data.get(name) for name in ("role", "starts_on", "ends_on", *HELD_AT)}
                require_assignable(Assignment(user=data["user"], **told), by=self.giver)
        except Refused as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.message))

    def _post_clean(self) -> None:
        """The act has been asked; the constraints of the table say the same less kindly."""


class AssignmentInline(PlainPickers, StackedInline):  # type: ignore[misc]  # the theme is untyped
    """What the user may do, where, and when. Past assignments stay; they end by a day."""

    model = Assignment
    form = AssignmentForm
    fields = ("role", ("agency", "institution"), ("authority", "region"), ("starts_on", "ends_on"))
    autocomplete_fields = ("agency", "institution", "authority", "region")
    extra = 1
    """One more is offered at once, so no script has to add it."""
    media = forms.Media()
    can_delete = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The forms know who gives the role."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.giver = user_of(request)
        return formset

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who reads access."""
        return has_any(request, READERS_OF_ACCESS)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who keeps access, for others."""
        return has_any(request, KEEPERS_OF_ACCESS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who keeps access, for others."""
        return has_any(request, KEEPERS_OF_ACCESS)


class PasswordState(UnfoldReadOnlyPasswordHashWidget):  # type: ignore[misc]  # the theme is untyped
    """Whether a password is set, and nothing of what is kept of it."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What has a value beside it is a part of the hash."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        if any("value" in each for each in context["summary"]):
            context["summary"] = [{"label": gettext("A password is set.")}]
        return context


class AccountForm(UserChangeForm):  # type: ignore[misc]  # the theme is untyped
    """An account, with the way to another password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget = PasswordState()


@admin.register(User)
class UserAdmin(DjangoUserAdmin, KeptByForms):  # type: ignore[misc,type-arg]  # the theme is untyped
    """Who signs in."""

    form = AccountForm
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
        (_("Person"), {"fields": ("last_name", "first_name", "language")}),
        (_("Account"), {"fields": ("is_active", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
    )
    inlines = (AssignmentInline,)
    keyset = "username"
    seen_by = READERS_OF_ACCESS
    kept_by = KEEPERS_OF_ACCESS
    change_form_outer_before_template = "registry/parts/account_start.html"

    def rows(self, request: HttpRequest) -> Any:
        """Everybody, with assignments."""
        return User.objects.prefetch_related(*(f"assignments__{name}" for name in HELD_AT))

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """With the button to end the employment, for those who keep accounts."""
        context = {**(extra_context or {}), "may_end": has_any(request, KEEPERS_OF_ACCESS), "account": object_id}
        context["provider"] = settings.REGISTRY_OIDC
        return super().change_view(request, object_id, form_url, context)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Roles are given and ended by the acts, which keep who did it."""
        if formset.model is not Assignment:
            return super().save_formset(request, form, formset, change)
        formset.new_objects = formset.changed_objects = formset.deleted_objects = []
        by: dict[str, Any] = {"by": user_of(request), "now": now()}
        for each in (each for each in formset.forms if each.has_changed()):
            said = each.cleaned_data
            if each.instance.pk and said["ends_on"]:
                end_role(assignment=each.instance, ends_on=said["ends_on"], **by)
            elif not each.instance.pk:
                place = next((said[name] for name in HELD_AT if said.get(name)), None)
                days = {"starts_on": said["starts_on"], "ends_on": said["ends_on"]}
                give_role(user=form.instance, role=Role(said["role"]), place=place, **days, **by)
        return None

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
        held = [(a.get_role_display(), a.place or "") for a in row.assignments.all()]
        return "; ".join(f"{role} {place}".strip() for role, place in held) or self.empty_value_display


@admin.register(ApiKey)
class KeyAdmin(ListAdmin):
    """Keys of systems: their digests only."""

    seen_by = READERS_OF_ACCESS
    list_before_template = "registry/parts/key_start.html"
    list_display = ("name", "scope", "for_whom", "prefix", "from_where", "expires_at", "last_used_at", "state")
    list_select_related = ("user", "authority", "region")
    list_display_links = None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """With the button to issue one, for those who keep keys."""
        context = {**(extra_context or {}), "may_issue": has_any(request, KEEPERS_OF_ACCESS)}
        return super().changelist_view(request, context)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """With the acts, for those who keep keys."""
        return (*self.list_display, "acts") if has_any(request, KEEPERS_OF_ACCESS) else self.list_display

    @admin.display(description=_("for whom"))
    def for_whom(self, row: ApiKey) -> str:
        """The person, the authority or the province."""
        return str(row.user or row.authority or row.region or self.empty_value_display)

    @admin.display(description=_("from where"))
    def from_where(self, row: ApiKey) -> str:
        """The networks from which it is taken."""
        return ", ".join(row.networks) or str(_("from anywhere"))

    @admin.display(description=_("state"))
    def state(self, row: ApiKey) -> str:
        """Revoked, expired, or in use."""
        if row.revoked_at:
            return str(_("revoked"))
        return str(_("expired") if row.expires_at <= now() else _("in use"))

    @admin.display(description=_("acts"))
    def acts(self, row: ApiKey) -> SafeString | str:
        """Rotating and revoking, as long as it holds."""
        if row.revoked_at or row.expires_at <= now():
            return self.empty_value_display
        links = [(reverse("admin:rotate_key", args=[row.pk]), _("rotate"))]
        links.append((reverse("admin:revoke_key", args=[row.pk]), _("revoke")))
        return format_html_join(" · ", '<a href="{}">{}</a>', links)
