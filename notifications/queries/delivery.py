"""How the notices get to the systems that receive them: what is owed to each endpoint, and every try."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber, TruncHour

from notifications.models import Attempt, Endpoint, Notice, Push
from notifications.rules.retries import PATIENCE
from registry.ledger.days import SHANGHAI

HOURS = 24
OWED = (Push.State.WAITING, Push.State.OVERDUE)
MOST_TRIES = 50


@dataclass(frozen=True, slots=True)
class Delivery:
    """A push with its tries, the first first."""

    push: Push
    tries: tuple[Attempt, ...]

    @property
    def cut(self) -> bool:
        """Whether there may be tries before these."""
        return len(self.tries) == MOST_TRIES


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the board: what came through in it, and what failed."""

    begins: datetime
    delivered: int
    failed: int


@dataclass(frozen=True, slots=True)
class Line:
    """One endpoint on the board: how much it is owed, since when the oldest waits, and the last day hour by hour."""

    endpoint: Endpoint
    owed: int = 0
    overdue: int = 0
    oldest: datetime | None = None
    hours: tuple[Hour, ...] = field(default=())

    @property
    def delivered(self) -> int:
        """How many letters came through within the day."""
        return sum(hour.delivered for hour in self.hours)

    @property
    def failed(self) -> int:
        """How many tries came to nothing within the day."""
        return sum(hour.failed for hour in self.hours)

    @property
    def fails(self) -> bool:
        """Whether the endpoint is to receive and does not."""
        return fails(self.endpoint)

    @property
    def waits(self) -> bool:
        """Whether something is owed."""
        return self.oldest is not None

    @property
    def most(self) -> int:
        """The highest hour, at least one: what the bars are measured by."""
        return max([1, *(hour.delivered + hour.failed for hour in self.hours)])


def fails(endpoint: Endpoint) -> bool:
    """Whether it is to receive and does not: so many tries in a row came to nothing that it is left alone now."""
    return endpoint.state == Endpoint.State.ACTIVE and endpoint.failures >= PATIENCE


def deliveries_of(notice: Notice) -> list[Delivery]:
    """Every push of the notice with its tries. Two queries."""
    return with_tries(Push.objects.filter(notice=notice).select_related("endpoint").order_by("pk"))


def with_tries(pushes: Iterable[Push]) -> list[Delivery]:
    """The pushes with their tries, of each the last ones. One query more."""
    rows = list(pushes)
    newest = Window(RowNumber(), partition_by="push", order_by=F("number").desc())
    tries = Attempt.objects.filter(push__in=[row.pk for row in rows]).annotate(back=newest).filter(back__lte=MOST_TRIES)
    tries = tries.order_by("push", "number")
    by_push = {pk: tuple(found) for pk, found in groupby(tries, key=lambda each: each.push_id)}
    return [Delivery(row, by_push.get(row.pk, ())) for row in rows]


def board(endpoints: Iterable[Endpoint], now: datetime) -> list[Line]:
    """The endpoints with what is owed to each and how their last day went. Two queries, whatever there is."""
    rows = list(endpoints)
    ids = [row.pk for row in rows]
    owed = _owed(ids)
    hours = _hours(ids, now)
    return [
        Line(
            endpoint=row,
            **owed.get(row.pk, {}),
            hours=_of_the_day(hours.get(row.pk, {}), now),
        )
        for row in rows
    ]


def dead(pushes: QuerySet[Push]) -> QuerySet[Push]:
    """Those that were tried and did not get through: overdue, or failed and waiting for the next try."""
    return pushes.filter(Q(state=Push.State.OVERDUE) | Q(state=Push.State.WAITING, failures__gt=0))


def _owed(ids: list[int]) -> dict[int, dict[str, Any]]:
    rows = Push.objects.filter(endpoint__in=ids, state__in=OWED, next_at__isnull=False).order_by()
    late = Count("pk", filter=Q(state=Push.State.OVERDUE))
    counted = rows.values_list("endpoint").annotate(owed=Count("pk"), overdue=late, oldest=Min("since"))
    return {pk: {"owed": owed, "overdue": overdue, "oldest": oldest} for pk, owed, overdue, oldest in counted}


def _hours(ids: list[int], now: datetime) -> dict[int, dict[datetime, tuple[int, int]]]:
    tries = Attempt.objects.filter(push__endpoint__in=ids, ended_at__gt=_first_hour(now)).order_by()
    counted = tries.values("push__endpoint", hour=TruncHour("ended_at", tzinfo=SHANGHAI)).annotate(
        delivered=Count("pk", filter=Q(problem="")), failed=Count("pk", filter=~Q(problem=""))
    )
    found: dict[int, dict[datetime, tuple[int, int]]] = {}
    for each in counted:
        found.setdefault(each["push__endpoint"], {})[each["hour"]] = each["delivered"], each["failed"]
    return found


def _first_hour(now: datetime) -> datetime:
    whole = now.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
    return whole - timedelta(hours=HOURS - 1)


def _of_the_day(counted: dict[datetime, tuple[int, int]], now: datetime) -> tuple[Hour, ...]:
    first = _first_hour(now)
    begins = [first + timedelta(hours=number) for number in range(HOURS)]
    return tuple(Hour(each, *counted.get(each, (0, 0))) for each in begins)
