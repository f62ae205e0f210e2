"""Acts on what came of an activity: recorded for many in one table, corrected for one."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from appeals.actions.activities import FULL_MARKS
from appeals.actions.results import Result, correct_result, record_results
from appeals.admin.activity_acts import OnActivity, OnPart
from appeals.models import Activity, Attendance
from appeals.queries.applications import offered_by
from appeals.queries.sides import offering
from appeals.rules.procedures import ATTENDANCE
from registry.actions.files import keep_file
from registry.admin.acts.guided import ActForm, Words
from registry.admin.fields import choice_field, day_field, prose_field, whole_field
from registry.admin.moment import today
from registry.models import Practitioner, StoredFile, User
from registry.queries.scope import Scope

AT_ONCE = 100
ATTENDED, ABSENT = "attended", "absent"


class ResultsForm(ActForm):
    """One day and one piece of evidence for everybody; the outcome of each."""

    completed_on = day_field(_("Completed on"))
    evidence = forms.FileField(
        label=_("Evidence"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(),
        help_text=_("Such as the list of attendance or the marked tests, as one file."),
    )
    remark = prose_field(
        _("Remark"), required=False, help_text=_("Needed where there is no file: what was seen, and where it is kept.")
    )

    def prepare(self) -> None:
        """A line for each person whose result is not recorded."""
        activity: Activity = self.doing.subject
        self.fields["completed_on"].initial = min(activity.ends_on, today())
        rows = activity.attendances.filter(state=Attendance.State.ENROLLED).select_related("practitioner")
        self.lines = list(rows.order_by("practitioner__code", "pk")[:AT_ONCE])
        for part in self.lines:
            self.fields[f"outcome_{part.pk}"] = choice_field(
                part.practitioner.name,
                _outcomes(activity),
                empty=_("no result yet"),
                required=False,
            )
            if activity.pass_mark is not None:
                self.fields[f"score_{part.pk}"] = whole_field(
                    _("Score (of 100)"), least=0, most=FULL_MARKS, required=False
                )
            for name, said in ((f"outcome_{part.pk}", _("Outcome")), (_score(part), _("Score (of 100)"))):
                if name in self.fields:  # the head of the column names neither the person nor, on a phone, itself
                    self.fields[name].widget.attrs["aria-label"] = f"{part.practitioner.name} · {said}"

    @property
    def common(self) -> list[forms.BoundField]:
        """What holds for everybody."""
        return [self[name] for name in ("completed_on", "evidence", "remark")]

    @property
    def table(self) -> list[tuple[Practitioner, forms.BoundField, forms.BoundField | None]]:
        """Person, outcome, score."""
        return [
            (
                part.practitioner,
                self[f"outcome_{part.pk}"],
                self[score] if (score := _score(part)) in self.fields else None,
            )
            for part in self.lines
        ]

    def results(self, evidence: StoredFile | None) -> list[Result]:
        """What was entered, of those for whom something was."""
        found = []
        for part in self.lines:
            outcome = self.cleaned_data[f"outcome_{part.pk}"]
            if not outcome:
                continue
            attended = outcome == ATTENDED
            found.append(
                Result(
                    attendance=part,
                    attended=attended,
                    completed_on=self.cleaned_data["completed_on"] if attended else None,
                    score=self.cleaned_data.get(_score(part)),
                    evidence=evidence if attended else None,
                    remark=self.cleaned_data["remark"],
                )
            )
        return found


def _outcomes(activity: Activity) -> list[tuple[str, Words]]:
    return [(ATTENDED, _("completed") if activity.pass_mark is None else _("took the test")), (ABSENT, _("absent"))]


def _score(part: Attendance) -> str:
    return f"score_{part.pk}"


class RecordResults(OnActivity):
    """Record the results of many people in one table."""

    title = _("Record results")
    explains = _(
        "Whoever completed it needs evidence: one file for all, or a remark. A recorded result is corrected only with a reason."  # noqa: E501
    )
    do = _("Record the results")
    form_class = ResultsForm
    template = "appeals/results.html"

    def perform(self, data: dict[str, Any], second: User | None) -> list[Attendance]:
        """Keep the file and record, all or nothing."""
        acting = offering(self.subject, self.scope, self.user)
        assert acting is not None  # the subject is found for the offering side only
        with transaction.atomic():
            file = data["evidence"]
            kept = keep_file(name=file.name, content=file.read(), by=self.user, now=self.now) if file else None
            return record_results(results=self.form.results(kept), acting=acting, now=self.now)

    def carry_out(self, form: Any, *args: Any) -> Any:
        """The form knows the lines of the table."""
        self.form: ResultsForm = form
        return super().carry_out(form, *args)

    def refused(self, form: Any, refusal: Any) -> Any:
        """A file that is not taken is refused at its field."""
        if refusal.field == "file":
            refusal.field = "evidence"
        return super().refused(form, refusal)

    def done(self, outcome: list[Attendance]) -> str:
        """How many completed it."""
        completed = sum(part.state == Attendance.State.COMPLETED for part in outcome)
        return gettext("%(results)s results recorded, %(completed)s of them completed.") % {
            "results": len(outcome),
            "completed": completed,
        }


class CorrectionForm(ActForm):
    """What came of it in truth, and why it was recorded otherwise."""

    outcome = choice_field(_("Outcome"), ())
    completed_on = day_field(_("Completed on"), required=False, help_text=_("Only for who attended."))
    score = whole_field(_("Score (of 100)"), least=0, most=FULL_MARKS, required=False)
    remark = prose_field(
        _("Remark"), required=False, help_text=_("Needed where there is no file: what was seen, and where it is kept.")
    )
    reason = prose_field(_("Reason"), help_text=_("Why the recorded result was wrong."))

    def prepare(self) -> None:
        """A score only for a test."""
        activity: Activity = self.doing.subject.activity
        self.fields["outcome"].choices = _outcomes(activity)  # type: ignore[attr-defined]  # a choice field
        if activity.pass_mark is None:
            del self.fields["score"]


class CorrectResult(OnPart):
    """Put one recorded result right."""

    title = _("Correct the result")
    explains = _(
        "What was recorded stays in the history, with your reason. A result on which an application rests is not corrected."  # noqa: E501
    )
    do = _("Correct the result")
    form_class = CorrectionForm

    def find(self, seen: Scope) -> Attendance | None:
        """A part whose result is recorded, in an activity that the user offers."""
        part = super().find(seen)
        recorded = part is not None and ATTENDANCE.allows(part.state, "correct")
        return part if part and recorded and offered_by(part.activity, seen) else None

    def initial(self) -> dict[str, Any]:
        """What is recorded; of who failed a test, that they took it."""
        part = self.subject
        attended = part.state == Attendance.State.COMPLETED or part.score is not None
        return {
            "outcome": ATTENDED if attended else ABSENT,
            "completed_on": part.completed_on,
            "score": part.score,
            "remark": part.remark,
        }

    def perform(self, data: dict[str, Any], second: User | None) -> Attendance:
        """Correct; the evidence stays with whoever attended."""
        acting = offering(self.subject.activity, self.scope, self.user)
        assert acting is not None  # the subject is found for the offering side only
        attended = data["outcome"] == ATTENDED
        result = Result(
            attendance=self.subject,
            attended=attended,
            completed_on=data["completed_on"],
            score=data.get("score"),
            evidence=self.subject.evidence if attended else None,
            remark=data["remark"],
        )
        return correct_result(result=result, reason=data["reason"], acting=acting, now=self.now)
