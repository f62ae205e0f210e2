"""A suspected crime is passed on to the police: by two, once, with its document, and nobody is told."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, IntegrityError, connection, transaction

from notifications.actions.fanning_out import fan_out
from notifications.models import Notice
from registry.actions.cases import close_case
from registry.actions.errors import Refused
from registry.actions.merging import merge_files
from registry.actions.people import register_practitioner
from registry.actions.police import record_police_answer
from registry.ledger.reading import facts_of, standing_of
from registry.models import (
    AccessRecord,
    Assignment,
    Authority,
    Case,
    PoliceAnswer,
    PoliceTransfer,
    ProcedureStep,
    Role,
    StandingChange,
    Task,
    User,
)
from registry.queries.files import may_read
from registry.queries.own_data import own_data
from registry.queries.police import FOLLOWING, transfers_of
from registry.queries.scope import Scope, scope_of
from registry.queries.sight import seeing
from tests.actions.transferring import LETTER, answered, paper, transferred
from tests.api.objecting import compliance
from tests.casework import Desk, desk, identified, received
from tests.enrolling import enrolled
from tests.rules import sample_files
from tests.town import LAW_BEGINS, TODAY, at, build, handle

TOMORROW = TODAY + timedelta(days=1)
ANSWER: dict[str, Any] = {"outcome": "accepted", "answered_on": TODAY, "document_number": "公1号"}


@pytest.fixture
def here(db: None) -> Desk:
    return desk()


@pytest.fixture
def case(here: Desk) -> Case:
    """The case of a handling in which the surgeon answers, and the nurse does not."""
    return identified(here).cause.case


def refused(call: Any, code: str, field: str | None = None) -> None:
    with pytest.raises(Refused) as refusal:
        call()
    assert refusal.value.code == code
    assert field is None or refusal.value.field == field


def test_one_person_of_a_case_is_transferred_by_two_and_it_stands_in_the_steps_of_the_case(
    here: Desk, case: Case
) -> None:
    transfer = transferred(here, case, practitioner=here.surgeon)
    assert (transfer.practitioner, transfer.agency, transfer.state) == (here.surgeon, here.town.agency, "")
    step = ProcedureStep.objects.get(subject=case.uuid, act="transfer_to_police")
    assert (step.actor, step.second, step.agency) == (here.scorer, here.second, here.town.agency)
    assert (step.state_before, step.state_after, step.document_number) == ("open", "open", "医保移送1号")
    assert step.practitioner is None
    assert step.case == case


def test_a_closed_case_is_transferred_whole_and_stays_closed(here: Desk) -> None:
    case = handle(here.town).case
    close_case(case=case, reason="无人应负责任", by=here.scorer, now=at(TODAY, 14))
    transferred(here, case)
    case.refresh_from_db()
    assert case.state == "closed"


def test_it_takes_two_people(here: Desk, case: Case) -> None:
    refused(lambda: transferred(here, case, second=None), "second_person_missing")
    refused(lambda: transferred(here, case, second=here.scorer), "second_person_same")
    assert not PoliceTransfer.objects.exists()


@pytest.mark.parametrize("field", ["organ", "document_number", "legal_basis", "grounds"])
def test_nothing_of_the_letter_may_be_missing(here: Desk, case: Case, field: str) -> None:
    refused(lambda: transferred(here, case, **{field: "  "}), f"{field}_missing", field)


def test_the_day_lies_between_the_conduct_and_today(here: Desk, case: Case) -> None:
    before = case.cause.conduct_from - timedelta(days=1)
    for day in (before, TOMORROW):
        refused(lambda on=day: transferred(here, case, transferred_on=on), "transferred_on_refused", "transferred_on")
    assert transferred(here, case, transferred_on=case.cause.conduct_from)


def test_who_does_not_answer_in_the_case_is_not_transferred_with_it(here: Desk, case: Case) -> None:
    refused(lambda: transferred(here, case, practitioner=here.nurse), "not_in_the_case", "practitioner")


def test_the_same_letter_again_is_the_same_transfer_and_with_other_contents_it_is_refused(
    here: Desk, case: Case
) -> None:
    first = transferred(here, case)
    assert transferred(here, case) == first
    refused(lambda: transferred(here, case, grounds="另一理由"), "recorded_otherwise")
    other = paper(here, content=sample_files.png())
    refused(lambda: transferred(here, case, document=other), "recorded_otherwise")
    assert ProcedureStep.objects.filter(act="transfer_to_police").count() == 1


def test_what_waits_or_was_accepted_is_not_transferred_once_more_but_what_was_not_accepted_is(
    here: Desk, case: Case
) -> None:
    first = transferred(here, case, practitioner=here.surgeon)
    again = {"practitioner": here.surgeon, "document_number": "医保移送2号"}
    refused(lambda: transferred(here, case, **again), "transferred_already")
    answered(here, first, "not_accepted")
    second = transferred(here, case, **again)
    answered(here, second, "accepted")
    refused(lambda: transferred(here, case, **{**again, "document_number": "医保移送3号"}), "transferred_already")


def test_a_file_that_was_merged_is_the_same_person(here: Desk, case: Case) -> None:
    double = register_practitioner(
        code="D430100000099", name="王伟", category="physician", by=here.scorer, now=at(TODAY)
    )
    merge_files(
        kept=double, absorbed=here.surgeon, reason="同一人", by=here.scorer, second=here.second, now=at(TODAY, 14)
    )
    transferred(here, case, practitioner=double)
    again = {"practitioner": here.surgeon, "document_number": "医保移送2号"}
    refused(lambda: transferred(here, case, **again), "transferred_already")


def test_what_came_back_is_kept_with_its_document_and_may_turn_out_otherwise_later(here: Desk, case: Case) -> None:
    transfer = transferred(here, case)
    answered(here, transfer, "not_accepted")
    answered(here, transfer, "accepted")
    transfer = PoliceTransfer.objects.get()
    assert transfer.state == "accepted"
    assert [each.outcome for each in transfer.answers.all()] == ["not_accepted", "accepted"]
    acts = ProcedureStep.objects.filter(subject=case.uuid).order_by("pk").values_list("act", flat=True)
    assert list(acts)[-3:] == ["transfer_to_police", "police_decline", "police_accept"]
    refused(lambda: answered(here, transfer, "not_accepted", reason="另一理由"), "recorded_otherwise")


def test_an_answer_has_its_document_its_day_and_where_it_was_not_accepted_its_reason(here: Desk, case: Case) -> None:
    transfer = transferred(here, case)
    refused(lambda: answered(here, transfer, "not_accepted", reason=" "), "reason_missing", "reason")
    refused(lambda: answered(here, transfer, "accepted", document_number=""), "document_number_missing")
    bare: dict[str, Any] = {
        "outcome": "accepted",
        "answered_on": TODAY,
        "document_number": "公1号",
        "by": here.scorer,
        "now": at(TODAY),
    }
    refused(lambda: record_police_answer(transfer=transfer, **bare), "document_missing", "document")
    before = TODAY - timedelta(days=1)
    refused(lambda: answered(here, transfer, "accepted", before), "answered_on_refused", "answered_on")
    refused(lambda: answered(here, transfer, "accepted", TOMORROW, now=at(TODAY, 16)), "answered_on_refused")
    refused(lambda: answered(here, transfer, "arrested"), "outcome_unknown")


def test_a_mistake_is_taken_back_by_two_and_then_nothing_follows(here: Desk, case: Case) -> None:
    transfer = transferred(here, case)
    mistake: dict[str, Any] = {"document_number": "", "reason": "误录"}
    refused(lambda: answered(here, transfer, "mistaken", **mistake), "second_person_missing")
    answered(here, transfer, "mistaken", second=here.second, **mistake)
    refused(lambda: answered(here, transfer, "accepted"), "cannot_follow", "outcome")
    assert transferred(here, case, document_number="医保移送2号").state == ""


def test_what_was_recorded_by_mistake_is_recorded_rightly_under_its_own_number(here: Desk, case: Case) -> None:
    wrong = transferred(here, case, organ="某县公安局")
    answered(here, wrong, "mistaken", second=here.second, document_number="", reason="机关录错")
    right = transferred(here, case)
    assert (right.pk != wrong.pk, right.state, right.document_number) == (True, "", wrong.document_number)
    assert transferred(here, case, document=right.document).pk == right.pk


def test_what_can_follow_is_said_for_everything_that_can_come_back_and_comes_to_an_end() -> None:
    outcomes = set(PoliceAnswer.Outcome)
    assert set(FOLLOWING) == {"", *outcomes}
    assert {after for each in FOLLOWING.values() for after in each} == outcomes
    assert FOLLOWING["mistaken"] == ()
    assert all("mistaken" in each for state, each in FOLLOWING.items() if state != "mistaken")


def test_points_standing_and_what_is_owed_stay_as_they_are_and_nobody_is_told(here: Desk) -> None:
    case = received(here, 9).case
    fan_out(clock=lambda: at(TODAY, 14))
    before = (standing_of(here.surgeon, TODAY), facts_of(here.surgeon), list(Task.objects.order_by("pk").values()))
    told = Notice.objects.count(), StandingChange.objects.count(), AccessRecord.objects.count()
    answered(here, transferred(here, case, practitioner=here.surgeon), "accepted")
    fan_out(clock=lambda: at(TOMORROW))
    assert (standing_of(here.surgeon, TODAY), facts_of(here.surgeon), list(Task.objects.order_by("pk").values())) == (
        before
    )
    assert (Notice.objects.count(), StandingChange.objects.count(), AccessRecord.objects.count()) == told


def test_the_persons_own_data_do_not_show_it(here: Desk) -> None:
    case = received(here, 9).case
    before = json.dumps(own_data(here.surgeon, at(TODAY, 18)), cls=DjangoJSONEncoder, ensure_ascii=False)
    answered(here, transferred(here, case, practitioner=here.surgeon), "not_accepted")
    assert json.dumps(own_data(here.surgeon, at(TODAY, 18)), cls=DjangoJSONEncoder, ensure_ascii=False) == before


# who sees it ----------------------------------------------------------------------------------------------------------


def authority_officer(here: Desk) -> User:
    """An officer of the healthcare security authority of the city."""
    authority = Authority.objects.create(code="B430100", name="市医保局", region=here.town.region)
    user = User.objects.create_user("huang")
    Assignment.objects.create(user=user, role=Role.AUTHORITY_OFFICER, authority=authority, starts_on=LAW_BEGINS)
    return user


def sees(seen: Scope, transfer: PoliceTransfer) -> tuple[bool, ...]:
    """By the queries, by the database alone, and the document of both."""
    document = transfer.document
    with seeing(seen.sight):
        alone = (
            PoliceTransfer.objects.filter(pk=transfer.pk).exists(),
            PoliceAnswer.objects.filter(transfer=transfer).exists(),
            type(document).objects.filter(pk=document.pk).exists(),
            ProcedureStep.objects.filter(act="transfer_to_police").exists(),
        )
    return (transfers_of(seen).filter(pk=transfer.pk).exists(), may_read(seen, document), *alone)


def test_it_is_seen_where_the_case_was_decided_and_neither_by_the_person_nor_the_institution(here: Desk) -> None:
    case = received(here, 9).case
    transfer = transferred(here, case, practitioner=here.surgeon)
    answered(here, transfer, "accepted")
    everything, nothing = (True,) * 6, (False,) * 6
    for user in (here.reviewer, authority_officer(here)):
        assert sees(scope_of(user, TODAY), transfer) == everything, user
    elsewhere = desk(build("320100")).reviewer
    for user in (compliance(here), enrolled(here.town), elsewhere):
        assert sees(scope_of(user, TODAY), transfer) == nothing, user


# what the database refuses --------------------------------------------------------------------------------------------


def test_what_is_recorded_is_never_altered(here: Desk, case: Case) -> None:
    answered(here, transferred(here, case), "accepted")
    for table in ("registry_policetransfer", "registry_policeanswer"):
        for statement in (f"UPDATE {table} SET document_number = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"outcome": "not_accepted", "reason": ""}, "what_was_not_accepted_says_why"),
        ({"document": None}, "an_answer_of_the_police_has_its_document"),
        ({"document_number": ""}, "an_answer_of_the_police_has_its_document"),
        ({"outcome": "mistaken", "reason": "误录"}, "a_mistake_is_signed_by_two_people"),
    ],
)
def test_the_database_refuses_an_answer_without_what_belongs_to_it(
    here: Desk, case: Case, changed: dict[str, Any], constraint: str
) -> None:
    said = {
        "transfer": transferred(here, case),
        "outcome": "accepted",
        "answered_on": TODAY,
        "document_number": "公1号",
    }
    said |= {"document": paper(here), "recorded_at": at(TODAY), "recorded_by": here.scorer}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PoliceAnswer.objects.create(**{**said, **changed})


def test_the_database_refuses_a_transfer_signed_twice_by_one(here: Desk, case: Case) -> None:
    said = {**LETTER, "case": case, "document": paper(here), "agency": here.town.agency, "recorded_at": at(TODAY)}
    with pytest.raises(IntegrityError, match="a_transfer_is_signed_by_two_people"), transaction.atomic():
        PoliceTransfer.objects.create(**said, recorded_by=here.scorer, second=here.scorer)
