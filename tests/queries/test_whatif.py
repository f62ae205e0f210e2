import csv
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.ledger import shares
from registry.ledger.examining import People
from registry.models import Fact, Practitioner, Region, SanctionPeriod, StandingChange, StandingSpan
from registry.queries import whatif
from registry.queries.whatif import Comparison, Outcome, Tally
from tests.actions import deeds
from tests.town import Town, build, score

pytestmark = pytest.mark.django_db

LAST_OF_2025 = date(2025, 12, 31)


@pytest.fixture
def changsha() -> Town:
    return build("430100")


@pytest.fixture
def hangzhou() -> Town:
    return build("330100")


def compared(policy: str, on: date = LAST_OF_2025, **where: Any) -> dict[str, Comparison]:
    found = everybody(policy, on, **where)
    assert len({comparison.code for comparison in found}) == len(found)
    return {comparison.code: comparison for comparison in found}


def everybody(policy: str, on: date, **where: Any) -> list[Comparison]:
    return [
        each for share in shares.cut().shares for each in whatif.compared(People(share), policy=policy, on=on, **where)
    ]


def rows_of(table: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def test_nine_points_suspend_today_and_would_not_have_under_the_draft(hangzhou: Town) -> None:
    score(hangzhou, 9, date(2025, 3, 10))

    wang = compared("cn-2023-draft", date(2025, 4, 1))[hangzhou.surgeon.code]

    assert wang.stands_otherwise
    assert wang.before == Outcome("suspended", date(2025, 5, 10), 9, False, 23)
    assert wang.after == Outcome("normal", None, 9, False, 0)
    assert wang.institutions == (hangzhou.hospital.code,)


def test_a_suspension_that_is_over_by_the_day_still_counts_its_blocked_days(hangzhou: Town) -> None:
    score(hangzhou, 9, date(2025, 3, 10))

    wang = compared("cn-2023-draft")[hangzhou.surgeon.code]

    assert not wang.stands_otherwise
    assert wang.differs
    assert (wang.before.blocked_days, wang.after.blocked_days) == (61, 0)


def test_blocked_days_are_those_of_the_year_asked(hangzhou: Town) -> None:
    score(hangzhou, 9, date(2025, 12, 20))

    assert compared("cn-2025")[hangzhou.surgeon.code].before.blocked_days == 12
    assert compared("cn-2025", date(2026, 1, 31))[hangzhou.surgeon.code].before.blocked_days == 31


def test_under_its_own_policy_nobody_differs(changsha: Town, hangzhou: Town) -> None:
    score(hangzhou, 10, date(2025, 3, 10))
    score(changsha, 3, date(2025, 3, 10), who=changsha.nurse)

    assert not any(comparison.differs for comparison in compared("cn-2025").values())


def test_hunans_next_month_would_suspend_later_in_hangzhou(hangzhou: Town) -> None:
    score(hangzhou, 10, date(2025, 3, 10))

    wang = compared("cn-43-2025", date(2025, 3, 20))[hangzhou.surgeon.code]

    assert (wang.before.status, wang.after.status) == ("suspended", "normal")


def test_people_without_entries_are_not_compared(hangzhou: Town) -> None:
    score(hangzhou, 3, date(2025, 3, 10))

    assert set(compared("cn-2023-draft")) == {hangzhou.surgeon.code}


def test_a_region_takes_in_those_registered_inside_it_on_the_day(changsha: Town, hangzhou: Town) -> None:
    score(hangzhou, 9, date(2025, 3, 10))
    score(changsha, 9, date(2025, 3, 11))

    assert set(compared("cn-2023-draft", region="430000")) == {changsha.surgeon.code}
    assert set(compared("cn-2023-draft", region="330100")) == {hangzhou.surgeon.code}
    assert not compared("cn-2023-draft", date(2024, 12, 31), region="430000")


def test_somebody_with_two_merged_files_is_compared_once_with_all_points(hangzhou: Town) -> None:
    score(hangzhou, 6, date(2025, 3, 10))
    score(hangzhou, 6, date(2025, 4, 10), who=hangzhou.nurse)
    deeds.merge(hangzhou, kept=hangzhou.surgeon, absorbed=hangzhou.nurse, on=date(2025, 5, 1))

    people = compared("cn-2023-draft")

    assert [comparison.before.status for comparison in people.values()] == ["terminated"]
    assert set(people) == {hangzhou.surgeon.code}


def test_batches_leave_nobody_out_and_nobody_in_twice(hangzhou: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "FACTS_OF_A_SHARE", 1)
    score(hangzhou, 6, date(2025, 3, 10))
    score(hangzhou, 4, date(2025, 4, 10), who=hangzhou.nurse)
    deeds.merge(hangzhou, kept=hangzhou.nurse, absorbed=hangzhou.surgeon, on=date(2025, 5, 1))

    assert [comparison.code for comparison in everybody("cn-2025", LAST_OF_2025)] == [hangzhou.nurse.code]


def test_more_people_take_no_more_queries(hangzhou: Town) -> None:
    score(hangzhou, 6, date(2025, 3, 10))
    with CaptureQueriesContext(
        connection,
    ) as for_one:
        compared("cn-2023-draft")
    score(hangzhou, 6, date(2025, 4, 10), who=hangzhou.nurse)
    with CaptureQueriesContext(connection) as for_two:
        compared("cn-2023-draft")

    assert len(for_two) == len(for_one)


def test_nothing_is_written(hangzhou: Town) -> None:
    score(hangzhou, 9, date(2025, 3, 10))
    tables = (Fact, SanctionPeriod, StandingSpan, StandingChange, Practitioner)
    before = [list(table.objects.order_by("pk").values_list()) for table in tables]

    compared("cn-2023-draft")

    assert [list(table.objects.order_by("pk").values_list()) for table in tables] == before


def test_an_unknown_policy_or_region_is_an_error(hangzhou: Town) -> None:
    with pytest.raises(KeyError):
        compared("cn-1999")
    with pytest.raises(Region.DoesNotExist):
        compared("cn-2025", region="999999")


def test_a_tally_counts_by_status_and_institution() -> None:
    suspended, normal = Outcome("suspended", date(2025, 5, 10), 9, False, 61), Outcome("normal", None, 9, False, 0)
    once_blocked = Outcome("normal", None, 9, False, 30)
    tally = Tally()
    for before, after in ((suspended, normal), (normal, normal), (once_blocked, normal)):
        tally.count(Comparison("D1", ("H1", "H2") if before is suspended else ("H3",), before, after))

    assert (tally.people, tally.stand_otherwise, tally.blocked_otherwise) == (3, 1, 1)
    assert (tally.before["suspended"], tally.after["suspended"]) == (1, 0)
    assert tally.institutions_that_differ() == ["H1", "H2"]


def test_the_command_tells_counts_and_writes_a_table_without_documents_or_names(
    hangzhou: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score(hangzhou, 9, date(2025, 12, 1))
    score(hangzhou, 3, date(2025, 12, 2), who=hangzhou.nurse)
    table = tmp_path / "otherwise.csv"

    call_command("whatif", policy="cn-2023-draft", year=2025, region="330000", csv=table)

    told = capsys.readouterr().out
    assert re.search(r"people with entries +2\n", told)
    assert re.search(r"standing otherwise on that day +1\n", told)
    assert re.search(r"suspended +1 +0\n", told)
    assert f"{hangzhou.hospital.code}      1 → 0      0 → 0  {hangzhou.hospital.name}" in told
    assert rows_of(table) == [
        {
            "code": hangzhou.surgeon.code,
            "institutions": hangzhou.hospital.code,
            "points": "9",
            "status_before": "suspended",
            "until_before": "2026-02-01",
            "blocked_days_before": "31",
            "status_after": "normal",
            "until_after": "",
            "blocked_days_after": "0",
        }
    ]


def test_without_a_year_the_command_asks_about_today(hangzhou: Town, capsys: pytest.CaptureFixture[str]) -> None:
    score(hangzhou, 3, date(2025, 3, 10))

    call_command("whatif", policy="cn-2025")

    assert re.search(r"people with entries +1\n", capsys.readouterr().out)


def test_a_code_that_looks_like_a_formula_is_made_harmless(hangzhou: Town, tmp_path: Path) -> None:
    Practitioner.objects.filter(pk=hangzhou.surgeon.pk).update(code="=1+1")
    score(hangzhou, 9, date(2025, 12, 1))
    table = tmp_path / "otherwise.csv"

    call_command("whatif", policy="cn-2023-draft", year=2025, csv=table)

    assert [row["code"] for row in rows_of(table)] == ["'=1+1"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"policy": "cn-1999"}, "--policy cn-1999: there is no such policy. Choose one of: cn-11-2025"),
        ({"policy": "cn-2025", "region": "999999"}, "--region 999999: the register has no such region"),
        ({"policy": "cn-2025", "year": 19}, "--year 19: give a year between"),
        ({"policy": "cn-2025", "csv": Path("/nowhere/at/all.csv")}, "cannot be written: No such file"),
    ],
)
def test_the_command_says_what_was_wrong_and_what_to_do(options: dict[str, Any], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("whatif", **options)


def test_somebody_registered_nowhere_on_the_day_is_told_without_institution(hangzhou: Town) -> None:
    score(hangzhou, 9, date(2025, 3, 10))
    day_before_registration = date(2025, 1, 1) - timedelta(1)

    assert compared("cn-2025", day_before_registration)[hangzhou.surgeon.code].institutions == ()
