"""Appeals against points on record and against a standing: once per entry, at any time, carried out at once."""

from datetime import date

import pytest

from appeals.actions.appeals import file_appeal
from appeals.actions.disputes import Dispute
from appeals.actions.findings import PointResult
from appeals.actions.objections import withdraw_objection
from appeals.actions.reviews import assign_reviewer, decide_objection, preview_decision
from appeals.models import Objection
from registry.actions.procedure import for_practitioner
from registry.ledger.checking import file_differences
from registry.ledger.reading import standing_of
from registry.ledger.writing import Draft, append
from registry.models import Fact, PointsEntry
from registry.queries.reach import reach_of
from tests.actions.deeds import annul
from tests.appeals.disputes import appealed, decided, in_review, owed, points_of, refusal, said
from tests.casework import Desk, desk
from tests.town import TODAY, at, build, score

pytestmark = pytest.mark.django_db

LATER = date(2025, 9, 1)


@pytest.fixture
def here() -> Desk:
    return desk(build("510100"))


def reviewed(here: Desk, objection: Objection, *results: str | int, on: date = LATER, **more: object) -> Objection:
    """Assigned and decided on one day."""
    return decided(here, in_review(here, objection, now=at(on, 11)), *results, now=at(on, 15), **more)


def test_an_entry_annulled_after_a_served_suspension_opens_restitution_windows(here: Desk) -> None:
    entry = score(here.town, 9, TODAY)
    assert standing_of(here.surgeon, TODAY).status == "suspended"
    objection = in_review(here, appealed(entry, now=at(LATER)), now=at(LATER, 11))
    found = preview_decision(objection=objection, results=said(objection, "annulled"), now=at(LATER, 12))
    assert found.difference is not None
    reach = reach_of(found.difference, entries=found.entries)
    (window,) = reach.restitution
    assert (window.from_, window.until, window.institutions) == (TODAY, date(2025, 5, 10), (here.town.hospital,))
    assert found.needs_second
    assert refusal(decided, here, objection, "annulled", now=at(LATER, 15)).code == "second_person_missing"
    decided(here, objection, "annulled", now=at(LATER, 15), second=here.another)
    assert standing_of(here.surgeon, TODAY).status == "normal"
    annulment = Fact.objects.get(kind="entry_annulled")
    assert (annulment.actor, annulment.second, annulment.document_number) == (here.reviewer, here.another, "复核1号")
    assert not list(file_differences())


def test_the_second_officer_of_an_annulment_had_no_part_either(here: Desk) -> None:
    objection = in_review(here, appealed(score(here.town, 9, TODAY), now=at(LATER)), now=at(LATER, 11))
    told = refusal(decided, here, objection, "annulled", now=at(LATER, 15), second=here.town.officer)
    assert (told.code, told.field) == ("had_a_part", "second")


def test_an_upheld_appeal_leaves_the_ledger_as_it_is(here: Desk) -> None:
    entry = score(here.town, 6, TODAY)
    reviewed(here, appealed(entry, now=at(LATER)), "upheld")
    assert Fact.objects.count() == 1


def test_a_reduced_entry_always_had_fewer_points_with_the_months_named(here: Desk) -> None:
    entry = score(here.town, 11, TODAY)
    objection = in_review(here, appealed(entry, now=at(LATER)), now=at(LATER, 11))
    (point,) = points_of(objection)
    results = {point.pk: PointResult("reduced", "情节较轻", points=10, months=3)}
    found = preview_decision(objection=objection, results=results, now=at(LATER, 12))
    assert not found.needs_second
    decide_objection(objection=objection, results=results, decision="从轻", by=here.reviewer, now=at(LATER, 15))
    assert standing_of(here.surgeon, date(2025, 6, 9)).until == date(2025, 6, 10)
    assert Fact.objects.get(kind="entry_revised").months == 3


def test_several_entries_of_one_appeal_are_corrected_together_or_not_at_all(here: Desk) -> None:
    first, second = score(here.town, 3, TODAY), score(here.town, 6, date(2025, 4, 10))
    objection = in_review(here, appealed(first, second, now=at(LATER)), now=at(LATER, 11))
    assert refusal(decided, here, objection, "annulled", 4, now=at(LATER, 15)).code == "second_person_missing"
    assert Fact.objects.count() == 2
    decided(here, objection, "annulled", 4, now=at(LATER, 15), second=here.another)
    assert standing_of(here.surgeon, LATER).points == 4
    assert not list(file_differences())


def test_against_the_standing_the_appeal_is_about_the_entries_behind_the_period(here: Desk) -> None:
    score(here.town, 2, date(2025, 1, 15), who=here.nurse)
    nine = score(here.town, 9, TODAY)
    day = date(2025, 4, 1)
    objection = file_appeal(
        practitioner=here.surgeon, standing=True, statement="不应暂停", via="practitioner", filed_by=None, now=at(day)
    )
    assert (objection.kind, [point.entry for point in points_of(objection)]) == ("standing", [nine.fact])


def test_against_a_standing_that_is_normal_it_is_about_the_entries_of_the_year(here: Desk) -> None:
    score(here.town, 3, date(2025, 2, 10), made_on=date(2025, 2, 10))
    gone = score(here.town, 2, date(2025, 3, 3))
    kept = score(here.town, 4, date(2025, 3, 4))
    annul(here.town, gone, date(2025, 3, 5))
    given = {"standing": True, "via": "practitioner", "filed_by": None, "statement": "分数不对"}
    objection = file_appeal(practitioner=here.surgeon, now=at(TODAY), **given)  # type: ignore[arg-type]
    assert {point.entry.points for point in points_of(objection) if point.entry} == {3, 4}
    assert kept.fact in [point.entry for point in points_of(objection)]
    told = refusal(file_appeal, practitioner=here.nurse, now=at(TODAY), **given)
    assert told.code == "nothing_to_appeal"


def test_a_year_later_the_entry_can_still_be_appealed(here: Desk) -> None:
    entry = score(here.town, 9, date(2025, 12, 20))
    day = date(2027, 2, 1)
    objection = appealed(entry, now=at(day))
    assert owed(objection) == [("assign", "assignment")]
    reviewed(here, objection, "annulled", on=day, second=here.another)
    assert standing_of(here.surgeon, date(2025, 12, 31)).points == 0


def test_an_entry_is_appealed_once_unless_there_are_new_facts(here: Desk) -> None:
    entry = score(here.town, 6, TODAY)
    first = reviewed(here, appealed(entry, now=at(LATER)), "upheld")
    told = refusal(appealed, entry, now=at(LATER, 16))
    assert (told.code, told.field, told.value) == ("appealed_before", "new_facts", first.number)
    assert first.number in str(told.message)
    again = appealed(entry, now=at(LATER, 16), new_facts="监控录像已找到")
    assert again.new_facts == "监控录像已找到"
    told = refusal(assign_reviewer, objection=again, reviewer=here.reviewer, by=here.another, now=at(LATER, 17))
    assert told.code == "reviewer_not_possible"  # who reviewed it before does not review it again


def test_an_appeal_that_is_open_is_not_filed_twice_and_one_withdrawn_was_never_heard(here: Desk) -> None:
    entry = score(here.town, 6, TODAY)
    first = appealed(entry, now=at(LATER))
    assert refusal(appealed, entry, now=at(LATER)).value == first.number
    withdraw_objection(objection=first, acting=for_practitioner(), now=at(LATER, 11))
    assert appealed(entry, now=at(LATER, 12)).state == "filed"


def test_an_annulled_entry_cannot_be_appealed(here: Desk) -> None:
    entry = score(here.town, 6, TODAY)
    annul(here.town, entry, TODAY)
    assert refusal(appealed, entry, now=at(LATER)).code == "entry_annulled_already"


def test_an_appeal_is_against_points_of_the_own_file(here: Desk) -> None:
    entry = score(here.town, 6, TODAY, who=here.nurse)
    given = {"entries": [entry.fact], "statement": "不服", "via": "practitioner", "filed_by": None, "now": at(LATER)}
    assert refusal(file_appeal, practitioner=here.surgeon, **given).code == "no_entry_of_the_person"


def test_each_entry_has_a_point_of_its_own_or_the_statement(here: Desk) -> None:
    first, second = score(here.town, 3, TODAY), score(here.town, 6, date(2025, 4, 10))
    points = [Dispute(item=first.fact, text="不是我")]
    assert refusal(appealed, first, second, now=at(LATER), text="", points=points).code == "nothing_disputed"
    objection = appealed(first, second, now=at(LATER), text="都不对", points=points)
    assert [point.text for point in points_of(objection)] == ["不是我", "都不对"]


def test_what_was_corrected_meanwhile_is_measured_against_what_is_left(here: Desk) -> None:
    entry = score(here.town, 6, TODAY)
    objection = in_review(here, appealed(entry, now=at(LATER)), now=at(LATER, 11))
    annul(here.town, entry, LATER, hour=12)
    assert refusal(decided, here, objection, "upheld", now=at(LATER, 15)).code == "annulled_meanwhile"
    decided(here, objection, "annulled", now=at(LATER, 15))
    assert Fact.objects.count() == 2


def test_entries_of_a_legacy_register_are_appealed_like_others(here: Desk) -> None:
    fact = append(
        practitioner=here.surgeon,
        draft=Draft(
            kind="points_scored", points=6, counted_on=TODAY, effective_on=TODAY, policy="cn-2025", legacy=True
        ),
        now=at(TODAY),
    )
    given = {"entries": [fact], "statement": "不服", "via": "practitioner", "filed_by": None, "now": at(LATER)}
    assert refusal(file_appeal, practitioner=here.surgeon, **given).code == "agency_missing"
    objection = file_appeal(practitioner=here.surgeon, agency=here.town.agency, **given)  # type: ignore[arg-type]
    reviewed(here, objection, 2)
    assert standing_of(here.surgeon, LATER).points == 2
    assert not PointsEntry.objects.exists()
