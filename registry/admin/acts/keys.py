"""Keys of systems: issued and shown once, revoked at once."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keys import ISSUED, issue_key, revoke_key
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.fields import choice_field, day_field, text_field
from registry.admin.moment import today
from registry.admin.roles import ADMINISTRATORS
from registry.ledger.days import SHANGHAI
from registry.models import ApiKey, User
from registry.queries.scope import Scope

USUAL_LIFE = timedelta(days=180)


def _crumbs() -> list[tuple[Words, str]]:
    return [(_("Keys of systems"), reverse("admin:registry_apikey_changelist"))]


class KeyForm(ActForm):
    """Which system, for what, and until when."""

    name = text_field(_("Name of the system"), most=120)
    scope = choice_field(_("Role"), [(scope.value, scope.label) for scope in ISSUED], empty=None)
    username = text_field(
        _("User name"), most=150, required=False, help_text=_("Of the account for which a program of a person acts.")
    )
    last_day = day_field(_("Last day"))

    def prepare(self) -> None:
        """Half a year is usual."""
        self.fields["last_day"].initial = today() + USUAL_LIFE


class IssueKey(GuidedAct):
    """A new key for a system."""

    title = _("Issue a key")
    explains = _("The key is shown once, on the next page. The register keeps only a digest of it.")
    do = _("Issue the key")
    form_class = KeyForm
    allowed = ADMINISTRATORS
    previewed = False

    def find(self, seen: Scope) -> Scope:
        """The act has no subject yet."""
        return seen

    def perform(self, data: dict[str, Any], second: User | None) -> tuple[ApiKey, str]:
        """Issue; the key holds until the end of the last day in Shanghai."""
        expires_at = datetime.combine(data["last_day"], time.max, SHANGHAI)
        asked = data["username"]
        holder = User.objects.filter(username=asked).first() if asked else None
        if asked and holder is None:
            words = gettext("There is no account “%(name)s”. Look it up among the users.") % {"name": asked}
            raise Refused("account_unknown", words, field="username", value=asked)
        return issue_key(
            name=data["name"], scope=data["scope"], user=holder, expires_at=expires_at, by=self.user, now=self.now
        )

    def refused(self, form: ActForm, refusal: Refused) -> ActForm:
        """The form asks for the last day, the action for an instant."""
        if refusal.field == "expires_at":
            refusal.field = "last_day"
        if refusal.field == "user":
            refusal.field = "username"
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


class NothingForm(ActForm):
    """Nothing is asked."""


class RevokeKey(GuidedAct):
    """The key is worth nothing from the next request on."""

    title = _("Revoke the key")
    explains = _("The system that holds it gets no answer any more, from its next question on.")
    do = _("Revoke the key")
    form_class = NothingForm
    allowed = ADMINISTRATORS
    previewed = False

    subject: ApiKey

    def find(self, seen: Scope) -> ApiKey | None:
        """The key, if it is not revoked."""
        return ApiKey.objects.filter(pk=self.kwargs["pk"], revoked_at=None).first() if seen.sees_everything else None

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
