"""What is done with an objection on its way: admitted, countersigned, supplemented, given to a reviewer, ended."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.actions import objections as acts
from appeals.actions.countersigning import decline_countersignature
from appeals.actions.reviews import assign_reviewer, classify_point
from appeals.admin.acts.on_objections import OnObjection
from appeals.admin.acts.rows import kept
from appeals.models import Objection, PointOfDispute
from appeals.queries.involvement import possible_reviewers
from appeals.queries.objections import answering_for
from registry.admin.acts.guided import ActForm
from registry.admin.fields import choice_field, files_field, prose_field, radio_field
from registry.admin.moment import today
from registry.models import User
from registry.queries.explain import name_of
from registry.queries.roles import COMPLIANCE, OFFICERS_OF_AGENCIES, REVIEWING, STAFF_KEEPERS


class GroundsForm(ActForm):
    """Why."""

    grounds = prose_field(_("Grounds"), help_text=_("They are kept with the record and told to the person."))


class AdmitLate(OnObjection):
    """Accept the good cause of a late objection."""

    title = _("Admit the late objection")
    explains = _(
        "You accept the good cause in your own name. The objection then counts as filed; points that were decided meanwhile are looked at again."  # noqa: E501
    )
    do = _("Admit it")
    form_class = GroundsForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Objection:
        """Admit."""
        return acts.admit_late(objection=self.subject, by=self.user, now=self.now, **data)

    def done(self, outcome: Objection) -> str:
        """What comes next."""
        return gettext("The objection is admitted. Assign a reviewer next.")


class RefuseLate(OnObjection):
    """Do not accept the good cause."""

    title = _("Refuse the late objection")
    explains = _("You do not accept the good cause, in your own name. Who had a part in the points does not refuse.")
    do = _("Refuse it")
    form_class = GroundsForm
    allowed = OFFICERS_OF_AGENCIES
    decides = True
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Objection:
        """Refuse."""
        return acts.refuse_late(objection=self.subject, by=self.user, now=self.now, **data)

    def done(self, outcome: Objection) -> str:
        """What happened."""
        return gettext("The objection is refused as late.")


class DeclareOutOfScope(OnObjection):
    """Nothing that can be decided here."""

    title = _("Close as out of scope")
    explains = _(
        "For what cannot be decided here. Points that are only proposed wait for the end of their window again. Whoever had a part in the points does not close it."  # noqa: E501
    )
    do = _("Close it")
    form_class = GroundsForm
    allowed = OFFICERS_OF_AGENCIES
    decides = True
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Objection:
        """Close."""
        return acts.declare_out_of_scope(objection=self.subject, by=self.user, now=self.now, **data)

    def done(self, outcome: Objection) -> str:
        """What happened."""
        return gettext("The objection is closed as out of scope.")


class ReasonForm(ActForm):
    """How the person said so."""

    reason = prose_field(
        _("How the person withdrew it"), help_text=_("Such as a letter and its day; the letter goes into the file.")
    )


class WithdrawObjection(OnObjection):
    """The person takes it back, on paper."""

    title = _("Record the withdrawal")
    explains = _(
        "Only the person withdraws. Points that are only proposed wait for the end of their window again: where it is over, silence decides."  # noqa: E501
    )
    do = _("Record the withdrawal")
    form_class = ReasonForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Objection:
        """Withdraw."""
        return acts.withdraw_objection(objection=self.subject, acting=self.acting, now=self.now, **data)

    def done(self, outcome: Objection) -> str:
        """What happened."""
        return gettext("The objection is withdrawn.")


class NothingForm(ActForm):
    """Nothing is asked."""


class CountersignObjection(OnObjection):
    """The institution countersigns."""

    title = _("Countersign for the institution")
    explains = _("The institution countersigns what the person filed. Without it nothing is lost.")
    do = _("Countersign")
    form_class = NothingForm
    allowed = COMPLIANCE
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Objection:
        """Countersign."""
        place = answering_for(self.scope, self.subject)
        return acts.countersign_objection(objection=self.subject, institution=place, by=self.user, now=self.now)

    def done(self, outcome: Objection) -> str:
        """What happened."""
        return gettext("The objection is countersigned.")


class NotCountersignedForm(ActForm):
    """Why not."""

    reason = prose_field(_("Reason"), help_text=_("1–500 characters; the person reads them beside the objection."))


class DeclineCountersignature(OnObjection):
    """The institution that was asked does not countersign."""

    title = _("Answer that it is not countersigned")
    explains = _(
        "The person asked your institution to countersign. Say why it does not. The objection goes on regardless, and your institution may still countersign later."  # noqa: E501
    )
    do = _("Tell the person")
    form_class = NotCountersignedForm
    allowed = COMPLIANCE
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Objection:
        """Decline."""
        place = answering_for(self.scope, self.subject)
        return decline_countersignature(objection=self.subject, institution=place, by=self.user, now=self.now, **data)

    def done(self, outcome: Objection) -> str:
        """What happened."""
        return gettext("The person reads that your institution does not countersign. The objection goes on.")


class ReviewerForm(ActForm):
    """Who reviews."""

    reviewer = choice_field(
        _("Reviewer"), (), help_text=_("Officers of the agency and of those above it who had no part in the points.")
    )

    def prepare(self) -> None:
        """Who could."""
        people = possible_reviewers(self.doing.subject, today())
        choices = [(str(user.pk), name_of(user)) for user in people]
        self.fields["reviewer"].choices = [*self.fields["reviewer"].choices, *choices]  # type: ignore[attr-defined]
        if not people:
            self.fields["reviewer"].help_text = _("Nobody here had no part in the points. Ask the agency above.")


class AssignReviewer(OnObjection):
    """Give the review to somebody."""

    title = _("Assign a reviewer")
    explains = _("Who reviews had no part in the points. It may be given to another officer later; its last day stays.")
    do = _("Assign")
    form_class = ReviewerForm
    allowed = REVIEWING
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Objection:
        """Assign."""
        reviewer = User.objects.get(pk=data["reviewer"])
        return assign_reviewer(objection=self.subject, reviewer=reviewer, by=self.user, now=self.now)

    def done(self, outcome: Objection) -> str:
        """Who reviews."""
        assert outcome.reviewer is not None
        return gettext("%(name)s reviews %(number)s.") % {"name": name_of(outcome.reviewer), "number": outcome}


class _PointForm(ActForm):
    point = choice_field(_("Point of dispute"), ())

    def prepare(self) -> None:
        """The points of the objection."""
        points = self.doing.subject.points.order_by("number")
        choices = [(str(point.pk), f"{point.number}. {point.text[:80]}") for point in points]
        self.fields["point"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean_point(self) -> PointOfDispute:
        """The row."""
        found: PointOfDispute = self.doing.subject.points.get(pk=self.cleaned_data["point"])
        return found


CLASSES = [("yes", _("a professional question: experts judge")), ("no", _("no professional question"))]


class ClassifyForm(_PointForm):
    """Whether experts are to judge it."""

    professional = radio_field(_("This point is"), CLASSES)
    grounds = prose_field(_("Grounds"))


class ClassifyPoint(OnObjection):
    """Find that a point is, or is not, for experts."""

    title = _("Classify a point")
    explains = _("The reviewer finds whether a point is a professional question; one that is goes to a panel.")
    do = _("Classify")
    form_class = ClassifyForm
    allowed = REVIEWING
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> PointOfDispute:
        """Classify."""
        return classify_point(
            point=data["point"],
            professional=data["professional"] == "yes",
            grounds=data["grounds"],
            by=self.user,
            now=self.now,
        )


class EvidenceForm(_PointForm):
    """Files for one point."""

    uploads = files_field(_("Files"), help_text=_("PDF, OFD, pictures and office files."))


class AddEvidence(OnObjection):
    """Take in evidence for a point."""

    title = _("Add evidence")
    explains = _("Evidence is taken until the decision. Each file is kept as it came.")
    do = _("Add the files")
    form_class = EvidenceForm
    allowed = STAFF_KEEPERS
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> PointOfDispute:
        """Keep the files."""
        with transaction.atomic():
            exhibits = [(file.name or "–", kept(file, by=self.user, now=self.now)) for file in data["uploads"]]
            return acts.add_evidence(point=data["point"], exhibits=exhibits, acting=self.acting, now=self.now)


class WordsForm(ActForm):
    """Further words of the person."""

    words = prose_field(_("Further words"), help_text=_("The first statement stays as it was given."))


class AddWords(OnObjection):
    """Take in what the person adds."""

    title = _("Add words of the person")
    do = _("Add the words")
    form_class = WordsForm
    allowed = STAFF_KEEPERS
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Objection:
        """Keep the words."""
        return acts.add_words(objection=self.subject, acting=self.acting, now=self.now, **data)
