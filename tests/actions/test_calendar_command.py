"""manage.py calendar shows the year first, and enters it on request."""

import io
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import translation

from registry.models import CalendarYear, User
from tests.actions.notices import ANNOUNCED_ON, NOTICE, SOURCE
from tests.town import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    file = tmp_path / "2027.csv"
    file.write_text(f"# {SOURCE}\n{NOTICE}", "utf-8")
    return file


def told(file: Path, **options: Any) -> str:
    out = io.StringIO()
    with time_machine.travel(at(ANNOUNCED_ON), tick=False), translation.override("en"):
        call_command("calendar", file, stdout=out, **options)
    return out.getvalue()


def test_without_apply_the_year_is_only_shown(notice: Path) -> None:
    shown = told(notice)
    assert "2027-02-14" in shown
    assert "2027: 10 days off, 2 make-up working days, 255 working days in all" in shown
    assert "Add --apply" in shown
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_with_apply_the_year_is_entered_under_the_name_of_its_notice(notice: Path) -> None:
    guan = User.objects.create_user("guan")
    assert "Applied." in told(notice, apply=True, by="guan")
    assert "Applied." in told(notice, apply=True)
    year = CalendarYear.objects.get(year=2027)
    assert (year.source, year.recorded_by) == (SOURCE, guan)


def test_the_source_may_be_said_instead(notice: Path) -> None:
    told(notice, apply=True, source="另一名称")
    assert CalendarYear.objects.get(year=2027).source == "另一名称"


def test_a_notice_that_lacks_a_holiday_is_asked_about(notice: Path) -> None:
    notice.write_text("# 通知\n2027-01-01 元旦", "utf-8")
    assert "No day is named 春节, 清明节" in told(notice)


def test_what_is_wrong_is_told_and_nothing_is_written(notice: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no user “nobody”"):
        told(notice, by="nobody")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        told(tmp_path / "absent.csv")
    notice.write_bytes("2027-01-01 元旦".encode("gb18030"))
    with pytest.raises(CommandError, match="no text in UTF-8"):
        told(notice)
    notice.write_text("# 通知\n2027-01-01 元旦\n2027-02-15 上班", "utf-8")
    with pytest.raises(CommandError, match=r"Nothing was written\. Feb\. 15, 2027 is no Saturday or Sunday"):
        told(notice, apply=True)
    assert not CalendarYear.objects.filter(year=2027).exists()
