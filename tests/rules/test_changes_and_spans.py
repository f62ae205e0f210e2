"""When the standing changes if nothing new is recorded, and the whole life of a file."""

from tests.rules.stories import HUNAN, File


def life(file: File) -> list[str]:
    """Each span as one line: from, to, status, until, points."""
    return [
        f"{span.from_} {span.to} {span.status} {span.until} {span.points}{' may' if span.may_reregister else ''}"
        for span in file.spans()
    ]


def test_an_empty_file_never_changes() -> None:
    chen = File()
    assert chen.on("2025-03-10") == ("normal", None, 0, 0, False, None, [], [])
    assert life(chen) == ["0001-01-01 None normal None 0"]


def test_a_fact_already_recorded_for_later_counts() -> None:
    chen = File()
    chen.scored(2, "2025-03-10")
    view = chen.on("2025-01-01")
    assert (view.points, view.changes_on) == (0, "2025-03-10")


def test_a_later_fact_without_a_difference_is_no_change() -> None:
    chen = File()
    chen.scored(12, "2025-03-10")
    chen.scored(1, "2025-04-01")
    assert chen.on("2025-03-10").changes_on == "2026-01-01"


def test_later_facts_count_for_changes_only() -> None:
    wang = File()
    wang.scored(5, "2025-03-10")
    wang.scored(5, "2025-04-01")
    stray = wang.reregistered("2025-03-20")
    view = wang.on("2025-03-10")
    assert (view.points_raw, view.periods, view.errors) == (5, [], [])
    assert view.changes_on == "2025-04-01"
    assert wang.on("2025-03-20").errors == [stray]
    assert len(wang.steps("2025-03-31")) == 2


def test_a_longer_suspension_is_a_change_of_until() -> None:
    li = File()
    li.scored(9, "2025-03-10")
    li.scored(1, "2025-03-20")
    assert li.on("2025-03-19").changes_on == "2025-03-20"


def test_an_edge_on_the_day_of_a_later_fact_is_asked_after_the_fact() -> None:
    li = File()
    li.scored(9, "2025-03-10")
    li.scored(3, "2025-05-10")
    assert life(li) == [
        "0001-01-01 2025-03-10 normal None 0",
        "2025-03-10 2025-05-10 suspended 2025-05-10 9",
        "2025-05-10 2026-01-01 terminated 2026-05-10 12",
        "2026-01-01 2026-05-10 terminated 2026-05-10 0",
        "2026-05-10 None terminated 2026-05-10 0 may",
    ]


def test_the_points_of_a_year_end_with_it_although_the_next_fact_comes_years_later() -> None:
    chen = File()
    chen.scored(3, "2025-03-10")
    chen.scored(2, "2027-05-01")
    assert life(chen) == [
        "0001-01-01 2025-03-10 normal None 0",
        "2025-03-10 2026-01-01 normal None 3",
        "2026-01-01 2027-05-01 normal None 0",
        "2027-05-01 2028-01-01 normal None 2",
        "2028-01-01 None normal None 0",
    ]


def test_a_fact_in_the_second_year_of_a_suspension_does_not_bring_its_beginning_back() -> None:
    li = File()
    li.scored(9, "2025-12-20")
    li.scored(1, "2026-01-15")
    assert life(li) == [
        "0001-01-01 2025-12-20 normal None 0",
        "2025-12-20 2026-01-01 suspended 2026-02-20 9",
        "2026-01-01 2026-01-15 suspended 2026-02-20 0",
        "2026-01-15 2026-02-20 suspended 2026-02-20 1",
        "2026-02-20 2027-01-01 normal None 1",
        "2027-01-01 None normal None 0",
    ]


def test_facts_of_one_day_make_one_span() -> None:
    zhao = File()
    zhao.scored(6, "2025-03-10")
    zhao.scored(6, "2025-03-10")
    zhao.relieved(5, "2025-03-10")
    assert life(zhao)[1] == "2025-03-10 2026-01-01 terminated 2026-03-10 7"


def test_the_life_of_a_hunan_file_over_new_year() -> None:
    wu = File(HUNAN)
    wu.scored(9, "2025-11-09")
    assert life(wu) == [
        "0001-01-01 2025-11-09 normal None 0",
        "2025-11-09 2025-12-01 normal None 9",
        "2025-12-01 2026-01-01 suspended 2026-02-01 9",
        "2026-01-01 2026-02-01 suspended 2026-02-01 0",
        "2026-02-01 None normal None 0",
    ]


def test_points_of_a_year_to_which_a_later_decision_belongs() -> None:
    sun = File()
    sun.scored(3, "2026-02-10", counted_on="2025-12-01")
    sun.scored(2, "2026-02-11")
    assert life(sun) == [
        "0001-01-01 2026-02-11 normal None 0",
        "2026-02-11 2027-01-01 normal None 2",
        "2027-01-01 None normal None 0",
    ]


def test_new_year_changes_the_points_shown_not_the_raw_ones() -> None:
    zhou = File()
    zhou.scored(12, "2025-12-01")
    zhou.scored(3, "2025-12-02")
    zhou.scored(12, "2026-01-01")
    view = zhou.on("2025-12-05")
    assert (view.points, view.points_raw, view.changes_on) == (12, 15, "2026-01-01")
    assert zhou.on("2026-01-01").until == "2029-01-01"


def test_reregistration_recorded_ahead_is_a_change() -> None:
    feng = File()
    feng.scored(12, "2025-07-01")
    feng.reregistered("2028-07-01")
    assert feng.on("2026-06-01").changes_on == "2028-07-01"
    assert feng.on("2028-07-01").changes_on is None


def test_a_file_of_the_first_day_of_the_calendar() -> None:
    first = File()
    first.scored(9, "0001-01-01")
    assert life(first)[0] == "0001-01-01 0001-03-01 suspended 0001-03-01 9"


def test_a_file_of_the_last_year_of_the_calendar() -> None:
    last = File()
    last.scored(3, "9999-05-01")
    assert life(last) == ["0001-01-01 9999-05-01 normal None 0", "9999-05-01 None normal None 3"]


def test_the_period_of_the_day() -> None:
    yang = File()
    yang.scored(9, "2025-03-10")
    yang.scored(3, "2025-09-01")
    kinds = [
        yang.standing(day).period for day in ("2025-03-09", "2025-03-10", "2025-05-09", "2025-05-10", "2025-09-01")
    ]
    assert [period and period.kind for period in kinds] == [None, "suspension", "suspension", None, "termination"]
