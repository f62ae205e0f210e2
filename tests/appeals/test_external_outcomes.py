"""What a reconsideration or a court decided: recorded once, carried out at once, and what it leaves open here."""

from datetime import date
from typing import Any

import pytest

from appeals.actions.external import Ruling, preview_external_outcome, record_external_outcome
from appeals.models import ExternalOutcome
from registry.ledger.checking import file_differences
from registry.ledger.reading import standing_of
from registry.models import Fact, ProcedureStep
from tests.appeals.disputes import appealed, in_review, refusal, stored
from tests.casework import Desk, desk
from tests.town import TODAY, at, build, score

pytestmark = pytest.mark.django_db

LATER = date(2025, 9, 1)


@pytest.fixture
def here() -> Desk:
    return desk(build("510100"))


def recorded(here: Desk, *rulings: Ruling, **more: Any) -> ExternalOutcome:
    given: dict[str, Any] = {
        "body": "court",
        "name": "中级人民法院",
        "document_number": "（2025）行终1号",
        "decided_on": date(2025, 8, 20),
        "grounds": "事实不清",
        "agency": here.town.agency,
        "by": here.reviewer,
        "second": here.another,
        "now": at(LATER),
        **more,
    }
    return record_external_outcome(practitioner=here.surgeon, rulings=rulings, **given)


def test_a_court_annuls_one_entry_and_lowers_another_in_one_act(here: Desk) -> None:
    first, second = score(here.town, 9, TODAY), score(here.town, 3, date(2025, 4, 10))
    rulings = [Ruling(entry=first.fact, result="annulled"), Ruling(entry=second.fact, result="reduced", points=1)]
    found = preview_external_outcome(practitioner=here.surgeon, rulings=rulings, now=at(LATER))
    outcome = recorded(here, *rulings, file=stored("判决书.pdf"))
    standing = standing_of(here.surgeon, LATER)
    assert found is not None
    assert (standing.points, standing.status, standing.answer) == (1, "normal", found.after.answer)
    assert {fact.document_number for fact in Fact.objects.exclude(entry=None)} == {"（2025）行终1号"}
    assert outcome.points.count() == 2
    assert not list(file_differences())


def test_an_annulment_by_a_court_needs_a_second_officer_too(here: Desk) -> None:
    ruling = Ruling(entry=score(here.town, 6, TODAY).fact, result="annulled")
    assert refusal(recorded, here, ruling, second=None).code == "second_person_missing"
    assert not ExternalOutcome.objects.exists()


def test_the_same_document_again_is_the_same_outcome(here: Desk) -> None:
    ruling = Ruling(entry=score(here.town, 6, TODAY).fact, result="reduced", points=4)
    assert recorded(here, ruling) == recorded(here, ruling, second=None)
    assert Fact.objects.count() == 2


def test_the_same_document_with_other_outcomes_is_refused(here: Desk) -> None:
    entry = score(here.town, 6, TODAY).fact
    recorded(here, Ruling(entry=entry, result="reduced", points=4))
    told = refusal(recorded, here, Ruling(entry=entry, result="reduced", points=3))
    assert (told.code, told.field) == ("recorded_otherwise", "document_number")


def test_what_is_upheld_is_recorded_and_changes_nothing(here: Desk) -> None:
    ruling = Ruling(entry=score(here.town, 6, TODAY).fact, result="upheld")
    assert preview_external_outcome(practitioner=here.surgeon, rulings=[ruling], now=at(LATER)) is None
    recorded(here, ruling, second=None)
    assert Fact.objects.count() == 1


def test_nobody_signs_second_what_they_record_themselves_even_where_nothing_changes(here: Desk) -> None:
    ruling = Ruling(entry=score(here.town, 6, TODAY).fact, result="upheld")
    assert refusal(recorded, here, ruling, second=here.reviewer).code == "second_person_same"
    assert not ExternalOutcome.objects.exists()


def test_an_open_appeal_about_the_same_entries_is_closed_with_the_document(here: Desk) -> None:
    entry = score(here.town, 6, TODAY)
    objection = in_review(here, appealed(entry, now=at(LATER)), now=at(LATER, 11))
    recorded(here, Ruling(entry=entry.fact, result="annulled"), now=at(LATER, 12))
    objection.refresh_from_db()
    assert objection.state == "out_of_scope"
    step = ProcedureStep.objects.get(subject=objection.uuid, act="declare_out_of_scope")
    assert "（2025）行终1号" in step.grounds


def test_an_open_appeal_about_more_goes_on(here: Desk) -> None:
    first, second = score(here.town, 6, TODAY), score(here.town, 3, date(2025, 4, 10))
    objection = in_review(here, appealed(first, second, now=at(LATER)), now=at(LATER, 11))
    recorded(here, Ruling(entry=first.fact, result="annulled"), now=at(LATER, 12))
    objection.refresh_from_db()
    assert objection.state == "in_review"


def test_what_a_court_decided_is_appealed_here_only_for_new_facts(here: Desk) -> None:
    entry = score(here.town, 6, TODAY)
    recorded(here, Ruling(entry=entry.fact, result="upheld"))
    told = refusal(appealed, entry, now=at(LATER, 16))
    assert (told.code, told.value) == ("appealed_before", "（2025）行终1号")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"decided_on": date(2025, 9, 2)}, "decided_in_the_future"),
        ({"body": "newspaper"}, "body_unknown"),
        ({"document_number": " "}, "document_number_missing"),
    ],
)
def test_a_document_that_cannot_be_is_refused(here: Desk, more: dict[str, Any], code: str) -> None:
    assert refusal(recorded, here, Ruling(entry=score(here.town, 6, TODAY).fact, result="upheld"), **more).code == code


def test_an_entry_of_another_person_is_refused(here: Desk) -> None:
    other = score(here.town, 6, TODAY, who=here.nurse)
    assert refusal(recorded, here, Ruling(entry=other.fact, result="annulled")).code == "no_entry_of_the_person"
