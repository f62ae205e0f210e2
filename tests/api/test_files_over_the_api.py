"""Files that programs hand in and get back."""

import base64
from datetime import date

import pytest

from registry.models import Assignment, Role, StoredFile, User
from tests.api.officers import Program
from tests.api.papers import paper
from tests.api.settlement import problem
from tests.casework import Desk, desk, proposed
from tests.rules import sample_files
from tests.town import Town, build


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


def test_a_file_is_kept_sealed_and_answered_without_its_content(here: Desk) -> None:
    handed_in = Program(here.scorer).done("files/", paper())
    assert set(handed_in) == {"id", "name", "media_type", "size"}
    kept = StoredFile.objects.get(uuid=handed_in["id"])
    assert (kept.handed_in_by, kept.media_type, kept.size) == (here.scorer, "application/pdf", len(sample_files.pdf()))
    assert b"%PDF" not in bytes(kept.sealed)


def test_the_same_file_under_the_same_key_is_kept_once(here: Desk) -> None:
    program = Program(here.scorer)
    first, again = (program.post("files/", paper(), idempotency_key="file-of-monday") for _ in range(2))
    assert first.content == again.content
    assert StoredFile.objects.count() == 1


def test_a_file_larger_than_other_requests_is_taken(here: Desk) -> None:
    large = sample_files.pdf() + b"\n%" + b"x" * 600_000
    assert Program(here.scorer).done("files/", paper(large))["size"] == len(large)


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        ("not base64!", "malformed", "not_base64"),
        (base64.b64encode(b"#!/bin/sh\nrm -r .").decode(), "value-refused", "file_executable"),
    ],
)
def test_what_is_no_file_that_is_taken_is_refused_at_its_content(
    here: Desk, content: str, kind: str, code: str
) -> None:
    sent = {"name": "回执.pdf", "content": content}
    (error,) = problem(Program(here.scorer).post("files/", sent), 409 if kind == "value-refused" else 400, kind)[
        "errors"
    ]
    assert (error["field"], error["code"]) == ("content", code)
    assert StoredFile.objects.count() == 0


def test_a_file_is_given_to_whoever_sees_the_record_and_to_nobody_else(here: Desk) -> None:
    scoring = Program(here.scorer)
    handed_in = scoring.done("files/", paper())
    address = f"files/{handed_in['id']}/content/"
    problem(scoring.get(address), 404, "not-found")
    proposal = proposed(here, 5)
    scoring.done(f"proposals/{proposal.uuid}/notices/", {"channel": "by_hand"})
    receipt = {"channel": "by_hand", "received_on": "2026-12-01", "receipt": handed_in["id"]}
    scoring.done(f"proposals/{proposal.uuid}/receipts/", receipt)
    given = scoring.get(address, accept="application/pdf")
    assert given.content == sample_files.pdf()
    assert given["Content-Type"] == "application/pdf"
    assert given["Content-Disposition"].startswith("attachment;")
    assert (given["X-Content-Type-Options"], given["Cache-Control"]) == ("nosniff", "no-store")
    elsewhere = Program(desk(build("320100")).scorer)
    problem(elsewhere.get(address), 404, "not-found")


def test_only_who_handed_a_file_in_can_name_it(here: Desk) -> None:
    handed_in, scoring = Program(here.another).done("files/", paper()), Program(here.scorer)
    address = f"proposals/{proposed(here, 5).uuid}/"
    scoring.done(f"{address}notices/", {"channel": "by_hand"})
    receipt = {"channel": "by_hand", "received_on": "2026-12-01", "receipt": handed_in["id"]}
    (error,) = problem(scoring.post(f"{address}receipts/", receipt), 409, "value-refused")["errors"]
    assert (error["field"], error["code"]) == ("receipt", "not_known")


def test_who_only_looks_hands_nothing_in(here: Desk) -> None:
    administrator = User.objects.create_user("administrator")
    Assignment.objects.create(user=administrator, role=Role.ADMINISTRATOR, starts_on=date(2025, 1, 1))
    problem(Program(administrator).post("files/", paper()), 403, "forbidden")
