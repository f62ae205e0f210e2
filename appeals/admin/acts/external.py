"""What a reconsideration or a court decided about entries of a person, entered from its document."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.external import Ruling, preview_external_outcome, record_external_outcome
from appeals.admin.acts.deciding import MONTHS, told_apart
from appeals.admin.acts.filing import told_of
from appeals.models import ExternalOutcome, Result
from appeals.queries.disputed import decided_within, present_points
from registry.admin.acts.consequence import Consequence, Summary, correction_consequence
from registry.admin.acts.papers import PaperForm, WithPaper
from registry.admin.acts.subjects import OfAgency, OnPractitioner, card_of
from registry.admin.fields import choice_field, day_field, file_field, prose_field, radio_field, text_field, whole_field
from registry.admin.moment import today
from registry.ledger.law import policies
from registry.ledger.writing import LockedPerson, unlocked
from registry.models import Fact, FactKind, User
from registry.queries.reach import reach_of
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.rules.compute import standing


@dataclass(frozen=True, slots=True)
class EntryToRule:
    """An entry with its fields."""

    words: str
    fields: list[forms.BoundField]


class OutcomeForm(PaperForm):
    """The document, and what it says of each entry."""

    body = radio_field(_("Deciding body"), ExternalOutcome.Body.choices)
    name = text_field(_("Name of the body"))
    document_number = text_field(
        _("Document number"), most=120, help_text=_("The same document is never recorded twice.")
    )
    decided_on = day_field(_("Decided on"))
    document = file_field(_("The document"), required=False, help_text=_("A scan or a picture of it."))
    grounds = prose_field(_("Grounds"), help_text=_("What the document says, in short."))
    agency = choice_field(_("Recording agency"), ())

    def prepare(self) -> None:
        """The officer's agencies, and the fields of each entry, named by its id."""
        self.fields["agency"].choices = choices = self.doing.agency_choices()  # type: ignore[attr-defined]
        if choices:
            self.fields["agency"].initial = choices[0][0]
        not_named = [("", _("says nothing of it")), *Result.choices]
        for fact in self.doing.entries:  # type: ignore[attr-defined]  # only this act uses this form
            pk = fact.pk
            self.fields[f"result_{pk}"] = choice_field(_("Outcome"), not_named, empty=None, required=False)
            self.fields[f"points_{pk}"] = whole_field(
                _("Points left"), least=1, most=11, required=False, help_text=_("Only where it is reduced.")
            )
            self.fields[f"months_{pk}"] = choice_field(
                _("Months of suspension"), MONTHS, empty=_("by the policy"), required=False
            )

    def summary(self) -> Iterator[Summary]:
        """What was entered; of each entry with its words."""
        yield from told_apart(self, {f"_{fact.pk}": told_of(fact) for fact in self.doing.entries})  # type: ignore[attr-defined]

    @property
    def entries(self) -> Iterator[EntryToRule]:
        """The entries with their fields."""
        for fact in self.doing.entries:  # type: ignore[attr-defined]  # see prepare
            yield EntryToRule(told_of(fact), [self[f"{name}_{fact.pk}"] for name in ("result", "points", "months")])

    @property
    def others(self) -> list[forms.BoundField]:
        """The fields of the document."""
        of_entries = {field.name for entry in self.entries for field in entry.fields}
        return [field for field in self if field.name not in of_entries]

    def clean(self) -> dict[str, Any]:
        """What the document says, entry by entry."""
        data = super().clean() or {}
        data["rulings"] = [
            Ruling(
                entry=fact,
                result=data[f"result_{fact.pk}"],
                points=data.get(f"points_{fact.pk}"),
                months=int(data.get(f"months_{fact.pk}") or 0) or None,
            )
            for fact in self.doing.entries  # type: ignore[attr-defined]  # see prepare
            if data.get(f"result_{fact.pk}")
        ]
        return data


class RecordOutcome(WithPaper, OfAgency, OnPractitioner):
    """Record the outcome, and correct the entries with it."""

    title = _("Record an outcome elsewhere")
    explains = _(
        "What an administrative reconsideration or a court decided about entries, with its document. The entries are corrected at once; an open objection about the same entries alone is closed. An annulment needs a second officer."  # noqa: E501
    )
    do = _("Record and carry out")
    form_class = OutcomeForm
    allowed = OFFICERS_OF_AGENCIES
    decides = True
    template = "appeals/outcome.html"

    @cached_property
    def person(self) -> LockedPerson:
        """The person's files and facts, read once for the form, for what follows and for the card beside."""
        return unlocked(self.subject)

    @cached_property
    def entries(self) -> list[Fact]:
        """The entries of the person that are not annulled and were decided in the scope, the latest first."""
        scored = Fact.objects.filter(practitioner__in=self.person.members, kind=FactKind.POINTS_SCORED)
        rows = scored.select_related("agency__region", "practitioner").prefetch_related("corrections")
        found = rows.order_by("-effective_on", "-pk")
        return [fact for fact in found if present_points(fact) and decided_within(fact, self.scope)]

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What it would do today, on other days, and to whom it has to be told."""
        found = preview_external_outcome(
            practitioner=self.subject, rulings=data["rulings"], person=self.person, now=self.now
        )
        if found is None:
            return Consequence()
        changed = [ruling for ruling in data["rulings"] if ruling.result != Result.UPHELD]
        annuls = any(ruling.result == Result.ANNULLED for ruling in changed)
        reach = reach_of(found, entries=[ruling.entry for ruling in changed])
        return correction_consequence(found, reach, needs_second=annuls, grave=annuls)

    def context(self) -> dict[str, Any]:
        """The card of the person."""
        return card_of(self.subject, standing(self.person.facts, today(), policies()))

    def perform(self, data: dict[str, Any], second: User | None) -> ExternalOutcome:
        """Record."""
        return record_external_outcome(
            practitioner=self.subject,
            body=data["body"],
            name=data["name"],
            document_number=data["document_number"],
            decided_on=data["decided_on"],
            rulings=data["rulings"],
            grounds=data["grounds"],
            file=data["kept"],
            agency=self.agency(data),
            by=self.user,
            second=second,
            now=self.now,
        )

    def done(self, outcome: ExternalOutcome) -> str:
        """What happened."""
        return gettext("%(document)s is recorded and carried out.") % {"document": outcome}
