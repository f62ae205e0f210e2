"""Notices in the office: the list of those to us, and the page of one, which counts as read once it is opened."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter
from unfold.contrib.filters.admin.choice_filters import RadioFilter

from notifications.actions.receipts import FOLLOWING_UP, mark_read
from notifications.models import Notice
from notifications.queries.delivery import deliveries_of
from notifications.queries.inbox import (
    Asked,
    corrected_by,
    corrects,
    is_told,
    narrowed,
    notices_to,
    receipts_of,
    unread,
    with_everything,
)
from notifications.queries.saying import lines_of, recipient_name, sentence_of, title_of
from registry.admin import labels
from registry.admin.acts.buttons import Button
from registry.admin.base import ListAdmin
from registry.admin.moment import now
from registry.admin.openings import Opening, ask_first, opening_of
from registry.admin.roles import has_any, scope, user_of
from registry.models import AccessRecord, Practitioner
from registry.queries.roles import READERS_OF_NOTICES, TOLD
from registry.queries.sight import full_sight


class Taken(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """How far the recipient has taken note."""

    title = _("state")
    parameter_name = "taken"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str | Promise]]:
        """Not read, or not acknowledged."""
        return [("unread", _("unread")), ("unacknowledged", _("not acknowledged"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By what is missing."""
        asked = Asked(unread=self.value() == "unread", unacknowledged=self.value() == "unacknowledged")
        return narrowed(queryset, asked)


def _by_person(term: str) -> Q:
    return Q(event__practitioner__codes__code=term.upper())


@admin.register(Notice)
class NoticeAdmin(ListAdmin):
    """The notices to the body for which the user works, the newest first."""

    seen_by = READERS_OF_NOTICES
    list_display = ("what", "about", "told", "made_at", "state")
    list_filter = (Taken, ("event__kind", ChoicesRadioFilter))
    search_fields = ("event__practitioner__code",)
    search_help_text = _("Personal code")
    exactly = (_by_person,)

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """Those to the user's bodies; every one for who watches over the register."""
        return with_everything(notices_to(scope(request)))

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Whom each tells only where that differs."""
        everybody = scope(request).sees_everything
        return self.list_display if everybody else tuple(each for each in self.list_display if each != "told")

    @admin.display(description=_("notice"))
    def what(self, row: Any) -> SafeString:
        """What happened; bold while it is unread."""
        told = title_of(row.event), sentence_of(row.event)
        weight = "" if row.read_at else "rg-strong"
        return format_html('<span class="{}">{}</span><br><span class="rg-quiet rg-small">{}</span>', weight, *told)

    @admin.display(description=_("about"))
    def about(self, row: Notice) -> SafeString | str:
        """The person."""
        person = row.event.practitioner
        return labels.person(person) if person else self.empty_value_display

    @admin.display(description=_("told"))
    def told(self, row: Notice) -> str:
        """Whom it tells."""
        return recipient_name(row)

    @admin.display(description=_("state"))
    def state(self, row: Any) -> SafeString:
        """Unread, read or acknowledged, as a label."""
        return state_label(row)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The notice, once it is kept who looked into whose file."""
        notice = self.found(request, object_id)
        person = notice.event.practitioner
        told = is_told(scope(request), notice)
        opening = opening_for(request, person, told) if person else None
        if person and opening is None:
            return ask_first(request, person, to=request.path)
        take_note(request, notice, opening, told)
        return self.page(
            request,
            "notifications/notice.html",
            title=title_of(notice.event),
            crumbs=[(_("Notices to us"), reverse("admin:notifications_notice_changelist"))],
            notice=notice,
            person=person,
            sentence=sentence_of(notice.event),
            lines=lines_of(notice.event),
            to=recipient_name(notice),
            receipts=receipts_of(notice),
            follow_ups=notice.follow_ups.select_related("by"),
            corrects=corrects(notice),
            corrected_by=corrected_by(notice),
            deliveries=deliveries_of(notice),
            may_acknowledge=told and not notice.acknowledged_at,
            acts=list(_acts(notice, told)),
        )


def opening_for(request: HttpRequest, person: Practitioner, told: bool) -> Opening | None:
    """What one was told is one's work: no reason is asked for it."""
    return Opening(request, person, mine=True, reason="") if told else opening_of(request, person)


def take_note(request: HttpRequest, notice: Any, opening: Opening | None, told: bool) -> None:
    """Keep the look, and that the notice was read where the user stands on its side."""
    if opening:
        opening.keep(AccessRecord.Kind.OPENED)
    if told:
        with full_sight():
            mark_read(notice=notice, by=user_of(request), now=now())
        notice.read_at = notice.read_at or now()


def _acts(notice: Notice, told: bool) -> Iterator[Button]:
    if told and notice.recipient in FOLLOWING_UP:
        yield Button(
            _("Report what followed"), reverse("admin:report_outcome", args=[notice.pk]), "assignment_turned_in"
        )
    event = notice.event
    if event.practitioner_id:
        yield Button(_("As a letter"), reverse("admin:print_notice", args=[notice.pk]), "print")
        file = reverse("admin:registry_practitioner_change", args=[event.practitioner_id])
        yield Button(_("Open the file"), file, "badge")
    if event.deadline_id or event.missed_id:
        yield Button(_("To the work list"), reverse("admin:work_list"), "checklist")


def state_label(notice: Any) -> SafeString:
    """How far the recipient has taken note, by word and shape."""
    if notice.acknowledged_at:
        return labels.tag(gettext("acknowledged"), "good")
    return labels.tag(gettext("read")) if notice.read_at else labels.tag(gettext("unread"), "new")


def figures(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """What the overview says of notices, to who is told of any."""
    if has_any(request, TOLD):
        number = unread(notices_to(scope(request).held_as(TOLD)))
        url = f"{reverse('admin:notifications_notice_changelist')}?taken=unread"
        yield {"number": number or 0, "title": _("unread notices to us"), "url": url, "tone": "suspended"}
