"""Everything that the description of the API allows is answered as described; everything it forbids is refused.

Every run asks each operation of an officer of an agency once. The long form asks as every role for everything that is
just inside and just outside of what is described, and for chains of operations; it takes many minutes, so it is asked
for: ``REGISTRY_FUZZ_EXAMPLES=1 python3 manage.py test tests/fuzz -n2``. ``REGISTRY_FUZZ_ONLY`` names a part of the
operations' ids.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from registry.config.bootstrap import HOUSE
from registry.models import Role
from tests.api.officers import key_for
from tests.fuzz.conftest import Asked, settlement_key, somebody

ONLY = os.environ.get("REGISTRY_FUZZ_ONLY", "")
EXAMPLES = os.environ.get("REGISTRY_FUZZ_EXAMPLES", "")
FAILURES = [
    "missing_auth", "base_url_mismatch", "validation_mismatch", "missing_deserializer", "unused_openapi_auth",
    "unsupported_regex", "method_not_allowed", "unmatched_filter", "unresolvable_reference", "missing_test_data",
]  # fmt: skip
"""Warnings that fail: all there are."""

GOOD = ["2xx", "304", "401", "403", "404", "409", "412", "422", "429"]
AT_ONCE = ["--phases=fuzzing", "--max-examples=1"]
AT_LENGTH = ["--phases=examples,coverage,fuzzing,stateful", f"--max-examples={EXAMPLES}"]
ROLES = [Role.AGENCY_OFFICER, Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR, Role.EXPERT, "settlement_system"]


def operations(asked: Asked, role: str) -> list[str]:
    """The operations that the description gives to the role."""
    address = f"{asked.address}/api/v1/schema/?format=json"
    with urlopen(address) as answer:  # noqa: S310 - our own server
        paths = json.load(answer)["paths"]
    every = [each for methods in paths.values() for each in methods.values()]
    return [each["operationId"] for each in every if role in each["x-roles"] and ONLY in each["operationId"]]


def settings_file(folder: Path, asked: Asked, role: str) -> Path:
    """What the fuzzer is told: ids that exist, so that it comes behind the addresses, and what is a failure.

    A question may be malformed by two members that do not agree, which the description does not say.
    """
    ids = asked.ids(role)
    lines = ["[warnings]", f"fail-on = {json.dumps(FAILURES)}"]
    lines += ["[checks.positive_data_acceptance]", f"expected-statuses = {json.dumps(GOOD)}"]
    lines += ["[checks.negative_data_rejection]", 'expected-statuses = ["4xx"]', "[parameters]"]
    lines += [f'"path.{name}" = {value if value.isdigit() else json.dumps(value)}' for name, value in ids.items()]
    lines += [f'"query.{name}" = "{value}"' for name, value in asked.known.items()]
    lines += ["[[operations]]", 'include-path = "/api/v1/tasks/"', 'parameters = { "query.after" = "2027-01-04.1" }']
    for address, own in asked.own.of_address.items():
        lines += ["[[operations]]", f'include-path = "/api/v1/{address}"', "[operations.parameters]"]
        lines += [f'"path.{name}" = "{value}"' for name, value in own.items()]
    lines += ["[[operations]]", 'include-path-regex = "/api/v1/(eligibility|statistics/.*)$"']
    lines += [f"checks.positive_data_acceptance.expected-statuses = {json.dumps([*GOOD, '400'])}"]
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines))
    return path


def test_each_operation_is_answered_as_described(asked: Asked, tmp_path: Path) -> None:
    ask(asked, Role.AGENCY_OFFICER, tmp_path, AT_ONCE)


def test_whatever_can_be_read_is_there_for_who_may_read_it(asked: Asked) -> None:
    """Else the long form would come no further than 404."""
    with urlopen(f"{asked.address}/api/v1/schema/?format=json") as answer:  # noqa: S310 - our own server
        paths = json.load(answer)["paths"]
    missing = []
    for role in (Role(each) for each in ROLES if each != "settlement_system"):
        key = key_for(asked.things.people.get(role) or somebody(asked.desk, role))
        for path in (each for each, methods in paths.items() if role in methods.get("get", {}).get("x-roles", ())):
            ids = asked.ids(role) | asked.own.of_address.get(path.removeprefix("/api/v1/"), {})
            if status_of(asked.address + path.format_map(ids), key) == 404:
                missing.append(f"{role}: {path}")
    assert missing == []


def status_of(address: str, key: str) -> int:
    """What is answered to somebody who has a reason."""
    headers = {"Authorization": f"Bearer {key}", "Access-Reason": "looking whether it is there"}
    try:
        with urlopen(Request(address, headers=headers)) as answer:  # noqa: S310 - our own server
            status: int = answer.status
            return status
    except HTTPError as error:
        return error.code


@pytest.mark.slow
@pytest.mark.skipif(not EXAMPLES, reason="asked for by REGISTRY_FUZZ_EXAMPLES")
@pytest.mark.parametrize("role", ROLES)
def test_a_program_is_answered_as_described(asked: Asked, role: str, tmp_path: Path) -> None:
    ask(asked, role, tmp_path, AT_LENGTH)


def ask(asked: Asked, role: str, folder: Path, how: list[str]) -> None:
    """Everything that the role may ask for."""
    key = (
        settlement_key(asked.desk)
        if role == "settlement_system"
        else key_for(asked.things.people.get(role) or somebody(asked.desk, Role(role)))
    )
    run = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            f"--config-file={settings_file(folder, asked, role)}",
            "run",
            f"{asked.address}/api/v1/schema/",
            f"--header=Authorization: Bearer {key}",
            *how,
            *(f"--include-operation-id={each}" for each in operations(asked, role)),
            "--exclude-checks=missing_required_header",  # confused by the hooks; tests/api and tests/access ask for it
            "--seed=20261127",
            "--continue-on-failure",
            "--no-shrink",
            "--no-color",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(HOUSE)},
        timeout=3600,
    )
    sys.stdout.write(run.stdout)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2_000:]
