import re
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from registry.models import Case, Proposal, Registration, Responsibility
from registry.rosters import jobs, waking
from tests.admin.deeds import ruled, url
from tests.browser.conftest import Open
from tests.browser.screens import DESK, PHONE, fits, press
from tests.casework import desk, identified
from tests.town import Town, handle, score

FEBRUARY = date(2026, 2, 3)


def case_of(responsibility: Responsibility) -> Case:
    return Case.objects.get(handling=responsibility.handling)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_file_of_a_person_fits_the_screen_in_both_languages(
    open_page: Open, town: Town, language: str, width: int
) -> None:
    score(town, 9, FEBRUARY)
    page = open_page(url("registry_practitioner_change", town.surgeon.pk), language=language, width=width)
    first_day = "2026年3月1日" if language == "zh-hans" else "March 1, 2026"
    expect(page.locator(".rg-steps")).to_contain_text(first_day)
    expect(page.locator(".rg-cell")).to_have_count(12)
    assert fits(page)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_lists_and_the_overview_fit_the_screen(open_page: Open, town: Town, width: int) -> None:
    score(town, 9, FEBRUARY)
    page = open_page(url("index"), language="zh-hans", width=width)
    for name in ("index", "registry_practitioner_changelist", "registry_handling_changelist", "policies"):
        page.goto(page.url.split("/admin/")[0] + url(name))
        assert fits(page), name


def test_the_language_is_switched_where_one_is(open_page: Open, town: Town) -> None:
    page = open_page(url("registry_practitioner_change", town.surgeon.pk))
    address = page.url
    press(page, ".rg-language button[lang=zh-Hans]")
    assert page.url == address
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


@pytest.mark.parametrize(("language", "width"), [("en", DESK), ("zh-hans", PHONE)])
def test_points_are_proposed_with_the_consequence_shown(open_page: Open, town: Town, language: str, width: int) -> None:
    here = desk(town)
    responsibility = identified(here, on=FEBRUARY)
    page = open_page(url("registry_case_change", case_of(responsibility).pk), language=language, width=width)
    assert fits(page)
    press(page, f"a[href='{url('propose', responsibility.pk)}']")
    page.check("input[name=situation][value='4-01']")
    press(page, "button[value=form]")
    expect(page.locator(".rg-side-after .rg-status-terminated")).to_be_visible()
    assert fits(page)
    press(page, "button[value=confirm]")
    expect(page.locator(".rg-turn")).to_be_visible()
    assert fits(page)
    page.goto(page.url.split("/admin/")[0] + url("notice_letter", Proposal.objects.get().pk))
    expect(page.locator(".rg-letter")).to_be_visible()
    assert fits(page)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_people_are_ticked_and_proposed_together(open_page: Open, town: Town, width: int) -> None:
    here = desk(town)
    responsibility = identified(here, on=FEBRUARY)
    identified(here, town.nurse, on=FEBRUARY)
    page = open_page(url("registry_case_change", case_of(responsibility).pk), language="zh-hans", width=width)
    for box in page.locator("tbody input[name=people]").all():
        box.check()
    press(page, f"button[formaction='{url('propose_many', case_of(responsibility).pk)}']")
    page.check("input[name=situation][value='1-01']")
    press(page, "button[value=form]")
    assert fits(page)
    press(page, "button[value=confirm]")
    expect(page.locator(".rg-tabs")).to_be_visible()
    assert Proposal.objects.count() == 2
    assert fits(page)


@pytest.mark.parametrize(("language", "width"), [("en", PHONE), ("zh-hans", PHONE), ("en", DESK)])
def test_what_a_correction_reaches_fits_the_screen(open_page: Open, town: Town, language: str, width: int) -> None:
    entry = score(town, 9, FEBRUARY)
    address, entered = ruled(entry, 0)
    page = open_page(address, language=language, width=width)
    page.check(f"[name=body][value={entered['body']}]")
    page.select_option(f"[name=result_{entry.fact_id}]", "annulled")
    for name in ("name", "document_number", "decided_on", "grounds"):
        page.fill(f"[name={name}]", entered[name])
    press(page, "button[value=form]")
    expect(page.locator(".rg-table")).to_have_count(3)
    assert fits(page)
    page.goto(page.url.split("/admin/")[0] + url("registry_institution_change", town.hospital.pk))
    expect(page.locator("body")).to_contain_text("50%")
    assert fits(page)


def test_a_person_is_picked_by_typing_the_code(open_page: Open, town: Town) -> None:
    handling = handle(town, made_on=FEBRUARY)
    page = open_page(url("identify", handling.case.pk))
    page.fill("[role=combobox]", "no such code")
    expect(page.locator(".rg-found")).to_have_text("Nothing is found.")
    page.keyboard.press("Enter")
    expect(page.locator("[role=combobox]")).to_have_value("no such code")
    page.keyboard.press("Tab")
    expect(page.locator("[role=combobox]")).to_have_value("")
    page.focus("[role=combobox]")
    page.keyboard.type(town.surgeon.code)
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text(town.surgeon.name)
    page.keyboard.press("Enter")
    expect(page.locator("[role=combobox]")).to_have_value(re.compile(town.surgeon.name))
    page.check("input[name=grade][value=general]")
    page.fill("[name=grounds]", "协助")
    press(page, "button[value=form]")
    expect(page.locator(".rg-people")).to_contain_text(town.surgeon.name)
    assert handling.responsibilities.get().practitioner == town.surgeon


def test_an_identity_number_in_the_search_box_never_reaches_the_address(open_page: Open, town: Town) -> None:
    page = open_page(url("registry_practitioner_changelist"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.fill("#searchbar", "43010219800504123X")
    page.press("#searchbar", "Enter")
    page.wait_for_url(f"**{url('find_by_document')}")
    assert not [address for address in asked if "43010219800504123X" in address]


def test_a_roster_goes_in_while_one_watches(
    open_page: Open, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "wake_workers", lambda: None)
    sheet = tmp_path / "名单.csv"
    sheet.write_text(
        f"机构编码,人员代码,姓名,性别,人员类别\n{town.hospital.code},D430100000500,新来的,男,医师\n", encoding="utf-8"
    )
    page = open_page(url("upload_roster", town.hospital.pk), language="zh-hans", width=PHONE)
    page.set_input_files("input[type=file]", sheet)
    press(page, "button[value=form]")
    expect(page.locator("[role=progressbar]")).to_be_visible()
    jobs.work_due(clock=timezone.now)
    expect(page.locator(".rg-tabs")).to_be_visible(timeout=10_000)
    assert fits(page)
    press(page, "button[value=all]")
    jobs.work_due(clock=timezone.now)
    expect(page.locator(".rg-note-good")).to_be_visible(timeout=10_000)
    assert Registration.objects.filter(practitioner__name="新来的").exists()
