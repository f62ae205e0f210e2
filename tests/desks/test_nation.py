"""A register the size of a nation, here of three hundred: written straight into the tables, like one made by acts."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from notifications.models import Notice
from registry.config.database import as_owner
from registry.desks import nation
from registry.desks.nation import Nation
from registry.ledger.checking import differences
from registry.models import (
    Certificate,
    Fact,
    IdentityDocument,
    Institution,
    Practitioner,
    Registration,
    StaffRecord,
    StandingSpan,
    User,
)
from registry.models.pinyin import sound_of
from registry.queries.eligibility import Question, eligibilities
from registry.queries.people import find_by_document, find_people
from registry.rules import resident_id

NOW = datetime.fromisoformat("2026-07-15T12:00:00+08:00")
PEOPLE, SEED = 300, 7
SCHEMA = """
    SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated::text
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1
"""


def schema() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return list(cursor.fetchall())


def load() -> None:
    """As the owner of the tables, as the command does it."""
    connection.close()
    with as_owner(connection.settings_dict):
        try:
            nation.load(people=PEOPLE, seed=SEED, now=NOW, progress=lambda line: None)
        finally:
            connection.close()


def assert_is_like_one_made_by_acts() -> None:
    assert list(differences()) == []
    for model in (Practitioner, Certificate, StaffRecord, Registration, Institution):
        history: Any = getattr(model, "history")  # noqa: B009 - mypy does not know what simple-history adds
        kept = [field.attname for field in history.model._meta.concrete_fields if "history" not in field.name]
        said, stands = history.values_list(*kept), model._default_manager.values_list(*kept)
        assert sorted(map(repr, said)) == sorted(map(repr, stands)), model
        assert {(each.history_type, each.history_change_reason) for each in history.all()} == {("+", None)}
        assert all(each.history_date == each.recorded_at for each in history.all())
        assert {each.history_user for each in history.all()} == {User.objects.get(username="administrator")}


def assert_people_are_as_planned() -> None:
    plan = Nation(PEOPLE, SEED)
    people = Practitioner.objects.prefetch_related("registrations__institution").order_by("pk")
    assert len(people) == PEOPLE
    for person in people:
        assert person.code == plan.code_of(person.pk)
        assert (person.pinyin, person.initials) == sound_of(person.name)
        assert plan.place_of(person.pk).code in {each.institution.code for each in person.registrations.all()}
    for document in IdentityDocument.objects.select_related("practitioner"):
        assert document.kind != "resident_id" or resident_id.fault(document.number) is None
    document = IdentityDocument.objects.earliest("pk")
    assert find_by_document(Practitioner.objects.all(), document.number) == [document.practitioner]


def assert_the_check_answers() -> None:
    plan, today = Nation(PEOPLE, SEED), NOW.date()
    present = StandingSpan.objects.filter(starts_on__lte=today).exclude(ends_on__lte=today)
    standing = dict(present.values_list("practitioner_id", "status"))
    assert {"suspended", "terminated"} <= set(standing.values())
    asked = [
        Question(practitioner=plan.code_of(number), institution=plan.place_of(number).code, on=today)
        for number in range(1, PEOPLE + 1)
    ]
    for number, answer in enumerate(eligibilities(asked, now=NOW), start=1):
        assert answer.payable == (standing.get(number, "normal") == "normal"), answer


def assert_lists_show_them() -> None:
    person = Fact.objects.earliest("pk").practitioner
    assert person in find_people(Practitioner.objects.all(), person.pinyin)
    assert Notice.objects.filter(practitioner=person).exists()
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username="administrator"))
    client.get("/healthz")
    for name in ("practitioner", "pointsentry", "case", "registration", "rosterjob", "standingchange"):
        page = client.get(f"/admin/registry/{name}/")
        assert page.status_code == 200
        assert len(page.context["cl"].result_list) > 0, name
    assert client.get("/admin/work/").status_code == 200


def test_three_hundred_people_are_as_acts_would_have_made_them(committed: None) -> None:
    before = schema()
    with time_machine.travel(NOW, tick=False):
        load()
        assert schema() == before
        assert_is_like_one_made_by_acts()
        assert_people_are_as_planned()
        assert_the_check_answers()
        assert_lists_show_them()
        with pytest.raises(nation.NotEmpty):
            load()


def test_a_fill_that_fails_leaves_nothing(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema()
    monkeypatch.setattr("registry.desks.nation.told.write", lambda *args, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load()

    assert schema() == before
    assert not Practitioner.objects.exists()
    assert not User.objects.exists()
