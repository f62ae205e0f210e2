"""Evidence and words: each type as it came, nothing that could do harm, until the decision."""

import pytest

from appeals.actions.disputes import Dispute
from appeals.actions.objections import (
    add_evidence,
    add_words,
)
from appeals.models import Evidence, Objection
from registry.actions.files import keep_file, read_file
from registry.actions.procedure import for_practitioner
from registry.models import ProcedureStep
from tests.appeals.disputes import NEXT_DAY, decided, in_review, objected, points_of, refusal, stored
from tests.casework import desk, received
from tests.rules import sample_files
from tests.town import TODAY, at

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("病历.pdf", sample_files.pdf(), "application/pdf"),
        ("照片.JPG", sample_files.jpeg(), "image/jpeg"),
        ("截图.png", sample_files.png(), "image/png"),
        ("扫描.tif", sample_files.tiff(), "image/tiff"),
        ("说明.docx", sample_files.docx(), None),
        ("名单.xlsx", sample_files.xlsx(), None),
        ("公文.ofd", sample_files.ofd(), "application/ofd"),
        ("假装是图片.png", sample_files.pdf(), "application/pdf"),
    ],
)
def test_evidence_of_each_type_is_kept_as_it_came(name: str, content: bytes, media_type: str | None) -> None:
    file = stored(name, content=content)
    assert read_file(file) == content
    assert media_type in (None, file.media_type)
    assert content not in bytes(file.sealed)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"MZ" + bytes(200), "file_executable"),
        (b"<html><script>alert(1)</script></html>", "file_markup"),
        ("只是文字".encode(), "file_plain_text"),
        (sample_files.pdf(b"1 0 obj << /OpenAction << /S /JavaScript >> >> endobj"), "file_active"),
        (sample_files.folder({"a.txt": "x"}), "file_archive"),
    ],
)
def test_what_could_do_harm_or_nobody_can_read_is_refused_in_words(content: bytes, code: str) -> None:
    told = refusal(keep_file, name="证据.pdf", content=content, by=None, now=at(TODAY))
    assert told.code == code
    assert "证据" in str(told.message)


def test_a_file_larger_than_is_taken_is_refused(settings) -> None:  # type: ignore[no-untyped-def]
    settings.REGISTRY_FILE_MB = 1
    content = sample_files.pdf() + bytes(1024 * 1024)
    assert refusal(keep_file, name="大.pdf", content=content, by=None, now=at(TODAY)).code == "file_too_large"


def test_evidence_is_added_until_the_decision_and_not_after() -> None:
    here = desk()
    objection = in_review(here, objected(received(here, 6), "不是我"))
    (point,) = points_of(objection)
    add_evidence(point=point, exhibits=[("考勤", stored())], acting=for_practitioner(), now=at(NEXT_DAY, 12))
    add_words(objection=objection, words="补充说明", acting=for_practitioner(), now=at(NEXT_DAY, 12))
    decided(here, objection, "upheld")
    late = [("迟到", stored())]
    told = refusal(add_evidence, point=point, exhibits=late, acting=for_practitioner(), now=at(NEXT_DAY, 16))
    assert told.code == "not_possible_now"
    assert [evidence.title for evidence in Evidence.objects.all()] == ["考勤"]
    grounds = ProcedureStep.objects.filter(act="supplement").values_list("grounds", flat=True)
    assert list(grounds) == ["1: 考勤", "补充说明"]


def test_more_files_than_are_taken_for_a_point_are_refused_and_nothing_is_kept(settings) -> None:  # type: ignore[no-untyped-def]
    settings.REGISTRY_FILES_PER_POINT = 2
    proposal = received(desk(), 6)
    files = [(f"证据{n}", stored()) for n in range(3)]
    points = [Dispute(item=proposal.items.get(), text="不是我", evidence=files)]
    assert refusal(objected, proposal, points=points).code == "too_many_files"
    assert not Objection.objects.exists()


def test_a_file_is_evidence_for_one_point_only() -> None:
    proposal = received(desk(), 3, 5)
    file = stored()
    points = [Dispute(item=each, text="不是我", evidence=[("考勤", file)]) for each in proposal.items.all()]
    assert refusal(objected, proposal, points=points).code == "file_used_before"
