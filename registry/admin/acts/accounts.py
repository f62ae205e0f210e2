"""Who an account is at the provider of identities, and the end of somebody's employment."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registry.actions.access import end_employment
from registry.actions.identities import give_identity
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.acts.keys import NothingForm
from registry.admin.fields import text_field
from registry.admin.moment import today
from registry.models import ApiKey, Assignment, OutsideIdentity, User
from registry.queries.roles import KEEPERS_OF_ACCESS
from registry.queries.scope import Scope


class OfAccount(GuidedAct):
    """An act on an account, from its page and back to it."""

    allowed = KEEPERS_OF_ACCESS
    previewed = False
    subject: User

    def find(self, seen: Scope) -> User | None:
        """Anybody's account."""
        return User.objects.filter(pk=self.kwargs["pk"]).first()

    def next_url(self, outcome: Any) -> str:
        """Back to the account."""
        return reverse("admin:registry_user_change", args=[self.subject.pk])

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list of users and the account."""
        return [(_("Users"), reverse("admin:registry_user_changelist")), (str(self.subject), self.next_url(None))]


class IdentityForm(ActForm):
    """What the provider calls somebody."""

    identifier = text_field(_("Identifier at the provider"), most=255, required=False)

    doing: "GiveIdentity"

    def prepare(self) -> None:
        """Say which claim is meant, and of whom."""
        told = {"claim": self.doing.provider.claim, "provider": self.doing.provider.name}
        words = _(
            "The claim “%(claim)s” of %(provider)s, letter by letter. Empty: this account is not opened from there."
        )
        self.fields["identifier"].help_text = words % told


class GiveIdentity(OfAccount):
    """Somebody signs in at the provider, too; or does not any more."""

    title = _("Sign-in at the provider")
    explains = _(
        "Whoever the provider calls by this identifier opens this account from then on, after the second factor as"
        " ever. The password stays good. Accounts that hold no role of the office are not opened this way."
    )
    do = _("Record the identifier")
    form_class = IdentityForm

    @property
    def provider(self) -> Any:
        """As the settings name it."""
        return settings.REGISTRY_OIDC

    def find(self, seen: Scope) -> User | None:
        """Anybody's account, where there is a provider."""
        return super().find(seen) if self.provider else None

    def initial(self) -> dict[str, Any]:
        """What was said before, of the same server."""
        said = OutsideIdentity.objects.filter(user=self.subject, server=self.provider.server).first()
        return {"identifier": said.identifier if said else ""}

    def perform(self, data: dict[str, Any], second: User | None) -> OutsideIdentity:
        """Keep it."""
        server, identifier = self.provider.server, data["identifier"]
        return give_identity(user=self.subject, server=server, identifier=identifier, by=self.user, now=self.now)


class EndEmployment(OfAccount):
    """All roles of the office end today, keys are revoked, sessions end, the account closes."""

    title = _("End the employment")
    explains = _(
        "All roles in the office end today and the keys of this person's programs are revoked at once; open sessions "
        "end with the next page. The account closes, unless it is also that of a practitioner's own file. What was "
        "done stays under this name."
    )
    do = _("End the employment")
    form_class = NothingForm

    def perform(self, data: dict[str, Any], second: User | None) -> list[Assignment]:
        """End it."""
        return end_employment(user=self.subject, by=self.user, now=self.now)

    def done(self, outcome: list[Assignment]) -> str:
        """How many roles ended."""
        if not outcome:
            return gettext("No role was held any more.")
        words = ngettext("%(count)d role ended.", "%(count)d roles ended.", len(outcome))
        return words % {"count": len(outcome)}

    def context(self) -> dict[str, Any]:
        """Whose, with what is held today and which keys are in use."""
        held = Assignment.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today()), user=self.subject)
        keys = ApiKey.objects.filter(user=self.subject, revoked_at=None)
        return {"account": self.subject, "held": list(held), "keys_in_use": list(keys)}
