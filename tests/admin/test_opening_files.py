"""The office opens files: each opening is kept, and outside one's work a reason is asked first."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.actions.registrations import end_registration
from registry.models import AccessRecord, Practitioner, Registration, User
from tests.actions.looking import NUMBER, REASON, card, look
from tests.admin.conftest import SignIn
from tests.admin.deeds import text_of, url
from tests.town import TODAY, Town, at


def kept() -> list[tuple[str, str]]:
    return list(AccessRecord.objects.order_by("pk").values_list("kind", "reason"))


def file_of(person: Practitioner) -> str:
    return url("registry_practitioner_change", person.pk)


def give_reason(client: Client, person: Practitioner, reason: str = REASON, **query: str) -> Any:
    asking = client.get(file_of(person), query)
    assert asking.status_code == 302
    return client.post(asking["Location"], {"reason": reason, "step": "form"})


def leaves(person: Practitioner) -> None:
    row = Registration.objects.get(practitioner=person, superseded_at=None)
    end_registration(registration=row, ends_on=TODAY, reason="调离", by=None, now=at(TODAY))


def test_an_officer_opens_a_file_of_the_own_work_and_that_is_kept(sign_in: SignIn, town: Town) -> None:
    assert sign_in(town.officer).get(file_of(town.surgeon)).status_code == 200
    (look,) = AccessRecord.objects.all()
    assert (look.practitioner, look.user, look.kind, look.reason) == (town.surgeon, town.officer, "opened", "")
    assert look.face == "office"


def test_another_day_is_a_look_into_the_history(sign_in: SignIn, town: Town) -> None:
    sign_in(town.officer).get(file_of(town.surgeon), {"on": "2025-02-01"})
    assert kept() == [("history", "")]


def test_an_administrator_is_asked_for_the_reason_before_anything_is_shown(
    sign_in: SignIn, town: Town, administrator: User
) -> None:
    client = sign_in(administrator)
    asking = client.get(client.get(file_of(town.surgeon))["Location"])
    page = text_of(asking)
    assert "Why do you open this file?" in page
    assert "王伟" in page
    assert "第一医院" not in page
    assert "It is kept in the file, and the person may read it." in page
    assert f'href="{url("registry_practitioner_changelist")}"' in asking.content.decode()
    assert kept() == []


def test_with_a_reason_the_file_opens_and_each_opening_is_kept_with_it(
    sign_in: SignIn, town: Town, administrator: User
) -> None:
    client = sign_in(administrator)
    answer = give_reason(client, town.surgeon)
    assert (answer.status_code, answer["Location"]) == (302, file_of(town.surgeon))
    for _ in range(2):
        assert "第一医院" in text_of(client.get(file_of(town.surgeon)))
    assert kept() == [("opened", REASON), ("opened", REASON)]


def test_a_reason_is_good_for_one_file_in_one_session(sign_in: SignIn, town: Town, administrator: User) -> None:
    client = sign_in(administrator)
    give_reason(client, town.surgeon)
    assert client.get(file_of(town.nurse)).status_code == 302
    assert sign_in(administrator).get(file_of(town.surgeon)).status_code == 302


def test_a_reason_stands_for_thirty_minutes(sign_in: SignIn, town: Town, administrator: User) -> None:
    client = sign_in(administrator)
    give_reason(client, town.surgeon)
    for minutes in (14, 28, 29):
        with time_machine.travel(at(TODAY, 15) + timedelta(minutes=minutes), tick=False):
            assert client.get(file_of(town.surgeon)).status_code == 200, minutes
    with time_machine.travel(at(TODAY, 15) + timedelta(minutes=30), tick=False):
        assert client.get(file_of(town.surgeon))["Location"].startswith(url("open_file", town.surgeon.pk))


@pytest.mark.parametrize("reason", ["", "short", "x" * 501])
def test_a_reason_that_is_none_opens_nothing(sign_in: SignIn, town: Town, administrator: User, reason: str) -> None:
    client = sign_in(administrator)
    assert give_reason(client, town.surgeon, reason).status_code == 422
    assert client.get(file_of(town.surgeon)).status_code == 302
    assert kept() == []


def test_the_day_asked_about_is_not_lost_on_the_way(sign_in: SignIn, town: Town, administrator: User) -> None:
    answer = give_reason(sign_in(administrator), town.surgeon, on="2025-02-01")
    assert answer["Location"] == f"{file_of(town.surgeon)}?on=2025-02-01"


def test_an_officer_is_asked_for_somebody_who_left(sign_in: SignIn, town: Town, compliance: User) -> None:
    client = sign_in(compliance)
    assert client.get(file_of(town.surgeon)).status_code == 200
    leaves(town.surgeon)
    assert client.get(file_of(town.surgeon)).status_code == 302
    give_reason(client, town.surgeon)
    assert client.get(file_of(town.surgeon)).status_code == 200


def test_what_is_not_yours_is_not_there_and_nobody_is_asked(sign_in: SignIn, town: Town, stranger: User) -> None:
    client = sign_in(stranger)
    for page in (file_of(town.surgeon), url("open_file", town.surgeon.pk), url("readings", town.surgeon.pk)):
        assert client.get(page).status_code == 404
    assert kept() == []


def test_a_file_asks_three_questions_more(sign_in: SignIn, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in(town.officer)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(file_of(town.surgeon))
        return len([each for each in asked.captured_queries if "SAVEPOINT" not in each["sql"]])

    questions()
    whole = questions()
    monkeypatch.setattr("registry.admin.openings.record_access", lambda **_: None)
    monkeypatch.setattr("registry.admin.openings.is_ones_work", lambda *_: True)
    assert whole - questions() == 3


def test_finding_somebody_by_the_number_of_a_document_is_kept(sign_in: SignIn, town: Town) -> None:
    card(town.surgeon)
    client = sign_in(town.officer)
    for number in (NUMBER, "110105194912310038"):
        client.post(url("find_by_document"), {"number": number, "kind": ""})
    assert kept() == [("searched", "")]


def test_who_looked_stands_with_the_latest_first(sign_in: SignIn, town: Town, administrator: User) -> None:
    give_reason(root := sign_in(administrator), town.surgeon)
    root.get(file_of(town.surgeon))
    client = sign_in(town.officer)
    assert url("readings", town.surgeon.pk) in client.get(file_of(town.surgeon)).content.decode()
    page = text_of(client.get(url("readings", town.surgeon.pk)))
    assert page.index("市医保中心") < page.index(REASON)
    assert "guan" in page
    assert kept()[-1] == ("history", "")


def test_the_first_look_finds_an_empty_page(sign_in: SignIn, town: Town) -> None:
    page = text_of(sign_in(town.officer).get(url("readings", town.surgeon.pk)))
    assert "Nobody has looked into this file yet." in page


def test_who_looked_comes_a_page_at_a_time(sign_in: SignIn, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.admin.readings.SIZE", 2)
    for number in range(3):
        look(town.surgeon, town.officer, reason=f"第{number}次核对执业证与证件")
    client = sign_in(town.officer)
    first = client.get(url("readings", town.surgeon.pk))
    assert [row.reason[1] for row in first.context["rows"]] == ["2", "1"]
    second = client.get(url("readings", town.surgeon.pk), {"before": first.context["older"]})
    assert [row.reason[1] for row in second.context["rows"]] == ["0"]
    assert second.context["older"] is None


def test_who_looked_is_not_for_compliance_officers(sign_in: SignIn, town: Town, compliance: User) -> None:
    client = sign_in(compliance)
    assert client.get(url("readings", town.surgeon.pk)).status_code == 403
    assert url("readings", town.surgeon.pk) not in client.get(file_of(town.surgeon)).content.decode()


def test_an_administrator_gives_a_reason_to_read_who_looked(sign_in: SignIn, town: Town, administrator: User) -> None:
    client = sign_in(administrator)
    asking = client.get(url("readings", town.surgeon.pk))
    answer = client.post(asking["Location"], {"reason": REASON, "step": "form"})
    assert answer["Location"] == url("readings", town.surgeon.pk)
    assert client.get(answer["Location"]).status_code == 200
    assert kept() == [("history", REASON)]


def test_no_reason_is_kept_in_a_session_longer_than_it_stands(sign_in: SignIn, town: Town, administrator: User) -> None:
    client = sign_in(administrator)
    give_reason(client, town.surgeon)
    with time_machine.travel(at(TODAY, 15) + timedelta(minutes=14), tick=False):
        client.get(url("registry_practitioner_changelist"))
    with time_machine.travel(at(TODAY, 15) + timedelta(minutes=28), tick=False):
        client.get(url("registry_practitioner_changelist"))
    with time_machine.travel(at(TODAY, 15) + timedelta(minutes=40), tick=False):
        give_reason(client, town.nurse)
        assert list(client.session["reasons_for_opening"]) == [str(town.nurse.pk)]
