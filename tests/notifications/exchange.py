"""A town whose changes are told: provinces, authorities, and what somebody was told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.actions.fanning_out import fan_out
from notifications.models import Event, Notice
from notifications.queries.addressees import recipient_of
from registry.actions.institutions import open_institution
from registry.models import Agency, Authority, Institution, Practitioner, Region
from tests.town import LAW_BEGINS, TODAY, Town, at, build

PROVINCES = {"110000": "北京市", "120000": "天津市", "430000": "湖南省", "510000": "四川省"}


@dataclass
class Ticking:
    """A clock that stands still until it is told to go on."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


def country() -> Town:
    """The town of Chengdu, in a country of four provinces, with health and drug authorities of city and province."""
    town = build("510100")
    for code, name in PROVINCES.items():
        Region.objects.get_or_create(code=code, defaults={"name_zh": name})
    for kind, code in (("health", "510000"), ("drug", "510100"), ("health", "110000")):
        Authority.objects.create(code=f"{kind}{code}", name=f"{kind} {code}", kind=kind, region_id=code)
    return town


def elsewhere(code: str = "120100") -> Institution:
    """A hospital of another province, with an agency of its own."""
    region = Region.objects.create(code=code, name_zh=f"市{code}", parent_id=f"{code[:2]}0000")
    agency = Agency.objects.create(code=f"A{code}", name=f"医保中心{code}", region=region)
    return open_institution(
        code=f"H{code}00001", name=f"医院{code}", region=region, agency=agency, by=None, now=at(LAW_BEGINS)
    )


def announce(now: datetime | None = None) -> int:
    """Announce whatever waits."""
    clock: Callable[[], datetime] = Ticking(now or at(TODAY, 20))
    return fan_out(clock=clock)


def events(person: Practitioner | None = None) -> list[str]:
    """What was announced, in order."""
    rows = Event.objects.filter(practitioner=person) if person else Event.objects.all()
    return list(rows.order_by("practitioner", "sequence").values_list("kind", flat=True))


def of_changes(person: Practitioner) -> list[Event]:
    """The events of changes of standing, in order: without deadlines."""
    return list(Event.objects.filter(practitioner=person, change__isnull=False).order_by("sequence"))


def told(event: Event) -> dict[str, list[str]]:
    """Who was told, by kind."""
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.filter(event=event).order_by("recipient", "pk"):
        column, _pk = recipient_of(notice)
        body = getattr(notice, column)
        found.setdefault(notice.recipient, []).append(body.name if column == "practitioner" else body.code)
    return {kind: sorted(codes) for kind, codes in found.items()}
