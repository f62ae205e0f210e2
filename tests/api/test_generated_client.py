"""An outsider who has nothing but the description generates a client from it, and does the main things with that."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from pytest_django import DjangoDbBlocker

from registry.actions.keys import issue_key
from registry.api.downloads import CSV, NDJSON, PARQUET
from registry.models import ApiKey, User
from registry.rules.attachments.kinds import KINDS
from tests.api.conftest import NOW
from tests.api.officers import key_for
from tests.casework import Desk, desk
from tests.served import served
from tests.town import TODAY, build

MADE_ON = date(2026, 11, 20)
SETTINGS = {
    "post_hooks": [],
    "content_type_overrides": dict.fromkeys(
        [*(kind.media_type for kind in KINDS), CSV, NDJSON, PARQUET, "application/statuslist+jwt"],
        "application/octet-stream",
    ),
}
"""Nothing tidies the client up; and the generator must be told which types are files."""


@dataclass(frozen=True)
class Outsider:
    """Asks through the generated client, with one key."""

    address: str
    key: str

    def ask(self, operation: str, *path: Any, **given: Any) -> Any:
        """The response to an operation, named by its tag and id."""
        with _part("client").AuthenticatedClient(base_url=self.address, token=self.key) as client:
            return _part(f"api.{operation}").sync_detailed(*path, client=client, **given)

    def done(self, operation: str, *path: Any, **given: Any) -> Any:
        """What is answered to an operation that succeeds, as the type that the description promised."""
        response = self.ask(operation, *path, **given)
        assert response.status_code in {200, 201}, response.content.decode()
        return response.parsed


def _part(name: str) -> Any:
    return importlib.import_module(f"generated_client.{name}")


def made(name: str, **members: Any) -> Any:
    """An object of a generated type."""
    return getattr(_part("models"), name)(**members)


@pytest.fixture(scope="module")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Of the server."""
    with django_db_blocker.unblock(), served() as at:
        yield at


@pytest.fixture(scope="module")
def said(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What the generator said; from here on the client can be imported."""
    folder = tmp_path_factory.mktemp("outside")
    with urlopen(f"{address}/api/v1/schema/?format=json") as answer:  # noqa: S310 - our own server
        (folder / "openapi.json").write_bytes(answer.read())
    (folder / "settings.json").write_text(json.dumps(SETTINGS))
    run = subprocess.run(
        [
            Path(sys.executable).with_name("openapi-python-client"),
            *("generate", "--fail-on-warning", "--meta", "none"),
            *("--path", folder / "openapi.json", "--config", folder / "settings.json"),
            *("--output-path", folder / "generated_client"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield f"{run.returncode} {run.stdout}{run.stderr}"


@pytest.fixture
def here(committed: None, said: str) -> Desk:
    return desk(build("510100"))


@pytest.fixture
def program(address: str) -> Callable[[User], Outsider]:
    return lambda user: Outsider(address, key_for(user))


def handling(here: Desk, number: str = "罚字9号") -> Any:
    """A penalty of the hospital."""
    return made(
        "HandlingGivenRequest",
        institution=here.town.hospital.code,
        agency=here.town.agency.code,
        kind=_part("models").HandlingGivenRequestKind("penalty"),
        document_number=number,
        made_on=MADE_ON,
        conduct_from=date(2026, 10, 1),
        conduct_until=date(2026, 10, 5),
        legal_basis="条例第四十条",
    )


def test_the_generator_finds_nothing_to_complain_of(said: str) -> None:
    assert said.startswith("0 ")
    assert "WARNING" not in said.upper()


def test_no_name_of_the_client_is_one_that_the_generator_had_to_invent(said: str) -> None:
    models = {path.stem for path in Path(_part("models").__file__).parent.glob("*.py")}
    assert len(models) > 300
    assert not [name for name in models if name.endswith(("_item", "_type_0", "_type_1")) and "_given_" not in name]


def test_a_settlement_system_checks_one_service_and_several(here: Desk, address: str) -> None:
    _key, text = issue_key(
        name="省结算系统", scope=ApiKey.Scope.SETTLEMENT, expires_at=NOW.replace(year=2027), by=here.scorer, now=NOW
    )
    system = Outsider(address, text)
    question = {"practitioner": here.surgeon.code, "institution": here.town.hospital.code, "on": TODAY}
    answer = system.done("settlement.eligibility", body=made("QuestionGivenRequest", **question))
    assert (answer.payable, answer.status, answer.reasons) == (True, "normal", [])
    several = made("QuestionsGivenRequest", items=[{**question, "on": f"{TODAY}"}, {"on": "yesterday"}])
    good, wrong = system.done("settlement.eligibility_batch", body=several).results
    assert (type(good).__name__, good.payable) == ("AnswerShape", True)
    assert (type(wrong).__name__, wrong.status) == ("ProblemDocument", 400)


def test_a_case_goes_from_its_handling_to_a_proposal(here: Desk, program: Callable[[User], Outsider]) -> None:
    taking_in, scoring = program(here.identifier), program(here.scorer)
    case = taking_in.done("cases.record_handling", body=handling(here), idempotency_key="handling-9").case
    person = made(
        "IdentifiedGivenRequest",
        practitioner=here.surgeon.uuid,
        grade=_part("models").IdentifiedGivenRequestGrade("principal"),
        grounds="主刀并签字",
        identified_on=MADE_ON,
    )
    people = made("PeopleGivenRequest", people=[person])
    identified = taking_in.done("cases.identify_people", case, body=people, idempotency_key="people-of-9")
    item = made("ItemGivenRequest", situation="2-99", points=5, departure_reason="按情节认定")
    proposed = scoring.done(
        "proposals.propose",
        identified.items[0].id,
        body=made("ProposeGivenRequest", items=[item]),
        idempotency_key="points-of-9",
    )
    assert (proposed.state.code, proposed.practitioner.id, proposed.items[0].points) == (
        "proposed",
        here.surgeon.uuid,
        5,
    )
    shown = scoring.done("proposals.get_proposal", proposed.id)
    assert shown.to_dict() == proposed.to_dict()


def test_a_person_is_found_without_the_name_in_an_address(here: Desk, program: Callable[[User], Outsider]) -> None:
    found = program(here.scorer).done(
        "practitioners.search_practitioners", body=made("SearchGivenRequest", term="王伟")
    )
    assert [(person.id, person.category.code) for person in found.items] == [(here.surgeon.uuid, "physician")]


def test_a_page_of_a_list_leads_to_the_next(here: Desk, program: Callable[[User], Outsider]) -> None:
    officer = program(here.identifier)
    for number in ("罚字1号", "罚字2号", "罚字3号"):
        officer.done("cases.record_handling", body=handling(here, number), idempotency_key=f"handling-{number[2]}-it")
    first = officer.done("cases.list_handlings", limit=2)
    assert [row.document_number for row in first.items] == ["罚字3号", "罚字2号"]
    (after,) = parse_qs(urlsplit(first.next_).query)["after"]
    second = officer.done("cases.list_handlings", limit=2, after=int(after))
    assert ([row.document_number for row in second.items], second.next_) == (["罚字1号"], None)


def test_a_refusal_is_a_problem_that_a_program_can_read(here: Desk, program: Callable[[User], Outsider]) -> None:
    body = handling(here)
    body.institution = "H99999999999"
    refused = program(here.identifier).ask("cases.record_handling", body=body, idempotency_key="handling-9")
    assert (refused.status_code, type(refused.parsed).__name__) == (409, "ProblemDocument")
    assert refused.parsed.type_ == "urn:problem-type:demerit-register:value-refused"
    assert [(each.field, each.value) for each in refused.parsed.errors] == [("institution", "H99999999999")]


def test_a_repeated_write_is_answered_as_it_was(here: Desk, program: Callable[[User], Outsider]) -> None:
    officer = program(here.identifier)
    first, again = (
        officer.ask("cases.record_handling", body=handling(here), idempotency_key="handling-9") for _ in range(2)
    )
    assert first.parsed.to_dict() == again.parsed.to_dict()
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    other = officer.ask("cases.record_handling", body=handling(here, "罚字10号"), idempotency_key="handling-9")
    assert (other.status_code, other.parsed.type_.rsplit(":", 1)[1]) == (422, "idempotency-key-reused")
