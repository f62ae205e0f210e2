"""An expert votes with the keyboard alone, from the list to the sealed vote, in both languages, on phone and desk."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from appeals.actions.release import release_evidence
from appeals.models import Evidence, Seat, VoteDraft
from registry.actions.files import keep_file
from registry.ledger.days import shanghai_day
from registry.models import Task
from tests.appeals.peers import DRAWN, asked, disputed, drawn, experts, user_of
from tests.browser.conftest import PASSWORD
from tests.browser.keyboard import go, reach, write
from tests.browser.screens import DESK, PHONE, fits, press
from tests.casework import desk
from tests.rules import sample_files
from tests.town import Town, at

Visit = Callable[[str, int], Page]


@pytest.fixture
def seat(town: Town) -> Seat:
    """A seat that waits until today, with a picture among what was released."""
    here = desk(town)
    experts(here, 3)
    objection = disputed(here, 6)
    file = keep_file(name="影像.png", content=sample_files.png(), by=None, now=at(DRAWN))
    piece = Evidence.objects.create(
        point=objection.points.get(), file=file, title="术前影像" * 12, handed_in_at=at(DRAWN)
    )
    found = asked(drawn(here, objection=objection))[0]
    release_evidence(evidence=piece, file=None, by=here.reviewer, now=at(DRAWN))
    Task.objects.filter(subject=found.uuid).update(due_on=shanghai_day(timezone.now()))
    user = user_of(found.expert)
    user.set_password(PASSWORD)
    user.save()
    return found


@pytest.fixture
def visit(browser: Browser, server: str, seat: Seat) -> Iterator[Visit]:
    """The expert, signed in; what the browser complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def visit(language: str, width: int) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 844})
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": server}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _counts(said.type, said.text) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{server}/account/login/")
        page.fill("[name=login]", user_of(seat.expert).username)
        page.fill("[name=password]", PASSWORD)
        press(page, "#login-form button")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def _counts(kind: str, text: str) -> bool:
    return kind == "error" and "status of 422" not in text


@pytest.mark.parametrize(("language", "width"), [("en", PHONE), ("zh-hans", PHONE), ("en", DESK), ("zh-hans", DESK)])
def test_an_expert_votes_with_the_keyboard_alone(visit: Visit, seat: Seat, language: str, width: int) -> None:
    page = visit(language, width)
    assert page.url.endswith("/expert/"), "who is an expert and nothing else begins at the own cases"
    assert fits(page)
    go(page, ".matter-now a.main-way")
    go(page, ".files a")
    shown = page.locator("img.shown")
    assert shown.evaluate("each => each.complete && each.naturalWidth > 0"), "the picture stands on the page"
    go(page, f"main .buttons a[href='/expert/cases/{seat.uuid}/']")
    go(page, "a.main-way[href$='/independence/']")
    go(page, "main form button.main")
    reach(page, "summary")
    page.keyboard.press("Enter")
    assert fits(page), "what is disputed is open"
    reach(page, "input[type=radio]")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("input[value=reduced]")
    write(page, "textarea", "指征成立，记录不全。" * 30)
    reach(page, "button.main[value=check]")
    with page.expect_response(lambda answer: answer.status == 422):
        page.keyboard.press("Enter")
    page.wait_for_selector("[data-errors]")
    assert page.evaluate("document.activeElement.matches('[data-errors]')"), "what is wrong has the focus"
    assert page.is_checked("input[value=reduced]")
    assert fits(page)
    write(page, "input[type=number]", "2")
    go(page, "button[name=do][value=save]:not(.first-button)")
    assert VoteDraft.objects.get().ballots[seat.panel.points.get().pk].points == 2
    go(page, "button.main[value=check]")
    assert "2" in page.inner_text(".sheet-part dd")
    go(page, "main form button.main")
    assert page.url.endswith(f"/expert/cases/{seat.uuid}/")
    assert Seat.objects.get(pk=seat.pk).state == "voted"
    go(page, ".own-ways a[href='/expert/past/']")
    assert "指征成立" in page.inner_text("main")
    go(page, ".own-ways a[href='/expert/record/']")
    go(page, ".own-ways a[href='/expert/opinions/']")
    assert page.locator("main .empty").count() == 2
