import re
from datetime import date

import pytest
import time_machine
from django.contrib.admin.sites import site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.actions.merging import merge_files
from registry.actions.people import add_document
from registry.models import Assignment, Authority, Case, Practitioner, Registration, Role, User
from registry.queries.law_words import rule_words, rules_of, value_words
from registry.rules.policy_frame import RULES
from tests.admin.conftest import SignIn
from tests.admin.deeds import text_of, url
from tests.town import LAW_BEGINS, TODAY, Town, at, blame, handle, score

MOST_QUERIES = 15
OF_OPENING = 3
"""Whether a file is part of one's work, and the record that it was opened."""


@pytest.fixture
def chen(sign_in: SignIn, town: Town) -> Client:
    return sign_in(town.officer)


def crowd(town: Town, count: int) -> None:
    """So many more people at the hospital, written at once because only the lists are looked at."""
    now = at(LAW_BEGINS)
    people = Practitioner.objects.bulk_create(
        Practitioner(code=f"D4301000{number:05}", name=f"群众{number}", category="physician", recorded_at=now)
        for number in range(10_000, 10_000 + count)
    )
    Registration.objects.bulk_create(
        Registration(practitioner=person, institution=town.hospital, starts_on=LAW_BEGINS, recorded_at=now)
        for person in people
    )


def test_pages_follow_each_other_without_gap_or_repetition(chen: Client, town: Town) -> None:
    crowd(town, 120)
    twice = Practitioner.objects.latest("pk")
    Registration.objects.create(
        practitioner=twice, institution=town.clinic, starts_on=LAW_BEGINS, recorded_at=at(LAW_BEGINS)
    )
    files, address = [], url("registry_practitioner_changelist")
    while address:
        changelist = chen.get(address).context["cl"]
        files += [person.pk for person in changelist.result_list]
        address = changelist.next_url and url("registry_practitioner_changelist") + changelist.next_url
    assert files == sorted(files)
    assert len(files) == len(set(files)) == 122


def test_a_column_is_called_the_same_beside_its_cells_on_a_phone(chen: Client) -> None:
    page = chen.get(url("registry_practitioner_changelist")).content.decode()
    assert re.search(r"<title>\s*Practitioners \|", page)
    assert 'data-label="Personal code"' in page
    assert re.findall('data-label="([a-z][^"]*)', page) == []


def test_one_can_go_back_to_where_one_came_from(chen: Client, town: Town) -> None:
    crowd(town, 120)
    base = url("registry_practitioner_changelist")
    first = chen.get(base).context["cl"]
    second = chen.get(base + first.next_url).context["cl"]
    back = chen.get(base + second.previous_url).context["cl"]
    assert [row.pk for row in back.result_list] == [row.pk for row in first.result_list]
    assert back.previous_url is None


def test_lists_find_by_a_number_else_by_the_next_and_by_parts_of_none(chen: Client, town: Town) -> None:
    entry = score(town, 5, TODAY, number="罚Ab1")
    case = Case.objects.get(handling=entry.handling)
    code, number = town.surgeon.code, case.number
    for name, terms in {
        "case": (number, number.lower(), f" {number} ", "罚Ab1"),
        "pointsentry": (code, code.lower(), "罚Ab1"),
        "standingchange": (code.lower(),),
        "registration": (code.lower(),),
    }.items():
        base = url(f"registry_{name}_changelist")
        for term in terms:
            assert len(chen.get(base, {"q": term}).context["cl"].result_list) == 1, (name, term)
        for term in (terms[0][:-1], "罚ab1"):
            assert chen.get(base, {"q": term}).context["cl"].result_list == [], (name, term)


def test_a_senseless_page_is_no_error(chen: Client) -> None:
    assert chen.get(url("registry_handling_changelist"), {"after": "nonsense"}).status_code == 302


@pytest.mark.parametrize("people", [10, 300])
def test_no_page_asks_more_than_fifteen_questions_whatever_its_length(chen: Client, town: Town, people: int) -> None:
    crowd(town, people)
    entry = score(town, 9, TODAY)
    merge_files(
        kept=town.surgeon, absorbed=town.nurse, reason="同一人", by=town.officer, second=town.second, now=at(TODAY)
    )
    seen = [model._meta for model in site._registry if _seen(model)]
    pages = [url(f"{model.app_label}_{model.model_name}_changelist") for model in seen]
    pages += [
        url("index"),
        url("registry_practitioner_change", town.surgeon.pk),
        url("registry_practitioner_change", town.nurse.pk),
        url("registry_institution_change", town.hospital.pk),
        url("registry_handling_change", entry.handling_id),
        url("registry_pointsentry_change", entry.pk),
        url("cases_of_person", town.surgeon.pk),
        url("propose", entry.responsibility_id),
        url("policy", "cn-43-2025"),
        url("registry_calendaryear_change", 2026),
    ]
    for page in pages:
        with CaptureQueriesContext(connection) as asked:
            assert chen.get(page).status_code == 200
        questions = [question for question in asked if "SAVEPOINT" not in question["sql"]]
        most = MOST_QUERIES + (OF_OPENING if page.endswith("/change/") and "/practitioner/" in page else 0)
        assert len(questions) <= most, (page, len(questions))
        counted = [question["sql"] for question in asked if "COUNT(*)" in question["sql"] and "institution" not in page]
        assert not counted, page


def test_a_long_file_shows_its_newest_part_and_the_whole_on_demand(
    chen: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, points in enumerate((9, 1, 1, 1)):
        score(town, points, TODAY, number=f"罚字{number}")
    monkeypatch.setattr("registry.queries.explain.LONG", 3)
    monkeypatch.setattr("registry.queries.explain.MOST_SHOWN", 1)
    address = url("registry_practitioner_change", town.surgeon.pk)
    short, whole = chen.get(address, {"on": str(TODAY)}), chen.get(address, {"on": str(TODAY), "whole": "1"})
    assert "3 earlier events are not shown." in text_of(short)
    assert f'href="?on={TODAY}&amp;whole=1"' in short.content.decode()
    shown = [page.content.decode().count('class="rg-event-title"') for page in (short, whole)]
    assert shown == [1, 4]
    assert "not shown" not in text_of(whole)


def _seen(model: type) -> bool:
    return model.__name__ not in ("User", "ApiKey", "Register", "Letter")


def test_filters_by_standing_and_points_of_today(chen: Client, town: Town) -> None:
    score(town, 4, TODAY, who=town.nurse)
    score(town, 12, TODAY)
    base = url("registry_practitioner_changelist")
    for query, found in (
        ("standing=terminated", "王伟"),
        ("standing=normal", "李娜"),
        ("points=12-12", "王伟"),
        ("points=3-5", "李娜"),
        ("standing=normal&points=3-5", "李娜"),
    ):
        shown = [person.name for person in chen.get(f"{base}?{query}").context["cl"].result_list]
        assert shown == [found], query
    assert chen.get(base, {"standing": "may_reregister"}).context["cl"].result_list == []


def test_filters_by_region_tree_and_institution(chen: Client, town: Town) -> None:
    base = url("registry_practitioner_changelist")
    assert len(chen.get(base, {"region": "430000"}).context["cl"].result_list) == 2
    assert chen.get(base, {"region": "120000"}).context["cl"].result_list == []
    at_hospital = {"institution__id__exact": str(town.hospital.pk), "when": "now"}
    assert len(chen.get(url("registry_registration_changelist"), at_hospital).context["cl"].result_list) == 2
    over = {"institution__id__exact": str(town.hospital.pk), "when": "over"}
    assert chen.get(url("registry_registration_changelist"), over).context["cl"].result_list == []


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("institution", 3),
        ("registration", 2),
        ("serviceagreement", 3),
        ("handling", 1),
        ("case", 1),
        ("institutionmeasure", 0),
    ],
)
def test_every_list_of_places_is_narrowed_by_the_region_tree(chen: Client, town: Town, name: str, count: int) -> None:
    handle(town)
    base = url(f"registry_{name}_changelist")
    for region, found in (("430000", count), ("430100", count), ("120000", 0)):
        assert len(chen.get(base, {"region": region}).context["cl"].result_list) == found


@pytest.mark.parametrize(("name", "count"), [("agency", 1), ("region", 2), ("phasein", 0)])
def test_lists_of_bodies_are_narrowed_by_the_region_tree(
    sign_in: SignIn, administrator: User, town: Town, name: str, count: int
) -> None:
    lists = sign_in(administrator).get(url(f"registry_{name}_changelist"), {"region": "430000"})
    assert len(lists.context["cl"].result_list) == count


def test_from_a_region_one_goes_down_to_its_parts(chen: Client, town: Town) -> None:
    base = url("registry_practitioner_changelist")
    assert f'value="{town.region.pk}"' not in chen.get(base).content.decode()
    assert f'value="{town.region.pk}"' in chen.get(base, {"region": "430000"}).content.decode()


def test_a_document_number_finds_by_the_whole_number_in_the_body_only(chen: Client, town: Town) -> None:
    add_document(practitioner=town.surgeon, kind="passport", number="E12345678", by=town.officer, now=at(TODAY))
    page = url("find_by_document")
    assert "王伟" not in text_of(chen.get(page, {"number": "E12345678"}))
    found = chen.post(page, {"number": "ｅ１２３４５６７８"})
    assert "王伟" in text_of(found)
    assert "E12345678" not in found.content.decode()
    assert "no-store" in found["Cache-Control"]
    assert "Nobody in your scope" in text_of(chen.post(page, {"number": "E1234567"}))


def test_a_document_of_somebody_elsewhere_is_not_found(sign_in: SignIn, town: Town, stranger: User) -> None:
    add_document(practitioner=town.surgeon, kind="passport", number="E12345678", by=town.officer, now=at(TODAY))
    found = sign_in(stranger).post(url("find_by_document"), {"number": "E12345678"})
    assert "Nobody in your scope" in text_of(found)


def test_a_list_says_of_somebody_normal_what_begins_later(chen: Client, sign_in: SignIn, town: Town) -> None:
    """In Changsha nine points suspend from the next month on; health authorities are told of today."""
    score(town, 9, TODAY)
    for name in ("practitioner", "registration"):
        page = text_of(chen.get(url(f"registry_{name}_changelist")))
        assert "normal suspended from April 1, 2025" in page
    with time_machine.travel(at(date(2025, 4, 1)), tick=False):
        assert "suspended from" not in text_of(chen.get(url("registry_practitioner_changelist")))
    place = Authority.objects.create(code="W430100", name="市卫健委", kind="health", region=town.region)
    health = User.objects.create_user("he")
    Assignment.objects.create(user=health, role=Role.HEALTH_OR_DRUG_OFFICER, authority=place, starts_on=LAW_BEGINS)
    page = text_of(sign_in(health).get(url("registry_practitioner_changelist")))
    assert "王伟" in page
    assert "suspended from" not in page


def test_the_overview_counts_what_is(chen: Client, town: Town) -> None:
    score(town, 12, TODAY)
    score(town, 7, TODAY, who=town.nurse)
    found = chen.get(url("index")).context["found"]
    assert (found.suspended, found.terminated, found.may_reregister, found.near) == (0, 1, 0, 1)
    assert [span.practitioner.name for span in found.near_threshold] == ["李娜"]


def test_every_policy_shows_each_value_with_its_source(chen: Client) -> None:
    hunan = text_of(chen.get(url("policy", "cn-43-2025")))
    assert "the first day of the next month differs the same day" in hunan
    assert "Guiding Opinion" in hunan
    assert chen.get(url("policy", "cn-99-2025")).status_code == 404
    assert "draft: what-if only" in text_of(chen.get(url("policies")))


def test_every_rule_of_a_policy_is_told_in_words() -> None:
    assert [keys for keys in rules_of(list(RULES)) if rule_words(keys) == keys[0]] == []
    assert value_words("median") == "the vote in the middle: a majority wants no more points, and a majority no fewer"


def test_the_file_as_of_another_day(chen: Client, town: Town) -> None:
    blame(town, handle(town))
    score(town, 9, date(2025, 2, 3), number="früher")
    before = chen.get(url("registry_practitioner_change", town.surgeon.pk), {"on": "2025-02-10"})
    assert "Normal: services are payable" in text_of(before)
    after = chen.get(url("registry_practitioner_change", town.surgeon.pk), {"on": "2025-03-20"})
    assert "Suspended from March 1, 2025 up to and including April 30, 2025." in text_of(after)
    unknown = {"on": "2025-03-20", "known": "2025-02-01T08:00"}
    assert "Nothing was ever recorded" in text_of(
        chen.get(url("registry_practitioner_change", town.surgeon.pk), unknown)
    )


def test_chinese_words_and_days_where_the_language_is_chinese(chen: Client, town: Town) -> None:
    score(town, 9, date(2025, 2, 3))
    chen.post("/i18n/setlang/", {"language": "zh-hans", "next": "/admin/"})
    page = chen.get(url("registry_practitioner_change", town.surgeon.pk))
    assert "2025年3月1日" in text_of(page)
    assert "医保发〔2024〕23号" in text_of(page)


def test_an_empty_list_does_not_ask_to_add_what_nobody_may_add(sign_in: SignIn, town: Town) -> None:
    page = text_of(sign_in(town.officer).get(url("registry_practitioner_changelist"), {"q": "没有此人"}))
    assert "Nothing that you may see fits the search and the filters." in page
    assert "Create a new item" not in page


def test_an_administrator_looks_into_an_old_version(sign_in: SignIn, administrator: User, town: Town) -> None:
    town.agency.name = "市医疗保障事务中心"
    town.agency.save()
    old = town.agency.history.earliest()
    page = sign_in(administrator).get(f"{url('registry_agency_history', town.agency.pk)}{old.pk}/")
    assert page.status_code == 200
    assert url("registry_agency_changelist") in page.content.decode()


def test_entries_of_a_few_days_are_sorted_and_found_as_others_are(
    sign_in: SignIn, administrator: User, town: Town
) -> None:
    """Whoever sees the country would walk from the newest on; days that are none change nothing."""
    entry = score(town, 5, TODAY)
    admin, base = sign_in(administrator), url("registry_pointsentry_changelist")
    for ends, sorts in (
        (("2025-03-01", "2025-03-31"), True),
        (("2025-01-01", "2025-12-31"), False),
        (("2025-02-30", "soon"), False),
        (("2025-03-01", ""), False),
    ):
        asked = {f"fact__effective_on_{end}": day for end, day in zip(("from", "to"), ends, strict=True)}
        with CaptureQueriesContext(connection) as queries:
            answer = admin.get(base, asked)
        ordered = [each["sql"] for each in queries if 'AS "pk" FROM "registry_pointsentry"' in each["sql"]]
        assert ['"id" + 0' in sql for sql in ordered] in ([sorts], []), ends
        assert not sorts or ordered
        assert answer.status_code in (200, 302), ends
        if answer.status_code == 200 and sorts:
            assert [row.pk for row in answer.context["cl"].result_list] == [entry.pk]
