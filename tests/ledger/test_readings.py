"""Looks into a file are chained, and nobody waits for them who settles or scores."""

import psycopg
import pytest
from django.db import transaction

from registry.ledger.checking import differences
from registry.ledger.readings import reading_faults
from tests.actions.looking import REASON, look
from tests.ledger.tampering import alter, unguarded
from tests.town import build


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'nothing'",
        "kind = 'searched'",
        "at = at - interval '1 day'",
        "user_id = (SELECT min(id) + 1 FROM registry_user)",
        "face = 'api'",
        "prev_hash = decode(repeat('00', 32), 'hex')",
    ],
)
def test_a_look_altered_behind_the_guards_is_found(owner: psycopg.Connection, change: str) -> None:
    town = build("510100")
    look(town.surgeon, town.officer, reason=REASON)
    second = look(town.surgeon, town.officer, reason=REASON)
    assert list(differences()) == []
    assert alter(owner, "registry_accessrecord", change, f"id = {second.pk}") == 1
    assert [each for each in differences() if each.startswith(f"file {town.surgeon.pk}: look {second.pk}: ")]


def test_a_look_removed_behind_the_guards_is_found(owner: psycopg.Connection) -> None:
    town = build("510100")
    first, second = look(town.surgeon, town.officer), look(town.surgeon, town.officer)
    with unguarded(owner, "registry_accessrecord"):
        owner.execute("DELETE FROM registry_accessrecord WHERE id = %s", [first.pk])
    assert list(reading_faults()) == [
        f"file {town.surgeon.pk}: look {second.pk}: number 2 in the file, expected 1",
        f"file {town.surgeon.pk}: look {second.pk}: does not follow the look before it",
    ]


def test_who_settles_or_scores_does_not_wait_for_who_looks_and_who_looks_waits_for_who_looks(
    owner: psycopg.Connection,
) -> None:
    town = build("510100")
    lock = "SELECT 1 FROM registry_practitioner WHERE id = %s FOR NO KEY UPDATE NOWAIT"
    with transaction.atomic():
        look(town.surgeon, town.officer)
        owner.execute(lock, [town.surgeon.pk])  # an act on the file at the same time
        owner.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            owner.execute("SELECT * FROM registry_last_readings(%s)", [[town.surgeon.pk]])
        owner.execute("SELECT * FROM registry_last_readings(%s)", [[town.nurse.pk]])
