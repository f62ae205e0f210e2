"""The imports of rosters that concern somebody, and how far each is."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import RosterJob, RosterRow
from registry.queries.scope import Scope

WORKING = frozenset({RosterJob.State.UPLOADED, RosterJob.State.CHECKING, RosterJob.State.APPLYING})
"""A worker has it, or is to have it next."""


def visible_jobs(seen: Scope) -> QuerySet[RosterJob]:
    """The imports of institutions in the scope, without their files."""
    rows = RosterJob.objects.select_related("institution", "uploaded_by", "accepted_by").defer("sealed_file")
    return rows if seen.sees_everything else rows.filter(institution__in=seen.institutions())


def waiting_jobs(seen: Scope) -> QuerySet[RosterJob]:
    """The imports that wait for somebody: not applied, or applied and doubtful rows were left; none that a later one of
    the same institution has overtaken.
    """
    later = RosterJob.objects.filter(
        institution=OuterRef("institution"), state=RosterJob.State.APPLIED, pk__gt=OuterRef("pk")
    )
    unsettled = ~Q(state__in=[RosterJob.State.APPLIED, RosterJob.State.REFUSED])
    doubtful = Q(state=RosterJob.State.APPLIED, **{f"counts__{RosterRow.Outcome.DOUBTFUL.value}__gt": 0})
    return visible_jobs(seen).filter(unsettled | doubtful).exclude(Exists(later))


def percent(job: RosterJob) -> int:
    """How much of the work is done, in per cent."""
    return min(100, 100 * job.done // job.total) if job.total else 0
