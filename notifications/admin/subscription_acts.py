"""Following a person for one's body, and ending it early."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.actions.endpoints import Body
from notifications.actions.subscriptions import LONGEST, LONGEST_REASON, end_subscription, subscribe
from notifications.models import Subscription
from notifications.queries.endpoints import subscriptions_of
from notifications.queries.inbox import own_bodies
from notifications.queries.subscriptions import running
from registry.actions.errors import Refused
from registry.actions.requirements import required
from registry.admin.acts.consequence import Consequence, Summary
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.fields import choice_field, day_field, prose_field, text_field
from registry.admin.moment import today
from registry.models import Practitioner, User
from registry.queries.explain import day, last_day
from registry.queries.people import with_codes
from registry.queries.roles import TOLD
from registry.queries.scope import Scope

LIST = "admin:notifications_subscription_changelist"


def subscription_url(subscription: Subscription) -> str:
    """The page of a subscription."""
    return reverse("admin:notifications_subscription_change", args=[subscription.pk])


def key_of(body: Body) -> str:
    """What stands for the body in a form."""
    return f"{type(body).__name__.lower()}-{body.pk}"


class FollowForm(ActForm):
    """For which body, whom, why, and until when."""

    body = choice_field(_("For whom"), (), help_text=_("The body whose notices it will be."))
    code = text_field(_("Personal code"), most=64, help_text=_("Of somebody whom you may see. A former code will do."))
    reason = prose_field(
        _("Reason"), help_text=_("Why your body has to be told of this person. The person may read it.")
    )
    until = day_field(_("Last day"), help_text=_("On this day you are still told; at most a year ahead."))

    def prepare(self) -> None:
        """The own bodies; who has one is not asked."""
        self.own = {key_of(body): body for body in own_bodies(self.doing.scope)}
        if len(self.own) == 1:
            del self.fields["body"]
        else:
            choices = [("", _("Please choose")), *((key, str(body)) for key, body in self.own.items())]
            self.fields["body"].choices = choices  # type: ignore[attr-defined]
        self.fields["reason"].widget.attrs["maxlength"] = LONGEST_REASON
        first, last = today(), last_possible()
        self.fields["until"].widget.attrs |= {"min": f"{first:%Y-%m-%d}", "max": f"{last:%Y-%m-%d}"}
        self.fields["code"].widget.attrs["autocomplete"] = "off"

    def summary(self) -> Iterator[Summary]:
        """The reason alone: the rest is said with who is meant."""
        yield Summary(self.fields["reason"].label or "", self.cleaned_data["reason"], long=True)

    def clean_code(self) -> Practitioner:
        """The person with the code, present or former, in the scope; no word says whether there is one elsewhere."""
        code = self.cleaned_data["code"]
        person: Practitioner | None = with_codes(self.doing.scope.practitioners(), [code]).first()
        if person is None:
            raise forms.ValidationError(
                gettext("Nobody whom you may see has the code “%(code)s”. Compare it with the person's papers.")
                % {"code": code}
            )
        return person

    def clean_reason(self) -> str:
        """As much as is kept."""
        try:
            return required(self.cleaned_data["reason"], most=LONGEST_REASON)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal.message)) from None

    def clean_until(self) -> date:
        """A day that can still be told of."""
        until: date = self.cleaned_data["until"]
        if not today() <= until <= last_possible():
            raise forms.ValidationError(
                gettext("%(day)s is not possible: choose a day from today until %(last)s.")
                % {"day": day(until), "last": day(last_possible())}
            )
        return until


def last_possible() -> date:
    """The last day on which a subscription of today can still be told."""
    return today() + LONGEST - timedelta(days=1)


class Follow(GuidedAct):
    """Ask to be told of a named person."""

    title = _("Follow a person")
    explains = _(
        "Whatever is told about this person is told to your body as well, from today until the day you choose. The person may read who follows and why."  # noqa: E501
    )
    do = _("Follow")
    form_class = FollowForm
    allowed = TOLD

    def find(self, seen: Scope) -> Any:
        """For who takes note of notices for a body."""
        return seen if own_bodies(seen) else None

    def initial(self) -> dict[str, Any]:
        """Whom one came from; no address holds a code."""
        asked = self.request.GET.get("person", "")
        if not asked.isdecimal() or len(asked) > 18:
            return {}
        person = self.scope.practitioners().filter(pk=int(asked)).first()
        return {"code": person.code} if person else {}

    def given(self, data: dict[str, Any]) -> dict[str, Any]:
        """What was entered, as the act takes it."""
        own = {key_of(body): body for body in own_bodies(self.scope)}
        body = own[data["body"]] if data.get("body") else next(iter(own.values()))
        ends_on = data["until"] + timedelta(days=1)
        return {"body": body, "practitioner": data["code"], "reason": data["reason"], "ends_on": ends_on}

    def preview(self, data: dict[str, Any]) -> Consequence:
        """Who is meant, and whether the body follows them already."""
        given = self.given(data)
        person, body = given["practitioner"], given["body"]
        told: list[tuple[Words, Any]] = [
            (_("Practitioner"), f"{person.name} {person.code}"),
            (_("For whom"), body),
            (_("Days on which it is told"), f"{day(today())} – {day(data['until'])}"),
        ]
        of_body = Subscription.objects.filter(**{type(body).__name__.lower(): body})
        same = running(of_body.filter(practitioner=person), today()).first()
        warnings = []
        if same and same.ends_on >= given["ends_on"]:
            warnings.append(
                gettext("Your body follows this person already, until %(day)s: only the reason is written anew.")
                % {"day": last_day(same.ends_on)}
            )
        elif same:
            warnings.append(
                gettext("Your body follows this person already, until %(day)s: that is made longer.")
                % {"day": last_day(same.ends_on)}
            )
        return Consequence(details=told, warnings=warnings)

    def perform(self, data: dict[str, Any], second: User | None) -> Subscription:
        """Subscribe."""
        return subscribe(by=self.user, now=self.now, **self.given(data))

    def refused(self, form: ActForm, refusal: Refused) -> ActForm:
        """An end that became impossible meanwhile is said at the day."""
        if refusal.field == "ends_on":
            refusal.field = "until"
        return super().refused(form, refusal)

    def done(self, outcome: Subscription) -> str:
        """Until when."""
        return gettext("Your body is told of %(person)s until %(day)s.") % {
            "person": outcome.practitioner.name,
            "day": last_day(outcome.ends_on),
        }

    def next_url(self, outcome: Subscription) -> str:
        """To the subscription."""
        return subscription_url(outcome)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list."""
        return [(_("Subscriptions"), reverse(LIST))]


class EndFollowing(GuidedAct):
    """End it before its day."""

    title = _("Stop following")
    explains = _("From today on your body is told no more than others of its kind. What it was told stays with it.")
    do = _("Stop following")
    form_class = ActForm
    allowed = TOLD
    previewed = False
    subject: Subscription

    def find(self, seen: Scope) -> Subscription | None:
        """One of the own bodies that is still running."""
        return running(subscriptions_of(seen), today()).filter(pk=self.kwargs["pk"]).first()

    def perform(self, data: dict[str, Any], second: User | None) -> Subscription:
        """End."""
        return end_subscription(subscription=self.subject, by=self.user, now=self.now)

    def done(self, outcome: Subscription) -> str:
        """What it means."""
        return gettext("The subscription has ended.")

    def next_url(self, outcome: Subscription) -> str:
        """Back to it."""
        return subscription_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list, then the person."""
        return [(_("Subscriptions"), reverse(LIST)), (self.subject.practitioner.name, subscription_url(self.subject))]
