import datetime as dt
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from registry.ledger.reading import standing_of
from registry.models import Fact
from registry.rosters.legacy import apply_ledger, check_ledger
from tests import town
from tests.rosters.sheets import as_csv, xlsx

pytestmark = pytest.mark.django_db
HEADINGS = ["人员代码", "姓名", "处理日期", "记分日期", "记分", "暂停月数", "政策", "文号", "记分情形"]
TODAY = dt.date(2026, 3, 2)


@pytest.fixture
def place() -> town.Town:
    return town.build()


def entry(place: town.Town, **other: Any) -> list[Any]:
    said = dict(
        zip(
            HEADINGS,
            [place.surgeon.code, place.surgeon.name, "2025/3/1", "2025年3月10日", 9.0, "", "", "罚1号", "2-01"],
            strict=True,
        )
    )
    return list((said | other).values())


def outcomes(place: town.Town, *rows: list[Any]) -> list[tuple[str, list[str]]]:
    report = check_ledger(xlsx(*rows, headings=HEADINGS), agency=place.agency, today=TODAY)
    return [(row.outcome, [problem.code for problem in row.problems]) for row in report.rows]


def test_points_of_an_older_register_count_as_they_did_there(place: town.Town) -> None:
    content = xlsx(entry(place), headings=HEADINGS)
    assert outcomes(place, entry(place)) == [("new", [])]
    assert not Fact.objects.exists()
    apply_ledger(content, agency=place.agency, by=place.officer, now=town.at(TODAY))
    fact = Fact.objects.get()
    assert (fact.legacy, fact.origin, fact.points, fact.actor) == (True, "legacy-430100", 9, place.officer)
    assert (fact.counted_on, fact.effective_on, fact.recorded_at) == (
        dt.date(2025, 3, 1),
        dt.date(2025, 3, 10),
        town.at(TODAY),
    )
    assert standing_of(place.surgeon, dt.date(2025, 4, 15)).status == "suspended"


def test_the_same_file_again_adds_nothing(place: town.Town) -> None:
    content = as_csv(entry(place, 记分="9"), headings=HEADINGS, encoding="gb18030")
    for _time in range(2):
        apply_ledger(content, agency=place.agency, by=None, now=town.at(TODAY))
    assert Fact.objects.count() == 1
    assert check_ledger(content, agency=place.agency, today=TODAY).rows[0].outcome == "unchanged"


def test_the_same_entry_with_other_points_is_refused(place: town.Town) -> None:
    apply_ledger(xlsx(entry(place), headings=HEADINGS), agency=place.agency, by=None, now=town.at(TODAY))
    assert outcomes(place, entry(place, 记分=6)) == [("wrong", ["recorded_otherwise"])]


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("人员代码", "D999", "unknown_person"),
        ("姓名", "赵敏", "name_is_another"),
        ("记分", 13, "points_range"),
        ("记分", "", "missing"),
        ("记分", "九", "not_whole"),
        ("记分", "9" * 5000, "not_whole"),
        ("处理日期", "²", "not_a_day"),
        ("暂停月数", 7, "months_range"),
        ("记分日期", "2025-02-01", "effective_before_counted"),
        ("记分日期", "2027-02-01", "not_yet"),
        ("处理日期", "2025-02-30", "not_a_day"),
        ("政策", "cn-2023-draft", "no_policy"),
        ("政策", "cn-1999", "no_policy"),
        ("文号", "", "missing"),
        ("文号", "罚" * 121, "too_long"),
    ],
)
def test_a_wrong_row_is_told_and_nothing_is_written(place: town.Town, heading: str, cell: object, code: str) -> None:
    wrong = entry(place, **{heading: cell})
    assert code in outcomes(place, wrong)[0][1]
    content = xlsx(wrong, entry(place, 文号="罚2号"), headings=HEADINGS)
    apply_ledger(content, agency=place.agency, by=None, now=town.at(TODAY))
    assert not Fact.objects.exists()


def test_one_entry_twice_in_the_file_is_told(place: town.Town) -> None:
    assert outcomes(place, entry(place), entry(place)) == [("new", []), ("wrong", ["repeated_entry"])]


def test_the_command_takes_over_only_when_asked(place: town.Town, tmp_path: Any) -> None:
    file = tmp_path / "points.xlsx"
    file.write_bytes(xlsx(entry(place), headings=HEADINGS))
    call_command("import_ledger", str(file))
    assert not Fact.objects.exists()
    call_command("import_ledger", str(file), apply=True, agency=place.agency.code)
    assert Fact.objects.count() == 1
    file.write_bytes(xlsx(entry(place, 记分=13), headings=HEADINGS))
    with pytest.raises(CommandError):
        call_command("import_ledger", str(file), apply=True)
