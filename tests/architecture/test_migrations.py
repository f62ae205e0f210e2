from typing import Any

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.core.management import call_command
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from tests.architecture.big_tables import refused

RELEASED = {"registry": 25, "appeals": 11, "notifications": 11}
"""The newest migrations that ran on empty tables only; whatever comes later runs while a country works."""


@pytest.mark.django_db
def test_the_migrations_say_all_that_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_later_migration_holds_a_large_table_for_long() -> None:
    every = MigrationLoader(None).disk_migrations
    later = {
        f"{app}.{name}": refused(migration)
        for (app, name), migration in every.items()
        if app in RELEASED and int(name[:4]) > RELEASED[app]
    }
    assert {name: faults for name, faults in later.items() if faults} == {}


INDEX = models.Index(fields=["kind"], name="some_index")
CHECK = models.CheckConstraint(condition=models.Q(points__lte=12), name="some_check")


def migration(*operations: Any, atomic: bool = True) -> Any:
    return type("Migration", (migrations.Migration,), {"operations": operations, "atomic": atomic})


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddIndex("fact", INDEX),
        migrations.AddIndex("historicalpractitioner", INDEX),
        migrations.AddConstraint("fact", CHECK),
        migrations.AddField("fact", "since", models.DateTimeField(db_default=Now())),
        migrations.AddField("fact", "other", models.ForeignKey("registry.Agency", models.PROTECT, null=True)),
        migrations.RemoveIndex("fact", "some_index"),
        migrations.RunSQL("CREATE UNIQUE INDEX some_index ON registry_fact (kind)"),
        migrations.RunSQL([("ALTER TABLE registry_fact ADD CONSTRAINT some_check CHECK (points < 13)", None)]),
        migrations.RunSQL("ALTER TABLE registry_fact ADD COLUMN other uuid DEFAULT gen_random_uuid()"),
        migrations.RunSQL("ALTER TABLE registry_fact ALTER COLUMN points TYPE bigint"),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY some_index ON registry_fact (kind)"),  # and is atomic
        migrations.SeparateDatabaseAndState([migrations.RunSQL("DROP INDEX some_index")]),
    ],
    ids=lambda operation: operation.describe()[:50],
)
def test_what_would_hold_a_large_table_is_refused(operation: Any) -> None:
    assert len(refused(migration(operation))) == 1


@pytest.mark.parametrize(
    "operations",
    [
        [AddIndexConcurrently("fact", INDEX), migrations.AddIndex("region", INDEX)],
        [AddConstraintNotValid("fact", CHECK)],
        [migrations.AddField("fact", "note", models.TextField(default="")), migrations.RunSQL("ANALYZE registry_fact")],
        [
            migrations.CreateModel("Thing", [("id", models.AutoField(primary_key=True))]),
            migrations.AddIndex("thing", INDEX),
        ],
        [
            migrations.RunSQL("CREATE INDEX CONCURRENTLY some_index ON registry_fact (kind)"),
            migrations.RunSQL("ALTER TABLE registry_fact ADD CONSTRAINT some_check CHECK (points < 13) NOT VALID"),
        ],
    ],
    ids=str,
)
def test_what_lets_people_go_on_writing_is_allowed(operations: list[Any]) -> None:
    assert refused(migration(*operations, atomic=False)) == []
