"""What a reconsideration or a court decided about entries of a person: previewed, recorded, and carried out."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from appeals.actions.external import Ruling, preview_external_outcome, record_external_outcome
from appeals.models import ExternalOutcome, ExternalPoint, Result
from appeals.queries.disputed import rulable
from registry.api.cases import own_agency
from registry.api.desk import Act, Filter, Listing
from registry.api.files import FileRef, own_file
from registry.api.given import NOT_KNOWN, Choice, Day, Given, Id, Prose, Text, Whole, several
from registry.api.opening import OnPractitioner
from registry.api.previews import Preview
from registry.api.problems import SECOND_MISSING, VALUE_REFUSED, Problem
from registry.api.reach import CorrectionShape, nothing_follows
from registry.api.shapes import ActorRef, PersonRef, Shape, Word
from registry.models import Practitioner, StoredFile
from registry.queries.reach import reach_of
from registry.queries.roles import OFFICERS_OF_AGENCIES


class RulingGiven(Given):
    """What the document says of one entry. Only a reduction names `points`."""

    entry = Id()
    result = Choice(choices=Result.values)
    points = Whole(min_value=1, max_value=11, required=False, allow_null=True, help_text="those left by a reduction")
    months = Whole(min_value=1, max_value=6, required=False, allow_null=True, help_text="by the policy unless told")


class RulingsGiven(Given):
    """What the document says."""

    rulings = several(RulingGiven, min_length=1, max_length=50)


class OutcomeGiven(RulingsGiven):
    """The document, and what it says. The same document again is the same outcome."""

    body = Choice(choices=ExternalOutcome.Body.values)
    name = Text(max_length=200, help_text="of the body")
    document_number = Text(max_length=120)
    decided_on = Day()
    document = Id(required=False, allow_null=True, help_text="a file that you handed in")
    grounds = Prose(max_length=20000)
    agency = Text(max_length=20, help_text="the code of one of your agencies")


class RulingShape(Shape):
    """What was decided about one entry."""

    entry = serializers.UUIDField(source="entry.origin_id")
    result = Word(Result.choices)
    points = serializers.IntegerField(allow_null=True)


class OutcomeShape(Shape):
    """An outcome elsewhere."""

    id = serializers.UUIDField(source="uuid")
    practitioner = PersonRef()
    body = Word(ExternalOutcome.Body.choices)
    name = serializers.CharField()
    document_number = serializers.CharField()
    decided_on = serializers.DateField()
    document = FileRef(source="file", allow_null=True)
    grounds = serializers.CharField()
    agency = serializers.CharField(source="agency.code")
    rulings = RulingShape(many=True, source="points.all")
    recorded_at = serializers.DateTimeField()
    recorded_by = ActorRef(allow_null=True)
    second = ActorRef(allow_null=True)


def with_rulings(rows: QuerySet[ExternalOutcome]) -> QuerySet[ExternalOutcome]:
    """The outcomes with everything shown of them; no file is opened."""
    return rows.select_related("practitioner", "agency", "recorded_by", "second").prefetch_related(
        Prefetch("file", StoredFile.objects.defer("sealed")),
        Prefetch("points", ExternalPoint.objects.select_related("entry")),
    )


class Outcomes(Listing):
    """The outcomes elsewhere about people who concern you."""

    tag = "outcomes"
    shape = OutcomeShape
    filters = {"practitioner": Filter(Id(required=False), "practitioner__uuid")}

    def rows(self) -> QuerySet[ExternalOutcome]:
        return with_rulings(ExternalOutcome.objects.filter(practitioner__in=self.asker.scope.practitioners()))


class RulingOn(OnPractitioner):
    """What both have in common: the entries of the person that were decided in the scope."""

    def rulings(self, person: Practitioner, sent: Sequence[dict[str, Any]]) -> list[Ruling]:
        """What the document says of each. Raises Problem with each entry that is not known."""
        known = {fact.origin_id: fact for fact in rulable(person, self.asker.scope)}
        wrong = [
            NOT_KNOWN.of(f"rulings[{n}].entry", str(each["entry"]))
            for n, each in enumerate(sent)
            if each["entry"] not in known
        ]
        if wrong:
            raise Problem(VALUE_REFUSED, errors=wrong)
        return [Ruling(**{**each, "entry": known[each["entry"]]}) for each in sent]


def annuls(rulings: Sequence[Ruling]) -> bool:
    """Whether an entry goes: that needs a second person."""
    return any(ruling.result == Result.ANNULLED for ruling in rulings)


class PreviewOutcome(RulingOn, Preview):
    """What an outcome elsewhere would correct, and everything that this reaches."""

    tag = "outcomes"
    shape = CorrectionShape
    given = RulingsGiven
    seen_by = OFFICERS_OF_AGENCIES

    def subject(self, **path: Any) -> Practitioner:
        return self.person(**path)

    def found(self, subject: Practitioner, values: dict[str, Any]) -> dict[str, Any]:
        rulings = self.rulings(subject, values["rulings"])
        seen = preview_external_outcome(practitioner=subject, rulings=rulings, now=self.asker.now)
        if seen is None:
            return nothing_follows()
        changed = [ruling.entry for ruling in rulings if ruling.result != Result.UPHELD]
        return {
            "before": seen.before,
            "after": seen.after,
            "needs_second": annuls(rulings),
            "reach": reach_of(seen, entries=changed),
        }


class RecordOutcome(RulingOn, Act):
    """Record what a reconsideration or a court decided; the entries are corrected at once.

    An open objection about the same entries alone is closed. An annulment needs a second signature.
    """

    tag = "outcomes"
    shape = OutcomeShape
    given = OutcomeGiven
    done_by = OFFICERS_OF_AGENCIES
    makes = True
    two_people = True

    def subject(self, **path: Any) -> Practitioner:
        return self.person(**path)

    def do(self, subject: Practitioner, values: dict[str, Any]) -> ExternalOutcome:
        rulings = self.rulings(subject, values.pop("rulings"))
        if annuls(rulings) and self.second is None:
            raise Problem(SECOND_MISSING)
        file = own_file(self.asker, "document", values.pop("document", None))
        made = record_external_outcome(
            practitioner=subject,
            rulings=rulings,
            file=file,
            agency=own_agency(self, values),
            by=self.asker.user,
            second=self.second if annuls(rulings) else None,
            now=self.asker.now,
            **values,
        )
        return with_rulings(ExternalOutcome.objects.all()).get(pk=made.pk)
