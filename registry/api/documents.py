"""Documents of people: their numbers stand with stars, and a whole one is shown once, for a reason that is kept."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from registry.actions.access_log import LONGEST_REASON, unmask_document
from registry.actions.people import add_document
from registry.api.desk import Act, Listing
from registry.api.given import Given, Prose, Whole
from registry.api.opening import OnPractitioner, OpensFile
from registry.api.practitioners import DocumentGiven, PractitionerShape
from registry.api.shapes import Shape, Word
from registry.api.subjects import named
from registry.models import DocumentKind, IdentityDocument, Practitioner
from registry.queries.roles import OFFICERS_OF_AGENCIES, STAFF_KEEPERS


class DocumentShape(Shape):
    """A document of a person; its number is sealed and shown with stars."""

    id = serializers.IntegerField(source="pk")
    kind = Word(DocumentKind.choices)
    masked = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class Documents(OpensFile, Listing, Act):
    """The identity documents of a practitioner, those of merged files among them."""

    tag = "practitioners"
    creates = "add_document"
    creating = "Add an identity document."
    shape = DocumentShape
    given = DocumentGiven
    subject_shape = PractitionerShape
    done_by = OFFICERS_OF_AGENCIES
    makes = True

    def subject(self, **path: Any) -> Practitioner:
        return self.person(**path)

    def rows(self) -> QuerySet[IdentityDocument]:
        return documents_of(self.files(**self.kwargs))

    def do(self, subject: Practitioner, values: dict[str, Any]) -> IdentityDocument:
        return add_document(practitioner=subject, by=self.asker.user, now=self.asker.now, **values)


class UnmaskingGiven(Given):
    """Which document, and what the number is needed for."""

    document = Whole(min_value=1, help_text="the `id` of a document of the practitioner")
    reason = Prose(max_length=LONGEST_REASON, help_text="10 characters at least; the person may read it")


class WholeNumberShape(Shape):
    """A document with its whole number. It is in this answer only."""

    document = serializers.IntegerField()
    kind = Word(DocumentKind.choices)
    number = serializers.CharField()


class UnmaskDocument(OnPractitioner, Act):
    """Show the whole number of a document, once. Who saw it, and why, is kept in the same transaction.

    Only where the person is part of your work, else `not_ones_work`. The answer is not kept: the same request again is
    answered `gone` (409); whoever needs the number once more asks with a new key, and that is kept, too.
    """

    tag = "practitioners"
    shape = WholeNumberShape
    given = UnmaskingGiven
    done_by = STAFF_KEEPERS
    makes = True
    one_time = True

    def subject(self, **path: Any) -> Practitioner:
        return self.person(**path)

    def do(self, subject: Practitioner, values: dict[str, Any]) -> dict[str, Any]:
        theirs = documents_of(self.files(**self.kwargs))
        document = named("document", theirs, pk=values["document"])
        number = unmask_document(
            document=document,
            by=self.asker.user,
            key=self.asker.key,
            reason=values["reason"],
            now=self.asker.now,
        )
        words = {"code": document.kind, "text": document.get_kind_display()}
        return {"document": document.pk, "kind": words, "number": number}


def documents_of(files: frozenset[int]) -> QuerySet[IdentityDocument]:
    """The documents in these files."""
    return IdentityDocument.objects.filter(practitioner_id__in=files).select_related("practitioner")
