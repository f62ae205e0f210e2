"""Other registers in the office: who they are, what they wrote, what is doubtful, and whether both sides agree."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter

from notifications.actions.exchange.receiving import address_of_inbox
from notifications.models import Kind, Letter, Register
from notifications.queries.endpoints import keeps_endpoints
from notifications.queries.exchange.watching import (
    doubtful,
    letters_of,
    receipts_of_register,
    registers_of,
    with_counts,
)
from notifications.rules.procedures import LETTER, REGISTER
from notifications.wire.signing import public_text
from registry.admin import labels
from registry.admin.acts.buttons import Button
from registry.admin.base import ListAdmin
from registry.admin.labels import tag
from registry.admin.roles import scope, watches_over_all
from registry.queries.roles import WATCHING_OVER_ALL

FEW = 10
TONES_OF_REGISTERS = {"active": "good", "retired": "stop"}
TONES_OF_LETTERS = {"applied": "good", "doubtful": "stop", "parked": "new", "waiting": "new"}


class OfTheWhole(ListAdmin):
    """For who watches over the whole register."""

    seen_by = WATCHING_OVER_ALL

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Nothing of it is for who keeps a part."""
        return watches_over_all(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing of it is for who keeps a part."""
        return watches_over_all(request)


@admin.register(Register)
class RegisterAdmin(OfTheWhole):
    """The registers that we believe."""

    keyset = "code"
    list_before_template = "notifications/parts/registers_start.html"
    list_display = ("code", "region", "state_now", "waiting", "doubtful", "last_letter_at")

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """All of them, to who watches over the whole register."""
        return with_counts(registers_of(scope(request)))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """With the button to enter one, for who may."""
        context = {**(extra_context or {}), "may_enter": keeps_endpoints(scope(request)), "inbox": address_of_inbox()}
        return super().changelist_view(request, context)

    @admin.display(description=_("state"))
    def state_now(self, row: Register) -> SafeString:
        """The state as a label."""
        return tag(row.get_state_display(), TONES_OF_REGISTERS.get(row.state, ""))

    @admin.display(description=_("waiting letters"))
    def waiting(self, row: Any) -> int:
        """How many are to be taken over."""
        return int(row.waiting)

    @admin.display(description=_("doubtful letters"))
    def doubtful(self, row: Any) -> int:
        """How many somebody has to look at."""
        return int(row.doubtful)

    @admin.display(description=_("last letter"))
    def last_letter_at(self, row: Any) -> Any:
        """When it wrote last."""
        return row.last_letter_at

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The register at a glance."""
        register = self.found(request, object_id)
        letters = letters_of(scope(request)).filter(register=register)
        return self.page(
            request,
            "notifications/register.html",
            title=register.code,
            crumbs=[(_("Other registers"), reverse("admin:notifications_register_changelist"))],
            register=register,
            tone=TONES_OF_REGISTERS.get(register.state, ""),
            keys=[public_text(bytes(key)) for key in register.keys],
            doubtful=letters.filter(state=Letter.State.DOUBTFUL).order_by("pk")[:FEW],
            every_letter=f"{reverse('admin:notifications_letter_changelist')}?register__id__exact={register.pk}",
            comparisons=register.reconciliations.order_by("-pk")[:FEW],
            receipts=receipts_of_register(register)[:FEW],
            acts=list(_acts(register)) if keeps_endpoints(scope(request)) else [],
        )


@admin.register(Letter)
class LetterAdmin(OfTheWhole):
    """What other registers wrote, the newest first."""

    list_display = ("what", "register", "about", "state_now", "why", "received_at")
    list_filter = (("state", ChoicesRadioFilter),)

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """All of them, to who watches over the whole register."""
        return letters_of(scope(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Those of one register, too."""
        return lookup == "register__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("what happened there"))
    def what(self, row: Letter) -> str:
        """The kind, in words."""
        return what(row)

    @admin.display(description=_("about"))
    def about(self, row: Letter) -> SafeString | str:
        """Whose file it went to."""
        return labels.person(row.practitioner) if row.practitioner else self.empty_value_display

    @admin.display(description=_("state"))
    def state_now(self, row: Letter) -> SafeString:
        """The state as a label."""
        return tag(row.get_state_display(), TONES_OF_LETTERS.get(row.state, ""))

    @admin.display(description=_("why"))
    def why(self, row: Letter) -> str:
        """Why it is doubtful, or not there yet."""
        return row.get_doubt_display() or row.get_problem_display() or self.empty_value_display

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The letter, what became of it, and what can be done."""
        letter = self.found(request, object_id)
        return self.page(
            request,
            "notifications/letter_of_register.html",
            title=what(letter),
            crumbs=[
                (_("Other registers"), reverse("admin:notifications_register_changelist")),
                (letter.register.code, reverse("admin:notifications_register_change", args=[letter.register_id])),
            ],
            letter=letter,
            tone=TONES_OF_LETTERS.get(letter.state, ""),
            body=json.dumps(json.loads(bytes(letter.body)), ensure_ascii=False, indent=2),
            acts=list(_acts_on_letter(letter)) if keeps_endpoints(scope(request)) else [],
        )


def what(letter: Letter) -> str:
    """What happened there, in the words of our own notices."""
    return str(Kind(letter.happening).label).capitalize()


def _acts(register: Register) -> Iterator[Button]:
    offered = [
        ("resume", _("Resume it"), "play_arrow", "resume_register", True),
        ("keys", _("Change its keys"), "key", "change_keys_of_register", False),
        ("pause", _("Pause it"), "pause", "pause_register", False),
        ("retire", _("Believe it no longer"), "power_settings_new", "retire_register", False),
    ]
    for act, title, icon, name, main in offered:
        possible = register.state != Register.State.RETIRED if act == "keys" else REGISTER.allows(register.state, act)
        if possible:
            yield Button(title, reverse(f"admin:{name}", args=[register.pk]), icon, main)


def _acts_on_letter(letter: Letter) -> Iterator[Button]:
    if LETTER.allows(letter.state, "ask_again"):
        yield Button(_("Ask again"), reverse("admin:ask_letter_again", args=[letter.pk]), "replay", main=True)
    if LETTER.allows(letter.state, "set_aside"):
        yield Button(_("Set aside"), reverse("admin:set_letter_aside", args=[letter.pk]), "move_to_inbox")


def figures(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """What the overview says of letters, to who can do something about them."""
    if keeps_endpoints(scope(request)) and (number := doubtful(scope(request))):
        url = f"{reverse('admin:notifications_letter_changelist')}?state__exact=doubtful"
        yield {"number": number, "title": _("doubtful letters of other registers"), "url": url, "tone": "suspended"}
