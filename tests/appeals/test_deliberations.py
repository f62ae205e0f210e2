"""Deliberation: experts who are independent sign, stand aside, differ, or fall silent and are replaced."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import translation

from appeals.actions.clockwork import run_clocks
from appeals.actions.deliberations import stand_aside
from appeals.actions.grants import refuse_application
from appeals.models import ExpertConflict, ExpertPlace
from appeals.queries.remediation import support_of
from registry.actions.errors import Refused
from registry.actions.procedure import for_agency
from registry.models import ProcedureStep, Task
from tests.appeals.repairs import (
    account,
    called,
    completed,
    expert,
    filed,
    pair,
    signed,
    tasks,
)
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def town() -> Town:
    return build("510100")


def test_a_silent_expert_lapses_and_the_agency_calls_another(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    lin, zheng, he = expert("林"), expert("郑"), expert("何")
    application = called(town, filed(town, [completed(town, town.nurse, TODAY)], TODAY), TODAY, lin, zheng)
    application = signed(application, lin, TODAY)
    due = Task.objects.get(subject=application.uuid, state="open").due_on
    assert due == date(2025, 4, 8)  # 20 working days, without the holiday of 4 April
    assert run_clocks(now=at(due, 23))["replaced_deliberators"] == 0
    week_later = at(due + timedelta(days=7))
    assert run_clocks(now=week_later)["replaced_deliberators"] == 1
    assert run_clocks(now=week_later)["replaced_deliberators"] == 0
    assert (tasks(application), tasks(application, state="lapsed")) == (["convene"], ["deliberate"])
    with pytest.raises(Refused, match="not_asked_to_deliberate"):
        signed(application, zheng, due + timedelta(days=7))
    with pytest.raises(Refused) as refusal:
        called(town, application, due + timedelta(days=8), zheng)
    assert "was called to this application before" in str(refusal.value.message)
    application = called(town, application, due + timedelta(days=8), he)
    assert signed(application, he, due + timedelta(days=9)).state == "deliberated"
    released = ProcedureStep.objects.get(subject=application.uuid, act="release")
    assert (released.role, released.actor) == ("clock", None)


def test_nobody_is_silent_while_the_calendar_of_the_year_is_missing(town: Town) -> None:
    december = date(2026, 12, 20)
    score(town, 8, december, who=town.nurse)
    application = filed(town, [completed(town, town.nurse, december)], december)
    called(town, application, december, *pair())
    assert set(Task.objects.filter(kind="deliberate").values_list("due_on", "missing_year")) == {(None, 2027)}
    assert run_clocks(now=at(date(2027, 6, 1)))["replaced_deliberators"] == 0


def test_an_expert_who_stands_aside_is_replaced(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    lin, zheng = pair()
    application = called(town, filed(town, [completed(town, town.nurse, TODAY)], TODAY), TODAY, lin, zheng)
    stand_aside(application=application, reason="曾与申请人共事", by=account(zheng), now=at(TODAY, 15))
    assert tasks(application) == ["deliberate", "convene"]
    assert Task.objects.get(user=account(zheng)).result == "曾与申请人共事"
    called(town, application, TODAY, expert("何"))
    assert tasks(application) == ["deliberate", "deliberate"]


def test_two_experts_against_end_it_with_their_reasons_and_set_the_activity_free(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    part = completed(town, town.nurse, TODAY)
    lin, zheng = pair()
    application = called(town, filed(town, [part], TODAY), TODAY, lin, zheng)
    application = signed(application, lin, TODAY, in_favour=False)
    application = signed(application, zheng, TODAY, in_favour=False)
    assert (application.state, application.decision) == ("refused", "整改不到位\n整改不到位")
    assert tasks(application) == []
    assert support_of(application) == [part]


def test_what_experts_refused_is_asked_again_with_something_new_only(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    before, part, spare = (completed(town, town.nurse, TODAY) for _ in range(3))
    later = TODAY + timedelta(days=1)
    lin, zheng = pair()
    application = called(town, filed(town, [before, part], TODAY), TODAY, lin, zheng)
    for each in (lin, zheng):
        application = signed(application, each, later, in_favour=False)
    for old in ([part], [before, part], [spare]):
        with pytest.raises(Refused) as refused:
            filed(town, old, later)
        told = (refused.value.code, refused.value.field, refused.value.value)
        assert told == ("nothing_new_since_refusal", "attendances", application.number)
    again = filed(town, [part, completed(town, town.nurse, later)], later, amount=2)
    assert (again.state, support_of(again)) == ("filed", list(again.attendances.order_by("pk")))


def test_what_an_officer_refused_may_be_asked_again_as_it_was(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    part = completed(town, town.nurse, TODAY)
    first = filed(town, [part], TODAY)
    acting = for_agency(town.officer, town.agency)
    refuse_application(
        application=first, grounds="材料不齐", document_number="修复1号", acting=acting, now=at(TODAY, 13)
    )
    assert filed(town, [part], TODAY).state == "filed"


def test_opinions_that_are_divided_call_for_a_third(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    lin, zheng = pair()
    application = called(town, filed(town, [completed(town, town.nurse, TODAY)], TODAY), TODAY, lin, zheng)
    signed(application, lin, TODAY)
    application = signed(application, zheng, TODAY, in_favour=False)
    assert (application.state, tasks(application)) == ("deliberating", ["convene"])
    he = expert("何")
    with pytest.raises(Refused, match="deliberators_too_few_or_many"):
        called(town, application, TODAY, he, expert("吴"))
    assert signed(called(town, application, TODAY, he), he, TODAY).state == "deliberated"


def test_an_opinion_is_signed_once(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    lin, zheng = pair()
    application = called(town, filed(town, [completed(town, town.nurse, TODAY)], TODAY), TODAY, lin, zheng)
    assert signed(application, lin, TODAY) == signed(application, lin, TODAY)
    with pytest.raises(Refused, match="already_signed"):
        signed(application, lin, TODAY, in_favour=False)
    assert application.opinions.count() == 1


def test_experts_who_are_not_independent_are_not_called(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    application = filed(town, [completed(town, town.nurse, TODAY)], TODAY)
    good, colleague, former, friend, herself, officer, away, left = (
        expert(name) for name in ("林", "同事", "前同事", "朋友", "本人", "经办人", "出差", "退出")
    )
    ExpertPlace.objects.create(expert=colleague, institution=town.hospital, starts_on=LAW_BEGINS)
    ExpertPlace.objects.create(
        expert=former, institution=town.hospital, starts_on=date(2010, 1, 1), ends_on=date(2023, 1, 1)
    )
    ExpertConflict.objects.create(expert=friend, practitioner=town.nurse, reason="同学", declared_at=at(TODAY))
    herself.practitioner = town.nurse
    herself.save()
    officer.user = town.officer
    officer.save()
    away.availability.update(ends_on=TODAY)
    left.active = False
    left.save()
    for who, why in (
        (colleague, "works at an institution of the case"),
        (former, "worked at an institution of the case too recently"),
        (friend, "declared a conflict"),
        (herself, "has a part in the case"),
        (officer, "has a part in the case"),
        (away, "not available on that day"),
        (left, "left the pool or has no open account"),
    ):
        with pytest.raises(Refused) as refusal:
            called(town, application, TODAY, good, who)
        assert refusal.value.code == "expert_excluded"
        assert why in str(refusal.value.message)
    with pytest.raises(Refused, match="deliberators_too_few_or_many"):
        called(town, application, TODAY, good)
    assert tasks(application) == ["convene"]
