"""The file of a case, and what was done in a case or with a proposal: for its agency."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from registry.actions.cases import add_case_file
from registry.api.cases import OF_A_CASE, OnCase
from registry.api.desk import DeskFace, Listing
from registry.api.given import Given, Id, Text
from registry.api.shapes import ActorRef, Shape, Word
from registry.api.subjects import named, one
from registry.models import Case, CaseFile, ProcedureStep, StoredFile
from registry.queries.casework import ACTS, why_held
from registry.queries.roles import OFFICERS_OF_AGENCIES, READERS_OF_CASE_DOCUMENTS


class FileShape(Shape):
    """A file as it was handed in."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    media_type = serializers.CharField(help_text="of the content, whatever its name said")
    size = serializers.IntegerField(help_text="bytes")
    handed_in_at = serializers.DateTimeField()
    handed_in_by = ActorRef(allow_null=True)


class CaseFileShape(Shape):
    """A document in the file of a case."""

    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    file = FileShape()


class CaseFileGiven(Given):
    """What it is, and the file that was handed in before."""

    title = Text(max_length=200)
    file = Id(help_text="a file that you handed in")


def whole_case(face: DeskFace, case: Any) -> Case:
    """The case whose documents and steps the asker may read. Raises NotFound."""
    found = one(face.asker.scope.cases().select_related(*OF_A_CASE), uuid=case)
    if not face.asker.scope.reads_documents_of(found):
        raise NotFound
    return found


class CaseFiles(Listing, OnCase):
    """The documents in the file of a case; what is put there stays."""

    tag = "cases"
    creates = "add_case_file"
    creating = "Put a document into the file of a case, where it stays."
    shape = CaseFileShape
    given = CaseFileGiven
    seen_by = READERS_OF_CASE_DOCUMENTS
    done_by = OFFICERS_OF_AGENCIES
    makes = True

    def rows(self) -> QuerySet[CaseFile]:
        case = whole_case(self, **self.kwargs)
        return CaseFile.objects.filter(case=case).select_related("file__handed_in_by").defer("file__sealed")

    def do(self, subject: Case, values: dict[str, Any]) -> CaseFile:
        mine = StoredFile.objects.filter(handed_in_by=self.asker.user)
        file = named("file", mine, uuid=values["file"])
        return add_case_file(case=subject, file=file, title=values["title"], by=self.asker.user, now=self.asker.now)


class ProcedureStepShape(Shape):
    """One act in a procedure: who did it, in which capacity, on which day, and why. Nobody edits it afterwards."""

    id = serializers.IntegerField(source="pk")
    procedure = serializers.CharField()
    act = Word(ACTS)
    state_before = serializers.CharField(allow_blank=True)
    state_after = serializers.CharField()
    actor = ActorRef(allow_null=True)
    second = ActorRef(allow_null=True)
    capacity = Word(ProcedureStep.Capacity.choices, source="role")
    agency = serializers.CharField(source="agency.code", allow_null=True, default=None)
    institution = serializers.CharField(source="institution.code", allow_null=True, default=None)
    authority = serializers.CharField(source="authority.code", allow_null=True, default=None)
    on_day = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    grounds = serializers.SerializerMethodField()
    document_number = serializers.CharField(allow_blank=True)

    def get_grounds(self, row: ProcedureStep) -> str:
        """Why; of what waits for an officer in words."""
        return why_held(row.grounds) if row.procedure == "proposal" and row.act == "hold" else row.grounds


def steps_of(uuid: Any) -> QuerySet[ProcedureStep]:
    """What was done with the row that has this id."""
    return ProcedureStep.objects.filter(subject=uuid).select_related(
        "actor", "second", "agency", "institution", "authority"
    )


class CaseSteps(Listing):
    """What was done in a case."""

    tag = "cases"
    shape = ProcedureStepShape
    seen_by = READERS_OF_CASE_DOCUMENTS

    def rows(self) -> QuerySet[ProcedureStep]:
        return steps_of(whole_case(self, **self.kwargs).uuid)


class ProposalSteps(Listing):
    """What was done with a proposal."""

    tag = "proposals"
    shape = ProcedureStepShape

    def rows(self) -> QuerySet[ProcedureStep]:
        return steps_of(one(self.asker.scope.proposals(), uuid=self.kwargs["proposal"]).uuid)
