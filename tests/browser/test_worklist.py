from datetime import date

import pytest
from django.utils import timezone

from registry.actions.clockwork import run_clocks
from registry.models import Assignment, Role, Task
from tests.admin.deeds import url
from tests.browser.conftest import Open
from tests.browser.screens import DESK, PHONE, fits
from tests.town import LAW_BEGINS, Town, score


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_work_list_and_its_acts_fit_the_screen(open_page: Open, town: Town, language: str, width: int) -> None:
    for who in (town.surgeon, town.nurse):
        score(town, 6, date(2026, 2, 3), who=who)
    run_clocks(now=timezone.now())
    Assignment.objects.create(
        user=town.officer, role=Role.COMPLIANCE_OFFICER, institution=town.hospital, starts_on=LAW_BEGINS
    )
    first, second = Task.objects.filter(holder="institution")[:2]
    Task.objects.filter(pk=first.pk).update(due_on=date(2026, 3, 3), escalated_at=timezone.now())
    Task.objects.filter(pk=second.pk).update(due_on=None, missing_year=2027)
    page = open_page(url("work_list"), language=language, width=width)
    for address in (
        url("work_list"),
        url("key_supervision"),
        url("finish_talk", first.pk),
        url("finish_talks", town.hospital.pk),
        url("registry_practitioner_change", town.surgeon.pk),
        url("index"),
    ):
        page.goto(page.url.split("/admin/")[0] + address)
        assert fits(page), address
