"""What the policy keeps no longer is forgotten, and nothing else."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from registry.actions import sign_in
from registry.actions.files import keep_file
from registry.actions.retention import FORGETTABLE, purge
from registry.ledger.guards import append_only_tables
from registry.models import EnrolmentCode, SignInAttempt, StoredFile
from registry.rules.policy_frame import KEPT_FOR_EVER, RULES
from tests.enrolling import issued
from tests.rules import sample_files
from tests.town import TODAY, Town, at, build

NOW = at(TODAY)


@pytest.fixture
def town(db: None) -> Town:
    return build()


def days(number: int) -> timedelta:
    return timedelta(days=number)


def test_a_code_that_ran_out_is_forgotten_after_ninety_days(town: Town) -> None:
    issued(town)
    over = EnrolmentCode.objects.get().expires_at
    assert purge(now=over + days(90))["access_codes"] == 0
    assert purge(now=over + days(91))["access_codes"] == 1
    assert not EnrolmentCode.objects.exists()


def test_a_code_that_was_used_is_forgotten_by_the_day_of_its_use(town: Town) -> None:
    issued(town)
    EnrolmentCode.objects.update(used_at=NOW + days(1))
    assert purge(now=NOW + days(91))["access_codes"] == 0
    assert purge(now=NOW + days(92))["access_codes"] == 1


def test_a_dry_run_counts_and_forgets_nothing(town: Town) -> None:
    sign_in.count_sign_in(name="zhao", address="192.0.2.1", now=NOW)
    out = StringIO()
    with time_machine.travel(NOW + days(2), tick=False):
        call_command("purge", dry_run=True, stdout=out)
        assert SignInAttempt.objects.count() == 2
        call_command("purge", stdout=out)
    assert SignInAttempt.objects.count() == 0
    told = {each: 2 if each == "sign_in_attempts" else 0 for each in FORGETTABLE}
    assert out.getvalue() == "".join(f"{kind}: {count}\n" for kind, count in told.items()) * 2


def test_a_file_that_was_never_used_is_kept_for_ever(town: Town) -> None:
    keep_file(name="证据.pdf", content=sample_files.pdf(), by=town.officer, now=NOW)
    purge(now=NOW + days(36500))
    assert StoredFile.objects.count() == 1


def test_every_kind_with_a_number_of_days_is_forgotten_by_the_act() -> None:
    kinds = {key.removeprefix("retention.") for key in RULES if key.startswith("retention.")}
    assert set(FORGETTABLE) == kinds - set(KEPT_FOR_EVER)


def test_nothing_is_forgotten_from_an_append_only_table(db: None) -> None:
    tables = {each.ended_before(NOW).model._meta.db_table for each in FORGETTABLE.values()}
    assert not tables & set(append_only_tables())
