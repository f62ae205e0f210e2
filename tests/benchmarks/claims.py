"""Files of claims: rows a second from file to file, against one question for each row, and against the bare limit.

The standard pattern asks the API one row after the other, through Django's test client (no network, no server); beside
it stands the query alone, without the API. The limit is one SQL statement over the rows brought in by COPY, which says
only how many are payable: no reasons, no merged files, no names, no emergencies, nothing malformed. By turns, three
rounds, medians of the ratios. Then a million rows once, and the same for restitution.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.claims.reading import open_claims
from registry.config.bootstrap import HOUSE
from registry.config.database import as_owner
from registry.desks.demo_data import load
from registry.models import ApiKey, Registration
from registry.queries.eligibility import Question, eligibility
from tests.benchmarks._standard import DATABASE

PEOPLE = 20_000
ROUNDS = 3
ROWS, MANY = 100_000, 1_000_000
ONE_BY_ONE = 400
HEADING = "单据号,人员代码,机构编码,服务日期,急诊\n"
FIRST_DAY, DAYS = date(2025, 1, 1), 690
Service = tuple[str, str, str]

_TABLE = "CREATE TEMPORARY TABLE claimed (practitioner text, institution text, service_on date) ON COMMIT DROP"
_PAYABLE = """
    SELECT count(*) FILTER (WHERE
        EXISTS (SELECT FROM registry_registration r WHERE r.practitioner_id = c.practitioner_id
            AND r.institution_id = i.id AND r.superseded_at IS NULL
            AND r.starts_on <= service_on AND (r.ends_on IS NULL OR r.ends_on > service_on))
        AND EXISTS (SELECT FROM registry_serviceagreement a WHERE a.institution_id = i.id AND a.superseded_at IS NULL
            AND a.starts_on <= service_on AND (a.ends_on IS NULL OR a.ends_on > service_on))
        AND NOT EXISTS (SELECT FROM registry_standingspan s WHERE s.practitioner_id = c.practitioner_id
            AND s.status <> 'normal' AND s.starts_on <= service_on AND (s.ends_on IS NULL OR s.ends_on > service_on))
        AND NOT EXISTS (SELECT FROM registry_measureperiod m WHERE m.institution_id = i.id AND m.superseded_at IS NULL
            AND m.starts_on <= service_on AND (m.ends_on IS NULL OR m.ends_on > service_on)))
    FROM claimed LEFT JOIN registry_personalcode c ON c.code = claimed.practitioner
        LEFT JOIN registry_institution i ON i.code = claimed.institution
"""


def run(practitioners: int | None) -> dict[str, Any]:
    """Rows per second of each way, by turns. `practitioners`: people in the register."""
    size, now = practitioners or PEOPLE, timezone.now()
    load(practitioners=size, now=now, progress=lambda line: None)
    _analyze()
    registered = Registration.objects.filter(superseded_at=None)
    pairs = list(registered.order_by("pk").values_list("practitioner__code", "institution__code"))
    _key, text = issue_key(
        name="结算", scope=ApiKey.Scope.SETTLEMENT, expires_at=now + timedelta(days=9), by=None, now=now
    )
    rounds = []
    with TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            services = _services(pairs, ROWS, seed=number)
            source = _written(Path(folder) / f"{number}.csv", services)
            checked = _checked(source)
            few = services[:ONE_BY_ONE]
            asked = _rate(len(few), _over_the_api, few, text)
            alone = _rate(len(few), _one_by_one, few)
            joined = _rate(ROWS, _in_one_statement, services)
            read = _rate(ROWS, _only_read, source)
            ours = ROWS / checked["seconds"]
            rounds.append((ours, asked, alone, joined, read))
            print(
                f"round {number + 1}: {ours:,.0f} rows/s, {checked['megabytes']} MB; one request for each"
                f" {asked:,.0f}; one question for each {alone:,.0f}; one statement {joined:,.0f}; only read"
                f" {read:,.0f}",
                flush=True,
            )
        source = _written(Path(folder) / "many.csv", _services(pairs, MANY, seed=9))
        many = _checked(source)
        restitution = _checked(_written(Path(folder) / "past.csv", services), (now - timedelta(days=60)).isoformat())
        megabytes = source.stat().st_size / 1024**2
    _told("a million rows", many, megabytes)
    _told(f"{ROWS:,} rows, restitution of 60 days", restitution, megabytes)
    return {
        "path": "claims",
        "people": size,
        "rows": ROWS,
        "rounds": ROUNDS,
        "x_request_for_each": _median(rounds, 1),
        "x_question_for_each": _median(rounds, 2),
        "of_one_statement": _median(rounds, 3),
        "of_reading": _median(rounds, 4),
        "rows_per_second": round(statistics.median(row[0] for row in rounds)),
        "million_seconds": round(many["seconds"], 1),
        "million_megabytes": many["megabytes"],
        "restitution_rows_per_second": round(ROWS / restitution["seconds"]),
        "errors": MANY - many["counts"]["rows"] + many["counts"].get("malformed", 0),
    }


def _told(what: str, checked: dict[str, Any], megabytes: float) -> None:
    print(
        f"{what} ({megabytes:.0f} MB): {checked['seconds']:.1f} s, {checked['megabytes']} MB at most"
        f" ({checked['before']} MB before the first row); {checked['counts']}",
        flush=True,
    )


def _median(rounds: Sequence[tuple[float, ...]], beside: int) -> float:
    return round(statistics.median(row[0] / row[beside] for row in rounds), 3)


def _services(pairs: list[tuple[str, str]], count: int, *, seed: int) -> list[Service]:
    chance = random.Random(seed)
    days = [str(FIRST_DAY + timedelta(days=each)) for each in range(DAYS)]
    return [(*chance.choice(pairs), chance.choice(days)) for _ in range(count)]


def _written(path: Path, services: list[Service]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADING)
        for number, service in enumerate(services):
            file.write(f"S{number:09d},{','.join(service)},否\n")
    return path


def _checked(source: Path, *since: str) -> dict[str, Any]:
    """The check in a process of its own, as the command does it."""
    environ = {**os.environ, DATABASE: connection.settings_dict["NAME"]}
    command = [sys.executable, "-m", "tests.benchmarks._claims_file", str(source), *since]
    done = subprocess.run(command, cwd=HOUSE, env=environ, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _rate(rows: int, act: Callable[..., None], *arguments: Any) -> float:
    begun = time.perf_counter()
    act(*arguments)
    return rows / (time.perf_counter() - begun)


def _over_the_api(services: list[Service], key: str) -> None:
    client = Client()
    for practitioner, institution, on in services:
        body = {"practitioner": practitioner, "institution": institution, "on": on, "emergency": False}
        headers = {"authorization": f"Bearer {key}"}
        answer = client.post("/api/v1/eligibility", json.dumps(body), "application/json", headers=headers)
        assert answer.status_code == 200


def _one_by_one(services: list[Service]) -> None:
    for practitioner, institution, on in services:
        question = Question(practitioner=practitioner, institution=institution, on=date.fromisoformat(on))
        eligibility(question, now=timezone.now())


def _in_one_statement(services: list[Service]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TABLE)
        with cursor.copy("COPY claimed FROM STDIN") as copy:
            for service in services:
                copy.write_row(service)
        cursor.execute("ANALYZE claimed")
        cursor.execute(_PAYABLE)
        assert 0 < cursor.fetchone()[0] < len(services)


def _only_read(source: Path) -> None:
    with source.open("rb") as file:
        claims = open_claims(file)
        for _row in claims.rows(after=0, now=timezone.now(), keeps_emergencies=True):
            pass


def _analyze() -> None:
    """As the owner of the tables, after the load, as the server itself does after a while."""
    with as_owner(connection.settings_dict):
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        connection.close()
