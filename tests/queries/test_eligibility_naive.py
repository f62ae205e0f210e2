"""The answers over registers made by chance, against a reference that goes through everything one by one."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from registry.queries.eligibility import Answer, Question, eligibilities, eligibility
from registry.rules.compute import standing
from registry.rules.facts import KINDS
from registry.rules.policy import load_policies
from tests.queries.measured_law import emergencies_under_measures
from tests.queries.random_register import (
    ALL_KNOWN,
    NAMES,
    SPELLINGS,
    File,
    Known,
    Place,
    RandomRegister,
    build,
    day,
    instant,
)

pytestmark = pytest.mark.django_db

ORDER = [
    "suspended",
    "terminated",
    "not_reregistered",
    "not_registered_here",
    "agreement_not_in_force",
    "agreement_suspended",
    "settlement_paused",
    "unknown_practitioner",
    "unknown_institution",
    "name_differs",
    "emergency_exempt",
    "emergency_exempt_here",
]
BEIJING = "110105"


@pytest.fixture(autouse=True)
def _emergencies_under_measures_are_paid_but_in_beijing(tmp_path: Path) -> Iterator[None]:
    with emergencies_under_measures(tmp_path, cn_2025=True, cn_11_2025=False):
        yield


def reference(register: RandomRegister, question: Question) -> tuple[bool, str | None, date | None, list[str], bool]:
    """Payable, status, until, reasons and exemption, as the law reads."""
    known, on = question.known_at, question.on
    file = next((f for f in register.files if any(c.what == question.practitioner for c in held(f.codes, known))), None)
    place = next((p for p in register.places if p.code == question.institution and learnt(p.since, known)), None)
    against: set[str] = set()
    status, until, may_reregister = None, None, False
    if file is None:
        against.add("unknown_practitioner")
    else:
        person = [each for each in register.files if top(register, each, known) == top(register, file, known)]
        status, until, may_reregister = standing_of(person, on, known)
        names = {known_name.what for each in person for known_name in held(each.names, known)}
        if question.name is not None and plain(question.name) not in {plain(name) for name in names}:
            against.add("name_differs")
        registrations = [registration for each in person for registration in held(each.registrations, known)]
        if place and not any(covers(each, on) for each in registrations if each.what == question.institution):
            against.add("not_registered_here")
    if place is None:
        against.add("unknown_institution")
    elif not any(covers(agreement, on) for agreement in held(place.agreements, known)):
        against.add("agreement_not_in_force")
    exempt = set()
    for obstacle, healed_by in healable(place, status, may_reregister, on, known):
        if question.emergency and on >= date(2025, 1, 1) and healed_by:
            exempt.add(healed_by)
        else:
            against.add(obstacle)
    exempted = bool(exempt) and not against
    reasons = sorted(exempt if exempted else against, key=ORDER.index)
    return not against, status, until, reasons, exempted


def healable(
    place: Place | None, status: str | None, may_reregister: bool, on: date, known: datetime | None
) -> Iterator[tuple[str, str | None]]:
    """What an emergency heals, and by which reason; nothing where the register knows no institution."""
    beijing = place is not None and place.region == BEIJING
    if status == "suspended":
        yield "suspended", "emergency_exempt" if place else None
    if status == "terminated":
        yield "not_reregistered" if may_reregister else "terminated", "emergency_exempt" if beijing else None
    for measure in held(place.measures, known) if place else ():
        if covers(measure, on):
            yield measure.what, None if beijing else "emergency_exempt_here"


def learnt(since: datetime, known: datetime | None) -> bool:
    return known is None or since <= known


def held(records: Iterable[Known], known: datetime | None) -> list[Known]:
    if known is None:
        return [record for record in records if record.until is None]
    return [r for r in records if r.since <= known and (r.until is None or r.until > known)]


def covers(record: Known, on: date) -> bool:
    return record.starts <= on and (record.ends is None or on < record.ends)


def top(register: RandomRegister, file: File, known: datetime | None) -> int:
    links = {merge.what[0]: merge.what[1] for merge in held(register.merges, known)}
    number = file.id
    while number in links:
        number = links[number]
    return number


def plain(name: str) -> str:
    return name.replace(" ", "").replace("•", "·").replace("Ｌｉ", "Li")


def standing_of(person: list[File], on: date, known: datetime | None) -> tuple[str, date | None, bool]:
    rows = [fact for file in person for fact in file.facts]
    rows.sort(key=lambda fact: (fact["decided_at"], fact["origin"], fact["origin_seq"]))
    facts = [fact_of(row, seq) for seq, row in enumerate(rows, start=1)]
    answer = standing(facts, on, load_policies(), known=known)
    return answer.status, answer.until, answer.may_reregister


def fact_of(row: dict[str, Any], seq: int) -> Any:
    fields = {key: value for key, value in row.items() if key not in ("kind", "decided_at", "origin", "origin_seq")}
    return KINDS[row["kind"]](seq=seq, **fields)


def questions(random: Random, register: RandomRegister, count: int, *, past: float) -> list[Question]:
    """Mostly of people and places that there are, on days and at times when things change."""
    strangers = [("D9", "H9"), ("D9", register.places[0].code), (register.files[0].codes[0].what, "H9")]
    near = [(f.codes[-1].what, registration.what) for f in register.files for registration in f.registrations]
    far = [(file.codes[0].what, place.code) for file in register.files for place in register.places]
    about = [random.choice(random.choice([strangers, far, near, near, near])) for _ in range(count)]
    return [_question(random, practitioner, institution, past) for practitioner, institution in about]


def _question(random: Random, practitioner: str, institution: str, past: float) -> Question:
    emergency = random.random() < 0.5
    return Question(
        practitioner=practitioner,
        institution=institution,
        on=day(random) + timedelta(days=random.choice([0, 0, 1200])),
        emergency=emergency,
        emergency_reason="急救" if emergency else "",
        name=random.choice([None, None, None, *NAMES, *SPELLINGS.values()]),
        known_at=a_past_time(random) if random.random() < past else None,
    )


def a_past_time(random: Random) -> datetime:
    """The instant at which something was learnt, or the last one before."""
    return instant(random) - timedelta(microseconds=random.choice([0, 1]))


def shape(answer: Answer) -> tuple[bool, str | None, date | None, list[str], bool]:
    codes = [reason.code for reason in answer.reasons]
    return answer.payable, answer.status, answer.until, codes, answer.emergency_exempt


@pytest.mark.parametrize("seed", range(8))
def test_every_answer_is_that_of_the_reference(seed: int) -> None:
    random = Random(seed)
    register = build(random)
    asked = questions(random, register, 2500, past=0.6)
    answers = eligibilities(asked, now=ALL_KNOWN)
    for question, answer in zip(asked, answers, strict=True):
        assert shape(answer) == reference(register, question), question
    assert {"normal", "suspended", "terminated", None} == {answer.status for answer in answers}
    assert set(ORDER) == {reason.code for answer in answers for reason in answer.reasons}


@pytest.mark.parametrize("seed", range(100, 104))
def test_the_projection_says_what_the_facts_say(seed: int) -> None:
    random = Random(seed)
    register = build(random)
    asked = questions(random, register, 400, past=0)
    remembered = [
        Question(
            practitioner=question.practitioner,
            institution=question.institution,
            on=question.on,
            emergency=question.emergency,
            emergency_reason=question.emergency_reason,
            name=question.name,
            known_at=ALL_KNOWN,
        )
        for question in asked
    ]
    now = [shape(answer) for answer in eligibilities(asked, now=ALL_KNOWN)]
    assert now == [shape(answer) for answer in eligibilities(remembered, now=ALL_KNOWN)]


def test_one_by_one_is_the_same_as_all_at_once() -> None:
    random = Random(7)
    register = build(random)
    asked = questions(random, register, 60, past=0.5)
    assert eligibilities(asked, now=ALL_KNOWN) == [eligibility(question, now=ALL_KNOWN) for question in asked]
