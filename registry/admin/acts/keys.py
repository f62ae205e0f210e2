"""Keys of systems: issued and shown once, revoked at once."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from registry.actions.errors import Refused
from registry.actions.keys import ISSUED, LONGEST_OVERLAP, issue_key, revoke_key, rotate_key
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.fields import choice_field, day_field, text_field
from registry.admin.moment import today
from registry.ledger.days import SHANGHAI
from registry.models import ApiKey, Authority, Region, User
from registry.models.institutions import NATION
from registry.queries.roles import KEEPERS_OF_ACCESS
from registry.queries.scope import Scope

USUAL_LIFE = timedelta(days=180)


def _crumbs() -> list[tuple[Words, str]]:
    return [(_("Keys of systems"), reverse("admin:registry_apikey_changelist"))]


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, SHANGHAI)


class KeyForm(ActForm):
    """Which system, for what, and until when."""

    name = text_field(
        _("Name of the system"),
        most=120,
        help_text=_("Which system holds the key, and where, such as “settlement, city hospital”."),
    )
    scope = choice_field(
        _("Role"),
        [(scope.value, scope.label) for scope in ISSUED],
        empty=None,
        help_text=_(
            "A settlement system asks whether services are payable, and nothing else. An authority's system only reads, in its region. The system of another region reads what it was told. The program of a person may do what that person's account may do."  # noqa: E501
        ),
    )
    username = text_field(
        _("User name"),
        most=150,
        required=False,
        help_text=_("Only for the program of a person: the account for which it acts."),
    )
    authority = forms.ModelChoiceField(
        Authority.objects.select_related("region"),
        label=_("Authority"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("Whose system reads, for a system of a health or drug authority."),
    )
    region = forms.ModelChoiceField(
        Region.objects.filter(code__endswith="0000").exclude(code=NATION),
        label=_("Province"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("Whose register reads what it was told, for the system of another region."),
    )
    networks = text_field(
        _("Networks"),
        most=400,
        required=False,
        help_text=_("From which the key is taken, with commas: 203.0.113.0/24. Empty: from anywhere."),
    )
    last_day = day_field(
        _("Last day"), help_text=_("The key holds up to and including this day, at most a year ahead.")
    )

    def prepare(self) -> None:
        """Half a year is usual."""
        self.fields["last_day"].initial = today() + USUAL_LIFE


class ShowingKey(GuidedAct):
    """An act whose answer shows a key, once."""

    allowed = KEEPERS_OF_ACCESS
    previewed = False

    def refused(self, form: ActForm, refusal: Refused) -> ActForm:
        """The form asks for the last day, the action for an instant."""
        refusal.field = {"expires_at": "last_day", "user": "username"}.get(refusal.field or "", refusal.field)
        return super().refused(form, refusal)

    def done(self, outcome: tuple[ApiKey, str]) -> str:
        """What happened."""
        return gettext("The key is issued.")

    def after(self, outcome: tuple[ApiKey, str]) -> HttpResponse:
        """Show the key; this answer is the only place where it ever stands, so no browser may keep it."""
        key, text = outcome
        response: HttpResponse = self.site.page(
            self.request, "registry/key.html", title=self.title, crumbs=_crumbs(), key=key, key_text=text
        )
        response["Cache-Control"] = "no-store"
        return response

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list of keys."""
        return _crumbs()


class IssueKey(ShowingKey):
    """A new key for a system."""

    title = _("Issue a key")
    explains = _("The key is shown once, on the next page. The register keeps only a digest of it.")
    do = _("Issue the key")
    form_class = KeyForm

    def find(self, seen: Scope) -> Scope:
        """The act has no subject yet."""
        return seen

    def perform(self, data: dict[str, Any], second: User | None) -> tuple[ApiKey, str]:
        """Issue; the key holds until the end of the last day in Shanghai."""
        asked = data["username"]
        holder = User.objects.filter(username=asked).first() if asked else None
        if asked and holder is None:
            words = gettext("There is no account “%(name)s”. Look it up among the users.") % {"name": asked}
            raise Refused("account_unknown", words, field="username", value=asked)
        return issue_key(
            name=data["name"],
            scope=data["scope"],
            user=holder,
            authority=data["authority"],
            region=data["region"],
            networks=[network for network in data["networks"].split(",") if network.strip()],
            expires_at=_end_of(data["last_day"]),
            by=self.user,
            now=self.now,
        )


class RotateForm(ActForm):
    """How long both hold, and until when the new one does."""

    last_day = day_field(_("Last day of the new key"))
    overlap = forms.IntegerField(
        label=_("Days for which both hold"),
        min_value=0,
        max_value=LONGEST_OVERLAP.days,
        initial=7,
        help_text=_("So that the system can change without a gap. 0 ends the older one at once."),
    )

    def prepare(self) -> None:
        """Half a year is usual."""
        self.fields["last_day"].initial = today() + USUAL_LIFE


class RotateKey(ShowingKey):
    """A new key takes over."""

    title = _("Rotate the key")
    explains = _("The new key is shown once, on the next page. It has the same holder and networks as the older one.")
    do = _("Issue the new key")
    form_class = RotateForm
    subject: ApiKey

    def find(self, seen: Scope) -> ApiKey | None:
        """The key, while it holds."""
        return ApiKey.objects.filter(pk=self.kwargs["pk"], revoked_at=None, expires_at__gt=self.now).first()

    def perform(self, data: dict[str, Any], second: User | None) -> tuple[ApiKey, str]:
        """Issue the newer one."""
        overlap, last = timedelta(days=data["overlap"]), _end_of(data["last_day"])
        return rotate_key(key=self.subject, expires_at=last, overlap=overlap, by=self.user, now=self.now)

    def context(self) -> dict[str, Any]:
        """Which key."""
        return {"api_key": self.subject}


class NothingForm(ActForm):
    """Nothing is asked."""


class RevokeKey(GuidedAct):
    """The key is worth nothing from the next request on."""

    title = _("Revoke the key")
    explains = _("The system that holds it gets no answer any more, from its next question on.")
    do = _("Revoke the key")
    form_class = NothingForm
    allowed = KEEPERS_OF_ACCESS
    previewed = False

    subject: ApiKey

    def find(self, seen: Scope) -> ApiKey | None:
        """The key, if it is not revoked."""
        return ApiKey.objects.filter(pk=self.kwargs["pk"], revoked_at=None).first()

    def perform(self, data: dict[str, Any], second: User | None) -> ApiKey:
        """Revoke."""
        return revoke_key(key=self.subject, by=self.user, now=self.now)

    def next_url(self, outcome: ApiKey) -> str:
        """Back to the list of keys."""
        return reverse("admin:registry_apikey_changelist")

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list of keys."""
        return _crumbs()

    def context(self) -> dict[str, Any]:
        """Which key."""
        return {"api_key": self.subject}
