"""The clockwork: everything that time moves, once, however long it was off and however often it runs at once."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from registry.actions import clockwork, silence, talks
from registry.actions.clockwork import run_clocks
from registry.actions.decisions import decide_unobjected
from registry.models import ChangeSeen, ProcedureStep, ProposedEntry, StandingChange
from registry.tasks import run_clocks as run_by_task
from tests.actions.notices import enter
from tests.actions.test_at_once import together
from tests.casework import desk, morning_after, received
from tests.town import TODAY, Town, at, build, further_tasks, score

WEEK = timedelta(days=7)


@pytest.fixture
def town(db: None) -> Town:
    return build("510100")


@pytest.fixture
def busy_town(committed: None) -> Iterator[Town]:
    yield build("510100")
    connection.close()


def moved(came: dict[str, int]) -> dict[str, int]:
    return {part: count for part, count in came.items() if count}


def test_nothing_moves_where_nothing_happened(town: Town) -> None:
    assert moved(run_clocks(now=at(TODAY))) == {}


def test_after_a_week_off_everything_missed_is_moved_once(town: Town) -> None:
    score(town, 9, TODAY)
    score(town, 3, TODAY + WEEK, who=town.nurse)
    ran = at(TODAY + WEEK, 23)
    assert moved(run_clocks(now=ran)) == {"talks": 6, "measures": 1}  # one of a staff of two was suspended
    assert moved(run_clocks(now=ran)) == {}
    over = date(2025, 5, 16)  # six days after the suspension; by now everything is overdue
    assert moved(run_clocks(now=at(over))) == {"told": 1, "escalated": 7}
    assert moved(run_clocks(now=at(over))) == {}
    assert StandingChange.objects.count() == ChangeSeen.objects.count() == 3


def test_an_entered_year_gives_waiting_tasks_their_day_before_anything_is_overdue(town: Town) -> None:
    score(town, 3, date(2026, 12, 28))
    assert moved(run_clocks(now=at(date(2026, 12, 28), 23))) == {"talks": 1}
    assert further_tasks().get().missing_year == 2027
    enter()
    assert moved(run_clocks(now=at(date(2027, 1, 20)))) == {"recounted": 1, "escalated": 1}
    assert further_tasks().get().due_on == date(2027, 1, 12)


def test_what_silence_decides_is_talked_about_after_the_same_run(db: None) -> None:
    here = desk()
    proposal = received(here, 6)
    later = morning_after(proposal) + WEEK
    assert moved(run_clocks(now=later)) == {"decided": 1, "talks": 3}
    assert set(further_tasks().filter(state="open").values_list("practitioner", flat=True)) == {here.surgeon.pk}
    assert moved(run_clocks(now=later)) == {}


def test_one_person_whose_silence_cannot_be_decided_holds_up_nobody_else(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = desk()
    first, other = received(here, 4), received(here, 2, who=here.nurse, number="罚字2号")
    whole = decide_unobjected

    def broken(items: list[ProposedEntry], *args: Any, **named: Any) -> bool:
        return whole(items, *args, **named) if items[0].proposal.pk == other.pk else bool(1 / 0)

    monkeypatch.setattr(silence, "decide_unobjected", broken)
    assert moved(run_clocks(now=morning_after(first))) == {"decided": 1, "failed": 1}
    monkeypatch.undo()
    assert run_clocks(now=morning_after(first))["decided"] == 1


def test_every_day_or_once_a_week_ends_the_same_but_for_the_day_of_telling(town: Town) -> None:
    score(town, 6, TODAY)
    for day in range(40):
        run_clocks(now=at(TODAY + timedelta(days=day), 23))
    found = further_tasks().values_list("kind", "holder", "state", "escalated_at")
    assert all(row[2:] == ("open", at(date(2025, 3, 25), 23)) for row in found)
    assert found.count() == 3
    assert ProcedureStep.objects.filter(act="escalate").count() == 3


def test_one_failing_person_or_part_stops_nothing_else_and_is_counted(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    score(town, 3, TODAY)
    score(town, 3, TODAY, who=town.nurse)
    run_clocks(now=at(TODAY, 23))
    score(town, 3, TODAY, number="再罚")

    def broken(*args: Any, **named: Any) -> int:
        raise LookupError("王伟")

    monkeypatch.setattr(talks, "turn_of", broken)
    monkeypatch.setitem(clockwork.PARTS, "told", broken)
    came = run_clocks(now=at(TODAY + 4 * WEEK))
    assert moved(came) == {"escalated": 2, "failed": 2}
    assert "王伟" not in capsys.readouterr().err


def test_the_command_says_what_moved_and_fails_where_anything_failed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    score(town, 6, TODAY)
    out = StringIO()
    with time_machine.travel(at(TODAY, 23), tick=False):
        call_command("clocks", stdout=out)
        parts = (
            "recounted", "unopened", "decided", "told", "talks", "measures", "escalated", "replaced_experts",
            "replaced_deliberators", "failed",
        )  # fmt: skip
        assert out.getvalue().splitlines() == [f"{part}: {3 if part == 'talks' else 0}" for part in parts]
        assert json.dumps(run_by_task()) == json.dumps(run_clocks(now=at(TODAY, 23)))
        score(town, 3, TODAY, who=town.nurse)
        monkeypatch.setattr(talks, "turn_of", lambda *args: 1 / 0)
        with pytest.raises(SystemExit) as ended:
            call_command("clocks", stdout=StringIO())
    assert ended.value.code == 1


def test_several_runs_at_once_do_nothing_twice(busy_town: Town) -> None:
    score(busy_town, 9, TODAY)
    score(busy_town, 6, TODAY, who=busy_town.nurse)
    came = together(*[lambda: run_clocks(now=at(TODAY, 23))] * 4)
    assert [sum(each[part] for each in came) for part in ("talks", "measures")] == [8, 1]
    assert further_tasks().count() == 9
    assert [each["failed"] for each in came] == [0] * 4
    late = at(TODAY + 8 * WEEK)
    came = together(*[lambda: run_clocks(now=late)] * 4)
    assert sum(each["escalated"] for each in came) == ProcedureStep.objects.filter(act="escalate").count() == 9
