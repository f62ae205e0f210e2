"""The many smaller cases: people without a story, in every place, over the whole time since the first day."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from registry.desks.demo_data.cases import case
from registry.desks.demo_data.chance import dice
from registry.desks.demo_data.course import Channel, Part, days_until
from registry.desks.demo_data.places import Place
from registry.desks.demo_data.stage import Stage
from registry.desks.demo_data.timeline import FIRST_DAY
from registry.models import Category, Grade, Practitioner

SITUATIONS = {"1-01": 34, "1-99": 14, "2-01": 34, "2-02": 12, "2-99": 6, "3-99": 3}
"""How often the situations occur."""
CHANNELS = {Channel.PORTAL: 6, Channel.INSTITUTION: 3, Channel.BY_HAND: 1}
IN_SCOPE_FROM_THE_FIRST_DAY = frozenset({Category.PHYSICIAN, Category.NURSE, Category.PHARMACY_PRINCIPAL})


def everyday_cases(stage: Stage, *, count: int, seed: int, places: Sequence[Place]) -> int:
    """Plan so many cases; the number of parts in them. The latest have not come to their end today."""
    random = dice("cases", seed)
    first, last = FIRST_DAY + timedelta(45), stage.ago(3)
    known: dict[str, list[str]] = {place.code: [] for place in places}
    parts_played = 0
    for made_on in sorted(first + timedelta(random.randrange((last - first).days)) for _ in range(count)):
        place = random.choices(places, weights=[place.weight for place in places])[0]
        codes = _people_of_a_case(random, stage, place, made_on, known[place.code])
        known[place.code] += codes
        parts = [_part(random, stage.people[code]) for code in codes]
        received_on = stage.workdays.after(made_on, random.randrange(5, 15))
        case(
            stage,
            place=place.code,
            situation=random.choices(list(SITUATIONS), weights=list(SITUATIONS.values()))[0],
            made_on=made_on,
            parts=parts,
            days=days_until(stage, received_on),
            channel=random.choices(list(CHANNELS), weights=list(CHANNELS.values()))[0],
        )
        parts_played += len(codes)
    return parts_played


def _people_of_a_case(random: Random, stage: Stage, place: Place, made_on: date, known: Sequence[str]) -> list[str]:
    """Up to four people without a story who work there; now and then one of them had a case before."""
    early = made_on < FIRST_DAY + timedelta(260)
    free = [
        profile.code
        for profile in stage.mainly_at[place.code]
        if stage.is_free(profile.code) and (not early or profile.category in IN_SCOPE_FROM_THE_FIRST_DAY)
    ]
    wanted = random.choices((1, 2, 3, 4), weights=(5, 3, 2, 1))[0]
    again = [random.choice(known)] if known and random.random() < 0.4 else []
    return list(dict.fromkeys(again + random.sample(free, min(wanted, len(free)))))


def _part(random: Random, person: Practitioner) -> Part:
    return Part(person=person, grade=random.choices(list(Grade), weights=(6, 3, 1))[0])
