from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.db import models
from pytest_django import DjangoDbBlocker

from notifications.models import Endpoint, FollowUp, Notice, Push, Receipt, Subscription
from notifications.queries.delivery import dead
from registry.desks.demo_data import FEWEST, DemoResult, already_loaded
from registry.desks.demo_data.examples import EXPECTED
from registry.desks.demo_data.loading import OWN_FILES
from registry.desks.demo_data.places import BUSY_HOSPITAL, RESCINDED
from registry.ledger.checking import differences
from registry.ledger.days import shanghai_day
from registry.models import (
    CalendarDay,
    CalendarYear,
    Fact,
    FactKind,
    FileMerge,
    Handling,
    Institution,
    PersonalTrigger,
    Practitioner,
    SanctionPeriod,
    ServiceAgreement,
    StandingChange,
    StandingSpan,
)
from registry.models.pinyin import sound_of
from registry.queries.keys import holder
from tests.desks.loads import load_at, rolled_back, some

NOWS = some(
    {
        "last minutes of the year": "2026-12-31T23:50:00+08:00",
        "second of January": "2027-01-02T00:30:00+08:00",
        "leap day": "2028-02-29T09:00:00+08:00",
    }
)


@pytest.fixture(scope="module", params=NOWS.values(), ids=list(NOWS))
def now(request: pytest.FixtureRequest) -> datetime:
    return datetime.fromisoformat(request.param)


@pytest.fixture(scope="module")
def demo(now: datetime, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[DemoResult]:
    with django_db_blocker.unblock(), rolled_back():
        yield load_at(now, notices=True)


def spans_on(now: datetime) -> models.QuerySet[StandingSpan]:
    today = shanghai_day(now)
    begun = StandingSpan.objects.filter(starts_on__lte=today)
    return begun.filter(models.Q(ends_on=None) | models.Q(ends_on__gt=today))


def test_every_case_has_an_example_that_the_register_answers_as_told(demo: DemoResult, now: datetime) -> None:
    assert {example["case"] for example in demo.examples} == set(EXPECTED)
    for example in demo.examples:
        assert example["on"] == shanghai_day(now).isoformat()
        assert example["payable"] == (example["case"] in {"normal", "suspended_emergency"})


def test_a_load_is_recognised(demo: DemoResult) -> None:
    assert already_loaded()


def test_there_are_exactly_as_many_practitioners_as_asked_for(demo: DemoResult) -> None:
    assert Practitioner.objects.count() == FEWEST + 20


def test_everybody_is_found_by_the_pinyin_of_their_name(demo: DemoResult) -> None:
    people = Practitioner.objects.values_list("name", "pinyin", "initials")
    assert [row for row in people.iterator() if row[1:] != sound_of(row[0])] == []


def test_facts_projection_and_chains_agree(demo: DemoResult) -> None:
    assert list(differences()) == []


def test_every_standing_there_is_can_be_seen_today(demo: DemoResult, now: datetime) -> None:
    today = spans_on(now)

    assert today.filter(status="suspended").count() >= 6
    assert today.filter(status="terminated", may_reregister=False).count() >= 4
    assert today.filter(status="terminated", may_reregister=True).count() >= 2
    assert SanctionPeriod.objects.filter(kind="suspension", ends_on__lte=shanghai_day(now)).count() >= 2
    assert SanctionPeriod.objects.filter(kind="termination", ends_on__isnull=False).count() == 1


def test_history_holds_every_kind_of_fact_and_none_of_the_future(demo: DemoResult, now: datetime) -> None:
    assert set(Fact.objects.values_list("kind", flat=True)) == set(FactKind.values)
    assert Fact.objects.filter(legacy=True).count() == 3
    assert not Fact.objects.filter(recorded_at__gt=now).exists()
    assert not StandingChange.objects.filter(recorded_at__gt=now).exists()


def test_one_merge_holds_and_one_was_undone(demo: DemoResult) -> None:
    held, undone = FileMerge.objects.filter(undone_at=None), FileMerge.objects.exclude(undone_at=None)

    assert (held.count(), undone.count()) == (1, 1)
    assert {fact.practitioner_id for fact in Fact.objects.filter(practitioner__merges_kept__in=held)}
    assert {fact.practitioner_id for fact in Fact.objects.filter(practitioner__merges_absorbed__in=held)}


def test_some_handlings_open_no_gate_and_findings_need_none(demo: DemoResult) -> None:
    gentle = Handling.objects.filter(kind__in=["talk", "warning", "correction_order"])

    assert gentle.count() == 3
    assert not gentle.filter(responsibilities__isnull=False).exists()
    assert set(PersonalTrigger.objects.values_list("kind", flat=True)) == {
        "procurement_notification",
        "impersonated_settlement",
        "licence_revoked",
    }


def test_an_agreement_is_in_force_today_everywhere_but_at_the_rescinded_pharmacy(
    demo: DemoResult, now: datetime
) -> None:
    today = shanghai_day(now)
    present = ServiceAgreement.objects.filter(superseded_at=None, starts_on__lte=today, ends_on__gt=today)
    without = Institution.objects.exclude(agreements__in=present)

    assert [institution.code for institution in without] == [RESCINDED]


def test_accounts_sign_in_with_the_passwords_told_and_the_key_is_a_systems(demo: DemoResult, now: datetime) -> None:
    assert [(account["role"], bool(account["duty"])) for account in demo.accounts] == [
        ("administrator", False),
        ("agency_officer", True),
        ("agency_officer", True),
        ("compliance_officer", False),
        *[("expert", True)] * 2,
        ("security_administrator", True),
        ("auditor", True),
        ("reviewer", True),
        ("authority_officer", True),
        ("health_or_drug_officer", True),
        *[("practitioner", True)] * len(OWN_FILES),
    ]
    for account in demo.accounts:
        user = authenticate(username=account["username"], password=account["password"])
        assert user is not None
        assert user.is_staff == (account["role"] != "practitioner")
    key = holder(demo.api_keys[0]["key"], now + timedelta(days=300), "127.0.0.1")
    assert key is not None
    assert key.scope == demo.api_keys[0]["role"] == "settlement_system"


def test_history_rows_are_what_single_saves_would_have_written(demo: DemoResult) -> None:
    for model in tracked_models("registry"):
        first: dict[Any, Any] = {}
        for row in model.history.order_by("history_date", "history_id"):
            first.setdefault(getattr(row, model._meta.pk.attname), row)
        assert {row.history_type for row in first.values()} <= {"+"}, model
        assert None not in {row.history_user_id for row in first.values()}, model
        assert "" not in {row.history_change_reason for row in first.values()}, model


def test_the_latest_history_row_says_what_the_record_says(demo: DemoResult) -> None:
    for model in tracked_models("registry", "appeals"):
        latest: dict[Any, Any] = {}
        for row in model.history.order_by("history_date", "history_id"):
            latest[getattr(row, model._meta.pk.attname)] = row
        fields = [field.attname for field in model.history.model.tracked_fields]
        for record in model.objects.all():
            kept = latest[record.pk]
            assert [getattr(kept, name) for name in fields] == [getattr(record, name) for name in fields]


def tracked_models(*labels: str) -> list[Any]:
    """What the demo fills; the official calendar came with the migrations, by nobody."""
    kept = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return [model for model in kept if hasattr(model, "history") and model not in (CalendarDay, CalendarYear)]


def test_some_notices_are_new_some_read_and_some_acknowledged_and_some_letters_did_not_get_through(
    demo: DemoResult,
) -> None:
    to_the_hospital = Notice.objects.filter(institution__code=BUSY_HOSPITAL)
    taken = Receipt.objects.filter(notice__in=to_the_hospital)
    read, acknowledged = (taken.filter(kind=kind).count() for kind in ("read", "acknowledged"))
    assert 0 < acknowledged < read < to_the_hospital.count()
    assert {endpoint.state for endpoint in Endpoint.objects.all()} == {"active", "paused", "proposed"}
    assert dead(Push.objects.all()).exists()
    assert Push.objects.filter(state="delivered").exists()
    assert FollowUp.objects.exists()
    assert Subscription.objects.exists()
