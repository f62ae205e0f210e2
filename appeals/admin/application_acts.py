"""Acts on applications for repair: file one on a person's behalf, call experts, grant, refuse, withdraw."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from appeals.actions.applications import file_application, preview, withdraw_application
from appeals.actions.deliberations import convene, most_called
from appeals.actions.grants import grant_application, preview_grant, refuse_application
from appeals.admin.applications import application_url
from appeals.models import Application, Attendance, Expert, Specialty
from appeals.queries.applications import asked, visible_applications
from appeals.queries.deliberators import possible_deliberators
from appeals.queries.remediation import Prospect, prospects, signatures_needed
from appeals.queries.sides import askable, decides, filing_for
from registry.actions.corrections import Difference
from registry.actions.procedure import Acting, for_agency
from registry.admin.acts.consequence import Consequence
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.acts.subjects import OnPractitioner, card_of
from registry.admin.fields import prose_field, radio_field, text_field, whole_field
from registry.admin.moment import today
from registry.ledger.reading import History, history_of
from registry.models import User
from registry.queries.explain import day
from registry.queries.roles import OFFICERS_OF_AGENCIES, STAFF_KEEPERS
from registry.queries.scope import Scope
from registry.queries.wording import listed

MOST_DAYS = 2000


def _shown(found: Difference, *, needs_second: bool = False) -> Consequence:
    return Consequence(before=found.before, after=found.after, needs_second=needs_second)


class FileForm(ActForm):
    """What is asked of which agency, how much, by which activities."""

    prospect = radio_field(_("Asked for"), ())
    amount = whole_field(_("Points or days"), least=1, most=MOST_DAYS)
    attendances = forms.ModelMultipleChoiceField(
        label=_("Completed activities"),
        queryset=Attendance.objects.none(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("Each activity supports one application."),
    )
    statement = prose_field(_("Statement of the person"))

    def prepare(self) -> None:
        """What could be granted today, and what supports it."""
        found: list[Prospect] = self.doing.prospects  # type: ignore[attr-defined]  # only FileApplication uses this
        self.fields["prospect"].choices = [(key_of(each), words_of(each)) for each in found]  # type: ignore[attr-defined]
        parts = {part.pk for each in found for part in each.usable}
        field = self.fields["attendances"]
        field.queryset = Attendance.objects.filter(pk__in=parts).select_related("activity")  # type: ignore[attr-defined]
        field.label_from_instance = _part_words  # type: ignore[attr-defined]


class FileApplication(OnPractitioner):
    """File on the person's behalf."""

    title = _("File an application for repair")
    explains = _(
        "For people who actively correct and take part. Experts deliberate, then the agency decides. What exceeds the caps is refused at once, with the sum."  # noqa: E501
    )
    do = _("File the application")
    form_class = FileForm
    allowed = STAFF_KEEPERS
    template = "appeals/file_application.html"

    @cached_property
    def history(self) -> History:
        """The person's facts, from which both the sums and the standing follow."""
        return history_of(self.subject)

    @cached_property
    def prospects(self) -> list[Prospect]:
        """What the person can still ask for; an agency's officer takes in what is asked of the own agency."""
        return askable(prospects(self.history, today()), self.scope)

    def initial(self) -> dict[str, Any]:
        """One possibility alone is chosen already."""
        return {"prospect": key_of(self.prospects[0])} if len(self.prospects) == 1 else {}

    def chosen(self, data: dict[str, Any]) -> Prospect:
        """What was chosen in the form."""
        return next(each for each in self.prospects if key_of(each) == data["prospect"])

    def preview(self, data: dict[str, Any]) -> Consequence:
        """The standing if it were granted today."""
        asked_for = self.chosen(data)
        found = preview(
            kind=asked_for.kind,
            practitioner=self.subject,
            amount=data["amount"],
            activities=len(data["attendances"]),
            agency=asked_for.agency,
            now=self.now,
        )
        return _shown(found)

    def perform(self, data: dict[str, Any], second: User | None) -> Application:
        """File."""
        asked_for = self.chosen(data)
        return file_application(
            practitioner=self.subject,
            kind=asked_for.kind,
            amount=data["amount"],
            attendances=list(data["attendances"]),
            statement=data["statement"],
            agency=asked_for.agency,
            acting=self.acting(asked_for),
            now=self.now,
        )

    def acting(self, asked_for: Prospect) -> Acting:
        """The agency that is asked, else the own institution."""
        return filing_for(asked_for, self.subject, self.scope, self.user)

    def done(self, outcome: Application) -> str:
        """Its number."""
        return gettext("Application %(number)s is filed. Its agency calls experts next.") % {"number": outcome.number}

    def next_url(self, outcome: Application) -> str:
        """To the application."""
        return application_url(outcome)

    def context(self) -> dict[str, Any]:
        """The card of the person, the sums, and whether any activity could support what is asked."""
        supported = any(each.usable for each in self.prospects)
        card = card_of(self.subject, self.history.standing(today()))
        return {**card, "prospects": self.prospects, "supported": supported}


def key_of(prospect: Prospect) -> str:
    """What stands for it in a form."""
    return f"{prospect.kind}-{prospect.agency.pk}"


def words_of(prospect: Prospect) -> str:
    """What can be asked for now, of which agency."""
    most = {"most": prospect.most, "agency": prospect.agency}
    if prospect.kind == Application.Kind.RELIEF:
        return gettext("Relief of points, at most %(most)s now · %(agency)s") % most
    return gettext("A shorter period, at most %(most)s days · %(agency)s") % most


def _part_words(part: Attendance) -> str:
    completed_on = day(part.completed_on) if part.completed_on else ""
    return f"{part.activity.title} · {part.activity.get_kind_display()} · {completed_on}"


class OnApplication(GuidedAct):
    """An act of the deciding agency on an application."""

    subject: Application
    allowed = OFFICERS_OF_AGENCIES
    template = "appeals/on_application.html"

    def find(self, seen: Scope) -> Application | None:
        """The application with the id in the address, if the user's agency decides it."""
        found = visible_applications(seen).filter(pk=self.kwargs["pk"]).first()
        return found if found and decides(found, seen) else None

    def acting(self, second: User | None = None) -> Acting:
        """An officer of the deciding agency."""
        return for_agency(self.user, self.subject.agency, second)

    def next_url(self, outcome: Any) -> str:
        """Back to the application."""
        return application_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Applications, then this one."""
        return [
            (_("Applications for repair"), reverse("admin:appeals_application_changelist")),
            (self.subject.number, application_url(self.subject)),
        ]

    def context(self) -> dict[str, Any]:
        """The card of the person, and the application."""
        return {
            **card_of(self.subject.practitioner),
            "application": self.subject,
            "asked": asked(self.subject),
        }


class ConveneForm(ActForm):
    """Which experts."""

    experts = forms.ModelMultipleChoiceField(
        label=_("Experts"), queryset=Expert.objects.none(), widget=UnfoldAdminCheckboxSelectMultipleWidget()
    )

    def prepare(self) -> None:
        """Those who are independent and available today."""
        application: Application = self.doing.subject
        possible = [expert.pk for expert in possible_deliberators(application, today())]
        field = self.fields["experts"]
        field.queryset = Expert.objects.filter(pk__in=possible)  # type: ignore[attr-defined]
        field.label_from_instance = _expert_words  # type: ignore[attr-defined]
        numbers = {"needed": signatures_needed(application), "most": most_called(application)}
        field.help_text = (
            _(
                "%(needed)s signatures in favour are needed; %(needed)s to %(most)s experts deliberate. Shown are those who are independent and available today."  # noqa: E501
            )
            % numbers
        )


def _expert_words(expert: Expert) -> str:
    return f"{expert.name} · {listed(str(Specialty(each).label) for each in expert.specialties)}"


class Convene(OnApplication):
    """Call experts."""

    title = _("Call experts")
    explains = _(
        "The experts called deliberate and sign in favour or against with their reasons. Who is silent or stands aside is replaced by a further call."  # noqa: E501
    )
    do = _("Call them")
    form_class = ConveneForm
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Application:
        """Call."""
        return convene(application=self.subject, experts=list(data["experts"]), acting=self.acting(), now=self.now)

    def done(self, outcome: Application) -> str:
        """What comes next."""
        return gettext(
            "The experts are called and sign on pages of their own. With enough in favour, two of you decide."
        )


class DecisionForm(ActForm):
    """Grounds and number of the decision."""

    grounds = prose_field(_("Grounds"))
    document_number = text_field(
        _("Document number of the decision"),
        most=120,
        required=False,
        help_text=_("Without one, the decision goes by the number of the application."),
    )


class Grant(OnApplication):
    """Grant, with a second officer."""

    title = _("Grant the application")
    explains = _(
        "The caps are checked again today. A relief lowers the points of the year in which it is granted; sanctions that have begun stay. Needs a second officer."  # noqa: E501
    )
    do = _("Grant")
    form_class = DecisionForm
    decides = True

    def preview(self, data: dict[str, Any]) -> Consequence:
        """The standing with the relief or the shorter period."""
        return _shown(preview_grant(application=self.subject, now=self.now), needs_second=True)

    def perform(self, data: dict[str, Any], second: User | None) -> Application:
        """Grant."""
        return grant_application(application=self.subject, acting=self.acting(second), now=self.now, **data)

    def done(self, outcome: Application) -> str:
        """What happened."""
        return gettext("Application %(number)s is granted.") % {"number": outcome.number}


class Refuse(OnApplication):
    """Refuse, with the grounds."""

    title = _("Refuse the application")
    explains = _("The person learns the grounds. The activities can support another application.")
    do = _("Refuse")
    form_class = DecisionForm
    decides = True
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Application:
        """Refuse."""
        return refuse_application(application=self.subject, acting=self.acting(), now=self.now, **data)

    def done(self, outcome: Application) -> str:
        """What happened."""
        return gettext("Application %(number)s is refused.") % {"number": outcome.number}


class WithdrawForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"), help_text=_("How the person withdrew it, such as a letter of a day."))


class Withdraw(OnApplication):
    """The person no longer asks."""

    title = _("Record its withdrawal")
    explains = _("The person no longer asks for it. The activities can support another application.")
    do = _("Record the withdrawal")
    form_class = WithdrawForm
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Application:
        """Withdraw."""
        return withdraw_application(application=self.subject, reason=data["reason"], acting=self.acting(), now=self.now)
