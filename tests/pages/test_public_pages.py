"""What everybody may read: figures that name nobody, the law in numbers, how to object, the state of the service."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from registry.actions.people import register_practitioner
from registry.actions.registrations import register_at
from registry.config import health
from registry.ledger.law import policies
from registry.queries.public_figures import ADDED_UP, FIGURES, public_figures, suppressed, years
from registry.templatetags.registry_words import to_the_second
from tests.actions.deeds import annul
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

FEWEST = 5
COUNTS = (*FIGURES, "sanctioned")


@pytest.fixture(autouse=True)
def _fresh_and_english() -> Iterator[None]:
    caches["counts"].clear()
    with translation.override("en"):
        yield
    caches["counts"].clear()


def read(address: str, on: date = date(2025, 5, 20)) -> str:
    with time_machine.travel(at(on), tick=False):
        answer = Client(headers={"accept-language": "en"}).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# figures --------------------------------------------------------------------------------------------------------------


def scored(town: Town, people: int, points: int, on: date = TODAY) -> None:
    for number in range(people):
        code = f"D{town.region.code}1{on:%m}{number:03d}"
        person = register_practitioner(code=code, name="张丽", category="nurse", by=town.officer, now=at(LAW_BEGINS))
        register_at(
            practitioner=person, institution=town.hospital, starts_on=LAW_BEGINS, by=town.officer, now=at(LAW_BEGINS)
        )
        score(town, points, on, who=person, number=f"罚字{town.region.code}-{on:%m%d}-{number}")


def told(year: int, today: date) -> dict[str, dict[str, int | None]]:
    return {each.code: dict(each.figures) for each in public_figures(year, today=today).provinces}


@pytest.mark.django_db
def test_four_people_are_not_shown_and_five_are() -> None:
    sichuan, hunan, tianjin = build("510100"), build("430100"), build("120100")
    scored(sichuan, 4, 3)
    scored(hunan, 5, 3)
    scored(tianjin, 9, 3)
    figures = told(2025, date(2025, 5, 20))
    assert figures["510000"] == {"people": None, "entries": None, "points": None, "suspensions": 0, "terminations": 0}
    assert figures["120000"] == {"people": 9, "entries": 9, "points": 27, "suspensions": 0, "terminations": 0}
    # the sum would give Sichuan away, so the next smallest is hidden with it
    assert figures["430000"] == {"people": 5, "entries": None, "points": None, "suspensions": 0, "terminations": 0}


@pytest.mark.django_db
def test_one_province_alone_is_not_told_by_the_total() -> None:
    scored(build("510100"), 4, 9)
    figures = public_figures(2025, today=date(2025, 5, 20))
    assert dict(figures.total) == dict.fromkeys(ADDED_UP) | {"terminations": 0}


@pytest.mark.django_db
def test_the_month_that_runs_is_not_shown_yet() -> None:
    town = build("510100")
    scored(town, 6, 3)
    assert told(2025, date(2025, 3, 31)) == {}
    assert told(2025, date(2025, 4, 1))["510000"]["people"] == 6


@pytest.mark.django_db
def test_what_was_annulled_is_not_counted() -> None:
    town = build("510100")
    scored(town, 6, 3)
    entry = score(town, 3, TODAY, number="罚字错误")
    assert told(2025, date(2025, 5, 1))["510000"]["entries"] == 7
    annul(town, entry, date(2025, 3, 20))
    figures = told(2025, date(2025, 5, 1))["510000"]
    assert (figures["entries"], figures["points"]) == (6, 18)


@pytest.mark.django_db
def test_the_page_shows_the_same_as_a_table_and_as_bars_and_says_why_something_is_missing() -> None:
    sichuan, hunan = build("510100"), build("430100")
    scored(sichuan, 7, 9)
    scored(hunan, 4, 3)
    found = read("/public/statistics/")
    assert "stands for a figure that is not shown" in found
    assert "fewer than 5" in found
    assert found.count("not shown</span>") >= 3
    assert "王伟" not in found
    assert sichuan.hospital.name not in found
    assert "<script" not in found
    assert re.search(r"Suspensions by province.*<b>7</b>", found, flags=re.DOTALL)


@pytest.mark.django_db
def test_years_that_there_are_not_are_not_there() -> None:
    assert years(date(2026, 2, 1)) == [2026, 2025]
    assert years(date(2026, 1, 15)) == [2025]
    for year in ("2024", "2027", "x", "-1", "٢٠٢٥"):
        with time_machine.travel(at(date(2026, 2, 1)), tick=False):
            assert Client().get("/public/statistics/", {"year": year}).status_code == 404


ROWS = st.dictionaries(
    st.text("ABCDEFGH", min_size=1, max_size=1), st.fixed_dictionaries({name: st.integers(0, 12) for name in COUNTS})
)


@given(ROWS)
def test_nothing_small_is_shown_and_no_sum_gives_it_away(rows: Mapping[str, dict[str, int]]) -> None:
    shown = suppressed(rows, FEWEST)
    for name in FIGURES:
        hidden = [code for code in rows if shown[code][name] is None]
        for code, row in rows.items():
            if shown[code][name] is None:
                assert row[name] > 0
            else:
                assert shown[code][name] == row[name]
                assert row[name] == 0 or row[name] >= FEWEST or name == "points"
        others = [code for code, row in rows.items() if code not in hidden and row[name] > 0]
        if name in ADDED_UP and hidden and others:
            assert len(hidden) > 1
            assert sum(rows[code][name] for code in hidden) >= FEWEST


# rules, objections, the service ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("law", sorted(policies()))
def test_every_number_of_every_policy_is_there_with_its_provision_and_certainty(law: str) -> None:
    found = read(f"/public/policies/{law}/")
    assert read("/public/policies/").count(f"/public/policies/{law}/") == 1
    for words in ("Suspended from this total of a year", "firm: stated by the national authority", "Situations"):
        assert words in found
    assert not re.search(r"\b(?:clocks|retention|thresholds|publication)\.\w", found), "a rule has no words"


@pytest.mark.django_db
def test_the_numbers_of_objecting_are_those_of_the_policy() -> None:
    found = read("/public/objections/")
    law = policies().national(TODAY)
    assert f"You have {law.get('clocks.objection')} working days from receipt." in found
    assert f"deciding within {law.get('clocks.review')}" in found
    assert f"a panel of {law.get('panel.size')} experts" in found


@pytest.mark.django_db
def test_public_pages_lead_to_each_other_and_the_door_leads_to_them() -> None:
    ways = {"/verify/", "/shared/", "/public/", "/public/statistics/", "/public/policies/", "/public/objections/"}
    for address in ("/account/login/", *sorted(ways)):
        found = read(address)
        assert {way for way in ways if f'href="{way}"' in found} == ways, address
        assert "/public/status/" in found


@pytest.mark.django_db
def test_the_state_of_the_service_is_said_in_words_and_nothing_of_how_it_is_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "_IN_WORDS", (("The register answers", lambda: True), ("Letters", lambda: False)))
    answer = Client(headers={"accept-language": "en"}).get("/public/status/")
    assert answer.status_code == 503
    found = answer.content.decode()
    assert "The register is not well" in found
    for inside in ("postgres", "database", "migration", "worker", "celery", "redis", "django"):
        assert inside not in found.lower(), inside
    monkeypatch.setattr(health, "_IN_WORDS", (("The register answers", lambda: True), ("Letters", lambda: True)))
    assert "The register is well" in Client(headers={"accept-language": "en"}).get("/public/status/").content.decode()


@pytest.mark.django_db
def test_without_its_database_the_service_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_reachable", lambda: False)
    answer = Client(headers={"accept-language": "en"}).get("/public/status/")
    assert answer.status_code == 503
    assert "It cannot answer at the moment" in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "written"), [("en", "March 10, 2025, 15:04:05"), ("zh-hans", "2025年3月10日 15:04:05")]
)
def test_an_instant_is_written_with_its_seconds_as_the_language_writes_days(language: str, written: str) -> None:
    with translation.override(language):
        assert to_the_second(datetime(2025, 3, 10, 7, 4, 5, tzinfo=UTC)) == written
