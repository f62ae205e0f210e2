"""What officers, institutions and days can do in a walk: from a handling to a decision, and the calendar."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import QuerySet

from registry.actions.calendar import correct_day
from registry.actions.cases import close_case
from registry.actions.decisions import decide_held
from registry.actions.deliveries import notify, open_notice, record_receipt
from registry.actions.handlings import identify_responsibility, record_handling, record_trigger
from registry.actions.procedure import Acting, for_agency, for_institution, for_practitioner
from registry.actions.proposals import Item, countersign, propose, withdraw_proposal
from registry.actions.silence import decide_by_silence
from registry.ledger.days import shanghai_day
from registry.models import CalendarYear, Case, Fact, FactKind, Grade, Proposal, Responsibility, User
from registry.rules.clocks import WorkingCalendar, is_weekend
from registry.rules.procedures import PROPOSAL
from tests.actions.notices import NOTICE, enter
from tests.appeals.walking import Idle, World
from tests.entries import annul_entry, revise_entry
from tests.town import BANDS

MOST_CASES = 4
OPEN = [state for state in PROPOSAL.states if state not in PROPOSAL.ends]
RECEIPT = "回执存卷"


def record_a_handling(world: World) -> None:
    """Something was done to the hospital, or somebody was found to have used another's name."""
    number = Case.objects.count() + 1
    if number > MOST_CASES:
        raise Idle
    town, by = world.here.town, world.somebody()
    made_on = world.today - timedelta(days=world.chance.randrange(3))
    what = {
        "made_on": made_on,
        "conduct_from": made_on,
        "conduct_until": made_on,
        "agency": town.agency,
        "institution": town.hospital,
        "document_number": f"罚字{number}号",
        "by": by,
        "now": world.now,
    }
    if world.likely(0.15):
        record_trigger(practitioner=world.pick(world.people), kind="impersonated_settlement", **what)  # type: ignore[arg-type]
    else:
        kind = world.one_of("penalty", "penalty", "damages")
        record_handling(kind=kind, legal_basis="条例第四十条", **what)  # type: ignore[arg-type]


def identify(world: World) -> None:
    """Somebody answers for a handling, or has another part in it than was said."""
    case = world.pick(Case.objects.all())
    who = case.trigger.practitioner if case.trigger else world.pick(world.people)
    identify_responsibility(
        handling=case.handling,
        trigger=case.trigger,
        practitioner=who,
        grade=world.one_of(*Grade.values),
        grounds="参与诊疗",
        identified_on=world.today,
        by=world.somebody(),
        now=world.now,
    )


def propose_points(world: World) -> None:
    """Points for somebody who was identified: for one to three situations."""
    waiting = Responsibility.objects.exclude(proposals__state__in=OPEN)
    found = world.pick(waiting if world.likely(0.9) else Responsibility.objects.all())
    items = [Item(situation="3-01")] if found.trigger else _items(world)
    propose(responsibility=found, items=items, by=world.somebody(found.recorded_by_id), now=world.now)


def _items(world: World) -> list[Item]:
    bands = world.chance.sample([1, 1, 2, 2, 3, 3, 4], world.one_of(1, 1, 1, 2, 3))
    months = world.one_of(None, None, None, 1, 2, 4)
    return [
        Item(
            situation=BANDS[band],
            points=world.chance.randrange(band * 3 - 2, band * 3 + 1),
            months=months if band > 2 else None,
            departure_reason="按情节认定",
        )
        for band in dict.fromkeys(bands)
    ]


def sign_second(world: World) -> None:
    """A second officer signs proposed points."""
    found = world.pick(Proposal.objects.filter(state__in=["proposed", "held"], countersigned_by=None))
    by = world.somebody(found.proposed_by_id, found.responsibility.recorded_by_id)
    countersign(proposal=found, by=by, now=world.now)


def tell(world: World) -> None:
    """The advance notice goes out."""
    found = world.pick(Proposal.objects.filter(state="proposed"))
    notify(proposal=found, channel=world.one_of("portal", "institution", "by_hand"), by=world.somebody(), now=world.now)


def open_the_notice(world: World) -> None:
    """The person opens the notice on the portal."""
    open_notice(proposal=world.pick(_sent()), acting=for_practitioner(), now=world.now)


def hand_over(world: World) -> None:
    """The agency or the institution hands the notice over, and says on which day."""
    found = world.pick(_sent())
    assert found.notified_at is not None  # what was sent has its day
    days = (world.today - shanghai_day(found.notified_at)).days
    on = shanghai_day(found.notified_at) + timedelta(days=world.chance.randint(-1, days + 1))
    record_receipt(
        proposal=found,
        channel=world.one_of("by_hand", "institution"),
        received_on=on,
        remark=RECEIPT,
        acting=_office(world, world.somebody()),
        now=world.now,
    )


def _sent() -> QuerySet[Proposal]:
    return Proposal.objects.filter(state__in=["notified", "to_serve"])


def _office(world: World, by: User) -> Acting:
    town = world.here.town
    return for_agency(by, town.agency) if world.likely(0.7) else for_institution(by, town.hospital)


def take_back(world: World) -> None:
    """The agency takes proposed points back."""
    withdraw_proposal(
        proposal=world.pick(Proposal.objects.filter(state__in=OPEN)), reason="重新核实", by=world.somebody(),
        now=world.now,
    )  # fmt: skip


def decide_what_waits(world: World) -> None:
    """An officer decides what silence could not."""
    found = world.pick(Proposal.objects.filter(state="held"))
    by = world.somebody(found.responsibility.recorded_by_id)
    decide_held(
        proposal=found,
        default_months=world.likely(0.5),
        by=by,
        second=world.one_of(None, world.somebody(by, found.responsibility.recorded_by_id)),
        now=world.now,
    )


def close_a_case(world: World) -> None:
    """An officer closes a case in which nobody waits for anything."""
    close_case(case=world.pick(Case.objects.all()), reason="不再认定", by=world.somebody(), now=world.now)


def correct_an_entry(world: World) -> None:
    """An officer annuls or lowers points on record without being asked."""
    entry = world.pick(Fact.objects.filter(kind=FactKind.POINTS_SCORED))
    by = world.somebody()
    if world.likely(0.5):
        second = world.one_of(None, world.somebody(by))
        annul_entry(entry=entry, reason="事实不清", by=by, second=second, now=world.now)
    else:
        points = world.chance.randint(1, entry.points or 1)
        revise_entry(entry=entry, points=points, reason="情节较轻", by=by, now=world.now)


def hurry_silence(world: World) -> None:
    """Silence is asked for at any time of any day."""
    decide_by_silence(now=world.now)


def correct_the_calendar(world: World) -> None:
    """A day near by is a holiday after all, or is worked after all; sometimes it is what it was."""
    day = world.today + timedelta(days=world.chance.randrange(-3, 15))
    free = "make_up" if is_weekend(day) else "ordinary"
    kind = "holiday" if world.days.is_working_day(day) is True or world.likely(0.1) else free
    correct_day(day=day, kind=kind, name="补充放假", reason="补充通知", by=world.somebody(), now=world.now)
    world.days = corrected(world.days, day, kind)


def corrected(days: WorkingCalendar, day: date, kind: str) -> WorkingCalendar:
    """The calendar with this kind of day."""
    holidays, make_up = days.holidays - {day}, days.make_up_days - {day}
    return WorkingCalendar(
        days.years,
        holidays | {day} if kind == "holiday" else holidays,
        make_up | {day} if kind == "make_up" else make_up,
    )


def enter_next_year(world: World) -> None:
    """The calendar of 2027 is announced."""
    if world.today.year < 2026 or CalendarYear.objects.filter(year=2027).exists():
        raise Idle
    enter(NOTICE, by=world.somebody(), now=world.now)
    lines = [line.split() for line in NOTICE.splitlines() if line]
    named = {date.fromisoformat(line[0]): "make_up" if line[1] == "上班" else "holiday" for line in lines}
    world.days = WorkingCalendar(world.days.years | {2027}, world.days.holidays, world.days.make_up_days)
    for day, kind in named.items():
        world.days = corrected(world.days, day, kind)


ACTS = {
    record_a_handling: 4,
    identify: 5,
    propose_points: 8,
    sign_second: 5,
    tell: 9,
    open_the_notice: 6,
    hand_over: 6,
    take_back: 0.7,
    decide_what_waits: 5,
    close_a_case: 1,
    correct_an_entry: 0.7,
    hurry_silence: 1,
    correct_the_calendar: 4,
    enter_next_year: 1,
}
