"""Whoever is told can ask for an endpoint of their own body, an authority too; only then is it approved, by others."""

from typing import Any

import pytest
import time_machine
from django.utils import translation

from notifications.actions.endpoints import approve_endpoint, propose_endpoint
from notifications.models import Endpoint
from registry.actions.errors import Refused
from registry.models import Agency, Assignment, Authority, Institution, ProcedureStep, Role, User
from registry.models.access import role_at
from tests.api.officers import Program
from tests.api.settlement import problem
from tests.notifications.pushing import administrator
from tests.notifications.told import signed_in
from tests.town import LAW_BEGINS, TODAY, Town, at, build

NOW = at(TODAY, 21)
ASK = "/admin/endpoints/ask/"
ADDRESS: dict[str, Any] = {"name": "HIS", "url": "https://his.example/inbox", "networks": ["93.184.216.0/24"]}
TYPED = {**ADDRESS, "networks": "93.184.216.0/24", "step": "form"}


@pytest.fixture(autouse=True)
def _english_and_that_evening() -> Any:
    with translation.override("en"), time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return build()


def authority(town: Town, kind: str) -> Authority:
    """The authority of the kind in the city."""
    return Authority.objects.get_or_create(code=kind[:18], name=f"市{kind}局", kind=kind, region=town.region)[0]


def working_at(body: Institution | Agency | Authority, role: Role) -> User:
    """Somebody who works there, and nowhere else."""
    user = User.objects.create_user(f"{role}-{body.code}")
    Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **{type(body).__name__.lower(): body})
    return user


def bodies(town: Town) -> list[tuple[Institution | Agency | Authority, User, str]]:
    """Every body that asks, who works there, and the capacity in which they do."""
    found: list[tuple[Institution | Agency | Authority, User, str]] = [
        (town.hospital, working_at(town.hospital, Role.COMPLIANCE_OFFICER), "institution"),
        (town.agency, working_at(town.agency, Role.AGENCY_OFFICER), "agency"),
    ]
    for kind in Authority.Kind.values:
        body = authority(town, kind)
        found.append((body, working_at(body, role_at(body)), "authority"))
    return found


def test_whoever_asks_does_so_for_their_body_and_the_step_says_in_which_capacity_and_where(town: Town) -> None:
    for body, user, capacity in bodies(town):
        endpoint = propose_endpoint(body=body, **ADDRESS, by=user, now=NOW)
        step = ProcedureStep.objects.get(subject=endpoint.uuid)
        assert (step.role, step.actor, getattr(step, capacity)) == (capacity, user, body)
        assert [step.agency, step.institution, step.authority].count(None) == 2
        with pytest.raises(Refused, match="not_a_national_administrator"):
            approve_endpoint(endpoint=endpoint, by=user, now=NOW)


def test_an_administrator_of_the_whole_register_asks_in_that_capacity_also_for_an_authority(town: Town) -> None:
    endpoint = propose_endpoint(body=authority(town, "health"), **ADDRESS, by=administrator(), now=NOW)
    step = ProcedureStep.objects.get(subject=endpoint.uuid)
    assert (step.role, step.authority) == ("administrator", None)


def test_in_the_office_each_is_offered_the_own_body_and_asks_for_it(town: Town) -> None:
    for body, user, _capacity in bodies(town):
        client = signed_in(user)
        assert ASK in client.get("/admin/notifications/endpoint/").content.decode()
        form = client.get(ASK).context["form"]
        assert [words for _key, words in form.fields["body"].choices] == [str(body)]
        key = form.fields["body"].initial
        answer = client.post(ASK, {**TYPED, "body": key})
        assert answer.status_code == 302, answer.content.decode()
        endpoint = Endpoint.objects.latest("pk")
        assert (getattr(endpoint, type(body).__name__.lower()), endpoint.state) == (body, "proposed")
        page = client.get(answer["Location"]).content.decode()
        assert "https://his.example/inbox" in page
        assert "/approve/" not in page


def test_nobody_asks_for_a_body_that_is_not_theirs(town: Town) -> None:
    health, drugs = authority(town, "health"), authority(town, "drug")
    user = working_at(health, Role.HEALTH_OR_DRUG_OFFICER)
    client = signed_in(user)
    assert client.post(ASK, {**TYPED, "body": f"authority-{drugs.pk}"}).status_code == 422
    assert client.post(ASK, {**TYPED, "authority": drugs.pk}).status_code == 422
    program, sent = Program(user), {**ADDRESS, "body": {"kind": "authority", "code": drugs.code}}
    (error,) = problem(program.post("endpoints/", sent), 409, "value-refused")["errors"]
    assert error["field"] == "body.code"
    assert not Endpoint.objects.exists()


def test_over_the_api_an_authority_asks_and_an_administrator_approves(town: Town) -> None:
    for kind in Authority.Kind.values:
        body = authority(town, kind)
        program = Program(working_at(body, role_at(body)))
        made = program.done("endpoints/", {**ADDRESS, "body": {"kind": "authority", "code": body.code}})
        assert (made["state"]["code"], made["body"]["code"]) == ("proposed", body.code)
        approving = f"endpoints/{made['id']}/approvals/"
        problem(program.post(approving), 403, "forbidden")
        assert Program(administrator()).done(approving)["state"]["code"] == "active"


def test_who_works_for_no_body_that_is_told_asks_for_none(town: Town) -> None:
    reviewer = working_at(town.agency, Role.REVIEWER)
    regional = User.objects.create_user("regional")
    Assignment.objects.create(user=regional, role=Role.ADMINISTRATOR, region=town.region, starts_on=LAW_BEGINS)
    assert signed_in(reviewer).get(ASK).status_code == 403
    client = signed_in(regional)
    assert client.get(ASK).status_code == 404
    assert ASK not in client.get("/admin/notifications/endpoint/").content.decode()
