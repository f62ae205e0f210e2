"""H4: taking in a roster, against one save per row with django-simple-history, and against COPY into the same indexed
tables (`_copying`).

Like is compared with like: the standard pattern reads and checks the rows with the same code and then saves one
object after the other, in one transaction; ours is the applying of an accepted roster, which reads and checks it anew
under locks and writes it with its history. The dry run before it, which the standard pattern does not have, is told
beside.
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction

from registry.config.database import as_owner
from registry.models import (
    Agency,
    Certificate,
    IdentityDocument,
    Institution,
    PersonalCode,
    Practitioner,
    PractitionerName,
    Region,
    Registration,
    RosterJob,
    StaffRecord,
    sealing,
)
from registry.rosters import jobs
from registry.rosters.reading import read_sheet
from registry.rosters.rows import Row, RowReader
from registry.rules.resident_id import check_character
from tests.benchmarks._copying import seconds_to_copy
from tests.rosters.sheets import as_csv, line

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
ROUNDS = 3
ROWS = 20_000
ROWS_ONE_BY_ONE = 300


def run(practitioners: int | None) -> dict[str, Any]:
    """Rows per second of each way, by turns. `practitioners`: rows of one roster of ours."""
    rows = practitioners or ROWS
    region = Region.objects.create(code="430100", name_zh="长沙市")
    agency = Agency.objects.create(code="A430100", name="市医保中心", region=region)
    rounds = []
    for number in range(ROUNDS):
        places = [_institution(region, agency, 10 * number + each) for each in range(2)]
        _analyze()
        start = number * 2_000_000
        many, few = _roster(places[0], start, rows), _roster(places[1], start + 1_000_000, ROWS_ONE_BY_ONE)
        job = _uploaded(places[0], many)
        looked = _rate(rows, _look, job, rows)
        applied = _rate(rows, _apply, job)
        saved = _rate(ROWS_ONE_BY_ONE, _one_by_one, places[1], few)
        copied = rows / seconds_to_copy(places[0])
        both = 1 / (1 / looked + 1 / applied)
        rounds.append((applied, both, saved, copied))
        print(
            f"round {number + 1}: applied {applied:,.0f} rows/s, with its dry run {both:,.0f} rows/s; "
            f"one save per row {saved:,.0f} rows/s; COPY {copied:,.0f} rows/s; "
            f"{applied / saved:.1f} × standard, with dry run {both / saved:.1f} ×; {applied / copied:.3f} of the limit",
            flush=True,
        )
    return {
        "path": "roster",
        "rows": rows,
        "rounds": ROUNDS,
        "x_standard": round(statistics.median(applied / saved for applied, _both, saved, _copied in rounds), 1),
        "x_standard_with_dry_run": round(
            statistics.median(both / saved for _applied, both, saved, _copied in rounds), 1
        ),
        "of_limit": round(statistics.median(applied / copied for applied, _both, _saved, copied in rounds), 3),
        "rows_per_second": round(statistics.median(row[0] for row in rounds)),
        "standard_rows_per_second": round(statistics.median(row[2] for row in rounds)),
        "errors": 0,
    }


def _rate(rows: int, act: Callable[..., None], *arguments: Any) -> float:
    begun = time.perf_counter()
    act(*arguments)
    return rows / (time.perf_counter() - begun)


def _analyze() -> None:
    """As the server does by itself: what it learns of an empty table while the first rows come in is no measure."""
    connection.close()
    with as_owner(connection.settings_dict):
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        connection.close()


def _institution(region: Region, agency: Agency, number: int) -> Institution:
    return Institution.objects.create(
        code=f"H43010{number:06d}",
        name=f"第{number}医院",
        kind="medical",
        region=region,
        agency=agency,
        recorded_at=NOW,
    )


def _roster(place: Institution, start: int, rows: int) -> bytes:
    return as_csv(*(_line(place, start + each) for each in range(rows)))


def _line(place: Institution, number: int) -> list[Any]:
    first_17 = (
        f"430102{1960 + number % 40}{1 + number // 40 % 12:02d}{1 + number // 480 % 28:02d}{number // 13440 % 1000:03d}"
    )
    given = chr(0x4E00 + number % 2000) + chr(0x5000 + number // 2000 % 2000)
    return line(f"D4301{number:08d}", f"王{given}", first_17 + check_character(first_17), 机构编码=place.code)


def _uploaded(place: Institution, content: bytes) -> RosterJob:
    return jobs.upload(institution=place, filename="roster.csv", content=content, by=None, now=NOW)


def _look(job: RosterJob, rows: int) -> None:
    looked = jobs.work(job, clock=lambda: NOW)
    assert looked.counts == {"new": rows}, looked.counts


def _apply(job: RosterJob) -> None:
    accepted = jobs.accept(job=job, rows="all", end_left=False, by=None, now=NOW)
    applied = jobs.work(accepted, clock=lambda: NOW)
    assert applied.state == "applied", applied.problem_text


def _one_by_one(place: Institution, content: bytes) -> None:
    sheet = read_sheet(content)
    reader = RowReader(sheet.columns, institution_code=place.code, today=TODAY)
    with transaction.atomic():
        for number, cells in sheet.lines:
            row = reader.read(number, cells)
            assert row is not None
            assert not row.problems
            _save(row, place)


def _save(row: Row, place: Institution) -> None:
    index = sealing.blind_index(row.document_number)
    assert not PersonalCode.objects.filter(code=row.code).exists()
    assert not IdentityDocument.objects.filter(kind=row.document_kind, number_index=index).exists()
    person = Practitioner.objects.create(
        code=row.code,
        name=row.name,
        sex=row.sex,
        birth_date=row.birth_date,
        category=row.implied_category,
        recorded_at=NOW,
    )
    PersonalCode.objects.create(practitioner=person, code=row.code, recorded_at=NOW)
    PractitionerName.objects.create(practitioner=person, name=row.name, recorded_at=NOW)
    sealed = sealing.seal(row.document_number, bound_to=str(person.uuid))
    IdentityDocument.objects.create(
        practitioner=person, kind=row.document_kind, sealed_number=sealed, number_index=index, recorded_at=NOW
    )
    Certificate.objects.create(
        practitioner=person,
        number=row.certificate,
        practice_institution=row.practice_institution,
        practice_category=row.practice_category,
        scope=row.practice_scope,
        level=row.practice_level,
        recorded_at=NOW,
    )
    Registration.objects.create(
        practitioner=person, institution=place, starts_on=row.contract_from or TODAY, recorded_at=NOW
    )
    StaffRecord.objects.create(
        practitioner=person,
        institution=place,
        status=row.status,
        contract_from=row.contract_from,
        contract_until=row.contract_until,
        title=row.title,
        extra={},
        recorded_at=NOW,
    )
