"""Through PgBouncer in transaction mode: nobody sees what another client was told, and everything works as without."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.config import folders
from registry.config.database import POOLED, connection_settings, elsewhere, parameters
from registry.config.lines import opened
from registry.models import ApiKey, Fact, Practitioner, Region, StandingSpan
from registry.queries.eligibility import Question, eligibilities
from registry.queries.quick_check import STATEMENTS
from registry.queries.sight import BLIND, FULL, Sight, seeing
from registry.queries.snapshot import one_moment
from tests.api.settlement import Settlement
from tests.config.pooler import PROGRAM, another, pooler, sessions_of, through
from tests.town import TODAY, Town, build, score

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no pgbouncer on this machine")


@pytest.fixture
def folder() -> Iterator[Path]:
    with folders.temporary("pooler") as made:
        yield made


@pytest.fixture
def town(committed: None, folder: Path) -> Iterator[Town]:
    """A town made by acts through a pooler that has one session for everybody."""
    with pooler(folder) as settings, through(settings):
        yield build("510100")


def people(seen_by: Any) -> int:
    with seen_by.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_practitioner")
        count: int = cursor.fetchone()[0]
        return count


def test_a_client_sees_nothing_of_what_another_one_of_the_same_session_was_told(town: Town, folder: Path) -> None:
    with closing(another(connection.settings_dict)) as somebody, closing(another(connection.settings_dict)) as other:
        for _turn in range(3):
            with seeing(FULL):
                assert people(somebody) == 2
            with seeing(BLIND):
                assert people(other) == 0
            with seeing(Sight(files=(town.nurse.pk,))):
                assert people(somebody) == 1
            with seeing(Sight(regions=("5101",))):
                assert people(other) == 2
        assert len(sessions_of(folder)) == 1
        assert current_role(somebody) == "registry_reader"


def current_role(of_client: Any) -> str:
    """Of a statement that is told nothing."""
    with of_client.connection.cursor() as cursor:
        role: str = cursor.execute("SELECT current_user").fetchone()[0]
        return role


def test_what_is_told_within_a_transaction_changes_with_the_moment_and_ends_with_it(town: Town) -> None:
    with transaction.atomic():
        assert Practitioner.objects.count() == 2
        with seeing(BLIND):
            assert Practitioner.objects.count() == 0
        with seeing(BLIND):
            savepoint = transaction.savepoint()
            assert not Practitioner.objects.exists()
            transaction.savepoint_rollback(savepoint)
        assert Practitioner.objects.count() == 2
    assert current_role(connection) == "registry_reader"
    with seeing(BLIND):
        assert not Practitioner.objects.exists()


def test_who_reads_may_not_write_through_it(town: Town) -> None:
    with seeing(Sight(files=(town.nurse.pk,))), pytest.raises(ProgrammingError, match="permission denied"):
        Practitioner.objects.filter(pk=town.nurse.pk).update(name="别人")
    assert Practitioner.objects.get(pk=town.nurse.pk).name == "李娜"


def test_points_scored_and_asked_for_through_it_are_those_of_any_other_register(town: Town) -> None:
    score(town, 9, TODAY)
    assert Fact.objects.count() == 1
    day = StandingSpan.objects.get(status="suspended").starts_on
    asked = [
        Question(practitioner=who.code, institution=town.hospital.code, on=day) for who in (town.surgeon, town.nurse)
    ]
    surgeon, nurse = eligibilities(asked, now=timezone.now())
    assert (surgeon.payable, nurse.payable) == (False, True)
    _key, text = issue_key(
        name="省结算系统",
        scope=ApiKey.Scope.SETTLEMENT,
        expires_at=timezone.now() + timedelta(days=90),
        by=town.officer,
        now=timezone.now(),
    )
    settlement = Settlement(town, text)
    assert settlement.ask(practitioner=town.surgeon.code, on=day.isoformat()).json()["payable"] is False
    assert settlement.ask(practitioner=town.nurse.code, on=day.isoformat()).json()["payable"] is True


def test_several_reads_are_of_one_moment_and_rows_are_streamed_within_a_transaction(town: Town) -> None:
    with one_moment():
        assert Practitioner.objects.count() == 2
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            assert cursor.fetchone() == ("repeatable read",)
        assert len(list(Practitioner.objects.iterator(chunk_size=1))) == 2
    assert len(list(Practitioner.objects.iterator(chunk_size=1))) == 2


@transaction.atomic
def score_and_alter(town: Town) -> None:
    score(town, 2, TODAY)
    Fact.objects.update(points=1)


def test_a_refused_statement_leaves_nothing_behind(town: Town) -> None:
    with pytest.raises(IntegrityError):
        Region.objects.create(code="510100", name_zh="又一个")
    with pytest.raises(IntegrityError):  # found out at the end, by a key that is looked up then
        Region.objects.create(code="519999", name_zh="无上级", parent_id="999999")
    with pytest.raises(ProgrammingError, match="permission denied"):
        score_and_alter(town)
    assert not Fact.objects.exists()
    assert not Region.objects.filter(code="519999").exists()
    assert Practitioner.objects.count() == 2


def test_the_statements_of_the_check_are_prepared_past_the_pooler(town: Town) -> None:
    with opened(STATEMENTS) as session:
        assert session.info.port != 6432 or "pooler" not in session.info.host
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            session.execute("DELETE FROM registry_region")


def test_a_pooler_whose_sessions_do_not_begin_blind_is_refused(committed: None, folder: Path) -> None:
    with pooler(folder, connect_query="SELECT 1") as settings, closing(another(settings)) as client:
        wanted = pytest.raises(ImproperlyConfigured, match="connect_query = 'SET ROLE registry_reader'")
        with wanted:
            client.ensure_connection()


def test_a_copy_elsewhere_is_reached_without_the_pooler(town: Town) -> None:
    straight = parameters(connection.settings_dict, "DIRECT")
    connection.close()
    with elsewhere(connection.settings_dict, straight):
        assert people(connection) == 2
        with seeing(BLIND):
            assert people(connection) == 0
        connection.close()


def test_a_pooler_is_said_together_with_the_way_past_it() -> None:
    env = environ.Env()
    env.ENVIRON = {"DATABASE_URL": "postgres://registry_app@pool:6432/registry", "REGISTRY_DATABASE_POOLED": "true"}
    with pytest.raises(ImproperlyConfigured, match="DATABASE_DIRECT_URL is not"):
        connection_settings(env)
    env.ENVIRON["DATABASE_DIRECT_URL"] = "postgres://registry_app@db/registry"
    settings = connection_settings(env)
    assert (settings["ENGINE"], settings["DIRECT"]["HOST"]) == (POOLED, "db")
