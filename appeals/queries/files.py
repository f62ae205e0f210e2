"""Whose the files of appeals are."""

from django.db.models import Q

from appeals.models import Evidence, ExternalOutcome
from appeals.queries.objections import objections
from registry.models import StoredFile
from registry.queries.scope import Scope


def reads(seen: Scope, file: StoredFile) -> bool:
    """Evidence, signed pages and documents of outcomes, where the user sees the objection or the person."""
    mine = objections(seen)
    return (
        Evidence.objects.filter(Q(file=file) | Q(shown=file), point__objection__in=mine).exists()
        or mine.filter(signature=file).exists()
        or ExternalOutcome.objects.filter(file=file, practitioner__in=seen.practitioners()).exists()
    )
