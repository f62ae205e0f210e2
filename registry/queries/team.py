"""Who has how much to do: the open tasks of agencies by officer, and by agency where somebody sees many."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q

from registry.models import Agency, Task, User
from registry.queries.explain import name_of
from registry.queries.scope import Scope
from registry.queries.worklist import open_tasks

MOST = 12


@dataclass(frozen=True, slots=True)
class Load:
    """What one officer, or one agency, has to do. `given_to` is the account, or None for what nobody was given;
    `agency` is set where agencies are compared. `oldest` is the day that is due first.
    """

    name: str
    open: int
    overdue: int
    oldest: date | None
    given_to: int | None = None
    agency: str = ""


def team_load(seen: Scope, today: date, *, user: User | None) -> tuple[Load, ...]:
    """The load of the user's agencies by officer, of everybody else's by agency; most overdue first. Two queries."""
    if not seen.agencies and not seen.sees_everything:
        return ()
    rows = open_tasks(seen, user).filter(holder=Task.Holder.AGENCY).order_by()
    counted = {"open": Count("pk"), "overdue": Count("pk", filter=Q(due_on__lt=today)), "oldest": Min("due_on")}
    key = "user_id" if seen.agencies else "agency_id"
    grouped = rows.values(key).annotate(**counted).order_by("-overdue", "-open", key)
    found = list(grouped.values_list(key, *counted)[:MOST])
    if seen.agencies:
        names = {each.pk: name_of(each) for each in User.objects.filter(pk__in=[given for given, *_ in found])}
        return tuple(Load(names.get(given, ""), number, late, oldest, given) for given, number, late, oldest in found)
    agencies = Agency.objects.in_bulk([agency for agency, *_ in found if agency])
    return tuple(
        Load(agencies[agency].name, number, late, oldest, agency=agencies[agency].code)
        for agency, number, late, oldest in found
        if agency in agencies
    )
