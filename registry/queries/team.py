"""Who has how much to do: the open tasks of agencies by officer, and by agency where somebody sees many."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q

from registry.models import Task, User
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
    """The load of the user's agencies by officer, of everybody else's by agency; most overdue first.

    One query, and one for the names of officers.
    """
    if not seen.agencies and not seen.sees_everything:
        return ()
    rows = open_tasks(seen, user).filter(holder=Task.Holder.AGENCY).order_by()
    counted = {"open": Count("pk"), "overdue": Count("pk", filter=Q(due_on__lt=today)), "oldest": Min("due_on")}
    keys = ("user_id",) if seen.agencies else ("agency_id", "agency__name", "agency__code")
    grouped = rows.values(*keys).annotate(**counted).order_by("-overdue", "-open", keys[0])
    found = list(grouped.values_list(*counted, *keys)[:MOST])
    if seen.agencies:
        names = {each.pk: name_of(each) for each in User.objects.filter(pk__in=[given for *_, given in found])}
        return tuple(Load(names.get(given, ""), number, late, oldest, given) for number, late, oldest, given in found)
    return tuple(
        Load(name, number, late, oldest, agency=code) for number, late, oldest, agency, name, code in found if agency
    )
