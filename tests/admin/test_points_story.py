from typing import Any

from django.test import Client

from registry.models import PointsEntry, Responsibility, StandingChange, User
from tests.admin.conftest import PASSWORD, SignIn
from tests.admin.deeds import confirm, preview, text_of, url
from tests.town import TODAY, Town, blame, handle, score


def fraud(town: Town) -> Responsibility:
    return blame(town, handle(town), grade="general")


def test_from_the_handling_to_the_points_and_the_file_shows_them(sign_in: SignIn, town: Town) -> None:
    chen = sign_in(town.officer)
    penalty = {
        "kind": "penalty",
        "document_number": "长医保罚〔2025〕7号",
        "made_on": "2025-03-05",
        "conduct_from": "2025-02-01",
        "conduct_until": "2025-02-20",
        "agency": town.agency.pk,
        "legal_basis": "条例第四十条",
        "amount": "1200.50",
    }
    recorded = chen.post(url("record_handling", town.hospital.pk), penalty, follow=True)
    assert "Identify next who is responsible." in text_of(recorded)
    handling = town.hospital.handlings.get()
    part = {
        "practitioner": town.surgeon.pk,
        "grade": "general",
        "grounds": "协助开具处方",
        "identified_on": "2025-03-06",
    }
    chen.post(url("identify", handling.pk), part)
    act = url("record_points", Responsibility.objects.get().pk)
    shown = preview(chen, act, {"situation": "4-01"})
    assert not PointsEntry.objects.exists()
    words = text_of(shown)
    assert "10 points, total of 2025: 10." in words
    assert "for 4 months, from April 1, 2025 up to and including July 31, 2025" in words
    done = confirm(chen, act, {"situation": "4-01"}, shown)
    assert done.status_code == 302
    file = text_of(chen.get(done["Location"]))
    assert "Points recorded: 10" in file
    assert "长医保罚〔2025〕7号" in file
    assert PointsEntry.objects.get().fact.actor == town.officer


def test_a_preview_that_no_longer_holds_is_shown_again_and_nothing_is_recorded(sign_in: SignIn, town: Town) -> None:
    chen, responsibility = sign_in(town.officer), fraud(town)
    act = url("record_points", responsibility.pk)
    shown = preview(chen, act, {"situation": "3-99"})
    score(town, 4, TODAY, number="meanwhile")
    again = confirm(chen, act, {"situation": "3-99"}, shown)
    assert again.status_code == 409
    assert "what follows is not the same any more" in text_of(again)
    assert PointsEntry.objects.filter(responsibility=responsibility).count() == 0
    assert confirm(chen, act, {"situation": "3-99"}, again).status_code == 302


def test_other_values_than_those_previewed_are_not_recorded(sign_in: SignIn, town: Town) -> None:
    chen = sign_in(town.officer)
    act = url("record_points", fraud(town).pk)
    shown = preview(chen, act, {"situation": "1-99"})
    assert confirm(chen, act, {"situation": "4-01"}, shown).status_code == 409
    assert not PointsEntry.objects.exists()


def terminating(client: Client, town: Town) -> tuple[str, dict[str, Any], Any]:
    responsibility = blame(town, handle(town), grade="principal")
    act, data = url("record_points", responsibility.pk), {"situation": "4-01"}
    return act, data, preview(client, act, data)


def test_a_termination_needs_a_second_officer_with_their_own_password(sign_in: SignIn, town: Town) -> None:
    chen = sign_in(town.officer)
    act, data, shown = terminating(chen, town)
    assert "A second officer countersigns" in text_of(shown)
    for name, password, why in (
        ("", "", "This field is required"),
        (town.second.username, "wrong", "has this password"),
        (town.officer.username, PASSWORD, "must be somebody else"),
    ):
        refused = confirm(chen, act, data, shown, second_username=name, second_password=password)
        assert refused.status_code == 422
        assert why in text_of(refused)
    assert not PointsEntry.objects.exists()
    signed = {"second_username": town.second.username, "second_password": PASSWORD}
    assert confirm(chen, act, data, shown, **signed).status_code == 302
    assert PointsEntry.objects.get().fact.second == town.second
    assert StandingChange.objects.get().status_after == "terminated"


def test_an_officer_of_elsewhere_cannot_countersign(
    sign_in: SignIn, town: Town, stranger: User, compliance: User
) -> None:
    chen = sign_in(town.officer)
    act, data, shown = terminating(chen, town)
    for colleague in (stranger, compliance):
        colleague.set_password(PASSWORD)
        colleague.save()
        signed = {"second_username": colleague.username, "second_password": PASSWORD}
        refused = confirm(chen, act, data, shown, **signed)
        assert "may not do this act here" in text_of(refused)
    assert not PointsEntry.objects.exists()


def test_a_password_is_never_written_into_the_page_again(sign_in: SignIn, town: Town) -> None:
    chen = sign_in(town.officer)
    act, data, shown = terminating(chen, town)
    refused = confirm(chen, act, data, shown, second_username=town.officer.username, second_password=PASSWORD)
    assert PASSWORD not in refused.content.decode()


def test_a_refusal_stands_at_its_field_and_keeps_what_was_entered(sign_in: SignIn, town: Town) -> None:
    chen = sign_in(town.officer)
    act = url("record_points", fraud(town).pk)
    refused = preview(chen, act, {"situation": "1-99", "points": "12", "departure_reason": "情节严重"})
    assert refused.status_code == 422
    assert "brings 1 to 3 points under policy cn-43-2025, not 12" in text_of(refused)
    assert "情节严重" in text_of(refused)


def test_the_closed_gate_is_said_in_words(sign_in: SignIn, town: Town) -> None:
    warned = blame(town, handle(town, kind="warning"))
    refused = preview(sign_in(town.officer), url("record_points", warned.pk), {"situation": "1-99"})
    assert "it takes an administrative penalty or a heavy agreement handling" in text_of(refused)


def test_back_leads_to_the_form_with_everything_entered(sign_in: SignIn, town: Town) -> None:
    chen = sign_in(town.officer)
    act = url("record_points", fraud(town).pk)
    data = {"situation": "1-99", "points": "2", "departure_reason": "情节较轻"}
    form = chen.post(act, {**data, "step": "back"})
    assert form.status_code == 200
    assert "情节较轻" in text_of(form)


def test_the_points_stand_once_among_what_was_entered(sign_in: SignIn, town: Town) -> None:
    data = {"situation": "3-99", "points": "8", "departure_reason": "情节较轻"}
    words = text_of(preview(sign_in(town.officer), url("record_points", fraud(town).pk), data))
    entered = words[words.index("You entered") :]
    assert entered.count("Points 8") == 1
    assert "8 (the default is 7)" in entered
