"""Wrong addresses and methods."""

import pytest
from django.test import Client

from tests.api.settlement import BATCH, ONE, Settlement, problem


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options", "trace"])
@pytest.mark.parametrize("address", [ONE, BATCH])
def test_one_can_only_post(settlement: Settlement, address: str, method: str) -> None:
    headers = {"authorization": f"Bearer {settlement.key}"}
    response = getattr(Client(), method)(address, headers=headers)
    assert (response.status_code, response["Allow"], response["Cache-Control"]) == (405, "POST", "no-store")
    if method != "head":
        problem(response, 405, "method-not-allowed")


@pytest.mark.parametrize(
    "address", ["/api/", "/api/v1/", "/api/v2/eligibility", ONE + "/", BATCH + "/x", "/api/v1/\u738b", "/api/%00"]
)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.django_db
def test_at_other_addresses_there_is_nothing(address: str, method: str) -> None:
    problem(getattr(Client(), method)(address), 404, "not-found")
