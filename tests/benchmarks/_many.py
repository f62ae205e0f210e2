"""A register of many people, written straight into its tables: for measuring what reads them.

One in a hundred is not normal; one in a thousand institutions is under a measure. Nothing of it went through an act.
"""

from datetime import UTC, date, datetime

from django.db import connection

from registry.config.database import as_owner
from registry.models import Agency, Institution, Region, ServiceAgreement

SINCE = datetime(2025, 1, 1, tzinfo=UTC)
FIRST = date(2025, 1, 1)
TODAY = date(2026, 3, 2)
PLACES = 1000

_PEOPLE = """
    INSERT INTO registry_practitioner
        (uuid, code, provisional, name, pinyin, initials, sex, birth_date, category, recorded_at)
    SELECT gen_random_uuid(), 'D4301' || lpad(n::text, 8, '0'), false,
           chr(19968 + n %% 97) || chr(20000 + n %% 4001), '', '', 'unknown', NULL, 'physician', %(since)s
    FROM generate_series(1, %(people)s) AS n
"""
_CODES = """
    INSERT INTO registry_personalcode (practitioner_id, code, provisional, recorded_at)
    SELECT id, code, false, recorded_at FROM registry_practitioner
"""
_NAMES = """
    INSERT INTO registry_practitionername (practitioner_id, name, recorded_at)
    SELECT id, name, recorded_at FROM registry_practitioner
"""
_REGISTRATIONS = """
    INSERT INTO registry_registration
        (record, practitioner_id, institution_id, starts_on, recorded_at, reason, department)
    SELECT gen_random_uuid(), p.id, i.id, %(first)s, p.recorded_at, '', ''
    FROM registry_practitioner AS p
    JOIN registry_institution AS i ON i.code = 'H43010' || lpad((right(p.code, 8)::int %% %(places)s)::text, 6, '0')
"""
_SPANS = """
    INSERT INTO registry_standingspan (practitioner_id, starts_on, ends_on, status, until, points, may_reregister)
    SELECT id, %(first)s, NULL, 'suspended', DATE '2027-01-01', 9, false
    FROM registry_practitioner WHERE right(code, 8)::int %% 100 = 7
"""


def fill(people: int, *, standing: bool = True) -> None:
    """People with codes `D4301` and eight digits from 1, each registered at the institution of their last digits.

    `standing` False: nobody has days of standing; somebody else writes them.
    """
    region = Region.objects.create(code="430100", name_zh="长沙市")
    agency = Agency.objects.create(code="A430100", name="市医保中心", region=region)
    places = Institution.objects.bulk_create(
        Institution(
            code=f"H43010{number:06d}",
            name=f"第{number}医院",
            kind="medical",
            region=region,
            agency=agency,
            recorded_at=SINCE,
        )
        for number in range(PLACES)
    )
    ServiceAgreement.objects.bulk_create(
        ServiceAgreement(institution=place, number=place.code, starts_on=FIRST, recorded_at=SINCE) for place in places
    )
    with connection.cursor() as cursor:
        for statement in (_PEOPLE, _CODES, _NAMES, _REGISTRATIONS, *([_SPANS] if standing else [])):
            cursor.execute(statement, {"people": people, "since": SINCE, "first": FIRST, "places": PLACES})
    with as_owner(connection.settings_dict):
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        connection.close()


def code(number: int) -> str:
    """The personal code of one of them."""
    return f"D4301{number:08d}"


def place_of(number: int) -> str:
    """Where that one is registered."""
    return f"H43010{number % PLACES:06d}"
