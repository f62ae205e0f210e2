"""How long records are kept, and what health and drug authorities are shown: to the day."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.policy import Policy, PolicyError, load_policies
from registry.rules.policy_frame import KEPT_FOR_EVER, PUBLISHED, RULES
from registry.rules.publication import end_of_points, first_counted_shown, first_end_shown, may_be_shown
from registry.rules.retention import first_day_kept, is_kept
from tests.rules.test_policy_files import SHIPPED

LAW = load_policies()["cn-2025"]
days = st.dates(date(2025, 1, 1), date(2040, 12, 31))


def changed(folder: Path, line: str, instead: str) -> Policy:
    text = (SHIPPED / "cn-2025.toml").read_text(encoding="utf-8")
    assert text.count(line) == 1
    (folder / "cn-2025.toml").write_text(text.replace(line, instead), encoding="utf-8")
    return load_policies(folder)["cn-2025"]


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        ("rosters", date(2025, 3, 30)),
        ("sign_in_attempts", date(2025, 3, 1)),
        ("access_codes", date(2025, 5, 29)),
    ],
)
def test_a_record_is_kept_on_its_last_day_and_not_on_the_day_after(kind: str, last: date) -> None:
    ended = date(2025, 2, 28)
    assert is_kept(LAW, kind, ended_on=ended, today=last)
    assert not is_kept(LAW, kind, ended_on=ended, today=date.fromordinal(last.toordinal() + 1))


@pytest.mark.parametrize("kind", KEPT_FOR_EVER)
def test_what_nobody_alters_is_kept_for_ever(kind: str) -> None:
    assert first_day_kept(LAW, kind, today=date(2125, 1, 1)) == date.min


def test_whatever_is_kept_or_shown_says_by_which_provision_and_how_certain_it_is() -> None:
    keys = [key for key in RULES if key.startswith(("retention.", "publication."))]
    forgotten, to_everybody = 8, 1
    assert len(keys) == forgotten + len(KEPT_FOR_EVER) + len(PUBLISHED) + to_everybody
    assert {LAW.value(key).certainty for key in keys} == {"D"}
    assert {LAW.value(key).provision for key in keys} == {"pipl-19", "register"}


@pytest.mark.parametrize(
    ("line", "instead", "key", "reason"),
    [
        ("rosters = { value = 30,", "rosters = { value = 181,", "retention.rosters", "must lie between 1 and 180"),
        ("rosters = { value = 30,", 'rosters = { value = "for_ever",', "retention.rosters", "must be a whole number"),
        ("access_codes = { value = 90,", "access_codes = { value = 0,", "retention.access_codes", "must lie between"),
        (
            'facts = { value = "for_ever",',
            "facts = { value = 3650,",
            "retention.facts",
            "the national frame says for_ever",
        ),
        ('openings = { value = "for_ever",', 'openings = { value = "never",', "retention.openings", "must be a whole"),
        (
            'suspension = { value = 12, provision = "pipl-19"',
            'suspension = { value = 121, provision = "pipl-19"',
            "publication.authorities.suspension",
            "must lie between 1 and 120",
        ),
    ],
)
def test_a_length_outside_the_frame_is_refused(tmp_path: Path, line: str, instead: str, key: str, reason: str) -> None:
    with pytest.raises(PolicyError) as error:
        changed(tmp_path, line, instead)
    assert error.value.key == key
    assert reason in error.value.reason


def test_the_law_says_everything_that_is_forgotten_or_shown(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "cn-2025.toml", tmp_path)
    with pytest.raises(PolicyError, match=r"retention\.rosters = None: is missing"):
        changed(tmp_path, 'rosters = { value = 30, provision = "pipl-19", certainty = "D" }\n', "")


def test_a_suspension_is_shown_while_it_runs_and_for_twelve_months_after() -> None:
    ended = date(2025, 5, 31)
    for today, shown in ((date(2025, 5, 30), True), (date(2026, 5, 30), True), (date(2026, 5, 31), False)):
        assert may_be_shown(LAW, "suspension", ended_on=ended, annulled=False, today=today) == shown


def test_a_termination_is_shown_until_the_person_is_registered_again_and_three_years_longer() -> None:
    again = date(2026, 2, 28)
    assert may_be_shown(LAW, "termination", ended_on=None, annulled=False, today=date(2050, 1, 1))
    assert may_be_shown(LAW, "termination", ended_on=again, annulled=False, today=date(2029, 2, 27))
    assert not may_be_shown(LAW, "termination", ended_on=again, annulled=False, today=date(2029, 2, 28))


def test_points_are_shown_for_the_year_after_the_one_that_owns_them() -> None:
    ended = end_of_points(date(2025, 3, 10))
    assert ended == date(2026, 1, 1)
    assert may_be_shown(LAW, "points", ended_on=ended, annulled=False, today=date(2026, 12, 31))
    assert not may_be_shown(LAW, "points", ended_on=ended, annulled=False, today=date(2027, 1, 1))


@pytest.mark.parametrize("kind", PUBLISHED)
@pytest.mark.parametrize("ended", [None, date(2030, 1, 1), date(2025, 3, 10)])
def test_what_was_annulled_is_never_shown(kind: str, ended: date | None) -> None:
    assert not may_be_shown(LAW, kind, ended_on=ended, annulled=True, today=date(2025, 3, 10))


def test_what_the_policy_never_shows_is_not_shown_even_while_it_runs(tmp_path: Path) -> None:
    line = 'termination = { value = 36, provision = "pipl-19"'
    law = changed(tmp_path, line, line.replace("36", '"never"'))
    assert not may_be_shown(law, "termination", ended_on=None, annulled=False, today=date(2025, 3, 10))
    assert first_end_shown(law, "termination", today=date(2025, 3, 10)) == date.max


@given(kind=st.sampled_from(PUBLISHED), ended=days, today=days)
def test_the_first_end_shown_parts_what_is_shown_from_what_is_not(kind: str, ended: date, today: date) -> None:
    shown = may_be_shown(LAW, kind, ended_on=ended, annulled=False, today=today)
    assert shown == (ended >= first_end_shown(LAW, kind, today=today))


@given(counted=days, today=days)
def test_the_first_day_counted_parts_the_points_that_are_shown(counted: date, today: date) -> None:
    shown = may_be_shown(LAW, "points", ended_on=end_of_points(counted), annulled=False, today=today)
    assert shown == (counted >= first_counted_shown(LAW, today=today))
