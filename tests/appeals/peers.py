"""Peer review for stories: experts with names and accounts, an objection in review, and a panel that was drawn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from appeals.actions.experts import add_expert, add_workplace, offer_availability
from appeals.actions.panels import draw_panel, refer_to_panel
from appeals.actions.votes import vote
from appeals.models import Expert, Objection, Panel, PointOfDispute, Seat
from appeals.rules.procedures import OBJECTION
from registry.actions.institutions import open_institution
from registry.actions.procedure import advance, begin, for_agency, for_practitioner
from registry.actions.proposals import object_to
from registry.actions.tasks import open_task
from registry.ledger.law import policies
from registry.models import Assignment, Fact, Institution, Practitioner, ProposedEntry, Role, Task, User
from tests.casework import Desk, received
from tests.town import LAW_BEGINS, TODAY, at

FILED = TODAY + timedelta(days=2)
REFERRED = TODAY + timedelta(days=3)
DRAWN = TODAY + timedelta(days=4)
NAMES = ("方静", "郭强", "韩梅", "贾平", "柳青", "马超", "秦岚", "宋玉")
QUESTION = "王伟在第一医院的手术指征是否成立？"


def elsewhere(here: Desk, number: int = 77, name: str = "省立医院") -> Institution:
    """A hospital that has nothing to do with the case."""
    return open_institution(
        code=f"H{here.town.region.code}000{number}",
        name=name,
        region=here.town.region,
        agency=here.town.agency,
        by=here.town.officer,
        now=at(LAW_BEGINS),
    )


def expert(
    here: Desk, name: str, *, specialties: Iterable[str] = ("surgery",), works_at: Institution | None = None
) -> Expert:
    """An expert with an account, a role and open days, at a hospital elsewhere."""
    user = User.objects.create_user(f"expert-{name}-{here.town.region.code}", last_name=name)
    Assignment.objects.create(user=user, role=Role.EXPERT, starts_on=LAW_BEGINS)
    now = at(LAW_BEGINS)
    found = add_expert(name=name, specialties=specialties, user=user, by=here.town.officer, now=now)
    place = works_at or elsewhere(here)
    add_workplace(expert=found, institution=place, starts_on=date(2015, 1, 1), by=here.town.officer, now=now)
    offer_availability(expert=found, starts_on=LAW_BEGINS, by=user, now=now)
    return found


def experts(here: Desk, count: int = len(NAMES)) -> list[Expert]:
    """So many experts who can all sit."""
    return [expert(here, name) for name in NAMES[:count]]


def user_of(person: Expert) -> User:
    """The account of an expert."""
    assert person.user is not None
    return person.user


def disputed(
    here: Desk,
    *points: int,
    who: Practitioner | None = None,
    on: date = FILED,
    statement: str = "手术必要，记录齐全。",
) -> Objection:
    """An objection (by default of the surgeon) against each of these points, in review with the desk's reviewer."""
    proposal = object_to(proposal=received(here, *(points or (6,)), who=who), acting=for_practitioner(), now=at(on))
    objection = Objection(
        number=f"O{here.town.region.code}-2025-{proposal.pk:06}",
        kind=Objection.Kind.PROPOSED_POINTS,
        practitioner=proposal.practitioner,
        case=proposal.case,
        proposal=proposal,
        agency=here.town.agency,
        policy=proposal.policy,
        via=Objection.Via.PRACTITIONER,
        filed_at=at(on),
        statement=statement,
    )
    return in_review(here, objection, proposal.items.order_by("pk"), on)


def appealed(here: Desk, *entries: Fact, on: date) -> Objection:
    """An appeal of the surgeon against recorded entries, in review."""
    objection = Objection(
        number=f"A{here.town.region.code}-2025-{entries[0].pk:06}",
        kind=Objection.Kind.RECORDED_POINTS,
        practitioner=entries[0].practitioner,
        agency=here.town.agency,
        policy=entries[0].policy,
        via=Objection.Via.PRACTITIONER,
        filed_at=at(on),
    )
    return in_review(here, objection, entries, on)


def in_review(
    here: Desk, objection: Objection, about: Iterable[ProposedEntry | Fact], on: date, text: str = "指征明确"
) -> Objection:
    """File the objection with a point for each thing disputed, and give it to the reviewer."""
    told = {"case": objection.case, "practitioner": objection.practitioner, "now": at(on, 11)}
    begin(OBJECTION, objection, act="file", acting=for_practitioner(), **told)  # type: ignore[arg-type]
    for number, each in enumerate(about, start=1):
        what = {"item": each} if isinstance(each, ProposedEntry) else {"entry": each}
        PointOfDispute.objects.create(objection=objection, number=number, text=text, **what)
    officer = for_agency(here.another, here.town.agency)
    advance(OBJECTION, objection, "assign", acting=officer, reviewer=here.reviewer, **told)  # type: ignore[arg-type]
    open_task(
        kind=Task.Kind.REVIEW,
        holder=Task.Holder.AGENCY,
        subject=objection.uuid,
        policy=policies()[objection.policy],
        clock="review",
        starts_on=on,
        now=at(on, 11),
        agency=objection.agency,
        user=here.reviewer,
    )
    return objection


def referred(here: Desk, objection: Objection, *, on: date = REFERRED, specialty: str = "surgery") -> Panel:
    """The reviewer asks a panel about all points."""
    return refer_to_panel(
        objection=objection,
        points=list(objection.points.all()),
        question=QUESTION,
        specialty=specialty,
        by=here.reviewer,
        now=at(on),
    )


def drawn(here: Desk, *points: int, objection: Objection | None = None, on: date = DRAWN) -> Panel:
    """A panel drawn by another officer than the reviewer."""
    panel = referred(here, objection or disputed(here, *points), on=on - timedelta(days=1))
    return draw_panel(panel=panel, by=here.another, now=at(on))


def asked(panel: Panel) -> list[Seat]:
    """The seats that wait for a vote, in their order."""
    return list(panel.seats.filter(state=Seat.State.SEATED).select_related("expert__user").order_by("pk"))


def cast(seat: Seat, left: int | None, *, now: datetime | None = None, reasons: str = "指征成立") -> Seat:
    """Vote on every point to leave so many points; None upholds, 0 annuls."""
    result = "upheld" if left is None else "reduced" if left else "annulled"
    votes = {point.pk: (result, left or None, reasons) for point in seat.panel.points.all()}
    return vote(seat=seat, votes=votes, by=user_of(seat.expert), now=now or at(DRAWN, 15))


def task_of(seat: Seat) -> Task:
    """What the expert of the seat was asked to do."""
    return Task.objects.get(subject=seat.uuid, kind=Task.Kind.VOTE)


def morning_after(seat: Seat) -> datetime:
    """The morning of the day after the last day to vote."""
    due = task_of(seat).due_on
    assert due is not None
    return at(due + timedelta(days=1), 8)


def shown(panel: Panel) -> Panel:
    """The panel as the database has it."""
    return Panel.objects.get(pk=panel.pk)
