"""Acts on the pool: experts come in, work somewhere, offer days, declare conflicts, and leave."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from appeals.actions import experts as pool
from appeals.admin.fields import several_field
from appeals.admin.subjects import expert_url
from appeals.models import Expert, ExpertAvailability, ExpertConflict, ExpertPlace, Specialty
from appeals.queries.visible import experts_for
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.fields import day_field, prose_field, text_field
from registry.models import Institution, Practitioner, User
from registry.queries.people import whoever_has
from registry.queries.roles import POOL_KEEPERS
from registry.queries.scope import Scope

UNTIL = _("First day not counted")


def institution_of(code: str) -> Institution | None:
    """The institution with this code, None for no code. Raises ValidationError for an unknown one."""
    if not code.strip():
        return None
    found = Institution.objects.filter(code=code.strip().upper()).first()
    if found is None:
        raise ValidationError(gettext("No institution has the code %(code)s.") % {"code": code.strip()})
    return found


def person_of(code: str) -> Practitioner | None:
    """Whoever has or had this personal code, None for no code. Raises ValidationError for an unknown one."""
    if not code.strip():
        return None
    found = whoever_has(code)
    if found is None:
        raise ValidationError(gettext("Nobody has the personal code %(code)s.") % {"code": code.strip()})
    return found


class OnExpert(GuidedAct):
    """An act on an expert."""

    allowed = POOL_KEEPERS
    previewed = False

    subject: Expert

    def find(self, seen: Scope) -> Expert | None:
        """The expert with the id in the address."""
        return experts_for(seen, self.user).filter(pk=self.kwargs["pk"]).first()

    def next_url(self, outcome: Any) -> str:
        """Back to the expert."""
        return expert_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The expert."""
        return [(self.subject.name, expert_url(self.subject))]


class OnDays(GuidedAct):
    """An act on a workplace or on days offered."""

    allowed = POOL_KEEPERS
    previewed = False

    subject: Any

    def rows(self) -> QuerySet[Any]:
        """The rows that there are."""
        raise NotImplementedError

    def find(self, seen: Scope) -> Any:
        """The row with the id in the address, of an expert that the user may act on."""
        experts = experts_for(seen, self.user)
        return self.rows().filter(pk=self.kwargs["pk"], expert__in=experts).select_related("expert").first()

    def next_url(self, outcome: Any) -> str:
        """Back to the expert."""
        return expert_url(self.subject.expert)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The expert."""
        return [(self.subject.expert.name, expert_url(self.subject.expert))]


class ExpertForm(ActForm):
    """Who the expert is, and with which account they sign in."""

    name = text_field(pgettext_lazy("of a person", "name"), most=pool.LONGEST_NAME)
    specialties = several_field(_("Specialties"), Specialty.choices)
    user = text_field(
        _("Account"),
        most=150,
        required=False,
        help_text=_("The user name with which the expert signs in. Without an account nobody is drawn."),
    )
    practitioner = text_field(
        _("Personal code"),
        most=64,
        required=False,
        help_text=_("Where the expert has a file in the register: so that nobody judges a case of their own."),
    )

    def clean_user(self) -> User | None:
        """The account with this name."""
        name = self.cleaned_data["user"].strip()
        if not name:
            return None
        found = User.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise ValidationError(
                gettext("There is no open account %(name)s. An administrator opens it.") % {"name": name}
            )
        return found

    def clean_practitioner(self) -> Practitioner | None:
        """The file with this code."""
        return person_of(self.cleaned_data["practitioner"])


class AddExpert(GuidedAct):
    """Take an expert into the pool."""

    title = _("Take an expert into the pool")
    explains = _("An expert can be drawn once they can sign in with the role “expert” and have offered days.")
    do = _("Take in")
    form_class = ExpertForm
    allowed = POOL_KEEPERS
    previewed = False

    def find(self, seen: Scope) -> Scope:
        """The act has no subject yet."""
        return seen

    def perform(self, data: dict[str, Any], second: User | None) -> Expert:
        """Take in."""
        return pool.add_expert(**data, by=self.user, now=self.now)

    def next_url(self, outcome: Expert) -> str:
        """To the expert."""
        return expert_url(outcome)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The pool."""
        return [(_("Experts"), reverse("admin:appeals_expert_changelist"))]


class SpecialtiesForm(ActForm):
    """For which subjects."""

    specialties = several_field(_("Specialties"), Specialty.choices)


class ChangeSpecialties(OnExpert):
    """For which subjects the expert can be drawn."""

    title = _("Change the specialties")
    explains = _("Panels drawn from now on go by these; seats that the expert has stay.")
    do = _("Change")
    form_class = SpecialtiesForm

    def initial(self) -> dict[str, Any]:
        """As they are."""
        return {"specialties": self.subject.specialties}

    def perform(self, data: dict[str, Any], second: User | None) -> Expert:
        """Change."""
        chosen: Sequence[str] = data["specialties"]
        return pool.change_specialties(expert=self.subject, specialties=chosen, by=self.user, now=self.now)


class LeaveForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"))


class LeavePool(OnExpert):
    """The expert is drawn no more."""

    title = _("Take an expert out of the pool")
    explains = _("The expert is drawn no more, and not seated as a reserve. Seats that they have they keep.")
    do = _("Take out")
    form_class = LeaveForm

    def perform(self, data: dict[str, Any], second: User | None) -> Expert:
        """Take out."""
        return pool.leave_pool(expert=self.subject, by=self.user, now=self.now, **data)


class WorkplaceForm(ActForm):
    """Where, and on which days."""

    institution = text_field(_("Institution code"), most=12)
    starts_on = day_field(_("From"))
    ends_on = day_field(UNTIL, required=False, help_text=_("Leave empty if the expert still works there."))

    def clean_institution(self) -> Institution | None:
        """The institution with this code."""
        return institution_of(self.cleaned_data["institution"])


class AddWorkplace(OnExpert):
    """Where the expert works or worked."""

    title = _("Record a workplace")
    explains = _("Nobody judges a case of an institution where they work, or worked less than the policy's years ago.")
    do = _("Record the workplace")
    form_class = WorkplaceForm

    def perform(self, data: dict[str, Any], second: User | None) -> ExpertPlace:
        """Record."""
        return pool.add_workplace(expert=self.subject, by=self.user, now=self.now, **data)


class EndForm(ActForm):
    """From which day on it does not count any more."""

    ends_on = day_field(UNTIL)
    begins_today = ("ends_on",)


class EndWorkplace(OnDays):
    """The expert does not work there any more."""

    title = _("End a workplace")
    explains = _("Later panels still look back at it for the years of the policy.")
    do = _("End it")
    form_class = EndForm

    def rows(self) -> QuerySet[ExpertPlace]:
        """Workplaces."""
        return ExpertPlace.objects.all()

    def perform(self, data: dict[str, Any], second: User | None) -> ExpertPlace:
        """End."""
        return pool.end_workplace(place=self.subject, by=self.user, now=self.now, **data)


class DaysForm(ActForm):
    """From which day on, and until when."""

    starts_on = day_field(_("From"))
    ends_on = day_field(UNTIL, required=False, help_text=_("Leave empty if it is open."))
    begins_today = ("starts_on",)


class OfferAvailability(OnExpert):
    """Days on which the expert can be drawn."""

    title = _("Offer days")
    explains = _("A panel is drawn among the experts who offer the day of the draw; they then have some weeks to vote.")
    do = _("Offer the days")
    form_class = DaysForm

    def perform(self, data: dict[str, Any], second: User | None) -> ExpertAvailability:
        """Offer."""
        return pool.offer_availability(expert=self.subject, by=self.user, now=self.now, **data)


class EndAvailability(OnDays):
    """The expert cannot be drawn any more."""

    title = _("End days offered")
    explains = _("From this day on no panel is drawn with the expert. Seats that they have stay.")
    do = _("End them")
    form_class = EndForm

    def rows(self) -> QuerySet[ExpertAvailability]:
        """Days offered."""
        return ExpertAvailability.objects.all()

    def perform(self, data: dict[str, Any], second: User | None) -> ExpertAvailability:
        """End."""
        return pool.end_availability(availability=self.subject, by=self.user, now=self.now, **data)


class ConflictForm(ActForm):
    """With whom, and why."""

    institution = text_field(_("Institution code"), most=12, required=False, help_text=_("Either an institution …"))
    practitioner = text_field(_("Personal code"), most=64, required=False, help_text=_("… or a person."))
    reason = prose_field(_("Reason"))

    def clean_institution(self) -> Institution | None:
        """The institution with this code."""
        return institution_of(self.cleaned_data["institution"])

    def clean_practitioner(self) -> Practitioner | None:
        """The file with this code."""
        return person_of(self.cleaned_data["practitioner"])


class DeclareConflict(OnExpert):
    """With whom the expert may not have to do."""

    title = _("Declare a conflict")
    explains = _("No case of this institution or person comes to the expert any more. A conflict is never withdrawn.")
    do = _("Declare the conflict")
    form_class = ConflictForm

    def perform(self, data: dict[str, Any], second: User | None) -> ExpertConflict:
        """Declare."""
        return pool.declare_conflict(expert=self.subject, by=self.user, now=self.now, **data)
