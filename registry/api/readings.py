"""Who looked into a person's file."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from registry.actions.access_log import Kind
from registry.api.desk import Filter, Listing
from registry.api.given import Choice
from registry.api.opening import OpensFile
from registry.api.shapes import Shape, Word
from registry.models import AccessRecord
from registry.queries.access_log import READERS_OF_LOOKS, reading_of, who_looked


class ReaderShape(Shape):
    """Who looked, and for which agency or institution they worked on that day."""

    name = serializers.CharField()
    office = serializers.CharField(allow_blank=True)


class ReadingShape(Shape):
    """One look into a file; written once, and chained to the one before it."""

    at = serializers.DateTimeField()
    who = ReaderShape(source="*")
    kind = Word(Kind.choices)
    reason = serializers.CharField(allow_blank=True, help_text="empty where the file was part of the reader's work")
    face = Word(AccessRecord.Face.choices)


class Readings(OpensFile, Listing):
    """Who looked into the file of a practitioner, those of merged files among it. Reading this is a look, too."""

    tag = "practitioners"
    shape = ReadingShape
    seen_by = READERS_OF_LOOKS
    opens = Kind.HISTORY
    filters = {"kind": Filter(Choice(choices=Kind.values, required=False), "kind")}

    def rows(self) -> QuerySet[AccessRecord]:
        return who_looked(self.person(**self.kwargs))

    def shown(self, row: AccessRecord) -> dict[str, Any]:
        return super().shown(reading_of(row))
