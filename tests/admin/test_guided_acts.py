"""The way of every act: what follows is shown first, confirmed as it was shown, and signed by two where it must be."""

from typing import Any

from django.test import Client

from registry.models import Fact, PointsEntry, Proposal, User
from tests.admin.conftest import PASSWORD, SignIn
from tests.admin.deeds import confirm, preview, ruled, text_of, url
from tests.casework import Desk, identified
from tests.town import TODAY, Town, blame, handle, score


def proposing(here: Desk) -> str:
    return url("propose", identified(here, grade="general").pk)


def test_other_values_than_those_previewed_are_not_recorded(sign_in: SignIn, here: Desk) -> None:
    scorer, act = sign_in(here.scorer), proposing(here)
    shown = preview(scorer, act, {"situation": "1-99"})
    assert confirm(scorer, act, {"situation": "4-01"}, shown).status_code == 409
    assert not Proposal.objects.exists()


def annulling(client: Client, town: Town) -> tuple[str, dict[str, Any], Any]:
    act, data = ruled(score(town, 9, TODAY), 0)
    return act, data, preview(client, act, data)


def annulled() -> bool:
    return Fact.objects.filter(kind="entry_annulled").exists()


def test_an_annulment_needs_a_second_officer_with_their_own_password(sign_in: SignIn, town: Town) -> None:
    chen = sign_in(town.officer)
    act, data, shown = annulling(chen, town)
    assert "A second officer countersigns" in text_of(shown)
    for name, password, why in (
        ("", "", "This field is required"),
        (town.second.username, "wrong", "has this password"),
        (town.officer.username, PASSWORD, "must be somebody else"),
    ):
        refused = confirm(chen, act, data, shown, second_username=name, second_password=password)
        assert refused.status_code == 422
        assert why in text_of(refused)
    assert not annulled()
    signed = {"second_username": town.second.username, "second_password": PASSWORD}
    assert confirm(chen, act, data, shown, **signed).status_code == 302
    assert Fact.objects.get(kind="entry_annulled").second == town.second


def test_an_officer_of_elsewhere_cannot_countersign(
    sign_in: SignIn, town: Town, stranger: User, compliance: User
) -> None:
    chen = sign_in(town.officer)
    act, data, shown = annulling(chen, town)
    for colleague in (stranger, compliance):
        colleague.set_password(PASSWORD)
        colleague.save()
        signed = {"second_username": colleague.username, "second_password": PASSWORD}
        refused = confirm(chen, act, data, shown, **signed)
        assert "may not do this act here" in text_of(refused)
    assert not annulled()


def test_a_password_is_never_written_into_the_page_again(sign_in: SignIn, town: Town) -> None:
    chen = sign_in(town.officer)
    act, data, shown = annulling(chen, town)
    refused = confirm(chen, act, data, shown, second_username=town.officer.username, second_password=PASSWORD)
    assert PASSWORD not in refused.content.decode()


def test_a_refusal_stands_at_its_field_and_keeps_what_was_entered(sign_in: SignIn, here: Desk) -> None:
    data = {"situation": "1-99", "points": "12", "departure_reason": "情节严重"}
    refused = preview(sign_in(here.scorer), proposing(here), data)
    assert refused.status_code == 422
    assert "brings 1 to 3 points under policy cn-43-2025, not 12" in text_of(refused)
    assert "情节严重" in text_of(refused)


def test_the_closed_gate_is_said_in_words(sign_in: SignIn, here: Desk) -> None:
    warned = blame(here.town, handle(here.town, kind="warning"))
    refused = preview(sign_in(here.scorer), url("propose", warned.pk), {"situation": "1-99"})
    assert "it takes an administrative penalty or a heavy agreement handling" in text_of(refused)


def test_back_leads_to_the_form_with_everything_entered(sign_in: SignIn, here: Desk) -> None:
    data = {"situation": "1-99", "points": "2", "departure_reason": "情节较轻"}
    form = sign_in(here.scorer).post(proposing(here), {**data, "step": "back"})
    assert form.status_code == 200
    assert "情节较轻" in text_of(form)


def test_the_points_stand_once_on_the_page_that_confirms_them(sign_in: SignIn, here: Desk) -> None:
    data = {"situation": "3-99", "points": "8", "departure_reason": "情节较轻"}
    words = text_of(preview(sign_in(here.scorer), proposing(here), data))
    told, entered = words[words.index("In short") :].split("You entered")
    assert told.count("Points for situation 3-99 8 (the default is 7)") == 1
    assert "Points 8" not in told + entered
    assert "情节较轻" in entered
    assert "What comes next The advance notice goes out." in entered


def test_nothing_is_in_the_ledger_before_the_person_was_heard(sign_in: SignIn, here: Desk) -> None:
    scorer, act = sign_in(here.scorer), proposing(here)
    assert confirm(scorer, act, {"situation": "1-99"}, preview(scorer, act, {"situation": "1-99"})).status_code == 302
    assert Proposal.objects.count() == 1
    assert not PointsEntry.objects.exists()
