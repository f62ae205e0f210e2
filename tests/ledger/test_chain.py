"""The chain of a file: whatever is altered, removed, added or swapped in it is seen."""

from datetime import date

import psycopg
import pytest

from registry.ledger import chain
from registry.ledger.checking import file_differences
from registry.models import Agency, Fact, Practitioner, sealing
from tests.actions.deeds import annul, relieve, shorten
from tests.ledger.tampering import alter, unguarded
from tests.town import TODAY, Town, at, build, score

ALTERATIONS = {
    "practitioner_id": "(SELECT id FROM registry_practitioner WHERE code LIKE 'N%')",
    "chain_no": "7",
    "kind": "'entry_revised'",
    "effective_on": "effective_on + 1",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "decided_at": "decided_at - interval '1 microsecond'",
    "origin": "'cn-99'",
    "origin_id": "gen_random_uuid()",
    "origin_seq": "origin_seq + 1000",
    "legacy": "NOT legacy",
    "points": "points - 1",
    "counted_on": "counted_on - 1",
    "policy": "'cn-12-2025'",
    "months": "2",
    "days": "days + 1",
    "entry_id": "(SELECT max(id) FROM registry_fact WHERE kind = 'points_scored')",
    "reason": "reason || '。'",
    "document_number": "document_number || ' '",
    "agency_id": "(SELECT id FROM registry_agency WHERE code = 'other')",
    "actor_id": "second_id",
    "second_id": "actor_id",
    "salt": "sha256(salt)",
    "prev_hash": "sha256(prev_hash)",
    "hash": "sha256(hash)",
}
WHERE = {
    "practitioner_id": "chain_no = 5",
    "kind": "kind = 'entry_annulled'",
    "entry_id": "kind = 'entry_annulled'",
    "days": "kind = 'period_shortened'",
}
SCORED = "chain_no = 1"


@pytest.fixture
def town(committed: None) -> Town:
    """The surgeon has facts of several kinds; the first is an entry signed by two, the second was annulled."""
    town = build("510100")
    Agency.objects.create(code="other", name="别处", region=town.region)
    score(town, 12, TODAY)
    annul(town, score(town, 2, TODAY), TODAY)
    score(town, 3, date(2025, 4, 1))
    relieve(town, 1, date(2025, 4, 2))
    return town


def faults(who: Practitioner) -> list[str]:
    return chain.broken_links(list(Fact.objects.filter(practitioner=who).order_by("chain_no")))


def test_every_column_of_a_fact_is_told_of(town: Town) -> None:
    columns = {field.attname for field in Fact._meta.concrete_fields} - {"id"}
    assert columns == set(ALTERATIONS)


def test_each_altered_column_is_seen(town: Town, owner: psycopg.Connection) -> None:
    score(town, 9, TODAY, who=town.nurse, months=1)
    shorten(town, 1, date(2025, 3, 12), who=town.nurse)
    files = (town.surgeon, town.nurse)
    assert [faults(who) for who in files] == [[], []]
    originals = owner.execute("SELECT * FROM registry_fact").fetchall()
    for column, value in ALTERATIONS.items():
        reached = alter(owner, "registry_fact", _change(column, value), WHERE.get(column, SCORED))
        assert reached, column
        seen = [fault for who in files for fault in faults(who)]
        assert any("not what was recorded" in fault for fault in seen), f"{column} was altered and nobody saw it"
        _put_back(owner, originals)
    assert [faults(who) for who in files] == [[], []]


def _change(column: str, value: str) -> str:
    return f"{column} = {value}" + (", points = 3" if column == "kind" else "")


def _put_back(owner: psycopg.Connection, originals: list[tuple[object, ...]]) -> None:
    with unguarded(owner, "registry_fact"), owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute("DELETE FROM registry_fact")
        marks = ", ".join(["%s"] * len(originals[0]))
        with owner.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO registry_fact OVERRIDING SYSTEM VALUE VALUES ({marks})",
                originals,
            )


def test_a_removed_fact_is_seen(town: Town, owner: psycopg.Connection) -> None:
    with unguarded(owner, "registry_fact"), owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute("DELETE FROM registry_fact WHERE chain_no = 4")
    assert any("does not follow" in fault for fault in faults(town.surgeon))
    assert any("expected 4" in fault for fault in faults(town.surgeon))


def test_two_facts_in_the_other_order_are_seen(town: Town, owner: psycopg.Connection) -> None:
    for was, becomes in ((4, 400), (5, 4), (400, 5)):
        alter(owner, "registry_fact", f"chain_no = {becomes}", f"chain_no = {was}")
    assert len(faults(town.surgeon)) >= 2


def test_a_fact_rehashed_without_the_key_is_seen(town: Town, owner: psycopg.Connection) -> None:
    alter(owner, "registry_fact", "reason = '改', hash = sha256(prev_hash || convert_to('改', 'UTF8'))", SCORED)
    assert faults(town.surgeon)
    assert any("not what was recorded" in difference for difference in file_differences())


def test_the_chain_tells_nothing_about_people_without_the_key(town: Town) -> None:
    fact = Fact.objects.filter(practitioner=town.surgeon).first()
    assert fact is not None
    meaning = chain.canonical(fact).decode()
    assert fact.reason not in meaning
    assert fact.document_number not in meaning
    assert sealing.pseudonym("x", salt=b"1" * 16) != sealing.pseudonym("x", salt=b"2" * 16)


def test_the_hash_does_not_depend_on_the_zone_of_the_instant(town: Town) -> None:
    fact = Fact.objects.filter(practitioner=town.surgeon).first()
    assert fact is not None
    as_stored = chain.canonical(fact)
    fact.recorded_at = fact.recorded_at.astimezone(at(TODAY).tzinfo)
    assert chain.canonical(fact) == as_stored
