"""Programs open files: each opening is kept, and outside one's work it needs a reason."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.actions.keys import issue_key
from registry.actions.registrations import end_registration
from registry.models import AccessRecord, Assignment, Authority, Registration, Role, User
from tests.actions.looking import REASON
from tests.api.conftest import NOW
from tests.api.officers import Program
from tests.api.people_of_a_case import administrator, compliance_officer
from tests.api.settlement import problem
from tests.casework import Desk, desk
from tests.town import LAW_BEGINS, TODAY, Town, score

OPENING = {
    "": "opened",
    "standing/": "opened",
    "changes/": "history",
    "facts/": "opened",
    "registrations/": "opened",
    "entries/": "opened",
    "periods/": "opened",
    "tasks/": "opened",
    "merges/": "opened",
    "documents/": "opened",
    "readings/": "history",
    "prospects/": "opened",
    "offers/": "opened",
    "parts/": "opened",
}
WORDS = quote(REASON)


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def officer(here: Desk) -> Program:
    return Program(here.scorer)


def address(here: Desk, what: str = "") -> str:
    return f"practitioners/{here.surgeon.uuid}/{what}"


def kept() -> list[AccessRecord]:
    return list(AccessRecord.objects.order_by("pk"))


@pytest.mark.parametrize("what", OPENING)
def test_every_way_to_read_a_file_is_kept(here: Desk, officer: Program, what: str) -> None:
    assert officer.get(address(here, what)).status_code == 200
    (look,) = kept()
    assert (look.practitioner, look.user, look.kind, look.face) == (here.surgeon, here.scorer, OPENING[what], "api")
    assert (look.reason, look.at, look.key and look.key.user) == ("", NOW, here.scorer)


@pytest.mark.parametrize("what", OPENING)
def test_an_administrator_says_why_each_time(here: Desk, what: str) -> None:
    root = Program(administrator())
    shown = problem(root.get(address(here, what)), 403, "access-reason-needed")
    (error,) = shown["errors"]
    assert (error["field"], error["value"], error["code"]) == ("Access-Reason", None, "required")
    assert "10 to 500" in error["remedy"]
    assert kept() == []
    assert root.get(address(here, what), access_reason=WORDS).status_code == 200
    assert [look.reason for look in kept()] == [REASON]


def test_an_officer_says_why_for_somebody_who_left(here: Desk) -> None:
    program = Program(compliance_officer(here.town.hospital))
    assert program.get(address(here)).status_code == 200
    row = Registration.objects.get(practitioner=here.surgeon, superseded_at=None)
    left = NOW.date() - timedelta(days=1)
    end_registration(registration=row, ends_on=left, reason="调离", by=here.town.officer, now=NOW)
    problem(program.get(address(here)), 403, "access-reason-needed")
    assert program.get(address(here), access_reason=WORDS).status_code == 200


def test_an_auditor_says_why_and_reads_who_looked(here: Desk) -> None:
    user = User.objects.create_user("shen")
    Assignment.objects.create(user=user, role=Role.AUDITOR, starts_on=LAW_BEGINS)
    auditor = Program(user)
    problem(auditor.get(address(here, "readings/")), 403, "access-reason-needed")
    assert auditor.get(address(here, "readings/"), access_reason=WORDS).status_code == 200
    (row,) = json.loads(auditor.get(address(here, "readings/"), access_reason=WORDS).content)["items"]
    assert row["who"] == {"name": "shen", "office": "audit of the register"}


def test_the_system_of_an_authority_is_named_for_itself(here: Desk, officer: Program) -> None:
    health = Authority.objects.create(code="W510100", name="市卫健委", kind="health", region=here.town.region)
    key, text = issue_key(name="卫健平台", scope="authority_system", authority=health, by=here.scorer, now=NOW,
                          expires_at=NOW + timedelta(days=90))  # fmt: skip
    system = Program(here.scorer)
    system.key = text
    assert system.get(address(here)).status_code == 200
    (look,) = kept()
    assert (look.user, look.key) == (None, key)
    (row,) = officer.read(address(here, "readings/"))["items"]
    assert row["who"] == {"name": "卫健平台", "office": "市卫健委"}
    problem(system.post(address(here, "unmaskings/"), {"document": 1, "reason": REASON}), 403, "forbidden")


def test_what_is_not_yours_is_not_there_whatever_the_reason(here: Desk) -> None:
    stranger = Program(compliance_officer(here.town.clinic))
    problem(stranger.get(address(here), access_reason=WORDS), 404, "not-found")
    assert kept() == []


@pytest.mark.parametrize(
    ("sent", "code"), [("short", "reason_unfit"), (quote("x" * 501), "reason_unfit"), ("%ff" * 12, "not_utf8")]
)
def test_a_reason_that_is_none_is_refused_even_where_none_is_needed(
    here: Desk, officer: Program, sent: str, code: str
) -> None:
    shown = problem(officer.get(address(here), access_reason=sent), 403, "access-reason-needed")
    assert [error["code"] for error in shown["errors"]] == [code]
    assert kept() == []


def test_what_is_asked_wrongly_opens_nothing(here: Desk, officer: Program) -> None:
    problem(officer.get(address(here, "standing/?on=yesterday")), 400, "malformed")
    assert kept() == []


def test_a_file_that_the_program_has_already_is_looked_into_all_the_same(here: Desk, officer: Program) -> None:
    tag = officer.get(address(here))["ETag"]
    assert officer.get(address(here), if_none_match=tag).status_code == 304
    assert len(kept()) == 2


def test_lists_open_no_file(here: Desk, officer: Program) -> None:
    score(here.town, 3, TODAY)
    for listed in ("standings/", "entries/", "changes/", "practitioners/exports/", "changes/exports/"):
        assert officer.get(listed).status_code == 200
    officer.done("practitioners/searches/", {"term": "王"})
    assert kept() == []


def test_finding_somebody_by_the_number_of_a_document_is_kept(here: Desk, officer: Program) -> None:
    document = {"kind": "passport", "number": "E12345678"}
    officer.done(address(here, "documents/"), document)
    assert len(officer.done("practitioners/searches/", {"document": document})["items"]) == 1
    assert officer.done("practitioners/searches/", {"document": {**document, "number": "E0"}})["items"] == []
    assert [(look.practitioner, look.kind) for look in kept()] == [(here.surgeon, "searched")]


def test_who_takes_facts_away_takes_files_away(here: Desk, officer: Program) -> None:
    score(here.town, 3, TODAY)
    score(here.town, 4, TODAY + timedelta(days=1))
    assert officer.get("facts/exports/").status_code == 200
    assert [(look.practitioner, look.kind) for look in kept()] == [(here.surgeon, "exported")]
    root = Program(administrator())
    problem(root.get("facts/exports/"), 403, "access-reason-needed")
    assert root.get("facts/exports/", access_reason=WORDS).status_code == 200
    assert [look.reason for look in kept()] == ["", REASON]


def questions(program: Program, where: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        program.read(where)
    return len([each for each in asked.captured_queries if "SAVEPOINT" not in each["sql"]])


def test_a_page_asks_three_questions_more(here: Desk, officer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    officer.read(address(here))
    whole = questions(officer, address(here))
    monkeypatch.setattr("registry.api.opening.record_access", lambda **_: None)
    monkeypatch.setattr("registry.api.opening.is_ones_work", lambda *_: True)
    assert whole - questions(officer, address(here)) == 3


def test_who_looked_is_told_with_the_latest_first(here: Desk, officer: Program) -> None:
    root = Program(administrator())
    root.get(address(here), access_reason=WORDS)
    officer.get(address(here, "periods/"))
    latest, first = officer.read(address(here, "readings/"))["items"]
    assert latest["who"] == {"name": here.scorer.username, "office": "市医保中心"}
    assert (first["who"]["name"], first["reason"], first["kind"]["code"]) == ("root", REASON, "opened")
    assert first["face"] == {"code": "api", "text": "a program"}
    assert set(first) == {"at", "who", "kind", "reason", "face"}


def test_who_looked_comes_a_page_at_a_time(here: Desk, officer: Program) -> None:
    for what in ("", "facts/", "periods/"):
        officer.get(address(here, what))
    page = officer.read(address(here, "readings/?limit=2"))
    assert len(page["items"]) == 2
    assert len(officer.read(page["next"])["items"]) == 1
    assert officer.read(address(here, "readings/?kind=unmasked"))["items"] == []


def test_compliance_officers_do_not_read_who_looked(here: Desk) -> None:
    program = Program(compliance_officer(here.town.hospital))
    problem(program.get(address(here, "readings/")), 403, "forbidden")


def test_the_description_names_the_header_where_a_file_is_opened(here: Desk, officer: Program) -> None:
    paths = officer.read("/api/v1/schema/?format=json")["paths"]
    named = {
        path.removeprefix("/api/v1/practitioners/{practitioner}/")
        for path, methods in paths.items()
        for each in methods.get("get", {}).get("parameters", [])
        if each["name"] == "Access-Reason"
    }
    assert set(OPENING) <= named
    assert "/api/v1/entries/" not in named
