"""Work lists: whose tasks they are, in which order, and the next date of a person."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from registry.actions.clockwork import run_clocks
from registry.actions.registrations import register_at
from registry.actions.tasks import escalate, open_task
from registry.ledger.law import policies
from registry.models import Agency, Assignment, Region, Role, Task, User
from registry.models.identifiers import uuid7
from registry.queries.scope import scope_of
from registry.queries.supervision import key_supervision
from registry.queries.worklist import (
    Wanted,
    WorkList,
    due_of,
    next_date_of,
    tasks_of,
    who_must_act,
    worklist,
)
from tests.actions.deeds import merge
from tests.actions.talking import hold, look
from tests.casework import desk, received, window
from tests.town import LAW_BEGINS, TODAY, Town, at, build, further_tasks, score

pytestmark = pytest.mark.django_db
DUE = date(2025, 3, 24)
LATE = date(2025, 6, 2)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def town() -> Town:
    return build("510100")


def employ(role: Role, **where: Any) -> User:
    user = User.objects.create(username=f"{role}-{User.objects.count()}")
    Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **where)
    return user


def owe(holder: str, on: date = TODAY, *, clock: str = "objection", kind: str = "review", **of: Any) -> Task:
    return open_task(
        kind=Task.Kind(kind),
        holder=Task.Holder(holder),
        subject=uuid7(),
        policy=policies()["cn-2025"],
        clock=clock,
        starts_on=on,
        now=at(on),
        **of,
    )


def listed(user: User, today: date = TODAY, **wanted: Any) -> list[Task]:
    found = worklist(scope_of(user, today), today, user=user, wanted=Wanted(**wanted))
    return [line.task for line in found.lines]


def agency_of(code: str) -> Agency:
    region, _ = Region.objects.get_or_create(code=code, defaults={"name_zh": "某地"})
    return Agency.objects.create(code=f"B{code}", name=f"医保局{code}", region=region)


# whose ----------------------------------------------------------------------------------------------------------------


def test_everybody_sees_what_they_must_act_on_and_administrators_see_all(town: Town) -> None:
    expert = employ(Role.EXPERT)
    agency, hospital = owe("agency", agency=town.agency), owe("institution", institution=town.hospital)
    owe("institution", institution=town.clinic)
    vote, window = owe("expert", kind="vote", user=expert), owe("practitioner", practitioner=town.surgeon)
    assert listed(employ(Role.AGENCY_OFFICER, agency=town.agency)) == [agency]
    assert listed(employ(Role.COMPLIANCE_OFFICER, institution=town.hospital)) == [hospital]
    assert listed(expert) == [vote]
    assert {vote, window} < set(listed(employ(Role.ADMINISTRATOR)))
    assert len(listed(employ(Role.ADMINISTRATOR))) == 5


def test_officers_of_another_agency_of_the_same_region_share_the_list(town: Town) -> None:
    task = owe("agency", agency=town.agency)
    assert listed(employ(Role.AGENCY_OFFICER, agency=agency_of("510100"))) == [task]


def test_what_is_overdue_below_comes_up_once_it_was_handed_up(town: Town) -> None:
    above = employ(Role.AGENCY_OFFICER, agency=agency_of("510000"))
    here = employ(Role.AGENCY_OFFICER, agency=town.agency)
    far = employ(Role.AGENCY_OFFICER, agency=agency_of("430000"))
    agency, hospital = owe("agency", agency=town.agency), owe("institution", institution=town.hospital)
    assert listed(above, LATE) == []
    escalate(now=at(LATE))
    assert listed(above, LATE) == [agency, hospital]
    assert listed(here, LATE) == [agency, hospital]
    assert listed(far, LATE) == []


def test_what_is_given_to_somebody_by_name_is_found_as_theirs(town: Town) -> None:
    reviewer = employ(Role.AGENCY_OFFICER, agency=town.agency)
    mine, other = owe("agency", agency=town.agency, user=reviewer), owe("agency", agency=town.agency)
    assert listed(reviewer) == [mine, other]
    assert listed(reviewer, mine=True) == [mine]


def test_closed_tasks_are_on_no_list(town: Town) -> None:
    task = owe("agency", agency=town.agency)
    further_tasks().filter(pk=task.pk).update(state="done", closed_at=at(TODAY))
    assert listed(employ(Role.ADMINISTRATOR)) == []


# which and in which order ---------------------------------------------------------------------------------------------


def everything(town: Town) -> tuple[User, list[Task]]:
    """Tasks in the order in which they are due: overdue, this week, later, and not computable yet."""
    return employ(Role.ADMINISTRATOR), [
        owe("agency", date(2025, 2, 10), agency=town.agency),
        owe("institution", institution=town.hospital, kind="talk"),
        owe("agency", agency=town.agency),
        owe("agency", clock="training", agency=town.agency),
        owe("agency", date(2026, 12, 28), agency=town.agency),
        owe("agency", date(2026, 12, 29), agency=town.agency),
    ]


def test_what_is_due_first_comes_first_and_what_has_no_day_last(town: Town) -> None:
    admin, tasks = everything(town)
    assert listed(admin) == tasks
    assert [task.due_on for task in tasks[-2:]] == [None, None]


def test_pages_follow_each_other_without_gap_or_repetition(town: Town) -> None:
    admin, tasks = everything(town)
    found, after = list[Task](), ""
    for _ in range(len(tasks)):
        page = worklist(scope_of(admin, TODAY), TODAY, user=admin, after=after, size=1)
        found += [line.task for line in page.lines]
        after = page.after
    assert (found, after) == (tasks, "")


@pytest.mark.parametrize("place", ["nonsense", "2025-03-24", "2025-13-01.1", "-.x"])
def test_a_place_that_no_page_gave_is_refused(place: str) -> None:
    admin = employ(Role.ADMINISTRATOR)
    with pytest.raises(ValueError, match=r".+"):
        worklist(scope_of(admin, TODAY), TODAY, user=admin, after=place)


def test_filters_by_kind_holder_overdue_and_handed_up(town: Town) -> None:
    admin, tasks = everything(town)
    assert listed(admin, kind="talk") == listed(admin, holder="institution") == [tasks[1]]
    assert listed(admin, overdue=True) == [tasks[0]]
    assert listed(admin, escalated=True) == []
    escalate(now=at(TODAY))
    assert listed(admin, escalated=True) == [tasks[0]]


def test_a_line_says_what_is_overdue_due_today_or_waits(town: Town) -> None:
    admin, _ = everything(town)

    def marks(today: date) -> list[tuple[bool, bool]]:
        lines = worklist(scope_of(admin, today), today, user=admin).lines
        return [(line.is_overdue, line.is_due_today) for line in lines]

    assert marks(TODAY)[:2] == [(True, False), (False, False)]
    assert marks(DUE)[:3] == [(True, False), (False, True), (False, True)]
    assert marks(date(2030, 1, 1))[3:] == [(True, False), (False, False), (False, False)]


def test_missing_calendar_years_are_the_first_line_of_administrators_alone(town: Town) -> None:
    november = date(2026, 11, 2)

    def asked(user: User, after: str = "") -> WorkList:
        return worklist(scope_of(user, november), november, user=user, after=after)

    admin = employ(Role.ADMINISTRATOR)
    assert asked(admin).years == (2027,)
    assert asked(admin, after="-.1").years == ()
    assert asked(employ(Role.AGENCY_OFFICER, agency=town.agency)).years == ()


def test_a_list_asks_no_more_however_long_it_is(town: Town) -> None:
    officer = employ(Role.AGENCY_OFFICER, agency=town.agency)
    for number in range(30):
        owe("agency", TODAY - timedelta(days=number), agency=town.agency, practitioner=town.surgeon)
    seen = scope_of(officer, TODAY)
    with CaptureQueriesContext(connection) as asked:
        lines = worklist(seen, TODAY, user=officer).lines
        assert len({(line.who, str(line.task.practitioner)) for line in lines}) == 1
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        due_of(seen, TODAY, user=officer)
    assert len(asked) == 2


def test_the_overview_counts_what_is_due_and_shows_the_first(town: Town) -> None:
    admin, tasks = everything(town)
    escalate(now=at(TODAY))
    found = due_of(scope_of(admin, DUE), DUE, user=admin)
    assert (found.today, found.overdue, found.escalated, found.open) == (2, 1, 1, 6)
    assert [line.task for line in found.first] == tasks[:5]


# the next date --------------------------------------------------------------------------------------------------------


def test_the_next_date_says_by_when_who_must_do_what() -> None:
    here = desk()
    proposal = received(here, 4)
    for subject in (proposal, here.surgeon):
        found = next_date_of(subject, TODAY)
        assert found is not None
        assert (found.task, found.due_on, found.missing_year) == (window(proposal), DUE, None)
        assert (found.who, found.what) == ("practitioner", "state or object")
    assert next_date_of(here.nurse, TODAY) is None


def test_a_next_date_that_is_not_computable_names_the_missing_year(town: Town) -> None:
    score(town, 3, date(2026, 12, 28))
    look(date(2026, 12, 28))
    found = next_date_of(town.surgeon, date(2026, 12, 29))
    assert found is not None
    assert (found.due_on, found.missing_year, found.who) == (None, 2027, "第一医院")


def test_the_tasks_of_merged_files_are_those_of_the_person(town: Town) -> None:
    score(town, 3, TODAY, who=town.nurse)
    look()
    merge(town, town.surgeon, town.nurse, TODAY)
    for file in (town.surgeon, town.nurse):
        found = next_date_of(file, TODAY)
        assert found is not None
        assert found.task == further_tasks().get()


def test_an_expert_is_not_named_where_the_person_may_read() -> None:
    assert who_must_act(owe("expert", user=employ(Role.EXPERT))) == "expert"


def test_a_talk_held_after_its_day_is_shown_as_late(town: Town) -> None:
    for who in (town.surgeon, town.nurse):
        score(town, 3, TODAY, who=who)
    look()
    first, second = further_tasks().order_by("pk")
    hold(town, first, DUE)
    hold(town, second, DUE + timedelta(days=1))
    found = tasks_of([town.surgeon.pk, town.nurse.pk], LATE)
    assert [(line.task, line.was_late) for line in found.held] == [(second, True), (first, False)]
    assert found.open == ()


# key supervision ------------------------------------------------------------------------------------------------------


def test_who_has_six_points_is_under_key_supervision_with_what_is_owed(town: Town) -> None:
    score(town, 6, TODAY)
    score(town, 5, TODAY, who=town.nurse)
    run_clocks(now=at(TODAY, 20))
    officer = employ(Role.AGENCY_OFFICER, agency=town.agency)
    (only,) = key_supervision(scope_of(officer, TODAY), TODAY).people
    assert (only.practitioner, only.points) == (town.surgeon, 6)
    assert [row.institution for row in only.registrations] == [town.hospital]
    assert [(line.task.kind, line.task.holder) for line in only.tasks] == [
        ("talk", "institution"),
        ("interview", "institution"),
        ("interview", "agency"),
    ]


def test_key_supervision_ends_with_the_year_and_leaves_out_who_is_blocked(town: Town) -> None:
    score(town, 6, TODAY)
    score(town, 9, TODAY, who=town.nurse)
    admin = employ(Role.ADMINISTRATOR)

    def people(today: date) -> list[str]:
        return [each.practitioner.name for each in key_supervision(scope_of(admin, today), today).people]

    assert people(TODAY) == ["王伟"]
    assert people(date(2025, 5, 10)) == ["王伟", "李娜"]  # back from a suspension, with nine points
    assert people(date(2026, 1, 1)) == []


def test_key_supervision_goes_on_page_by_page_within_the_scope(town: Town) -> None:
    there = build("430100")
    for each in (town, there):
        for who in (each.surgeon, each.nurse):
            score(each, 6, TODAY, who=who, number=f"罚{who.code}")
    register_at(practitioner=there.nurse, institution=town.clinic, starts_on=TODAY, by=None, now=at(TODAY))
    officer = employ(Role.AGENCY_OFFICER, agency=town.agency)
    seen, found, after = scope_of(officer, TODAY), list[str](), ""
    for _ in range(3):
        with CaptureQueriesContext(connection) as asked:
            page = key_supervision(seen, TODAY, after=after, size=1)
        assert len(asked) <= 6
        found += [each.practitioner.code for each in page.people]
        after = page.after
    assert found == sorted([town.surgeon.code, town.nurse.code, there.nurse.code])
    assert after == ""
