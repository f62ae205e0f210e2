"""Passing a case on to the police in the office: looked at, signed by two, and what came back beside it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from registry.models import Case, PoliceTransfer, StoredFile, User
from tests.actions.transferring import transferred
from tests.admin.conftest import PASSWORD
from tests.admin.deeds import confirm, entered_in
from tests.admin.wards import PDF
from tests.casework import Desk, identified
from tests.notifications.told import signed_in
from tests.town import TODAY


@pytest.fixture
def case(here: Desk) -> Case:
    return identified(here).cause.case


def letter(**more: Any) -> dict[str, Any]:
    return {
        "organ": "市公安局岳麓分局",
        "document_number": "医保移送1号",
        "transferred_on": f"{TODAY}",
        "legal_basis": "移送规定第三条",
        "grounds": "涉嫌诈骗医保基金",
        **more,
    }


def scan(name: str = "移送书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


def confirmed(client: Client, url: str, shown: Any, second: User | None = None) -> Any:
    """The page of confirmation sent back as it is, signed by the second officer where there is one."""
    signed = {"second_username": second.username, "second_password": PASSWORD} if second else {}
    return confirm(client, url, entered_in(shown), shown, **signed)


def page(client: Client, case: Case) -> str:
    return client.get(reverse("admin:registry_case_change", args=[case.pk])).content.decode()


def test_an_officer_sees_what_follows_a_colleague_signs_and_it_stands_on_the_page_of_the_case(
    here: Desk, case: Case
) -> None:
    client, url = signed_in(here.scorer), reverse("admin:transfer_to_police", args=[case.pk])
    assert "Transferred to the police" not in page(client, case)
    assert url in page(client, case)
    shown = client.post(url, letter(practitioner=here.surgeon.pk, document=scan()))
    assert "The register tells nobody of it" in shown.content.decode()
    assert not PoliceTransfer.objects.exists()
    answer = confirmed(client, url, shown, here.second)
    assert answer.status_code == 302, answer.content.decode()
    transfer = PoliceTransfer.objects.get()
    assert (transfer.second, transfer.practitioner, transfer.document.name) == (
        here.second, here.surgeon, "移送书.pdf",
    )  # fmt: skip
    found = page(client, case)
    assert "市公安局岳麓分局" in found
    assert "Transferred to the police" in found
    assert reverse("admin:record_police_answer", args=[transfer.pk]) in found


def test_without_the_letter_or_with_somebody_outside_the_case_nothing_is_recorded(here: Desk, case: Case) -> None:
    client, url = signed_in(here.scorer), reverse("admin:transfer_to_police", args=[case.pk])
    bare = client.post(url, letter())
    strange = client.post(url, letter(practitioner=here.nurse.pk, document=scan()))
    text = client.post(url, letter(document=SimpleUploadedFile("a.txt", b"text")))
    assert (bare.status_code, strange.status_code, text.status_code) == (422, 422, 422)
    assert set(bare.context["form"].errors) == {"document"}
    assert set(strange.context["form"].errors) == {"practitioner"}
    assert set(text.context["form"].errors) == {"document"}


def test_back_at_the_form_the_letter_is_there_already_and_is_listed_once(here: Desk, case: Case) -> None:
    client, url = signed_in(here.scorer), reverse("admin:transfer_to_police", args=[case.pk])
    shown = client.post(url, letter(document=scan()))
    assert [item.value for item in shown.context["summary"]].count("移送书.pdf") == 1
    back = client.post(url, {**entered_in(shown), "step": "back"})
    assert "“移送书.pdf” is here already" in back.content.decode()
    assert client.post(url, {**entered_in(shown), "step": "form"}).status_code == 200


def test_the_letter_of_another_officer_does_not_come_along(here: Desk, case: Case) -> None:
    url = reverse("admin:transfer_to_police", args=[case.pk])
    shown = signed_in(here.scorer).post(url, letter(document=scan()))
    answer = confirmed(signed_in(here.another), url, shown, here.second)
    assert set(answer.context["form"].errors) == {"document"}
    assert StoredFile.objects.count() == 1


def test_what_came_back_is_recorded_and_a_mistake_asks_for_a_second_officer(here: Desk, case: Case) -> None:
    transfer = transferred(here, case)
    client, url = signed_in(here.scorer), reverse("admin:record_police_answer", args=[transfer.pk])
    said = {"outcome": "not_accepted", "answered_on": f"{TODAY}", "document_number": "不立1号", "reason": ""}
    bare = client.post(url, said)
    assert set(bare.context["form"].errors) == {"reason", "document"}
    shown = client.post(url, {**said, "reason": "情节轻微", "document": scan("不予立案.pdf")})
    assert not shown.context["consequence"].needs_second
    assert confirmed(client, url, shown).status_code == 302
    assert "情节轻微" in page(client, case)
    mistake = client.post(url, {"outcome": "mistaken", "answered_on": f"{TODAY}", "reason": "误录"})
    assert mistake.context["consequence"].needs_second
    assert confirmed(client, url, mistake, here.second).status_code == 302
    assert url not in page(client, case)
    assert client.get(url).status_code == 404


def test_the_hospital_sees_nothing_of_it_on_the_page_of_the_case(here: Desk, case: Case, compliance: User) -> None:
    transfer = transferred(here, case, practitioner=here.surgeon)
    client = signed_in(compliance)
    found = page(client, case)
    assert case.number in found
    assert "医保移送1号" not in found
    assert "police" not in found.lower()
    assert client.get(reverse("admin:stored_file", args=[transfer.document.uuid])).status_code == 404
    assert client.get(reverse("admin:transfer_to_police", args=[case.pk])).status_code == 403
