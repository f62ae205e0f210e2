"""Whatever officers do, in whatever order: the register says what the law says, as known at every time."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from registry.actions.errors import Refused
from registry.ledger.checking import file_differences
from registry.ledger.law import policies
from registry.ledger.reading import facts_of, kept_file, standing_of
from registry.ledger.rebuilding import rebuild
from registry.models import FileMerge, PointsEntry, Practitioner, SanctionPeriod, StandingChange, StandingSpan
from registry.rules import spans
from registry.rules.compute import standing
from tests.actions.deeds import annul, merge, part, register_again, relieve, revise, shorten
from tests.town import LAW_BEGINS, at, build, score

pytestmark = pytest.mark.django_db

SEEDS = range(5)
STEPS = 14
LIKELY_POINTS = (1, 2, 3, 4, 4, 5, 6, 6, 8, 9, 9, 10, 11, 12)


class Office:
    """Officers who do something at random on each next day of work."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.town = build(self.chance.choice(["510100", "430100", "120100", "210100"]))
        self.people = [self.town.surgeon, self.town.nurse]
        self.day = LAW_BEGINS + timedelta(days=1)
        self.done: list[str] = []
        self.moments: list[datetime] = []

    def work(self) -> None:
        """One more act; a refusal is an answer like any other."""
        act = self.chance.choice([self.score, self.score, self.score, self.correct, self.repair, self.link])
        try:
            act()
        except Refused as refusal:
            self.done.append(f"{self.day} {act.__name__} refused: {refusal.code}")
        else:
            self.done.append(f"{self.day} {act.__name__}")
        self.moments.append(at(self.day, 23))
        self.day += timedelta(days=self.chance.choice([0, 1, 1, 2, 9, 30, 61, 200]))

    def score(self) -> None:
        made_on = max(LAW_BEGINS + timedelta(days=1), self.day - timedelta(days=self.chance.choice([0, 0, 5, 60])))
        points, who = self.chance.choice(LIKELY_POINTS), self.chance.choice(self.people)
        number = f"第{len(self.done)}号"
        score(self.town, points, self.day, who=who, made_on=made_on, number=number)

    def correct(self) -> None:
        entries = list(PointsEntry.objects.select_related("fact").order_by("pk"))
        if not entries:
            return
        entry = self.chance.choice(entries)
        if self.chance.random() < 0.4:
            annul(self.town, entry, self.day)
        else:
            revise(self.town, entry, self.day, points=self.chance.randint(1, 12))

    def repair(self) -> None:
        who = self.chance.choice(self.people)
        acts: list[Callable[[], object]] = [
            lambda: relieve(self.town, 1, self.day, who=who),
            lambda: shorten(self.town, self.chance.randint(1, 40), self.day, who=who),
            lambda: register_again(self.town, self.day, who=who),
        ]
        self.chance.choice(acts)()

    def link(self) -> None:
        link = FileMerge.objects.filter(undone_at=None).first()
        if link:
            part(self.town, link, self.day)
        else:
            kept, absorbed = self.chance.sample(self.people, 2)
            merge(self.town, kept, absorbed, self.day, hour=18)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_register_says_what_the_law_says_after_any_acts(seed: int) -> None:
    office = Office(seed)
    for _ in range(STEPS):
        office.work()
    assert list(file_differences()) == [], office.done
    for who in office.people:
        _agrees_with_the_law(who, office)
    _answers_as_it_did_then(office)
    assert rebuild() == 0


def _agrees_with_the_law(who: Practitioner, office: Office) -> None:
    known, kept = facts_of(who), kept_file(who)
    for day in _sampled(office):
        law = standing(known, day, policies())
        assert _kept_on(kept, day) == tuple(law.answer), (day, office.done)
    periods = standing(known, date.max, policies()).periods
    assert SanctionPeriod.objects.filter(practitioner=kept).count() == len(periods), office.done


def _answers_as_it_did_then(office: Office) -> None:
    """Every change kept what was answered at that moment; asked again as known then, the register says the same."""
    changes = StandingChange.objects.filter(cause="fact").select_related("practitioner").order_by("pk")
    assert changes.exists()
    for change in changes:
        if changes.filter(recorded_at=change.recorded_at, pk__gt=change.pk).exists():
            continue  # more was learnt at the same instant
        then = standing_of(change.practitioner, change.on_day, known=change.recorded_at)
        told = (change.status_after, change.until_after, change.points_after)
        assert (then.status, then.until, then.points) == told, office.done


def _sampled(office: Office) -> list[date]:
    edges = {span.from_ for who in office.people for span in spans.spans(facts_of(who), policies())} - {date.min}
    near = {edge + timedelta(days=days) for edge in edges for days in (-1, 0, 1)}
    return sorted(near | {moment.date() for moment in office.moments})


def _kept_on(who: Practitioner, day: date) -> tuple[object, ...]:
    span = StandingSpan.objects.filter(practitioner=who, starts_on__lte=day).order_by("-starts_on").first()
    return (span.status, span.until, span.points, span.may_reregister) if span else ("normal", None, 0, False)
