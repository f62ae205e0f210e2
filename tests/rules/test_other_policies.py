"""What the law would compute under values that no shipped policy has."""

from datetime import date
from pathlib import Path

import pytest

from registry.rules import policy as policy_module
from registry.rules.compute import Standing, standing
from registry.rules.policy import Policies, load_policies
from tests.rules.stories import File

SHIPPED = Path(policy_module.__file__).parent / "policies"

HEAD = """\
id = "other"
region = "330000"
first_day = 2025-01-01
draft = {draft}
based_on = "cn-2025"
title = {{ zh = "另一规定", en = "Another rule" }}
"""


def value(key: str, text: str) -> str:
    return f'{key} = {{ value = {text}, provision = "local-texts", certainty = "L" }}\n'


def row(total: int) -> str:
    return "".join(value(f"months.cumulative.{total}.{part}", "1") for part in ("default", "min", "max"))


def under(folder: Path, *lines: str, draft: bool = False) -> Policies:
    (folder / "cn-2025.toml").write_bytes((SHIPPED / "cn-2025.toml").read_bytes())
    (folder / "other.toml").write_text(HEAD.format(draft=str(draft).lower()) + "".join(lines), "utf-8")
    return load_policies(folder)


def ask(file: File, on: str, policies: Policies) -> Standing:
    return standing(file.facts, date.fromisoformat(on), policies)


def test_a_region_may_give_the_points_to_the_year_of_the_decision(tmp_path: Path) -> None:
    policies = under(tmp_path, value("counting.year", '"decision"'))
    chen = File("other")
    chen.scored(3, "2026-01-10", counted_on="2025-12-20")
    assert ask(chen, "2026-01-10", policies).points == 3


def test_a_region_may_suspend_from_the_next_day(tmp_path: Path) -> None:
    policies = under(tmp_path, value("suspension.start", '"next_day"'))
    wang = File("other")
    wang.scored(9, "2025-03-10")
    assert [ask(wang, day, policies).status for day in ("2025-03-10", "2025-03-11")] == ["normal", "suspended"]
    wang.scored(3, "2025-03-11")
    assert [period.kind for period in ask(wang, "2025-03-11", policies).periods] == ["termination"]


def test_a_suspension_of_the_next_day_joins_one_that_ends_the_day_after(tmp_path: Path) -> None:
    policies = under(tmp_path, value("suspension.start", '"next_day"'))
    li = File("other")
    li.scored(9, "2025-03-10")
    li.scored(1, "2025-05-10")
    edges = [(str(period.from_), str(period.until)) for period in ask(li, "2025-05-10", policies).periods]
    assert edges == [("2025-03-11", "2025-05-11"), ("2025-05-11", "2025-09-11")]


def test_a_draft_that_terminates_at_eleven_bars_twelve_points_as_single(tmp_path: Path) -> None:
    policies = under(tmp_path, value("thresholds.terminate", "11"), draft=True)
    zhao = File("other")
    zhao.scored(12, "2025-03-10")
    assert ask(zhao, "2025-03-10", policies).until == date(2028, 3, 10)


@pytest.mark.parametrize(("day", "status"), [("2025-03-10", "normal"), ("2026-03-10", "suspended")])
def test_a_year_without_points_is_a_year_with_none(tmp_path: Path, day: str, status: str) -> None:
    policies = under(
        tmp_path, value("thresholds.each_of_two_years", "1"), *(row(total) for total in range(1, 9)), draft=True
    )
    sun = File("other")
    sun.scored(1, "2025-03-10")
    sun.scored(1, "2026-03-10")
    assert ask(sun, day, policies).status == status
