"""Findings as lines of a result: NDJSON for programs, CSV for spreadsheets, in the language that was asked for."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from registry.claims.checking import Asked, Finding
from registry.claims.reading import CSV, NDJSON
from registry.queries.eligibility import Answer
from registry.queries.reasons import Reason
from registry.queries.wording import sentences
from registry.rosters.cells import harmless

HEADINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "row": ("行号", "row"),
        "id": ("单据号", "id"),
        "practitioner": ("人员代码", "practitioner"),
        "institution": ("机构编码", "institution"),
        "on": ("服务日期", "on"),
        "emergency": ("急诊", "emergency"),
        "outcome": ("结果", "outcome"),
        "status": ("登记备案状态", "status"),
        "until": ("至", "until"),
        "reasons": ("原因代码", "reasons"),
        "words": ("说明", "words"),
        "provisions": ("依据", "provisions"),
        "policy": ("政策", "policy"),
        "reclaimed": ("追回", "reclaimed"),
        "corrections": ("更正", "corrections"),
    }
)
"""The columns of a result as CSV, in Chinese and in English."""

BYTE_ORDER_MARK = "\ufeff"


def kind_of_result(kind: str) -> str:
    """As what the result of a file of this kind is written: as the same, and of Parquet as NDJSON, which can grow."""
    return CSV if kind == CSV else NDJSON


class Teller:
    """Writes the lines of one result. Words that came up before are not put together again."""

    def __init__(self, kind: str, asked: Asked) -> None:
        self._csv, self._asked = kind_of_result(kind) == CSV, asked
        self._known: dict[tuple[object, ...], tuple[str, str | None]] = {}

    def heading(self) -> str:
        """What stands above the lines."""
        if not self._csv:
            return ""
        chinese = self._asked.language.startswith("zh")
        return BYTE_ORDER_MARK + _cells(zh if chinese else en for zh, en in HEADINGS.values())

    def lines(self, findings: Iterable[Finding]) -> str:
        """One line for each finding."""
        with translation.override(self._asked.language):
            documents = (self._document(each) for each in findings)
            if not self._csv:
                return "".join(
                    json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n" for document in documents
                )
            return "".join(_cells(_flat(document)) for document in documents)

    def _document(self, finding: Finding) -> dict[str, Any]:
        row = finding.row
        document: dict[str, Any] = {"row": row.number, "id": row.own_id or None, "outcome": finding.outcome}
        if row.question is None:
            return document | {**row.given} | {"errors": [error.document() for error in row.errors]}
        document |= {
            "practitioner": row.question.practitioner,
            "institution": row.question.institution,
            "on": row.question.on.isoformat(),
            "emergency": row.question.emergency,
        }
        assert finding.answer is not None  # a row with a question has an answer
        document |= self._answer(finding.answer)
        if finding.before is not None:
            document |= {"before": self._answer(finding.before), "reclaimed": finding.reclaimed}
            document["corrections"] = [
                {"kind": each.kind, "fact": each.fact, "recorded_at": rfc3339(each.recorded_at)}
                for each in finding.behind
            ]
        return document

    def _answer(self, answer: Answer) -> dict[str, Any]:
        return {
            "payable": answer.payable,
            "status": answer.status,
            "until": answer.until.isoformat() if answer.until else None,
            "reasons": [self._reason(reason) for reason in answer.reasons],
            "emergency_exempt": answer.emergency_exempt,
            "policy": answer.policy.id if answer.policy else None,
        }

    def _reason(self, reason: Reason) -> dict[str, Any]:
        key = (reason.code, reason.policy.id, reason.status, reason.until, reason.since)
        if (words := self._known.get(key)) is None:
            words = self._known[key] = (reason.text, reason.provision)
        return {"code": reason.code, "text": words[0], "provision": words[1]}


def rfc3339(instant: datetime) -> str:
    """The instant in UTC, as the API writes it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _flat(document: Mapping[str, Any]) -> list[str]:
    """The document as the cells of one line. Of a row that becomes payable the reasons are those that stood against."""
    told = document.get("before", document) if document["outcome"] == "becomes_payable" else document
    reasons = told.get("reasons") or document.get("errors", ())
    flat = {
        **document,
        "emergency": _yes_or_no(document.get("emergency")),
        "status": told.get("status"),
        "until": told.get("until"),
        "reasons": " ".join(reason["code"] for reason in reasons),
        "words": sentences(map(_sentence, reasons)),
        "provisions": "; ".join(dict.fromkeys(each["provision"] for each in reasons if each.get("provision"))),
        "reclaimed": _yes_or_no(document.get("reclaimed") if "before" in document else None),
        "corrections": " ".join(f"{each['kind']}:{each['fact']}" for each in document.get("corrections", ())),
    }
    return ["" if flat.get(name) is None else str(flat[name]) for name in HEADINGS]


def _sentence(reason: Mapping[str, Any]) -> str:
    return str(reason["text"]) if "text" in reason else sentences([reason["message"], reason["remedy"]])


def _yes_or_no(value: object) -> str:
    return "" if value is None else _("yes") if value else _("no")


def _cells(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([harmless(cell) for cell in cells])
    return written.getvalue()
