"""Asking for an endpoint, and what an administrator of the whole register does with it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.actions.endpoints import (
    LONGEST_NAME,
    LONGEST_OVERLAP,
    approve_endpoint,
    pause_endpoint,
    propose_endpoint,
    replay_push,
    resume_endpoint,
    retire_endpoint,
    rotate_key,
    send_test,
)
from notifications.models import Endpoint, Push
from notifications.models.bodies import BODIES
from notifications.queries.endpoints import endpoints_of, keeps_endpoints, may_ask, pushes_of
from notifications.queries.inbox import own_bodies
from notifications.wire.connecting import Credentials
from registry.admin.acts.consequence import Consequence
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.fields import choice_field, prose_field, row_field, text_field, tick_field, whole_field
from registry.models import Agency, Authority, Institution, Region, User
from registry.queries.roles import ADMINISTRATORS, ASKING_FOR_ENDPOINTS
from registry.queries.scope import Scope


def _crumbs() -> list[tuple[Words, str]]:
    return [(_("Endpoints"), reverse("admin:notifications_endpoint_changelist"))]


def endpoint_url(endpoint: Endpoint) -> str:
    """The page of an endpoint."""
    return reverse("admin:notifications_endpoint_change", args=[endpoint.pk])


class EndpointForm(ActForm):
    """Whose system, and where it receives: of one's own bodies, or of any for who administers the whole register."""

    body = choice_field(_("Whose system"), ())
    institution = row_field(
        _("Institution"), Endpoint._meta.get_field("institution"), Institution.objects.all(), required=False
    )
    agency = row_field(_("Agency"), Endpoint._meta.get_field("agency"), Agency.objects.all(), required=False)
    authority = row_field(
        _("Authority"), Endpoint._meta.get_field("authority"), Authority.objects.all(), required=False
    )
    region = row_field(_("Region"), Endpoint._meta.get_field("region"), Region.objects.all(), required=False)
    name = text_field(_("Name of the system"), most=LONGEST_NAME)
    url = text_field(_("Address"), most=500, help_text=_("https, with the name of a host."))
    networks = text_field(
        _("Networks"), most=400, help_text=_("All that the name may lead to, with commas: 203.0.113.0/24.")
    )
    issuer = prose_field(
        _("Certificate authority"), required=False, help_text=_("In PEM, where the receiver has one of its own.")
    )
    takes_batches = tick_field(_("It takes up to a hundred letters in one request"))

    def prepare(self) -> None:
        """The own bodies, the only one chosen already; every body for who administers the whole register."""
        if keeps_endpoints(self.doing.scope):
            del self.fields["body"]
            return
        own = {f"{type(body).__name__.lower()}-{body.pk}": body for body in own_bodies(self.doing.scope)}
        self.own = own
        for name in BODIES:
            del self.fields[name]
        self.fields["body"].choices = [(key, str(body)) for key, body in own.items()]  # type: ignore[attr-defined]
        self.fields["body"].initial = next(iter(own))

    def clean(self) -> dict[str, Any]:
        """One body."""
        said: dict[str, Any] = super().clean() or {}
        if "body" in self.fields:
            said["body"] = self.own.get(said.get("body", ""))
            return said
        if len([name for name in BODIES if said.get(name)]) != 1:
            raise forms.ValidationError(_("Name one body: an institution, an agency, an authority or a region."))
        return {**said, "body": next(said[name] for name in BODIES if said.get(name))}


class AskForEndpoint(GuidedAct):
    """Enter where a system would receive."""

    title = _("Ask for an endpoint")
    explains = _("Nothing goes there before an administrator of the whole register approves it.")
    do = _("Ask for it")
    form_class = EndpointForm
    allowed = ASKING_FOR_ENDPOINTS
    previewed = False

    def find(self, seen: Scope) -> Any:
        """For who works for a body that can be told, or administers the whole register."""
        return seen if may_ask(seen) else None

    def perform(self, data: dict[str, Any], second: User | None) -> Endpoint:
        """Propose."""
        return propose_endpoint(
            body=data["body"],
            name=data["name"],
            url=data["url"],
            networks=[each for each in data["networks"].replace("，", ",").split(",") if each.strip()],
            credentials=Credentials(issuer=data["issuer"]),
            takes_batches=data["takes_batches"],
            by=self.user,
            now=self.now,
        )

    def next_url(self, outcome: Endpoint) -> str:
        """To the endpoint."""
        return endpoint_url(outcome)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list."""
        return _crumbs()


class OnEndpoint(GuidedAct):
    """An act on an endpoint."""

    form_class = ActForm
    allowed = ADMINISTRATORS
    previewed = False
    subject: Endpoint

    def find(self, seen: Scope) -> Endpoint | None:
        """The endpoint with the id in the address, for who administers the whole register."""
        found = endpoints_of(seen).filter(pk=self.kwargs["pk"])
        return found.first() if keeps_endpoints(seen) else None

    def next_url(self, outcome: Any) -> str:
        """Back to the endpoint."""
        return endpoint_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list, then the endpoint."""
        return [*_crumbs(), (self.subject.name, endpoint_url(self.subject))]


class Approve(OnEndpoint):
    """From now on notices go there."""

    title = _("Approve the endpoint")
    explains = _("From now on the notices to its body go there. Look at the address and its networks first.")
    do = _("Approve")
    previewed = True
    decides = True

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What is approved."""
        body = next(body for body in (getattr(self.subject, name) for name in BODIES) if body)
        told = [
            (_("Address"), self.subject.url),
            (_("Networks"), ", ".join(self.subject.networks)),
            (_("Whose notices go there"), body),
        ]
        return Consequence(details=told)

    def perform(self, data: dict[str, Any], second: User | None) -> Endpoint:
        """Approve."""
        return approve_endpoint(endpoint=self.subject, by=self.user, now=self.now)


class ReasonForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"))


class Pause(OnEndpoint):
    """Nothing goes there until it is resumed."""

    title = _("Pause the endpoint")
    explains = _("Nothing goes there until it is resumed. What is owed waits, and nothing is lost.")
    do = _("Pause")
    form_class = ReasonForm

    def perform(self, data: dict[str, Any], second: User | None) -> Endpoint:
        """Pause."""
        return pause_endpoint(endpoint=self.subject, by=self.user, now=self.now, **data)


class Resume(OnEndpoint):
    """It receives again."""

    title = _("Resume the endpoint")
    explains = _("It receives again, from what it is owed first on.")
    do = _("Resume")

    def perform(self, data: dict[str, Any], second: User | None) -> Endpoint:
        """Resume."""
        return resume_endpoint(endpoint=self.subject, by=self.user, now=self.now)


class Retire(OnEndpoint):
    """Nothing goes there any more."""

    title = _("Switch the endpoint off")
    explains = _("For good: nothing goes there any more. What was owed stays in the inbox of its recipient alone.")
    do = _("Switch off for good")
    form_class = ReasonForm
    previewed = True
    decides = True

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What is lost by it."""
        return Consequence(warnings=[_("It cannot be resumed; another one has to be asked for.")], grave=True)

    def perform(self, data: dict[str, Any], second: User | None) -> Endpoint:
        """Retire."""
        return retire_endpoint(endpoint=self.subject, by=self.user, now=self.now, **data)


class SendTest(OnEndpoint):
    """A letter about nobody."""

    title = _("Send a test")
    explains = _("A letter that is about nobody goes there, to see whether it arrives.")
    do = _("Send a test")

    def perform(self, data: dict[str, Any], second: User | None) -> Push:
        """Send."""
        return send_test(endpoint=self.subject, by=self.user, now=self.now)

    def done(self, outcome: Push) -> str:
        """What comes next."""
        return gettext("The test is on its way.")

    def next_url(self, outcome: Push) -> str:
        """To the push."""
        return reverse("admin:notifications_push_change", args=[outcome.pk])


class RotationForm(ActForm):
    """How long both sign."""

    days = whole_field(
        _("Days for which the older key signs beside the new one"), least=0, most=LONGEST_OVERLAP.days, initial=7
    )


class RotateKey(OnEndpoint):
    """Another pair of keys."""

    title = _("Give the endpoint a new key")
    explains = _("Both keys sign until the older one ends, so that the receiver can take over the new one in time.")
    do = _("Make a new key")
    form_class = RotationForm

    def perform(self, data: dict[str, Any], second: User | None) -> Any:
        """Rotate."""
        return rotate_key(endpoint=self.subject, overlap=timedelta(days=data["days"]), by=self.user, now=self.now)


class ReplayPush(GuidedAct):
    """Send it again."""

    title = _("Send it again")
    explains = _("It goes out again under the same id, and the count of its failures begins anew.")
    do = _("Send again")
    form_class = ActForm
    allowed = ADMINISTRATORS
    previewed = False
    subject: Push

    def find(self, seen: Scope) -> Push | None:
        """The push with the id in the address, for who administers the whole register."""
        return pushes_of(seen).filter(pk=self.kwargs["pk"]).first() if keeps_endpoints(seen) else None

    def perform(self, data: dict[str, Any], second: User | None) -> Push:
        """Replay."""
        return replay_push(push=self.subject, by=self.user, now=self.now)

    def done(self, outcome: Push) -> str:
        """What comes next."""
        return gettext("It is on its way again.")

    def next_url(self, outcome: Push) -> str:
        """Back to the push."""
        return reverse("admin:notifications_push_change", args=[outcome.pk])

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list, the endpoint, the push."""
        back = reverse("admin:notifications_push_change", args=[self.subject.pk])
        return [*_crumbs(), (self.subject.endpoint.name, endpoint_url(self.subject.endpoint)), (_("Push"), back)]
