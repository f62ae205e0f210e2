"""Notices that an institution has to hand over, and who may say that they were received."""

from django.db.models import Exists, OuterRef, QuerySet

from registry.models import Case, Proposal, Task
from registry.queries.scope import Scope


def serving(seen: Scope) -> QuerySet[Task]:
    """What the user's institutions have to hand over."""
    return Task.objects.filter(kind=Task.Kind.SERVE, state=Task.State.OPEN, institution__in=seen.places)


def may_record_receipts(seen: Scope, case: Case) -> bool:
    """Whether the case is of the officer's agency, or the user's institution has to hand notices of it over."""
    return seen.acts_for(case) or serving(seen).filter(case=case).exists()


def receivable(seen: Scope, case: Case) -> QuerySet[Proposal]:
    """The proposals of the case whose receipt the user may record: an institution's are those that it serves."""
    rows = seen.proposals().filter(case=case)
    return rows if seen.acts_for(case) else rows.filter(Exists(serving(seen).filter(proposal=OuterRef("pk"))))
