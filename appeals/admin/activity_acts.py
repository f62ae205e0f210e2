"""Acts on activities of repair: offer, enrol, record results, close, cancel."""

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from appeals.actions.activities import (
    FULL_MARKS,
    cancel_enrolment,
    close_activity,
    enrol,
    offer_activity,
)
from appeals.admin.activities import activity_url
from appeals.models import Activity, Attendance
from appeals.queries.applications import offered_by, visible_activities
from appeals.queries.sides import acting_for, enrolling, may_enrol, offering, sides_of
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.fields import (
    choice_field,
    day_field,
    prose_field,
    rows_field,
    text_field,
    whole_field,
)
from registry.admin.moment import today
from registry.models import PersonalCode, Practitioner, User
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.scope import Scope
from registry.queries.wording import listed


class OfferForm(ActForm):
    """What, by whom, when and where."""

    side = choice_field(_("Offered by"), ())
    kind = choice_field(_("Activity"), Activity.Kind.choices)
    title = text_field(_("Title"))
    description = prose_field(_("Description"), required=False)
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"))
    place = text_field(pgettext_lazy("of an activity", "Place"), required=False)
    places = whole_field(
        _("Places"), least=1, most=100_000, required=False, help_text=_("Leave empty if there is no limit.")
    )
    pass_mark = whole_field(
        _("Pass mark (of 100)"),
        least=1,
        most=FULL_MARKS,
        required=False,
        help_text=_("Only for a study with a test: below it the study is not completed."),
    )

    def prepare(self) -> None:
        """The user's own sides; one alone is chosen already."""
        choices = [(key, side.name) for key, side in sides_of(self.doing.scope).items()]
        self.fields["side"].choices = choices  # type: ignore[attr-defined]  # a choice field
        if choices:
            self.fields["side"].initial = choices[0][0]


class OfferActivity(GuidedAct):
    """Offer an activity by the own agency or institution."""

    title = _("Offer an activity")
    explains = _(
        "Who completes it can apply for relief of points or a shorter period. An agency offers to everybody in its region, an institution to its own staff."  # noqa: E501
    )
    do = _("Offer the activity")
    form_class = OfferForm
    allowed = STAFF_KEEPERS
    previewed = False

    def find(self, seen: Scope) -> Scope | None:
        """The act has no subject yet; the officer's scope stands for it."""
        return seen if sides_of(seen) else None

    def perform(self, data: dict[str, Any], second: User | None) -> Activity:
        """Offer."""
        side = sides_of(self.scope)[data.pop("side")]
        return offer_activity(acting=acting_for(side, self.user), now=self.now, **data)

    def next_url(self, outcome: Activity) -> str:
        """To the activity."""
        return activity_url(outcome)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Activities."""
        return [(_("Activities"), reverse("admin:appeals_activity_changelist"))]


class OnActivity(GuidedAct):
    """An act on an activity."""

    subject: Activity
    previewed = False
    allowed = STAFF_KEEPERS
    template = "appeals/on_activity.html"

    def find(self, seen: Scope) -> Activity | None:
        """The activity with the id in the address, if the user offers it."""
        found = visible_activities(seen).filter(pk=self.kwargs["pk"]).first()
        return found if found and self.may(found, seen) else None

    def may(self, activity: Activity, seen: Scope) -> bool:
        """Whether the user can do this act on it."""
        return offered_by(activity, seen)

    def next_url(self, outcome: Any) -> str:
        """Back to the activity."""
        return activity_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Activities, then this one."""
        return [
            (_("Activities"), reverse("admin:appeals_activity_changelist")),
            (self.subject.title, activity_url(self.subject)),
        ]

    def context(self) -> dict[str, Any]:
        """The card of the activity."""
        return {"activity": self.subject}


class EnrolForm(ActForm):
    """Who: found by name, or many by their codes."""

    practitioners = rows_field(
        _("People"),
        Attendance._meta.get_field("practitioner"),
        Practitioner.objects.none(),
        required=False,
    )
    codes = prose_field(
        _("Or their personal codes"),
        required=False,
        help_text=_("One in a line, as copied from a list. Everybody or nobody is enrolled."),
    )

    def prepare(self) -> None:
        """People in the user's scope."""
        self.fields["practitioners"].queryset = self.doing.scope.practitioners()  # type: ignore[attr-defined]

    def clean_codes(self) -> list[Practitioner]:
        """The people with these codes, present or former."""
        asked = list(dict.fromkeys(self.cleaned_data["codes"].upper().split()))
        rows = PersonalCode.objects.filter(code__in=asked, practitioner__in=self.doing.scope.practitioners())
        found = {row.code: row.practitioner for row in rows.select_related("practitioner")}
        if unknown := [code for code in asked if code not in found]:
            raise ValidationError(_("Not known here: %(codes)s."), params={"codes": listed(unknown)})
        return list({found[code].pk: found[code] for code in asked}.values())

    def clean(self) -> dict[str, Any]:
        """Everybody who was named, each once."""
        data = super().clean() or {}
        named = [*data.get("practitioners", ()), *data.get("codes", ())]
        if not named and not self.errors:
            self.add_error("practitioners", _("Choose at least one person to enrol."))
        data["everybody"] = list({person.pk: person for person in named}.values())
        return data


class Enrol(OnActivity):
    """Enrol people."""

    title = _("Enrol people")
    explains = _("By the offering side, or by an institution for its own staff.")
    do = _("Enrol")
    form_class = EnrolForm

    def may(self, activity: Activity, seen: Scope) -> bool:
        """The offering side, and institutions for their staff."""
        return may_enrol(activity, seen)

    def perform(self, data: dict[str, Any], second: User | None) -> list[Attendance]:
        """Enrol."""
        people = data["everybody"]
        acting = enrolling(self.subject, people, self.scope, self.user, today())
        return enrol(activity=self.subject, practitioners=people, acting=acting, now=self.now)

    def done(self, outcome: list[Attendance]) -> str:
        """How many."""
        text = ngettext("%(people)s person is enrolled.", "%(people)s people are enrolled.", len(outcome))
        return text % {"people": len(outcome)}


class CloseActivity(OnActivity):
    """Nobody enrols any more."""

    title = _("Close to enrolment")
    explains = _("Nobody can enrol any more. The results of those who are enrolled can still be recorded.")
    do = _("Close to enrolment")
    form_class = ActForm

    def perform(self, data: dict[str, Any], second: User | None) -> Activity:
        """Close."""
        acting = offering(self.subject, self.scope, self.user)
        assert acting is not None  # the subject is found for the offering side only
        return close_activity(activity=self.subject, acting=acting, now=self.now)


class CancelForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"), required=False)


class OnPart(GuidedAct):
    """An act on one person's part in an activity."""

    allowed = STAFF_KEEPERS
    previewed = False
    template = "appeals/on_activity.html"

    subject: Attendance

    def find(self, seen: Scope) -> Attendance | None:
        """The part of a person in an activity that the user sees."""
        rows = Attendance.objects.filter(activity__in=visible_activities(seen), pk=self.kwargs["pk"])
        return rows.select_related("activity", "practitioner", "evidence").first()

    def next_url(self, outcome: Attendance) -> str:
        """Back to the activity."""
        return activity_url(self.subject.activity)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Activities, then this one."""
        activity = self.subject.activity
        return [
            (_("Activities"), reverse("admin:appeals_activity_changelist")),
            (activity.title, activity_url(activity)),
        ]

    def context(self) -> dict[str, Any]:
        """The card of the activity."""
        return {"activity": self.subject.activity}


class CancelEnrolment(OnPart):
    """Somebody does not take part after all."""

    title = _("Cancel the enrolment")
    explains = _("The place is free again for somebody else.")
    do = _("Cancel the enrolment")
    form_class = CancelForm

    def find(self, seen: Scope) -> Attendance | None:
        """An enrolment of a person in the scope."""
        part = super().find(seen)
        return part if part and seen.practitioners().filter(pk=part.practitioner_id).exists() else None

    def perform(self, data: dict[str, Any], second: User | None) -> Attendance:
        """Cancel."""
        acting = enrolling(self.subject.activity, [self.subject.practitioner], self.scope, self.user, today())
        return cancel_enrolment(attendance=self.subject, reason=data["reason"], acting=acting, now=self.now)
