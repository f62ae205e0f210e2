"""Is a service payable? Asked for the day of service, answered as known now or at a past time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from registry.ledger.families import Person
from registry.ledger.law import policies
from registry.queries import reasons
from registry.queries.holdings import Holdings, KnownStanding, Place
from registry.queries.reasons import Reason
from registry.queries.snapshot import one_moment
from registry.rules.compute import NORMAL
from registry.rules.policy import NATIONAL, NoPolicyInForce, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One service: by whom, where, on which day, in an emergency or not.

    `known_at` asks for the answer as the register knew things at that past instant; None asks as they are known now.
    """

    practitioner: str
    institution: str
    on: date
    emergency: bool = False
    emergency_reason: str = ""
    name: str | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Payable or not, and why. `status` and `until` are None for a person whom the register does not know.

    `until` is the first day after the suspension or the bar. `policy` is the one of the institution's region in force
    on the day, None before there was any. `file` and `place` are the ids of the practitioner and the institution meant.
    """

    payable: bool
    status: str | None
    until: date | None
    reasons: tuple[Reason, ...]
    emergency_exempt: bool
    policy: Policy | None
    known_at: datetime
    file: int | None
    place: int | None


def eligibility(question: Question, *, now: datetime) -> Answer:
    """The answer to one question."""
    return eligibilities([question], now=now)[0]


def eligibilities(questions: Sequence[Question], *, now: datetime) -> list[Answer]:
    """The answers in the order of the questions, all as of one moment, in as many queries as for one question."""
    if not questions:
        return []
    with one_moment():
        holdings = Holdings(questions)
    return [_answer(question, holdings, now) for question in questions]


def _answer(question: Question, holdings: Holdings, now: datetime) -> Answer:
    file = holdings.file(question.practitioner, question.known_at)
    place = holdings.place(question.institution, question.known_at)
    person = None if file is None else holdings.person(file, question.known_at)
    standing = None if person is None else holdings.standing(person, question.on, question.known_at)
    measures = holdings.measures(place, question.on, question.known_at) if place else {}
    policy = _policy(place, question.on)
    against, exempt = {*_obstacles(question, holdings, person, place)}, set()
    for obstacle, healed_by in _healable(standing, measures, place, policy):
        if question.emergency and healed_by:
            exempt.add(healed_by)
        else:
            against.add(obstacle)
    exempted = bool(exempt) and not against
    return Answer(
        payable=not against,
        status=standing.status if standing else None,
        until=standing.until if standing else None,
        reasons=_in_order(exempt if exempted else against, standing, measures, policy, question.on),
        emergency_exempt=exempted,
        policy=policy,
        known_at=question.known_at or now,
        file=file,
        place=place.id if place else None,
    )


def _obstacles(question: Question, holdings: Holdings, person: Person | None, place: Place | None) -> Iterator[str]:
    """What stands against payment whether there is an emergency or not."""
    known = question.known_at
    if person is None:
        yield reasons.UNKNOWN_PRACTITIONER
    elif question.name is not None and not holdings.bears(person, question.name, known):
        yield reasons.NAME_DIFFERS
    if place is None:
        yield reasons.UNKNOWN_INSTITUTION
        return
    if not holdings.in_agreement(place, question.on, known):
        yield reasons.AGREEMENT_NOT_IN_FORCE
    if person and not holdings.registered(person, place, question.on, known):
        yield reasons.NOT_REGISTERED_HERE


def _healable(
    standing: KnownStanding | None, measures: Mapping[str, date], place: Place | None, policy: Policy | None
) -> Iterator[tuple[str, str | None]]:
    """What stands against payment unless there is an emergency; each with the exemption, None where there is none."""
    if standing and standing.status != NORMAL:
        exempt = reasons.EMERGENCY_EXEMPT if _exempts(policy, place, standing.status) else None
        yield reasons.NOT_REREGISTERED if standing.may_reregister else standing.status, exempt
    here = reasons.EMERGENCY_EXEMPT_HERE if policy and policy.measures_exempt_emergency else None
    for kind in measures:
        yield kind, here


def _policy(place: Place | None, on: date) -> Policy | None:
    try:
        return policies().in_force(place.region if place else NATIONAL, on)
    except NoPolicyInForce:
        return None


def _exempts(policy: Policy | None, place: Place | None, status: str) -> bool:
    """The emergency rule is that of the institution's region; without an institution there is none."""
    return policy is not None and place is not None and policy.emergency_exempt(status)


def _in_order(
    codes: set[str],
    standing: KnownStanding | None,
    measures: Mapping[str, date],
    policy: Policy | None,
    on: date,
) -> tuple[Reason, ...]:
    explained_by = policy or policies().national(on)
    status, until = (standing.status, standing.until) if standing else (None, None)
    return tuple(
        Reason(code, explained_by, status, until, measures.get(code)) for code in reasons.CODES if code in codes
    )
