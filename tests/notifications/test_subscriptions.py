"""Bodies that ask to be told of a named person, and what is told of procedures and deadlines."""

from datetime import date, timedelta

import pytest

from notifications.actions.subscriptions import end_subscription, subscribe
from notifications.models import Event, Subscription
from registry.actions.errors import Refused
from registry.actions.tasks import escalate
from registry.models import Agency, Authority, Region, Task
from tests.appeals.disputes import NEXT_DAY, decided, in_review, objected
from tests.appeals.repairs import completed, filed
from tests.casework import desk, proposed, received
from tests.notifications.exchange import announce, country, elsewhere, of_changes, told
from tests.town import TODAY, Town, at, score

pytestmark = pytest.mark.django_db

END = TODAY + timedelta(days=90)


@pytest.fixture
def town() -> Town:
    return country()


def test_a_subscriber_is_told_what_it_would_not_be_told_otherwise_while_it_runs(town: Town) -> None:
    stranger = elsewhere()
    subscribe(body=stranger, practitioner=town.surgeon, reason="拟聘用", ends_on=END, by=town.officer, now=at(TODAY))
    score(town, 3, TODAY)
    score(town, 3, END)
    announce()
    during, after = of_changes(town.surgeon)
    assert stranger.code in told(during)["institution"]
    assert stranger.code not in told(after)["institution"]


def test_who_is_told_anyway_is_told_once(town: Town) -> None:
    subscribe(body=town.hospital, practitioner=town.surgeon, reason="在职", ends_on=END, by=town.officer, now=at(TODAY))
    score(town, 3, TODAY)
    announce()
    assert told(of_changes(town.surgeon)[0])["institution"] == [town.hospital.code]


def test_an_authority_of_any_kind_subscribes(town: Town) -> None:
    health, security = (
        Authority.objects.create(code=f"X{kind}", name=kind, kind=kind, region_id="110000")
        for kind in ("health", "healthcare_security")
    )
    for body in (health, security):
        subscribe(body=body, practitioner=town.surgeon, reason="核查", ends_on=END, by=town.officer, now=at(TODAY))
    score(town, 3, TODAY)
    announce()
    found = told(of_changes(town.surgeon)[0])
    assert "Xhealth" in found["health_authority"]
    assert found["healthcare_security_authority"] == ["Xhealthcare_security"]


def test_subscribing_again_makes_it_longer_and_ending_it_ends_it(town: Town) -> None:
    given = {"body": town.clinic, "practitioner": town.surgeon, "reason": "拟聘用", "by": town.officer}
    first = subscribe(**given, ends_on=END, now=at(TODAY))  # type: ignore[arg-type]
    again = subscribe(**given, ends_on=END + timedelta(days=30), now=at(TODAY + timedelta(days=1)))  # type: ignore[arg-type]
    assert (again.pk, again.ends_on) == (first.pk, END + timedelta(days=30))
    end_subscription(subscription=again, by=town.officer, now=at(TODAY + timedelta(days=2)))
    score(town, 3, TODAY + timedelta(days=2))
    announce()
    assert town.clinic.code not in told(of_changes(town.surgeon)[0])["institution"]
    assert Subscription.history.count() == 3


@pytest.mark.parametrize("end", [TODAY, TODAY + timedelta(days=367)])
def test_a_subscription_ends_in_time(town: Town, end: date) -> None:
    with pytest.raises(Refused, match="subscription_end_refused"):
        subscribe(body=town.clinic, practitioner=town.surgeon, reason="拟聘用", ends_on=end, by=None, now=at(TODAY))


# procedures and deadlines ---------------------------------------------------------------------------------------------


def of_kind(kind: str) -> list[Event]:
    return list(Event.objects.filter(kind=kind).order_by("sequence"))


def test_an_objection_is_told_to_those_who_argue_at_each_step_that_moves_it(town: Town) -> None:
    here = desk(town)
    objection = in_review(here, objected(received(here, 3), "未参与手术"))
    decided(here, objection, "annulled")
    announce()
    steps = of_kind("objection.moved")
    assert [event.step.act for event in steps if event.step] == ["file", "assign", "decide"]
    for event in steps:
        assert told(event) == {
            "practitioner": ["王伟"],
            "institution": [town.hospital.code],
            "agency": [town.agency.code],
        }


def test_an_application_is_told_to_the_person_and_the_agency(town: Town) -> None:
    score(town, 3, TODAY)
    filed(town, [completed(town, town.surgeon, NEXT_DAY)], NEXT_DAY, who=town.surgeon)
    announce()
    [event] = of_kind("application.moved")
    assert told(event) == {"practitioner": ["王伟"], "agency": [town.agency.code]}


def test_a_deadline_is_told_to_whoever_must_act_and_to_nobody_else(town: Town) -> None:
    here = desk(town)
    proposed(here, 3)
    announce()
    assert of_kind("deadline.set") != []
    for event in of_kind("deadline.set"):
        assert event.deadline is not None
        assert event.deadline.holder == Task.Holder.AGENCY
        assert told(event) == {"agency": [town.agency.code]}


def test_a_missed_deadline_is_told_to_those_above_as_well(town: Town) -> None:
    above = Agency.objects.create(code="A510000", name="省医保中心", region=Region.objects.get(code="510000"))
    here = desk(town)
    proposed(here, 3)
    escalate(now=at(date(2025, 6, 20)))
    announce()
    missed = of_kind("deadline.missed")
    assert missed != []
    assert all(told(event) == {"agency": sorted([town.agency.code, above.code])} for event in missed)
