"""The end of somebody's employment: everything that the account holds ends at once."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registry.actions.access import end_employment
from registry.admin.acts.guided import GuidedAct, Words
from registry.admin.acts.keys import NothingForm
from registry.admin.moment import today
from registry.models import ApiKey, Assignment, User
from registry.queries.roles import KEEPERS_OF_ACCESS
from registry.queries.scope import Scope


class EndEmployment(GuidedAct):
    """All roles of the office end today, keys are revoked, sessions end, the account closes."""

    title = _("End the employment")
    explains = _(
        "All roles in the office end today and the keys of this person's programs are revoked at once; open sessions "
        "end with the next page. The account closes, unless it is also that of a practitioner's own file. What was "
        "done stays under this name."
    )
    do = _("End the employment")
    form_class = NothingForm
    allowed = KEEPERS_OF_ACCESS
    previewed = False
    subject: User

    def find(self, seen: Scope) -> User | None:
        """Anybody's account."""
        return User.objects.filter(pk=self.kwargs["pk"]).first()

    def perform(self, data: dict[str, Any], second: User | None) -> list[Assignment]:
        """End it."""
        return end_employment(user=self.subject, by=self.user, now=self.now)

    def done(self, outcome: list[Assignment]) -> str:
        """How many roles ended."""
        if not outcome:
            return gettext("No role was held any more.")
        words = ngettext("%(count)d role ended.", "%(count)d roles ended.", len(outcome))
        return words % {"count": len(outcome)}

    def next_url(self, outcome: list[Assignment]) -> str:
        """Back to the account."""
        return reverse("admin:registry_user_change", args=[self.subject.pk])

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list of users and the account."""
        return [(_("Users"), reverse("admin:registry_user_changelist")), (str(self.subject), self.next_url([]))]

    def context(self) -> dict[str, Any]:
        """Whose, with what is held today and which keys are in use."""
        held = Assignment.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today()), user=self.subject)
        keys = ApiKey.objects.filter(user=self.subject, revoked_at=None)
        return {"account": self.subject, "held": list(held), "keys_in_use": list(keys)}
