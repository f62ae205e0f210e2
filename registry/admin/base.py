"""What all lists have in common: rights by role, rows by scope, pages by keyset, nothing deleted."""

from typing import Any, ClassVar, NoReturn

from django import forms
from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin

from registry.admin.exact import Way, found_exactly
from registry.admin.keyset import KeysetChangeList, UncountedPaginator
from registry.admin.pickers import Picker
from registry.admin.roles import has_any, keeps_the_country, scope
from registry.models import Role
from registry.queries.roles import ADMINISTRATORS, READERS_OF_ACCESS, READERS_OF_FILES
from registry.queries.sight import full_sight


class PlainPickers:
    """A field that picks a row is our own, and has no menu beside it, which opens for a mouse alone."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """One of many rows is searched for by our own field."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]  # of the theme
            kwargs["widget"] = Picker(db_field, self.admin_site)  # type: ignore[attr-defined]  # of the theme
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]  # of the theme

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The field as the theme makes it, without the menu that adds, changes and shows what can be picked."""
        found = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]  # of the theme
        if isinstance(widget := getattr(found, "widget", None), RelatedFieldWidgetWrapper):
            widget.can_add_related = widget.can_change_related = False
            widget.can_view_related = widget.can_delete_related = False
        return found


class ListAdmin(PlainPickers, ModelAdmin):  # type: ignore[misc]  # the theme is untyped
    """A list and a read-only page of each row. Subclasses narrow `rows` to what the user may see."""

    seen_by: ClassVar[frozenset[Role]] = READERS_OF_FILES
    keyset = "-id"
    list_per_page = 50
    list_fullwidth = False
    list_filter_submit = True
    change_list_template = "registry/change_list.html"
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # facets count
    sortable_by = ()
    actions = None
    exactly: ClassVar[tuple[Way, ...]] = ()
    """Numbers and codes that the list is searched by, one after the other, and nothing else."""
    paginator = UncountedPaginator
    empty_value_display = "–"

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the user may see, with everything the list shows of them."""
        everything: QuerySet[Any] = self.model._default_manager.all()
        return everything

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The user's rows in the order of the list."""
        return self.rows(request).order_by(self.keyset)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By what finds rows exactly: the first of `exactly` that finds any."""
        if not self.exactly:
            return super().get_search_results(request, queryset, search_term)  # type: ignore[no-any-return]
        return found_exactly(queryset, search_term.strip(), self.exactly), False

    @property
    def media(self) -> forms.Media:
        """What the pickers of days stand on; fields bring their own. Nothing here needs jQuery."""
        return forms.Media(js=["admin/js/core.js"])

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """With the scripts of its filters alone."""
        return super().changelist_view(request, {"media": self._media_of_filters(), **(extra_context or {})})

    def _media_of_filters(self) -> forms.Media:
        """The theme's filters forget what the pickers of days stand on."""
        names: list[str] = []
        css: dict[str, Any] = {}
        for each in self.list_filter or ():
            form = getattr(each[1] if isinstance(each, tuple) else each, "form_class", None)
            media = getattr(form, "Media", None)
            names += getattr(media, "js", ())
            css |= getattr(media, "css", {})
        if "admin/js/calendar.js" in names:
            names.insert(0, "admin/js/core.js")
        return forms.Media(css=css, js=names)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        """A list that never counts."""
        return KeysetChangeList

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No acts on many rows at once."""
        return {}

    def has_module_permission(self, request: HttpRequest) -> bool:
        """By role."""
        return has_any(request, self.seen_by)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By role; which rows is decided by the queryset."""
        return has_any(request, self.seen_by)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is added by a form of the record: acts do it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is edited: acts do it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is deleted."""
        return False

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        """What is not there and what is not yours are the same: 404."""
        raise Http404

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The row with this id that the user may see, or 404."""
        try:
            row = self.rows(request).filter(pk=unquote(object_id)).first()
        except (ValueError, ValidationError):
            row = None
        if row is None or not self.has_view_permission(request):
            raise Http404
        return row

    def page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """One of our own pages inside the frame of the office."""
        return self.admin_site.page(request, template, **context)  # type: ignore[no-any-return]


class KeptByForms(ListAdmin):
    """What is kept by ordinary forms, by the roles in `kept_by`."""

    kept_by: ClassVar[frozenset[Role]]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By role."""
        return has_any(request, self.kept_by)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By role."""
        return has_any(request, self.kept_by)

    def _changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """With full sight, which alone writes; nothing behind the wall is kept by a form."""
        with full_sight():
            return super()._changeform_view(request, *args, **kwargs)  # type: ignore[no-any-return]


class ReferenceAdmin(SimpleHistoryAdmin, KeptByForms):  # type: ignore[misc]  # an untyped base
    """Reference data, kept by administrators, each in the own region; every change keeps who made it, and what was."""

    kept_by = ADMINISTRATORS
    place: ClassVar[str] = "region_id"
    """The column with the code of the region that a row is about."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Who keeps the whole country: a new row may be about any part of it."""
        return keeps_the_country(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Administrators, in their own region."""
        if obj is None or not super().has_change_permission(request, obj):
            return has_any(request, self.kept_by)
        return scope(request).held_as(self.kept_by).covers_region(getattr(obj, self.place))

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Who keeps a part of the country moves nothing out of it or into it."""
        readonly: tuple[str, ...] = super().get_readonly_fields(request, obj)
        return tuple(readonly) if keeps_the_country(request) else (*readonly, *self.moved_by)

    @property
    def moved_by(self) -> tuple[str, ...]:
        """The fields that say where a row belongs."""
        return ("code", "parent") if self.place == "code" else ("region",)

    def render_history_view(self, request: HttpRequest, template: str, context: Any, **kwargs: Any) -> HttpResponse:
        """In the frame of the list that it belongs to: the frame asks for a list, and old versions have none.

        Who made a change is a link only for those who read accounts.
        """
        framed = {**context, "opts": self.model._meta}
        if not has_any(request, READERS_OF_ACCESS):
            framed["admin_user_view"] = ""
        page: HttpResponse = super().render_history_view(request, template, framed, **kwargs)
        return page
