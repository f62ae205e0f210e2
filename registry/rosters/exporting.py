"""The staff of an institution as a spreadsheet with the columns of an import; taken in again, it changes nothing."""

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import get_language
from openpyxl import Workbook

from registry.actions.access_log import Disclosure, Kind, clean_reason, record_many
from registry.models import Certificate, IdentityDocument, Institution, Registration, Sex, StaffRecord
from registry.rosters.cells import harmless
from registry.rosters.columns import FIELDS, KNOWN, plain

ORDER = (
    "institution_code",
    "institution_name",
    "code",
    "name",
    "sex",
    "birth_date",
    "category",
    "document_kind",
    "document_number",
    "department",
    "status",
    "contract_from",
    "contract_until",
    "certificate",
    "practice_institution",
    "practice_category",
    "practice_scope",
    "practice_level",
    "title",
)
ENGLISH = {"certificate": "practising certificate", "institution_name": "institution name", "code": "personal code"}
_CHINESE_WORDS: Mapping[str, str] = {
    "physician": "医师",
    "nurse": "护士",
    "pharmacist": "药师",
    "technician": "技师",
    "billing_reviewer": "费用和结算审核人员",
    "pharmacy_principal": "药店主要负责人",
    "male": "男",
    "female": "女",
    "resident_id": "居民身份证",
    "passport": "护照",
    "hk_macau_permit": "港澳居民来往内地通行证",
    "taiwan_permit": "台湾居民来往大陆通行证",
    "foreign_resident": "外国人永久居留身份证",
    "other": "其他",
}


def export(institution: Institution, today: date, *, document_numbers: Disclosure | None) -> bytes:
    """Everybody registered at the institution on `today`, as XLSX, headed in the language of the moment.

    `document_numbers` says for whom and why whole identity numbers are unsealed; that is kept in the file of each
    person before any number is. Without it their cells stay empty, which an import takes for "nothing said".
    """
    people = list(_people(institution, today))
    if document_numbers:
        _keep(people, document_numbers)
    further = _further(people)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(institution.code)
    sheet.append([harmless(heading) for heading in (*_headings(), *further)])
    for fields, extra in (_row(registration, institution, document_numbers is not None) for registration in people):
        cells = [fields.get(name, "") for name in ORDER] + [extra.get(heading, "") for heading in further]
        sheet.append([harmless(cell) for cell in cells])
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def _keep(people: Iterable[Registration], disclosed: Disclosure) -> None:
    record_many(
        practitioners=[registration.practitioner_id for registration in people],
        by=disclosed.by,
        key=disclosed.key,
        kind=Kind.EXPORTED,
        reason=clean_reason(disclosed.reason),
        now=disclosed.now,
    )


def _people(institution: Institution, today: date) -> Iterator[Registration]:
    present = Registration.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=today), institution=institution, superseded_at=None
    )
    records = StaffRecord.objects.filter(institution=institution)
    return (
        present.filter(starts_on__lte=today)
        .select_related("practitioner")
        .prefetch_related(
            Prefetch("practitioner__staff_records", records, to_attr="records_here"),
            Prefetch("practitioner__certificates", Certificate.objects.order_by("-id"), to_attr="latest_certificates"),
            Prefetch("practitioner__documents", IdentityDocument.objects.order_by("id"), to_attr="all_documents"),
        )
        .order_by("practitioner__code")
        .iterator(chunk_size=2000)
    )


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def _headings() -> Iterator[str]:
    for name in ORDER:
        yield FIELDS[name][0] if _chinese() else ENGLISH.get(name) or next(h for h in FIELDS[name] if h.isascii())


def _further(people: Iterable[Registration]) -> list[str]:
    """Headings of further columns, in the order first met; those that the import knows have their place already."""
    headings: dict[str, None] = {}
    for registration in people:
        for record in _records(registration):
            headings |= dict.fromkeys(record.extra)
    return [heading for heading in headings if plain(heading) not in KNOWN]


def _records(registration: Registration) -> list[StaffRecord]:
    records: list[StaffRecord] = getattr(registration.practitioner, "records_here")  # noqa: B009 - made by Prefetch
    return records


def _row(
    registration: Registration, institution: Institution, document_numbers: bool
) -> tuple[dict[str, str], dict[str, str]]:
    person: Any = registration.practitioner
    record = next(iter(_records(registration)), None)
    extra = {heading: str(text) for heading, text in (record.extra if record else {}).items()}
    fields = {
        "institution_code": institution.code,
        "institution_name": institution.name,
        "code": person.code,
        "name": person.name,
        "sex": _word(person.sex) if person.sex != Sex.UNKNOWN else "",
        "birth_date": _day(person.birth_date),
        "category": _word(person.category),
        "department": registration.department,
        **{KNOWN[plain(heading)][0]: text for heading, text in extra.items() if plain(heading) in KNOWN},
        **(_of_record(record) if record else {}),
        **_of_certificate(next(iter(person.latest_certificates), None)),
        **_of_document(person.all_documents, document_numbers),
    }
    return fields, extra


def _of_record(record: StaffRecord) -> dict[str, str]:
    return {
        "status": record.status,
        "contract_from": _day(record.contract_from),
        "contract_until": _day(record.contract_until),
        "title": record.title,
    }


def _of_certificate(certificate: Certificate | None) -> dict[str, str]:
    if certificate is None:
        return {}
    return {
        "certificate": certificate.number,
        "practice_institution": certificate.practice_institution,
        "practice_category": certificate.practice_category,
        "practice_scope": certificate.scope,
        "practice_level": certificate.level,
    }


def _of_document(documents: list[IdentityDocument], whole: bool) -> dict[str, str]:
    if not documents or not whole:
        return {}
    document = next((document for document in documents if document.kind == "resident_id"), documents[0])
    return {"document_kind": _word(document.kind), "document_number": document.number}


def _word(value: str) -> str:
    return _CHINESE_WORDS.get(value, value) if _chinese() else value.replace("_", " ")


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
