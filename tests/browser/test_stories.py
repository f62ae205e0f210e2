"""One story of each role, from the first page to the last, by the keyboard alone; each page in both languages, at three
widths, and what is taken away on paper."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pypdfium2
import pytest
import time_machine
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker

from appeals.models import Application, Attempt, Opinion
from registry.models import Assignment, Case, EnrolmentCode, Proposal, Role, SharedLook, StandingCertificate, Task, User
from tests.actions.talking import look
from tests.admin.deeds import url
from tests.appeals.repairs import account, called, completed, filed, pair
from tests.appeals.test_study import holder, studied
from tests.browser.keyboard import go, mark, past_the_menu, reach, write
from tests.browser.screens import fits_everywhere, prints, seen
from tests.casework import desk, proposed
from tests.committed import Furniture
from tests.enrolling import CARD, compliance_officer, with_card
from tests.notifications.told import signed_in
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

NOW = at(TODAY + timedelta(days=3), 12)

As = Callable[..., Page]


@dataclass(frozen=True)
class World:
    """The town in which all stories play, at noon of one day, and where it is served."""

    town: Town
    proposal: Proposal
    address: str


@pytest.fixture(scope="module")
def world(furniture: Furniture, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """A surgeon of seven points, a nurse of six with a study to take, and a proposal of twelve against the surgeon."""
    with django_db_blocker.unblock(), time_machine.travel(NOW):
        town = build()
        for user in (town.officer, town.second):
            Assignment.objects.create(user=user, role=Role.AGENCY_OFFICER, agency=town.agency, starts_on=LAW_BEGINS)
        score(town, 7, TODAY)
        score(town, 6, TODAY, who=town.nurse)
        look(TODAY, 13)
        studied(town)
        proposal = proposed(desk(town), 12, number="罚字9号", on=TODAY)
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield World(town, proposal, f"http://127.0.0.1:{server.port}")
        server.terminate()
        connection.close()
        furniture.put_back()


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """One window for all; whoever sits before it is known by the session alone."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def sit_down(window: BrowserContext, world: World) -> Iterator[As]:
    """A new page for somebody who is signed in, or for nobody; what the browser complains of fails the test."""
    complaints: list[str] = []
    pages: list[Page] = []

    def sit_down(user: User | None, language: str = "en") -> Page:
        window.clear_cookies()
        window.add_cookies([{"name": "django_language", "value": language, "url": world.address}])
        if user is not None:
            session = signed_in(user).cookies["sessionid"].value
            window.add_cookies([{"name": "sessionid", "value": session, "url": world.address}])
        page = window.new_page()
        pages.append(page)
        page.on("console", lambda said: complaints.append(said.text) if counts(said.type, said.text) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield sit_down
    for page in pages:
        page.close()
    assert complaints == []


def counts(kind: str, text: str) -> bool:
    """Whether it is a complaint; that a code opens nothing is none."""
    return kind == "error" and "status of 404" not in text


def answer_all(page: Page, town: Town) -> None:
    """The whole paper of the attempt, page by page, all of it right."""
    while page.locator("fieldset.choices").count():
        for question in page.locator("fieldset.choices").all():
            right = ("对一", "对二") if question.locator("input[type=checkbox]").count() else ("对一",)
            for words in right:
                box = question.locator(f"label:has-text('{words}') input")
                place = f"input[name={box.get_attribute('name')}][value='{box.get_attribute('value')}']"
                box.focus()  # radio buttons are one stop for Tab, and arrows choose among them
                page.keyboard.press("Space")
                assert page.locator(place).is_checked()
        go(page, "button[value=next]")


def test_a_nurse_studies_sits_the_test_and_applies_for_relief(world: World, sit_down: As) -> None:
    town = world.town
    page = sit_down(holder(town))
    page.goto(f"{world.address}/my/repair/")
    seen(page)
    go(page, "button[name=enrol]")
    go(page, "#offered a[href*='/study/']")
    seen(page)
    go(page, "a[href*='/lessons/1/']")
    go(page, "a[href*='/lessons/2/']")
    seen(page)
    go(page, "a[href$='#test']")
    go(page, "#test ~ form button, section[aria-labelledby=test] form button")
    seen(page)
    answer_all(page, town)
    fits_everywhere(page)
    go(page, "button[value=hand_in]")
    assert Attempt.objects.get().score == 100
    seen(page)
    prints(page, "100")
    go(page, ".main[href='/my/repair/']")
    go(page, "a[href*='/apply/relief/']")
    seen(page)
    assert page.is_checked("input[name=attendances]"), "what can be used is offered as used"
    write(page, "[name=amount]", "1")
    write(page, "[name=statement]", "已学习法规，改正收费。")
    go(page, "button[value=preview]")
    fits_everywhere(page)
    assert not Application.objects.exists(), "a preview asks for nothing"
    go(page, "button[value=file]")
    filed = Application.objects.get()
    assert filed.number in page.inner_text("main")
    seen(page)
    page.goto(f"{world.address}/my/repair/{filed.uuid}/receipt/")
    seen(page)
    prints(page, filed.number, town.nurse.name)


def test_a_surgeon_shows_a_certificate_and_shares_the_standing(world: World, sit_down: As) -> None:
    town = world.town
    page = sit_down(holder(town, town.surgeon))
    page.goto(f"{world.address}/my/certificates/")
    seen(page)
    go(page, "section.way form button.main")
    made = StandingCertificate.objects.get()
    seen(page)
    reach(page, "a[download]")
    with page.expect_download() as handed:
        page.keyboard.press("Enter")
    pdf = pypdfium2.PdfDocument(handed.value.path())
    text = "".join(sheet.get_textpage().get_text_bounded() for sheet in pdf)
    assert made.number in text
    assert town.surgeon.name in text
    others = str(page.get_attribute("a[download] + a", "href"))

    page.goto(f"{world.address}/my/sharing/")
    seen(page)
    write(page, "[name=recipient]", "第二医院")
    go(page, "form button.main")
    fits_everywhere(page)
    link, code = (page.inner_text(f".given dl div:nth-of-type({place}) code") for place in (1, 4))

    employer = sit_down(None)
    employer.goto(others if others.startswith("http") else world.address + others)
    seen(employer)
    assert made.number in employer.inner_text("main")
    prints(employer, made.number, town.surgeon.name)
    employer.goto(f"{world.address}/verify/{made.number}/WRONG-CODE/")
    assert town.surgeon.name not in employer.inner_text("main")
    employer.goto(link)
    seen(employer)
    assert not SharedLook.objects.exists(), "a link that is only followed is no look"
    go(employer, "main form button.main")
    fits_everywhere(employer)
    assert town.surgeon.name in employer.inner_text("main")
    prints(employer, town.surgeon.name, town.surgeon.code)
    employer.goto(f"{world.address}/shared/")
    write(employer, "[name=personal_code]", town.surgeon.code)
    write(employer, "[name=code]", code)
    go(employer, "main form button.main")
    assert SharedLook.objects.count() == 2

    page = sit_down(holder(town, town.surgeon))
    page.goto(f"{world.address}/my/sharing/")
    assert page.locator(".rows .ways li").count() == 2, "the person sees each look"


def test_a_compliance_officer_finds_who_is_near_records_talks_and_prints_posters(world: World, sit_down: As) -> None:
    town = world.town
    page = sit_down(compliance_officer(town))
    page.goto(world.address + url("index"))
    seen(page)
    past_the_menu(page)
    go(page, "a.rg-figure[href*='points=6-8']")
    seen(page)
    past_the_menu(page)
    go(page, f"#result_list a[href*='{url('registry_practitioner_change', town.surgeon.pk)}']")
    seen(page)
    prints(page, town.surgeon.name, town.surgeon.code, town.hospital.name)
    page.goto(world.address + url("index"))
    past_the_menu(page)
    go(page, f"a[href='{url('finish_talks', town.hospital.pk)}']")
    seen(page)
    past_the_menu(page)
    owed = list(Task.objects.filter(kind="talk", institution=town.hospital, state="open"))
    assert len(owed) == 2
    for task in owed:
        mark(page, f"input[name=tasks][value='{task.pk}']")
    write(page, "[name=result]", "已集体谈话，承诺整改。")
    go(page, "button[value=form]")
    assert {task.result for task in Task.objects.filter(pk__in=[each.pk for each in owed])} == {
        "已集体谈话，承诺整改。"
    }
    seen(page)
    page.goto(world.address + url("posters", town.hospital.pk))
    seen(page)
    past_the_menu(page)
    go(page, "a[href*='sheet=reminder']")
    seen(page)
    prints(page, town.surgeon.name, town.hospital.name)


def test_a_compliance_officer_prints_on_one_page_how_a_nurse_comes_in(world: World, sit_down: As) -> None:
    town = world.town
    with_card(town, town.nurse)
    page = sit_down(compliance_officer(town))
    page.goto(world.address + url("issue_access_code", town.nurse.pk))
    seen(page)
    past_the_menu(page)
    for name, told in (("code", town.nurse.code), ("name", town.nurse.name), ("document_number", CARD)):
        write(page, f"[name={name}]", told)
    go(page, "button[value=form]")
    issued = EnrolmentCode.objects.get()
    fits_everywhere(page)
    code = page.inner_text("#access-code")
    prints(page, code, town.nurse.name, town.nurse.code, town.hospital.name, "/account/enrol/")
    paper = pypdfium2.PdfDocument(page.pdf(format="A4"))
    assert len(paper) == 1, "the slip is one sheet"
    text = paper[0].get_textpage().get_text_bounded()
    assert code in text
    assert "shown this once" not in text, "what is said to the officer is not printed"
    assert issued.practitioner == town.nurse


def test_two_experts_sign_opinions_on_repair_each_in_a_language(world: World, sit_down: As) -> None:
    town, repaired = world.town, NOW.date()
    application = filed(town, [completed(town, town.surgeon, repaired)], repaired, who=town.surgeon)
    lin, zheng = pair()
    called(town, application, repaired, lin, zheng)
    for expert, language, favour in ((lin, "en", "in favour"), (zheng, "zh-hans", "同意")):
        user = account(expert)
        Assignment.objects.create(user=user, role=Role.EXPERT, starts_on=LAW_BEGINS)
        page = sit_down(user, language)
        page.goto(f"{world.address}/expert/")
        fits_everywhere(page)
        go(page, "a.main-way[href='/expert/opinions/']")
        go(page, f"a[href='/expert/opinions/{application.uuid}/']")
        whole = page.inner_text("body")
        assert application.statement in whole
        for name in (town.surgeon.name, town.surgeon.code, town.hospital.name):
            assert name not in whole, "who it is about is not said"
        fits_everywhere(page)
        go(page, "a.main-way[href$='/sign/']")
        reach(page, "input[type=radio]")
        page.keyboard.press("Space")
        assert page.is_checked("input[value=in_favour]")
        write(page, "[name=reasons]", "参加学习，整改有效。")
        go(page, "button[value=check]")
        fits_everywhere(page)
        assert not Opinion.objects.filter(expert=expert).exists(), "a look at what will be signed signs nothing"
        go(page, "main form button[value=sign]")
        assert page.url.endswith("/expert/opinions/")
        told = page.inner_text("section[aria-labelledby=signed]")
        assert application.number in told
        assert favour in told
        assert "参加学习，整改有效。" in told
        seen(page)
    assert Application.objects.get(pk=application.pk).state == "deliberated"


def test_an_officer_of_the_agency_goes_from_the_queue_to_the_proposal_and_compares(world: World, sit_down: As) -> None:
    town, proposal = world.town, world.proposal
    page = sit_down(town.second)
    page.goto(world.address + url("index"))
    seen(page)
    past_the_menu(page)
    go(page, "a.rg-figure[href*='when=later'], a.rg-figure[href*='when=week']")
    seen(page)
    page.goto(world.address + url("registry_case_changelist") + "?state__exact=open")
    seen(page)
    past_the_menu(page)
    go(page, f"#result_list a[href*='{url('registry_case_change', Case.objects.get(proposals=proposal).pk)}']")
    seen(page)
    past_the_menu(page)
    go(page, f"a[href='{url('registry_proposal_change', proposal.pk)}']")
    seen(page)
    prints(page, town.surgeon.name, "12")
    for name in ("regions", "consistency"):
        page.goto(world.address + url(name))
        seen(page)
        prints(page)
    page.goto(world.address + url("what_if"))
    past_the_menu(page)
    reach(page, "[name=policy]")
    page.keyboard.press("ArrowDown")
    assert page.input_value("[name=policy]")
    go(page, "form.rg-asking button.rg-button-main")
    seen(page)
    prints(page)


def test_an_auditor_reads_who_did_what(world: World, sit_down: As) -> None:
    auditor = User.objects.create(username="shen")
    Assignment.objects.create(user=auditor, role=Role.AUDITOR, starts_on=LAW_BEGINS)
    page = sit_down(auditor)
    page.goto(world.address + url("audit"))
    seen(page)
    past_the_menu(page)
    write(page, "[name=user]", world.town.officer.username)
    go(page, "form.rg-asking button.rg-button-main")
    assert world.town.officer.username in page.inner_text("#content table")
    seen(page)
    past_the_menu(page)
    go(page, "a[href*='show=looks']")
    seen(page)
    prints(page)
