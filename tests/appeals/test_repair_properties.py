"""Whatever is asked for, in whatever order: the caps hold, the ledger agrees, and every application comes to an end."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest

from appeals.actions.applications import withdraw_application
from appeals.actions.clockwork import run_clocks
from appeals.actions.deliberations import stand_aside
from appeals.actions.grants import refuse_application
from appeals.models import Application, Attendance, Expert
from appeals.queries.deliberators import possible_deliberators
from appeals.queries.remediation import signatures_needed, support_of
from appeals.rules.procedures import APPLICATION
from registry.actions.errors import Refused
from registry.actions.procedure import for_agency, for_practitioner
from registry.ledger.checking import file_differences
from registry.ledger.reading import facts_of, standing_of
from registry.models import SanctionPeriod, Task
from registry.rules.facts import PointsRelieved, PointsScored
from tests.appeals.repairs import account, called, completed, deliberated, expert, filed, granted, signed, tasks
from tests.town import TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build("510100")


@pytest.mark.parametrize("seed", range(4))
def test_the_caps_hold_whatever_is_granted_in_whatever_order(town: Town, seed: int) -> None:
    chance = Random(seed)
    experts = [expert(name) for name in ("林", "郑")]
    score(town, chance.choice([9, 10, 11]), TODAY, who=town.nurse)
    whole = SanctionPeriod.objects.get()
    day, done = TODAY, 0
    for _ in range(12):
        day += timedelta(days=chance.randrange(4))
        parts = [completed(town, town.nurse, day) for _ in range(chance.randrange(1, 4))]
        kind = chance.choice(["relief", "shortening"])
        amount = chance.randrange(1, 6) if kind == "relief" else chance.randrange(1, 60)
        try:
            application = filed(town, parts, day, kind=kind, amount=amount)
        except Refused:
            continue
        granted(town, deliberated(town, application, day, *experts), day)
        done += 1
    assert done
    relieved = [fact.points for fact in facts_of(town.nurse) if isinstance(fact, PointsRelieved)]
    assert sum(relieved) <= 4
    assert all(row.amount <= row.attendances.count() for row in Application.objects.filter(kind="relief"))
    assert 2 * (SanctionPeriod.objects.get().ends_on - whole.starts_on) >= whole.ends_on - whole.starts_on  # type: ignore[operator]
    used = Attendance.objects.exclude(application=None)
    assert set(used.values_list("application__state", flat=True)) == {"granted"}
    assert standing_of(town.nurse, day).points == whole_points(town) - sum(relieved)
    assert list(file_differences()) == []


def whole_points(town: Town) -> int:
    return sum(fact.points for fact in facts_of(town.nurse) if isinstance(fact, PointsScored))


class Walk:
    """Somebody does something possible with the application, by chance, on one of the next days."""

    def __init__(self, town: Town, application: Application, seed: int) -> None:
        self.town, self.application, self.chance, self.day = town, application, Random(seed), TODAY
        self.officer = for_agency(town.officer, town.agency)

    def step(self) -> None:
        self.day += timedelta(days=self.chance.randrange(12))
        run_clocks(now=at(self.day, 8))
        self.application.refresh_from_db()
        weights = {self.call: 6, self.sign: 12, self.aside: 2, self.decide: 4, self.withdraw: 1, self.refuse: 1}
        act: Callable[[], object] = self.chance.choices(list(weights), list(weights.values()))[0]
        try:
            act()
        except Refused:
            return
        finally:
            self.application.refresh_from_db()

    def call(self) -> None:
        possible = possible_deliberators(self.application, self.day)
        if possible:
            called(self.town, self.application, self.day, *self.chance.sample(possible, min(len(possible), 2)))

    def sign(self) -> None:
        if asked := self.asked():
            signed(self.application, asked, self.day, in_favour=self.chance.random() < 0.6)

    def aside(self) -> None:
        if asked := self.asked():
            stand_aside(application=self.application, reason="回避", by=account(asked), now=at(self.day, 14))

    def asked(self) -> Expert | None:
        open_tasks = Task.objects.filter(subject=self.application.uuid, kind="deliberate", state="open")
        found = list(Expert.objects.filter(user__in=open_tasks.values("user")).order_by("pk"))
        return self.chance.choice(found) if found else None

    def decide(self) -> None:
        granted(self.town, self.application, self.day)

    def withdraw(self) -> None:
        withdraw_application(
            application=self.application, reason="撤回", acting=for_practitioner(), now=at(self.day, 16)
        )

    def refuse(self) -> None:
        refuse_application(application=self.application, grounds="不符", acting=self.officer, now=at(self.day, 17))


@pytest.mark.parametrize("seed", range(6))
def test_somebody_owes_the_next_step_until_every_application_ends(town: Town, seed: int) -> None:
    for number in range(14):
        expert(f"专家{number}")
    score(town, 8, TODAY, who=town.nurse)
    application = filed(town, [completed(town, town.nurse, TODAY)], TODAY)
    walk = Walk(town, application, seed)
    for _ in range(80):
        if application.state in APPLICATION.ends:
            break
        assert tasks(application), f"nobody owes anything in {application.state}"
        walk.step()
    assert application.state in APPLICATION.ends
    assert tasks(application) == []
    opinions = list(application.opinions.values_list("expert", "in_favour"))
    assert len({who for who, _ in opinions}) == len(opinions), "nobody judges twice"
    if application.state == "granted":
        assert sum(favour for _, favour in opinions) >= signatures_needed(application)
        assert sum(favour for _, favour in opinions) * 2 > len(opinions)
    assert bool(application.fact) == (application.state == "granted")
    assert bool(application.attendances.count()) == (application.state == "granted")
    assert len(support_of(application)) == 1
    assert list(file_differences()) == []


def test_a_day_in_the_next_year_is_no_way_around_the_cap_of_a_year(town: Town) -> None:
    score(town, 8, date(2025, 12, 30), who=town.nurse)
    experts = [expert(name) for name in ("林", "郑")]
    part = completed(town, town.nurse, date(2025, 12, 31))
    with pytest.raises(Refused, match="nothing_to_relieve"):
        filed(town, [part], date(2026, 1, 2))
    score(town, 8, date(2026, 1, 5), who=town.nurse)
    with pytest.raises(Refused, match="activity_before_the_handling"):
        filed(town, [part], date(2026, 1, 6))
    for number in range(1, 5):
        day = date(2026, 1, 5 + number)
        granted(town, deliberated(town, filed(town, [completed(town, town.nurse, day)], day), day, *experts), day)
    with pytest.raises(Refused, match="relief_beyond_the_year"):
        filed(town, [completed(town, town.nurse, date(2026, 2, 1))], date(2026, 2, 1))
