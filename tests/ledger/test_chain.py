"""The chain of a file: whatever is altered, removed, added or swapped in it is seen."""

import base64
import hmac
import json
from datetime import UTC, date

import psycopg
import pytest
from django.conf import settings

from registry.ledger import chain, shares
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


def written_by_a_library(fact: Fact | chain.FactRow) -> bytes:
    """The bytes that the hashes of every register were made of from the first day on."""

    def sealed(name: str, value: object) -> str:
        return sealing.pseudonym(f"{name}:{value}", salt=bytes(fact.salt)).hex()

    meaning = {
        "chain_no": fact.chain_no,
        "kind": fact.kind,
        "effective_on": fact.effective_on.isoformat(),
        "recorded_at": fact.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "decided_at": fact.decided_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "origin": fact.origin,
        "origin_id": str(fact.origin_id),
        "origin_seq": fact.origin_seq,
        "legacy": fact.legacy,
        "points": fact.points,
        "counted_on": fact.counted_on.isoformat() if fact.counted_on else None,
        "policy": fact.policy,
        "months": fact.months,
        "days": fact.days,
        "entry": fact.entry_id,
        "agency": fact.agency_id,
        "file": sealed("file", fact.practitioner_id),
        "reason": sealed("reason", fact.reason),
        "document": sealed("document", fact.document_number),
        "actor": sealed("actor", fact.actor_id),
        "second": sealed("second", fact.second_id),
    }
    return json.dumps(meaning, sort_keys=True, separators=(",", ":")).encode()


def test_the_bytes_of_a_fact_are_those_of_a_json_library_row_for_row(town: Town) -> None:
    models = list(Fact.objects.order_by("practitioner_id", "chain_no"))
    assert models
    for model, row in zip(models, shares.facts_of(shares.cut().shares[0]), strict=True):
        assert chain.canonical(row) == chain.canonical(model) == written_by_a_library(model)
        for odd in (
            row._replace(legacy=True, months=3, days=0, origin='a "b"\\ \n省\x7f', policy="\U0001f3e5</", kind="号"),
            row._replace(agency_id=None, actor_id=None, second_id=None, reason='"省"\x00', recorded_at=at(TODAY)),
            row._replace(decided_at=row.decided_at.replace(microsecond=7), origin_seq=-1, points=0, counted_on=None),
        ):
            assert chain.canonical(odd) == written_by_a_library(odd)


def test_a_pseudonym_is_an_hmac_of_salt_and_text() -> None:
    key = base64.b64decode(settings.REGISTRY_CHAIN_KEY)
    for text in ("", "reason:情节属实", "x" * 200):
        expected = hmac.digest(key, b"salt" + text.encode(), "sha256")
        assert sealing.pseudonym(text, salt=b"salt") == expected
        assert sealing.pseudonyms(("a", text), salt=b"salt")[1] == expected


def test_the_hash_does_not_depend_on_the_zone_of_the_instant(town: Town) -> None:
    fact = Fact.objects.filter(practitioner=town.surgeon).first()
    assert fact is not None
    as_stored = chain.canonical(fact)
    fact.recorded_at = fact.recorded_at.astimezone(at(TODAY).tzinfo)
    assert chain.canonical(fact) == as_stored
