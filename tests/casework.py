"""Casework for stories: three officers who may not do each other's part, and the way from a handling to a window."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registry.actions.deliveries import notify, record_receipt
from registry.actions.handlings import identify_responsibility
from registry.actions.procedure import for_agency
from registry.actions.proposals import Item, countersign, propose
from registry.models import Assignment, Practitioner, Proposal, Responsibility, Role, Task, User
from tests import town as towns
from tests.town import BANDS, TODAY, Town, at


@dataclass(frozen=True)
class Desk:
    """The officers of the town's agency, each with a part of their own. `town.officer` takes the handlings in."""

    town: Town
    identifier: User
    scorer: User
    second: User
    reviewer: User
    another: User

    @property
    def surgeon(self) -> Practitioner:
        """The surgeon of the town."""
        return self.town.surgeon

    @property
    def nurse(self) -> Practitioner:
        """The nurse of the town."""
        return self.town.nurse


def desk(town: Town | None = None) -> Desk:
    """The town with its officers at work."""
    town = town or towns.build()
    officers = [officer(town, name) for name in ("identifier", "scorer", "second", "reviewer", "another")]
    return Desk(town, *officers)


def officer(town: Town, name: str) -> User:
    """An officer of the town's agency."""
    user, _ = User.objects.get_or_create(username=f"{name}-{town.region.code}")
    Assignment.objects.get_or_create(
        user=user, role=Role.AGENCY_OFFICER, agency=town.agency, defaults={"starts_on": towns.LAW_BEGINS}
    )
    return user


def identified(
    here: Desk, who: Practitioner | None = None, *, on: date = TODAY, number: str = "罚字1号", grade: str = "principal"
) -> Responsibility:
    """Somebody (by default the surgeon) answers for a handling of the hospital."""
    handling = towns.handle(here.town, number=number, made_on=on)
    return identify_responsibility(
        handling=handling,
        practitioner=who or here.surgeon,
        grade=grade,
        grounds="主刀并签字",
        identified_on=on,
        by=here.identifier,
        now=at(on, 9),
    )


def item(points: int, **more: object) -> Item:
    """An item of so many points, in the situation “other” of their band."""
    return Item(situation=BANDS[(points - 1) // 3 + 1], points=points, departure_reason="按情节认定", **more)  # type: ignore[arg-type]


def proposed(
    here: Desk, *points: int, who: Practitioner | None = None, on: date = TODAY, number: str = "罚字1号"
) -> Proposal:
    """Points proposed for somebody, one situation each; countersigned where they terminate."""
    responsibility = identified(here, who, on=on, number=number)
    found = propose(responsibility=responsibility, items=[item(each) for each in points], by=here.scorer, now=at(on))
    if Task.objects.filter(subject=found.uuid, kind=Task.Kind.COUNTERSIGN, state="open").exists():
        found = countersign(proposal=found, by=here.second, now=at(on, 11))
    return found


def received(
    here: Desk, *points: int, who: Practitioner | None = None, on: date = TODAY, number: str = "罚字1号"
) -> Proposal:
    """The same, told and received by hand on the same day: the window runs from the next."""
    found = notify(proposal=proposed(here, *points, who=who, on=on, number=number), channel="by_hand", by=here.scorer,
                   now=at(on, 12))  # fmt: skip
    return record_receipt(
        proposal=found,
        channel="by_hand",
        received_on=on,
        remark="回执存卷",
        acting=for_agency(here.scorer, here.town.agency),
        now=at(on, 13),
    )


def window(proposal: Proposal) -> Task:
    """The window of the proposal."""
    return Task.objects.get(subject=proposal.uuid, kind=Task.Kind.OBJECT, state="open")


def last_minute(proposal: Proposal) -> datetime:
    """23:59 in Shanghai on the last day of the window."""
    due = window(proposal).due_on
    assert due is not None
    return at(due, 23) + timedelta(minutes=59)


def morning_after(proposal: Proposal) -> datetime:
    """The morning of the day after the window."""
    due = window(proposal).due_on
    assert due is not None
    return at(due + timedelta(days=1), 8)
