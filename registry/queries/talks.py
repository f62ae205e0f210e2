"""Who may record a talk, and which talks an institution still owes."""

from django.db.models import F, Q, QuerySet

from registry.actions.procedure import Acting, for_agency, for_institution
from registry.actions.talks import TALKS, may_finish
from registry.models import Institution, Task, User
from registry.queries.scope import Scope
from registry.queries.worklist import open_tasks


def acting_for(seen: Scope, user: User, task: Task) -> Acting | None:
    """In which capacity somebody with this scope may record a talk; None where they may not."""
    capacities = [for_agency(user, agency) for agency in seen.agencies]
    capacities += [for_institution(user, place) for place in seen.places]
    return next((acting for acting in capacities if may_finish(task, acting)), None)


def talks_owed(institution: Institution) -> QuerySet[Task]:
    """The open talks that the institution has to hold, due first."""
    rows = Task.objects.filter(institution=institution, holder=Task.Holder.INSTITUTION, kind__in=TALKS)
    return rows.filter(state=Task.State.OPEN).order_by(F("due_on").asc(nulls_last=True), "id")


def tasks_seen(seen: Scope, user: User) -> QuerySet[Task]:
    """The open tasks that somebody with this scope must act on, and the closed ones of their agencies and places."""
    if seen.sees_everything:
        return Task.objects.all()
    theirs = Q(user=user) | Q(institution__in=seen.institutions()) | seen.in_regions("agency__region")
    closed = ~Q(state=Task.State.OPEN) & theirs
    return Task.objects.filter(Q(pk__in=open_tasks(seen, user).order_by().values("pk")) | closed)
