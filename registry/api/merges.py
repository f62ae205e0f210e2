"""Two files that are one person: merged by two people, and the merge undone by two people."""

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.merging import merge_files, undo_merge
from registry.api.desk import Act, DeskFace, Listing, read
from registry.api.given import Given, Id, Prose, ReasonGiven
from registry.api.opening import OnPractitioner, OpensFile
from registry.api.practitioners import PractitionerShape
from registry.api.problems import SECOND_MISSING, Problem
from registry.api.shapes import ActorRef, PersonRef, Shape, document_of
from registry.api.standings import SideShape
from registry.api.subjects import named, one
from registry.models import FileMerge, Practitioner
from registry.queries.merging import after_merging, after_undoing
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.queries.scope import Scope


class MergeShape(Shape):
    """A dated link, that can be undone: from `recorded_at` on the facts of `absorbed` are read as facts of `kept`."""

    id = serializers.IntegerField(source="pk")
    kept = PersonRef()
    absorbed = PersonRef()
    reason = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    recorded_by = ActorRef()
    confirmed_by = ActorRef()
    undone_at = serializers.DateTimeField(allow_null=True)
    undone_by = ActorRef(allow_null=True)
    undone_reason = serializers.CharField(allow_blank=True)


class AbsorbedGiven(Given):
    """The other file."""

    absorbed = Id(help_text="the id of the practitioner whose facts are read under this file")


class MergeGiven(AbsorbedGiven, ReasonGiven):
    """The other file, and why both are one person."""

    reason = Prose(max_length=2000, help_text="code, name and document agree, or a human looked")


class MergePreviewShape(Shape):
    """Both people, and the standing of today without and with the act; nothing is written."""

    kept = PractitionerShape()
    absorbed = PractitionerShape()
    before = SideShape()
    after = SideShape()


class PreviewMerge(OnPractitioner):
    """What merging another file into this one would do. It changes nothing and needs no idempotency key."""

    tag = "merges"
    http_method_names = ["post"]
    shape = MergePreviewShape
    given = AbsorbedGiven
    seen_by = OFFICERS_OF_AGENCIES

    def post(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        kept = self.person(**path)
        absorbed = named("absorbed", self.asker.scope.practitioners(), uuid=read(self.given, request.data)["absorbed"])
        before, after = after_merging(kept, absorbed, self.asker.today)
        shown = {"kept": kept, "absorbed": absorbed, "before": before, "after": after}
        return Response(document_of(MergePreviewShape, shown))


class Merges(OpensFile, Listing, Act):
    """The merges of a practitioner's file, undone ones among them; an officer merges another file into this one.

    From then on the facts of the other file are read as facts of this one. Nothing is rewritten.
    """

    tag = "merges"
    creates = "merge_files"
    creating = "Merge another file into this one. Nothing is rewritten, and it can be undone."
    shape = MergeShape
    given = MergeGiven
    done_by = OFFICERS_OF_AGENCIES
    makes = True
    two_people = True

    def subject(self, **path: Any) -> Practitioner:
        return self.person(**path)

    def rows(self) -> QuerySet[FileMerge]:
        files = self.files(**self.kwargs)
        rows = FileMerge.objects.filter(Q(kept__in=files) | Q(absorbed__in=files))
        return rows.select_related("kept", "absorbed", "recorded_by", "confirmed_by", "undone_by")

    def do(self, subject: Practitioner, values: dict[str, Any]) -> FileMerge:
        absorbed = named("absorbed", self.asker.scope.practitioners(), uuid=values.pop("absorbed"))
        if self.second is None:
            raise Problem(SECOND_MISSING)
        return merge_files(
            kept=subject, absorbed=absorbed, by=self.asker.user, second=self.second, now=self.asker.now, **values
        )


def merge_in_force(seen: Scope, pk: int) -> FileMerge:
    """The merge in force, if its kept file is in the scope. Raises NotFound."""
    rows = FileMerge.objects.filter(undone_at=None, kept__in=seen.practitioners())
    return one(rows.select_related("kept", "absorbed", "recorded_by", "confirmed_by"), pk=pk)


class PreviewUndoing(DeskFace):
    """What undoing a merge would do to the kept file. It changes nothing and needs no idempotency key."""

    tag = "merges"
    http_method_names = ["post"]
    shape = MergePreviewShape
    seen_by = OFFICERS_OF_AGENCIES

    def post(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        merge = merge_in_force(self.asker.scope, path["merge"])
        before, after = after_undoing(merge, self.asker.today)
        shown = {"kept": merge.kept, "absorbed": merge.absorbed, "before": before, "after": after}
        return Response(document_of(MergePreviewShape, shown))


class UndoMerge(Act):
    """Undo a merge: each file has its own standing again. What was known meanwhile stays answerable as known then."""

    tag = "merges"
    shape = MergeShape
    given = ReasonGiven
    done_by = OFFICERS_OF_AGENCIES
    two_people = True

    def subject(self, **path: Any) -> FileMerge:
        return merge_in_force(self.asker.scope, path["merge"])

    def do(self, subject: FileMerge, values: dict[str, Any]) -> FileMerge:
        if self.second is None:
            raise Problem(SECOND_MISSING)
        return undo_merge(merge=subject, by=self.asker.user, second=self.second, now=self.asker.now, **values)
