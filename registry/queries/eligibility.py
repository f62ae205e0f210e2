"""Is a service payable? Asked for the day of service, answered as known now or at a past time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

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
class Found:
    """What the register holds that bears on one question. Two questions of which it holds the same have one answer."""

    person: bool
    bears_name: bool
    """Whether the person bears the name of the question, or none was given."""

    place: bool
    in_agreement: bool
    registered: bool
    standing: KnownStanding | None
    measures: tuple[tuple[str, date], ...]
    """The kinds of measure against the institution that hold, each with its first day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Payable or not, and why. `status` and `until` are None for a person whom the register does not know.

    `until` is the first day after the suspension or the bar. `policy` is the one of the institution's region in force
    on the day, None before there was any.
    """

    payable: bool
    status: str | None
    until: date | None
    reasons: tuple[Reason, ...]
    emergency_exempt: bool
    policy: Policy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Verdict):
    """The verdict on one question. `file` and `place` are the ids of the practitioner and the institution meant."""

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


@dataclass(frozen=True, slots=True)
class Law:
    """The policy in force at a place on a day, None before there was any, and the one that explains the reasons."""

    policy: Policy | None
    explains: Policy


def judge(found: Found, *, law: Law, emergency: bool) -> Verdict:
    """What follows from what the register holds: the one place where it is decided whether a service is payable."""
    against, exempt = {*_obstacles(found)}, set()
    for obstacle, healed_by in _healable(found, law.policy):
        if emergency and healed_by:
            exempt.add(healed_by)
        else:
            against.add(obstacle)
    exempted = bool(exempt) and not against
    return Verdict(
        payable=not against,
        status=found.standing.status if found.standing else None,
        until=found.standing.until if found.standing else None,
        reasons=_in_order(exempt if exempted else against, found, law),
        emergency_exempt=exempted,
        policy=law.policy,
    )


def law(region: str | None, on: date) -> Law:
    """The law of a region on a day; of the nation where the institution is not known."""
    try:
        policy = policies().in_force(region or NATIONAL, on)
    except NoPolicyInForce:
        return Law(None, policies().national(on))
    return Law(policy, policy)


def _answer(question: Question, holdings: Holdings, now: datetime) -> Answer:
    file = holdings.file(question.practitioner, question.known_at)
    place = holdings.place(question.institution, question.known_at)
    found = _found(question, holdings, file, place)
    verdict = judge(found, law=law(place.region if place else None, question.on), emergency=question.emergency)
    return Answer(
        payable=verdict.payable,
        status=verdict.status,
        until=verdict.until,
        reasons=verdict.reasons,
        emergency_exempt=verdict.emergency_exempt,
        policy=verdict.policy,
        known_at=question.known_at or now,
        file=file,
        place=place.id if place else None,
    )


def _found(question: Question, holdings: Holdings, file: int | None, place: Place | None) -> Found:
    on, known = question.on, question.known_at
    person = None if file is None else holdings.person(file, known)
    asked = None if person is None else question.name
    measures = holdings.measures(place, on, known) if place else {}
    return Found(
        person=person is not None,
        bears_name=person is None or asked is None or holdings.bears(person, asked, known),
        place=place is not None,
        in_agreement=place is not None and holdings.in_agreement(place, on, known),
        registered=person is not None and place is not None and holdings.registered(person, place, on, known),
        standing=None if person is None else holdings.standing(person, on, known),
        measures=tuple(sorted(measures.items())),
    )


def _obstacles(found: Found) -> Iterator[str]:
    """What stands against payment whether there is an emergency or not."""
    if not found.person:
        yield reasons.UNKNOWN_PRACTITIONER
    elif not found.bears_name:
        yield reasons.NAME_DIFFERS
    if not found.place:
        yield reasons.UNKNOWN_INSTITUTION
        return
    if not found.in_agreement:
        yield reasons.AGREEMENT_NOT_IN_FORCE
    if found.person and not found.registered:
        yield reasons.NOT_REGISTERED_HERE


def _healable(found: Found, policy: Policy | None) -> Iterator[tuple[str, str | None]]:
    """What stands against payment unless there is an emergency; each with the exemption, None where there is none."""
    standing = found.standing
    if standing and standing.status != NORMAL:
        exempt = reasons.EMERGENCY_EXEMPT if found.place and _exempts(policy, standing.status) else None
        yield reasons.NOT_REREGISTERED if standing.may_reregister else standing.status, exempt
    here = reasons.EMERGENCY_EXEMPT_HERE if policy and policy.measures_exempt_emergency else None
    for kind, _since in found.measures:
        yield kind, here


def _exempts(policy: Policy | None, status: str) -> bool:
    """The emergency rule is that of the institution's region; without an institution there is none."""
    return policy is not None and policy.emergency_exempt(status)


def _in_order(codes: set[str], found: Found, law: Law) -> tuple[Reason, ...]:
    status, until = (found.standing.status, found.standing.until) if found.standing else (None, None)
    since = dict(found.measures)
    return tuple(Reason(code, law.explains, status, until, since.get(code)) for code in reasons.CODES if code in codes)
