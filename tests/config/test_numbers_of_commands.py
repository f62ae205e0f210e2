"""Numbers that are none, or none that will do, on the command line: said by name, before anything is done."""

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from registry.models import Institution, Practitioner, Region, User
from tests.town import Town, build

JUNK = ["0", "-1", "1000", "x", "1.5", "", " 2", "²", "٣", "1e3", "0x4", "9" * 5000]


def said(*words: str) -> str:
    """What the command says instead of doing anything."""
    with pytest.raises(CommandError) as refused:
        call_command(*words, stdout=StringIO(), stderr=StringIO())
    return str(refused.value)


@pytest.mark.parametrize("command", ["check_register", "rebuild_register", "restore x.dump"])
@pytest.mark.parametrize("value", JUNK)
def test_a_number_of_processes_that_is_none_is_named_with_those_that_will_do(command: str, value: str) -> None:
    told = said(*command.split(), f"--jobs={value}")
    assert value[:18] in told
    assert "give 1 to 64" in told
    assert len(told) < 200, "a value without end is not repeated without end"


def test_a_what_if_takes_as_many_processes_as_the_others() -> None:
    assert "65 is no number of processes: give 1 to 64." in said("whatif", "cn-2025", "--jobs", "65")


@pytest.mark.parametrize("value", ["0", "-1", "x", "20000001", "9" * 30, "1" * 5000])
def test_a_number_of_people_that_is_none_makes_nobody(db: None, value: str) -> None:
    told = said("seed", f"--practitioners={value}")
    assert value[:18] in told
    assert "give 1 to 20000000" in told
    assert not User.objects.exists()


def test_too_few_people_for_the_stories_make_nobody(db: None) -> None:
    assert "--practitioners 1: at least" in said("seed", "--practitioners", "1")
    assert not Region.objects.filter(code="430000").exists()


@pytest.mark.parametrize("code", ["x", "", "43", "999999", "430111"])
def test_a_province_without_institutions_is_no_home(db: None, code: str) -> None:
    told = said("seed", "--practitioners", "120", f"--without-history={code}")
    assert f"--without-history {code}: no institution is in a province with this code" in told
    assert "430000" in told
    assert not Practitioner.objects.exists()


def test_where_no_log_ins_can_be_written_nobody_is_made_who_could_never_log_in(db: None, tmp_path: Path) -> None:
    for into in (tmp_path, tmp_path / "no" / "file", Path(os.devnull) / "file"):
        assert f"--into {into}: no file can be written there" in said("seed", f"--into={into}")
    assert not Institution.objects.exists()


@pytest.fixture
def town(db: None) -> Town:
    return build()


@pytest.mark.parametrize("more", [(), ("--without-history", "430000")])
def test_a_register_that_is_not_empty_is_not_filled(town: Town, more: tuple[str, ...]) -> None:
    before = User.objects.count()
    assert "There are people or institutions in this register" in said("seed", "--practitioners", "120", *more)
    assert User.objects.count() == before
