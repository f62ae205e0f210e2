import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from registry.config.database import READING, check_settings, connection_settings, parameters

BASE = {"DATABASE_URL": "postgres://registry_app:secret@db/registry"}


def read(**variables: str) -> environ.Env:
    env = environ.Env()
    env.ENVIRON = {**BASE, **variables}
    return env


def test_a_replica_is_asked_as_the_primary_is_and_given_up_soon() -> None:
    env = read(REGISTRY_CHECK_DATABASE_URL="postgres://registry_app:other@near:5433/registry")
    there = check_settings(env, connection_settings(env))["checks"]
    assert (there["HOST"], there["PORT"], there["PASSWORD"]) == ("near", 5433, "other")
    assert there["ENGINE"] == "registry.config.walled"
    assert (there["OPTIONS"]["assume_role"], there["OPTIONS"]["connect_timeout"]) == (READING, 2)


def test_without_a_replica_there_is_none_and_another_kind_of_database_is_refused() -> None:
    env = read(REGISTRY_CHECK_DATABASE_URL="")
    assert check_settings(env, connection_settings(env)) == {}
    env = read(REGISTRY_CHECK_DATABASE_URL="mysql://near/registry")
    with pytest.raises(ImproperlyConfigured, match="REGISTRY_CHECK_DATABASE_URL names"):
        check_settings(env, connection_settings(env))


def test_who_keeps_backups_logs_in_by_an_address_of_its_own() -> None:
    settings = connection_settings(
        read(DATABASE_BACKUP_URL="postgres://registry_backup:kept@db:5433/x?sslmode=require")
    )
    assert parameters(settings, "KEEPER") == {
        "user": "registry_backup",
        "password": "kept",
        "host": "db",
        "port": "5433",
        "dbname": "registry",
        "sslmode": "require",
    }
    assert connection_settings(read())["KEEPER"] is None
