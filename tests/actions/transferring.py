"""A transfer to the police, in tests: with its letter, by two officers of the agency."""

from datetime import date
from typing import Any

from registry.actions.files import keep_file
from registry.actions.police import record_police_answer, transfer_to_police
from registry.models import Case, PoliceAnswer, PoliceTransfer, StoredFile
from tests.casework import Desk
from tests.rules import sample_files
from tests.town import TODAY, at

LETTER: dict[str, Any] = {
    "organ": "市公安局岳麓分局",
    "document_number": "医保移送1号",
    "transferred_on": TODAY,
    "legal_basis": "行政执法机关移送涉嫌犯罪案件的规定第三条",
    "grounds": "涉嫌诈骗医保基金",
}


def paper(here: Desk, name: str = "移送书.pdf", content: bytes | None = None) -> StoredFile:
    """A file that the officer who records handed in."""
    return keep_file(name=name, content=content or sample_files.pdf(), by=here.scorer, now=at(TODAY))


def transferred(here: Desk, case: Case, **more: Any) -> PoliceTransfer:
    """The case, or somebody in it, is with the police."""
    said = {**LETTER, "by": here.scorer, "second": here.second, "now": at(TODAY, 15), **more}
    return transfer_to_police(case=case, document=said.pop("document", None) or paper(here), **said)


def answered(here: Desk, transfer: PoliceTransfer, outcome: str, on: date = TODAY, **more: Any) -> PoliceAnswer:
    """The police wrote back; whether they wrote something else is said by `more`."""
    said: dict[str, Any] = {"document_number": f"公{outcome}1号", "by": here.scorer, "now": at(on, 16)}
    said |= {"reason": "" if outcome == "accepted" else "不构成犯罪"}
    document = more.pop("document", None) or (None if outcome == "mistaken" else paper(here, "回执.pdf"))
    return record_police_answer(
        transfer=transfer, outcome=outcome, answered_on=on, document=document, **{**said, **more}
    )
