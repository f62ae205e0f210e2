"""An agency proposes, decides, drops and ends measures against an institution."""

from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registry.actions.measures import (
    decide_measure,
    drop_measure,
    end_measure,
    preview_decision,
    preview_end,
    preview_measure,
    propose_measure,
)
from registry.admin.acts.consequence import Consequence
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.acts.subjects import OfAgency, OnInstitution, institution_url
from registry.admin.fields import choice_field, day_field, prose_field, radio_field, text_field
from registry.admin.moment import today
from registry.ledger.law import policies
from registry.models import InstitutionMeasure, User
from registry.queries.explain import day
from registry.queries.measures import Kind, days_of, kind_of, measures_of, notices, ratio_of_year, share_of, sum_of
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.queries.scope import Scope

KINDS: list[tuple[str, Words]] = [
    (Kind.SETTLEMENT_PAUSED, _("settlement paused: the lighter measure")),
    (Kind.AGREEMENT_SUSPENDED, _("agreement suspended: the graver measure")),
]
NOT_PAYABLE: dict[str, Words] = {
    Kind.SETTLEMENT_PAUSED: _("No service of anybody at this institution is settled on these days."),
    Kind.AGREEMENT_SUSPENDED: _("The service agreement does not count on these days: no service is payable."),
}


class MeasureForm(ActForm):
    """Which measure, for which year, and why."""

    year = choice_field(_("Year"), (), empty=None, help_text=_("Whose sanctions the measure rests on."))
    kind = radio_field(_("Measure"), KINDS)
    grounds = prose_field(_("Grounds for the measure"))
    lighter_reason = prose_field(
        _("Reason for the lighter measure"),
        required=False,
        help_text=_("Needed where the share suspends the agreement and settlement is only paused."),
    )
    agency = choice_field(_("Agency"), ())

    def prepare(self) -> None:
        """This year and the one before; the officer's agencies."""
        this_year = today().year
        self.fields["year"].choices = [(str(year), str(year)) for year in (this_year, this_year - 1)]  # type: ignore[attr-defined]
        self.fields["agency"].choices = choices = self.doing.agency_choices()  # type: ignore[attr-defined]
        if choices:
            self.fields["agency"].initial = choices[0][0]

    def clean_year(self) -> int:
        """A number."""
        return int(self.cleaned_data["year"])


class ProposeMeasure(OfAgency, OnInstitution):
    """Propose a measure."""

    title = _("Propose a measure")
    explains = _(
        "Where the share of suspended and terminated staff reaches that of the policy, the agency acts. Another officer decides what you propose; until then nothing changes."  # noqa: E501
    )
    do = _("Propose the measure")
    form_class = MeasureForm
    allowed = OFFICERS_OF_AGENCIES

    def initial(self) -> dict[str, Any]:
        """The year asked for, and the measure that fits its share."""
        year = today().year - (self.request.GET.get("year") == str(today().year - 1))
        reached = ratio_of_year(self.subject, year, today=today()).reached
        return {"year": str(year), "kind": kind_of(reached) if reached else ""}

    def preview(self, data: dict[str, Any]) -> Consequence:
        """The share that it rests on, and what would follow from a decision."""
        asked = {key: data[key] for key in ("kind", "year", "lighter_reason")}
        ratio, reached = preview_measure(institution=self.subject, now=self.now, **asked)
        lighter = kind_of(reached) != data["kind"]
        return Consequence(
            details=[
                (_("Share"), sum_of(ratio)),
                (_("What follows from the share"), _from(reached.per_cent, reached.words)),
                (_("If it is decided"), NOT_PAYABLE[data["kind"]]),
                (_("Emergency and rescue"), emergency_words(reached.policy.id)),
            ],
            warnings=[_("You propose the lighter measure. Your reason stays with it.")] if lighter else (),
        )

    def perform(self, data: dict[str, Any], second: User | None) -> InstitutionMeasure:
        """Propose."""
        chosen = {**data, "agency": self.agency(data)}
        return propose_measure(institution=self.subject, by=self.user, now=self.now, **chosen)

    def done(self, outcome: InstitutionMeasure) -> str:
        """What comes next; of a proposal that was there, that it is the same."""
        if outcome.proposed_at != self.now:
            return gettext("This measure was proposed already; what you entered now is not kept.")
        return gettext("The measure is proposed. Another officer decides it.")

    def next_url(self, outcome: InstitutionMeasure) -> str:
        """To the measure."""
        return measure_url(outcome)


class OnMeasure(GuidedAct):
    """An act on a measure."""

    allowed = OFFICERS_OF_AGENCIES
    subject: InstitutionMeasure

    def find(self, seen: Scope) -> InstitutionMeasure | None:
        """The measure, if its institution is in the scope."""
        rows = InstitutionMeasure.objects.filter(institution__in=seen.institutions())
        rows = rows.select_related("agency", "proposed_by", "institution__region", "institution__agency")
        return rows.filter(pk=self.kwargs["pk"]).first()

    def next_url(self, outcome: InstitutionMeasure) -> str:
        """Back to the measure."""
        return measure_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The institution, then the measure."""
        place, title = self.subject.institution, capfirst(self.subject.get_kind_display())
        return [(place.name, institution_url(place)), (title, measure_url(self.subject))]

    def context(self) -> dict[str, Any]:
        """The cards of the institution and of the measure."""
        return {"place": self.subject.institution, "measure": self.subject, "share": share_of(self.subject)}


class DecisionForm(ActForm):
    """From which day, by which document."""

    begins_today = ("starts_on",)

    starts_on = day_field(_("From"), help_text=_("Today or later; it holds until it is ended."))
    document_number = text_field(_("Document number"), most=120)


class DecideMeasure(OnMeasure):
    """The measure holds from a day on."""

    title = _("Decide the measure")
    explains = _("From this day on no service at this institution is payable, until the measure is ended.")
    do = _("Decide the measure")
    form_class = DecisionForm
    decides = True

    def preview(self, data: dict[str, Any]) -> Consequence:
        """Whom it concerns, on which days, and what is no longer payable."""
        measure = self.subject
        ratio = preview_decision(measure=measure, starts_on=data["starts_on"], by=self.user, now=self.now)
        changed = (len(ratio.times), ratio.staff) != (measure.sanctions, measure.staff)
        staff = ratio_of_year(measure.institution, today().year, today=today()).staff
        return Consequence(
            details=[
                (_("Measure"), measure.get_kind_display()),
                (_("Staff concerned"), _people(staff)),
                (_("From"), gettext("%(day)s, until it is ended") % {"day": day(data["starts_on"])}),
                (_("No longer payable"), NOT_PAYABLE[measure.kind]),
                (_("Emergency and rescue"), emergency_words(measure.policy)),
                (_("Share on the day of the proposal"), share_of(measure)),
                (_("Share as known now"), sum_of(ratio)),
            ],
            warnings=[*self._others(), *([_("The share has changed since the proposal.")] if changed else [])],
            needs_second=True,
            grave=True,
        )

    def _others(self) -> list[Words]:
        """Other measures that hold or come: ending them is another act."""
        here = notices(measures_of(self.subject.institution), today())
        others = [each.measure for each in here if each.measure.pk != self.subject.pk and not each.is_proposed]
        text = _("Another measure is in force here (%(measure)s). It stays in force until it is ended.")
        return [text % {"measure": other.get_kind_display()} for other in others]

    def perform(self, data: dict[str, Any], second: User | None) -> InstitutionMeasure:
        """Decide."""
        return decide_measure(measure=self.subject, by=self.user, second=second, now=self.now, **data)

    def done(self, outcome: InstitutionMeasure) -> str:
        """What happened."""
        period = days_of(outcome)
        assert period is not None  # it was decided from a day on
        told = {"day": day(period.starts_on)}
        return gettext("The measure is decided. It holds from %(day)s until the agency ends it.") % told


class EndForm(ActForm):
    """From which day it no longer holds, and why."""

    begins_today = ("ends_on",)

    ends_on = day_field(_("First day payable again"), help_text=_("Today or later."))
    reason = prose_field(_("Reason"))


class EndMeasure(OnMeasure):
    """The measure ends."""

    title = _("End the measure")
    explains = _("From this day on services are payable again. What was refused before stays refused.")
    do = _("End the measure")
    form_class = EndForm
    decides = True

    def preview(self, data: dict[str, Any]) -> Consequence:
        """On how many days it held, and what the share is now."""
        period = preview_end(measure=self.subject, ends_on=data["ends_on"], now=self.now)
        days = (data["ends_on"] - period.starts_on).days
        ratio = ratio_of_year(self.subject.institution, self.subject.year, today=today())
        return Consequence(
            details=[
                (_("Measure"), self.subject.get_kind_display()),
                (_("Holds from"), day(period.starts_on)),
                (_("Days on which it holds"), str(days)),
                (_("Share as known now"), sum_of(ratio)),
            ]
        )

    def perform(self, data: dict[str, Any], second: User | None) -> InstitutionMeasure:
        """End."""
        return end_measure(measure=self.subject, by=self.user, now=self.now, **data)

    def done(self, outcome: InstitutionMeasure) -> str:
        """What happened."""
        period = days_of(outcome)
        assert period is not None
        assert period.ends_on is not None  # it was ended on a day
        return gettext("The measure is ended. Services are payable again from %(day)s.") % {"day": day(period.ends_on)}


class DropForm(ActForm):
    """Why the proposal is not followed."""

    reason = prose_field(_("Reason"))


class DropMeasure(OnMeasure):
    """The proposal is not followed."""

    title = _("Drop the proposal")
    explains = _("Nothing follows. For the same sanctions the register asks for no measure again.")
    do = _("Drop the proposal")
    form_class = DropForm
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> InstitutionMeasure:
        """Drop."""
        return drop_measure(measure=self.subject, by=self.user, now=self.now, **data)

    def done(self, outcome: InstitutionMeasure) -> str:
        """What happened."""
        return gettext("The proposal is dropped.")


def measure_url(measure: InstitutionMeasure) -> str:
    """The address of a measure."""
    return reverse("admin:registry_institutionmeasure_change", args=[measure.pk])


def _from(per_cent: int, words: str) -> str:
    return gettext("From %(share)s%%: %(measure)s") % {"share": per_cent, "measure": words}


def _people(staff: int) -> str:
    text = ngettext("%(staff)s person registered here today", "%(staff)s people registered here today", staff)
    return text % {"staff": staff}


def emergency_words(policy: str) -> Words:
    """Whether emergencies are paid while a measure holds."""
    if policies()[policy].measures_exempt_emergency:
        return _("They stay payable, by the policy.")
    return _("They are not payable either: no source exempts them from a measure against the institution.")
