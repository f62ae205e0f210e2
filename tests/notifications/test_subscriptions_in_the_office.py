"""Following people in the office: the list, the guided form, ending early, and the way there from a file."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from notifications.actions.subscriptions import subscribe
from notifications.models import Subscription
from registry.actions.registrations import register_at
from registry.models import Agency, Assignment, Authority, Institution, Practitioner, Role, User
from registry.queries.explain import day
from tests.actions.measuring import hire
from tests.notifications.pushing import administrator
from tests.notifications.told import signed_in
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

LIST, FOLLOW = "/admin/notifications/subscription/", "/admin/subscriptions/follow/"
NOW = at(TODAY, 15)
IN_MAY = date(2025, 5, 31)
MOST = 15


@pytest.fixture(autouse=True)
def _english_and_that_day() -> Any:
    with translation.override("en"), time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return build()


def working_at(*bodies: Institution | Agency | Authority, role: Role = Role.COMPLIANCE_OFFICER) -> User:
    user = User.objects.create_user(f"{role}-{bodies[0].code}", last_name="何", first_name="静")
    for body in bodies:
        Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **{type(body).__name__.lower(): body})
    return user


def followed(
    body: Institution | Agency | Authority, person: Practitioner, ends_on: date = IN_MAY, **more: Any
) -> Subscription:
    said = {"reason": "在职人员", "by": None, "now": at(LAW_BEGINS), **more}
    return subscribe(body=body, practitioner=person, ends_on=ends_on, **said)


def text(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def entered(person: Practitioner, until: date = IN_MAY, **more: str) -> dict[str, str]:
    return {"code": person.code, "reason": "拟聘用", "until": f"{until}", "step": "form", **more}


def confirmed(client: Client, said: dict[str, str]) -> Any:
    shown = client.post(FOLLOW, said)
    assert shown.status_code == 200, shown.context["form"].errors
    return client.post(FOLLOW, {**said, "step": "confirm", "seen": shown.context["seen"]})


# following ------------------------------------------------------------------------------------------------------------


def test_from_a_file_one_follows_the_person_up_to_and_including_the_day_chosen(town: Town) -> None:
    client = signed_in(working_at(town.hospital))
    file = f"/admin/registry/practitioner/{town.surgeon.pk}/change/"
    link = f"{FOLLOW}?person={town.surgeon.pk}"
    assert link in text(client, file)
    form = client.get(link).context["form"]
    assert form["code"].value() == town.surgeon.code
    assert "body" not in form.fields
    shown = client.post(FOLLOW, entered(town.surgeon))
    assert "第一医院" in shown.content.decode()
    assert not Subscription.objects.exists()
    answer = confirmed(client, entered(town.surgeon))
    row = Subscription.objects.get()
    assert answer["Location"] == f"{LIST}{row.pk}/change/"
    assert (row.institution, row.practitioner, row.starts_on) == (town.hospital, town.surgeon, TODAY)
    assert row.ends_on == IN_MAY + timedelta(days=1)
    page = text(client, answer["Location"])
    assert f"{day(TODAY)} – {day(IN_MAY)}" in page
    assert "何静" in page


def test_who_works_for_several_bodies_says_for_which(town: Town) -> None:
    client = signed_in(working_at(town.hospital, town.clinic))
    assert client.post(FOLLOW, entered(town.surgeon)).status_code == 422
    confirmed(client, entered(town.surgeon, body=f"institution-{town.clinic.pk}"))
    assert Subscription.objects.get().institution == town.clinic
    assert "社区卫生中心" in text(client, LIST)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "D999999999999"}, "code"),
        ({"code": ""}, "code"),
        ({"reason": " "}, "reason"),
        ({"reason": "长" * 501}, "reason"),
        ({"until": "2025-03-09"}, "until"),
        ({"until": "2026-03-11"}, "until"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(town: Town, changed: dict[str, str], field: str) -> None:
    answer = signed_in(working_at(town.hospital)).post(FOLLOW, {**entered(town.surgeon), **changed})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("until", [TODAY, date(2026, 3, 10)])
def test_today_and_the_same_day_next_year_can_be_the_last_day(town: Town, until: date) -> None:
    confirmed(signed_in(working_at(town.hospital)), entered(town.surgeon, until))
    assert Subscription.objects.get().ends_on == until + timedelta(days=1)


def test_somebody_of_another_hospital_is_not_followed_and_no_word_says_that_they_exist(town: Town) -> None:
    client = signed_in(working_at(town.clinic))
    hidden = client.post(FOLLOW, entered(town.surgeon)).context["form"].errors["code"]
    unknown = client.post(FOLLOW, entered(town.surgeon, code="D430100000077")).context["form"].errors["code"]
    assert str(hidden).replace(town.surgeon.code, "") == str(unknown).replace("D430100000077", "")
    assert client.get(f"{FOLLOW}?person={town.surgeon.pk}").context["form"]["code"].value() is None


def test_following_again_makes_it_longer_and_says_so_first(town: Town) -> None:
    followed(town.hospital, town.surgeon)
    client = signed_in(working_at(town.hospital))
    longer = client.post(FOLLOW, entered(town.surgeon, IN_MAY + timedelta(days=30)))
    shorter = client.post(FOLLOW, entered(town.surgeon, TODAY + timedelta(days=1)))
    assert "that is made longer" in longer.content.decode()
    assert "only the reason is written anew" in shorter.content.decode()
    confirmed(client, entered(town.surgeon, IN_MAY + timedelta(days=30)))
    row = Subscription.objects.get()
    assert row.ends_on == IN_MAY + timedelta(days=31)
    assert len(client.get(f"{LIST}{row.pk}/change/").context["versions"]) == 2


# the list -------------------------------------------------------------------------------------------------------------


def test_each_sees_those_of_the_own_body_and_who_watches_over_the_register_sees_all(town: Town) -> None:
    mine, theirs = followed(town.hospital, town.surgeon), followed(town.clinic, town.nurse)
    client = signed_in(working_at(town.hospital))
    found = text(client, LIST)
    assert town.surgeon.code in found
    assert town.nurse.code not in found
    assert client.get(f"{LIST}{theirs.pk}/change/").status_code == 404
    assert client.get(f"/admin/subscriptions/{theirs.pk}/end/").status_code == 404
    auditor = User.objects.create_user("auditor")
    Assignment.objects.create(user=auditor, role=Role.AUDITOR, starts_on=LAW_BEGINS)
    for user in (administrator(), auditor):
        watching = signed_in(user)
        assert all(person.code in text(watching, LIST) for person in (town.surgeon, town.nurse))
        assert FOLLOW not in text(watching, LIST)
        assert f"/admin/subscriptions/{mine.pk}/end/" not in text(watching, f"{LIST}{mine.pk}/change/")
        assert watching.post(f"/admin/subscriptions/{mine.pk}/end/").status_code == 403
    assert signed_in(working_at(town.agency, role=Role.REVIEWER)).get(LIST).status_code == 403


def test_a_health_authority_follows_whom_it_may_see_from_their_page(town: Town) -> None:
    health = Authority.objects.create(code="W1", name="市卫健委", kind="health", region=town.region)
    client = signed_in(working_at(health, role=Role.HEALTH_OR_DRUG_OFFICER))
    assert f"{FOLLOW}?person={town.surgeon.pk}" in text(
        client, f"/admin/registry/practitioner/{town.surgeon.pk}/change/"
    )
    answer = confirmed(client, entered(town.surgeon))
    assert Subscription.objects.get().authority == health
    assert town.surgeon.code in text(client, answer["Location"])
    assert town.surgeon.code in text(client, LIST)


def test_the_list_is_narrowed_by_how_far_each_is(town: Town) -> None:
    people = hire(town, 4)
    ends = {
        "open": (people[0], TODAY + timedelta(days=31)),
        "ending": (people[1], TODAY + timedelta(days=30)),
        "tomorrow": (people[2], TODAY + timedelta(days=1)),
        "ended": (people[3], TODAY),
    }
    for person, end in ends.values():
        followed(town.hospital, person, end)
    client = signed_in(working_at(town.hospital))

    def shown(state: str) -> set[str]:
        page = text(client, LIST, state=state)
        return {name for name, (person, _end) in ends.items() if person.code in page}

    assert shown("open") == {"open", "ending", "tomorrow"}
    assert shown("ending") == {"ending", "tomorrow"}
    assert shown("ended") == {"ended"}


def test_people_are_found_by_their_code_or_their_name(town: Town) -> None:
    for person in (town.surgeon, town.nurse):
        followed(town.hospital, person)
    client = signed_in(working_at(town.hospital))
    for term, person in ((town.surgeon.code, town.surgeon), ("李", town.nurse), ("娜", town.nurse)):
        page = text(client, LIST, q=term)
        other = town.nurse if person == town.surgeon else town.surgeon
        assert person.code in page
        assert other.code not in page


# ending ---------------------------------------------------------------------------------------------------------------


def test_it_is_ended_early_by_the_body_itself_and_then_there_is_nothing_left_to_end(town: Town) -> None:
    row = followed(town.hospital, town.surgeon)
    client, ending = signed_in(working_at(town.hospital)), f"/admin/subscriptions/{row.pk}/end/"
    assert ending in text(client, f"{LIST}{row.pk}/change/")
    assert client.post(ending, {"step": "form"}).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == TODAY
    assert client.get(ending).status_code == 404
    assert ending not in text(client, f"{LIST}{row.pk}/change/")


def test_the_pages_ask_little_however_many_are_followed(town: Town) -> None:
    people = hire(town, 30)
    for person in people:
        followed(town.hospital, person)
    register_at(
        practitioner=people[0], institution=town.clinic, starts_on=LAW_BEGINS, by=town.officer, now=at(LAW_BEGINS)
    )
    score(town, 3, TODAY, who=people[0])
    row = Subscription.objects.earliest("pk")
    client = signed_in(working_at(town.hospital, town.clinic))
    for address in (LIST, f"{LIST}?q=1&state=open", f"{LIST}{row.pk}/change/", FOLLOW):
        with CaptureQueriesContext(connection) as asked:
            text(client, address)
        assert len(asked) <= MOST, (address, len(asked))
