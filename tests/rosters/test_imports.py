import datetime as dt
from typing import Any

import pytest
from django.db import models
from django.utils import translation
from openpyxl import load_workbook

from registry.actions.people import register_practitioner, rename
from registry.models import (
    Certificate,
    FileMerge,
    IdentityDocument,
    Practitioner,
    PractitionerName,
    Registration,
    RosterJob,
    RosterRow,
    StaffRecord,
    User,
)
from registry.models.pinyin import sound_of
from registry.models.sealing import masked
from registry.rosters import jobs
from registry.rosters.errors import RosterRefused
from tests import town
from tests.rosters.disclosing import disclosed
from tests.rosters.sheets import HEADINGS, LI, WANG, li, line, resident_id, wang, xlsx

pytestmark = pytest.mark.django_db
NOW = town.at(dt.date(2026, 3, 2))
LATER = town.at(dt.date(2026, 3, 3))
WITH_HISTORY = (Practitioner, Certificate, Registration, StaffRecord)


@pytest.fixture
def place() -> town.Town:
    built = town.build()
    Registration.objects.all().delete()
    return built


@pytest.fixture
def officer(place: town.Town) -> User:
    return User.objects.create(username="zhao", language="en")


def check(place: town.Town, content: bytes, *, by: User | None = None, now: dt.datetime = NOW) -> RosterJob:
    job = jobs.upload(institution=place.hospital, filename="花名册.xlsx", content=content, by=by, now=now)
    return jobs.work(job, clock=lambda: now)


def take_in(
    place: town.Town,
    content: bytes,
    *,
    rows: Any = "all",
    end_left: bool = False,
    by: User | None = None,
    now: dt.datetime = NOW,
) -> RosterJob:
    job = check(place, content, by=by, now=now)
    assert job.state == "checked", job.problem_text
    done = jobs.work(jobs.accept(job=job, rows=rows, end_left=end_left, by=by, now=now), clock=lambda: now)
    people = Practitioner.objects.values_list("name", "pinyin", "initials")
    assert [row for row in people if row[1:] != sound_of(row[0])] == []  # raw SQL writes the keys by itself
    return done


def outcome(job: RosterJob, number: int) -> tuple[str, tuple[str, ...]]:
    row = next(row for row in jobs.report(job).all_rows(*RosterRow.Outcome.values) if row.number == number)
    return row.outcome, row.codes


def histories() -> int:
    return sum(model.history.count() for model in WITH_HISTORY)


def test_a_dry_run_tells_everything_and_writes_nothing(place: town.Town) -> None:
    before = histories(), Practitioner.objects.count()
    job = check(place, xlsx(wang(), li()))
    assert (job.state, job.counts, job.done, job.total) == ("checked", {"new": 2}, 2, 2)
    assert (histories(), Practitioner.objects.count()) == before


def test_a_roster_brings_wang_fang_in_with_all_that_it_says(place: town.Town) -> None:
    job = take_in(place, xlsx([*wang(), "返聘"], [*li(), ""], headings=[*HEADINGS, "备注"]))
    assert job.state == "applied"
    person = Practitioner.objects.get(code="D430100008001")
    assert (person.name, person.sex, person.birth_date, person.category) == (
        "王芳",
        "male",
        dt.date(1980, 1, 1),
        "physician",
    )
    assert [name.name for name in person.names.all()] == ["王芳"]
    assert [code.code for code in person.codes.all()] == ["D430100008001"]
    assert person.documents.get().number == WANG
    assert person.certificates.get().scope == "内科专业"
    registration = person.registrations.get()
    assert (registration.institution, registration.starts_on, registration.ends_on) == (
        place.hospital,
        dt.date(2025, 1, 1),
        None,
    )
    assert person.staff_records.get().extra == {"备注": "返聘"}


def test_repeating_an_import_changes_nothing(place: town.Town) -> None:
    content = xlsx(wang(), li())
    take_in(place, content)
    before = histories()
    again = take_in(place, content, now=LATER)
    assert again.counts == {"unchanged": 2}
    assert histories() == before
    assert PractitionerName.objects.filter(practitioner__code="D430100008001").count() == 1


def test_history_is_row_for_row_what_the_signal_would_have_written(place: town.Town, officer: User) -> None:
    take_in(place, xlsx(wang(), li()), by=officer)
    job = take_in(
        place, xlsx(wang(执业范围="外科专业", 专业技术职务="主任医师"), li(人员状态="返聘")), by=officer, now=LATER
    )
    for model in WITH_HISTORY:
        for row in model.objects.filter(**_of_roster(model)):
            _compare_with_signal(row, officer, f"roster {job.uuid}")


def _of_roster(model: type[models.Model]) -> dict[str, list[str]]:
    codes = ["D430100008001", "D430100008002"]
    return {"code__in": codes} if model is Practitioner else {"practitioner__code__in": codes}


def _compare_with_signal(row: Any, officer: User, reason: str) -> None:
    written = row.history.values().first()
    row._history_user, row._history_date, row._change_reason = (
        officer,
        written["history_date"],
        written["history_change_reason"],
    )
    row.save()
    by_signal = row.history.values().first()
    assert by_signal["history_id"] != written["history_id"]
    apart = {name for name in written if written[name] != by_signal[name]}
    assert apart <= {"history_id", "history_type"}
    assert written["history_type"] == ("~" if written["history_date"] == LATER else "+")
    assert written["history_user_id"] == officer.pk


def test_what_changed_is_shown_from_old_to_new(place: town.Town) -> None:
    take_in(place, xlsx(wang(), li()))
    job = check(place, xlsx(wang(专业技术职务="主任医师", 合同截止日期="长期"), li()))
    assert job.counts == {"changed": 1, "unchanged": 1}
    (row,) = jobs.report(job).rows("changed")
    assert {(change.field, change.old, change.new) for change in row.changes} == {
        ("title", "主治医师", "主任医师"),
        ("contract_until", "2027-12-31", ""),
    }


def test_columns_that_the_file_leaves_out_stay_as_they_are(place: town.Town) -> None:
    take_in(place, xlsx(wang()))
    job = take_in(place, xlsx(["D430100008001", "王芳"], headings=["人员代码", "姓名"]), now=LATER)
    assert job.counts == {"unchanged": 1}


def test_those_who_left_are_shown_and_stay_until_somebody_says_otherwise(place: town.Town) -> None:
    take_in(place, xlsx(wang(), li()))
    job = take_in(place, xlsx(wang()), now=LATER)
    assert job.counts == {"unchanged": 1, "left": 1}
    assert Registration.objects.filter(ends_on=None, superseded_at=None).count() == 2
    take_in(place, xlsx(wang()), end_left=True, now=LATER)
    first, last = Registration.objects.filter(practitioner__code="D430100008002").order_by("id")
    assert (first.superseded_at, last.record, last.ends_on) == (LATER, first.record, dt.date(2026, 3, 3))
    assert check(place, xlsx(wang()), now=LATER).counts == {"unchanged": 1}


def test_an_empty_list_does_not_end_everybody_s_registration(place: town.Town) -> None:
    take_in(place, xlsx(wang(), li()))
    with pytest.raises(RosterRefused) as refusal:
        take_in(place, xlsx(), end_left=True, now=LATER)
    assert refusal.value.code == "nobody_listed"
    assert not Registration.objects.exclude(ends_on=None).exists()


def test_a_line_that_says_left_ends_the_registration_only_when_accepted(place: town.Town) -> None:
    take_in(place, xlsx(wang(), li()))
    gone = xlsx(wang(), li(人员状态="离职"))
    assert outcome(check(place, gone), 3) == ("left", ())
    take_in(place, gone, end_left=True, now=LATER)
    assert outcome(check(place, gone, now=LATER), 3) == ("unchanged", ("has_left",))
    assert StaffRecord.objects.get(practitioner__code="D430100008002").status == "离职"


def test_somebody_who_comes_back_is_registered_after_the_earlier_time(place: town.Town) -> None:
    take_in(place, xlsx(wang(), li()))
    take_in(place, xlsx(wang()), end_left=True, now=NOW)
    take_in(place, xlsx(wang(), li()), now=LATER)
    latest = Registration.objects.filter(practitioner__code="D430100008002", superseded_at=None).latest("starts_on")
    assert (latest.starts_on, latest.ends_on) == (dt.date(2026, 3, 2), None)


def test_another_name_with_code_and_document_is_a_rename_only_after_a_look(place: town.Town) -> None:
    take_in(place, xlsx(wang(), li()))
    job = check(place, xlsx(wang(姓名="王小芳"), li()))
    assert outcome(job, 2) == ("doubtful", ("name_differs",))
    with pytest.raises(RosterRefused) as refused:
        jobs.accept(job=job, rows="all", end_left=False, by=None, now=NOW)
    assert refused.value.code == "not_all_right"
    jobs.work(jobs.accept(job=job, rows=[2], end_left=False, by=None, now=LATER), clock=lambda: LATER)
    person = Practitioner.objects.get(code="D430100008001")
    assert person.name == "王小芳"
    assert list(person.names.values_list("name", "superseded_at")) == [("王芳", LATER), ("王小芳", None)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (line("D430100008001", "李静", LI), ("doubtful", ("two_people",))),
        (line("D430100008009", "王芳", WANG), ("doubtful", ("another_code",))),
        (line("D430100008009", "赵敏", WANG), ("doubtful", ("only_document_agrees",))),
        (line("D430100008001", "赵敏", resident_id("43010219700101005")), ("doubtful", ("only_code_agrees",))),
        (line("D430100008001", "王芳", resident_id("43010219700101005")), ("doubtful", ("document_differs",))),
        (line("D430100008001", "赵敏", WANG, 证件号码="", 性别=""), ("doubtful", ("name_differs_without_document",))),
        (line("D430100008001", "王芳", WANG, 证件号码=""), ("unchanged", ())),
        (line("D430100008009", "王芳", WANG, 证件类型="护照", 证件号码="E1234567", 性别=""), ("new", ())),
    ],
)
def test_a_slip_never_makes_one_person_of_another(
    place: town.Town, row: list[Any], expected: tuple[str, tuple[str, ...]]
) -> None:
    take_in(place, xlsx(wang(), li()))
    job = check(place, xlsx(row))
    counted = {name for name in job.counts if name != "left"}
    assert counted == {expected[0]}
    if expected[0] == "doubtful":
        assert outcome(job, 2) == expected


def test_another_document_number_is_shown_beside_the_one_on_file(place: town.Town) -> None:
    take_in(place, xlsx(wang(), li()))
    other = resident_id("43010219700101005")
    job = check(place, xlsx(line("D430100008001", "王芳", other)))
    (told,) = next(jobs.report(job).all_rows("doubtful")).problems
    assert masked(other) in told
    assert masked(WANG) in told
    assert WANG not in told


def test_a_namesake_born_the_same_day_without_a_document_is_doubtful(place: town.Town) -> None:
    take_in(place, xlsx(wang()))
    headings = ["人员代码", "姓名", "出生日期", "人员类别"]
    job = check(place, xlsx(["D430100008077", "王芳", "1980-01-01", "医师"], headings=headings))
    assert outcome(job, 2) == ("doubtful", ("probable_duplicate",))


def test_a_person_without_a_code_gets_a_provisional_one_once(place: town.Town) -> None:
    content = xlsx(wang(医保医师代码=""))
    take_in(place, content)
    person = Practitioner.objects.get(name="王芳")
    assert person.provisional
    assert take_in(place, content, now=LATER).counts == {"unchanged": 1}
    job = check(place, xlsx(wang()))
    assert outcome(job, 2) == ("doubtful", ("code_for_provisional",))
    jobs.work(jobs.accept(job=job, rows=[2], end_left=False, by=None, now=LATER), clock=lambda: LATER)
    person.refresh_from_db()
    assert (person.code, person.provisional, person.codes.count()) == ("D430100008001", False, 2)


def test_the_same_person_twice_in_a_file_is_wrong(place: town.Town) -> None:
    job = check(place, xlsx(wang(), wang(), li(), li(专业技术职务="院长"), line("D430100008003", "赵敏", LI)))
    assert outcome(job, 3) == ("wrong", ("repeated_row",))
    assert outcome(job, 4) == ("wrong", ("code_twice",))
    assert outcome(job, 5) == ("wrong", ("code_twice",))
    assert outcome(job, 6) == ("wrong", ("document_twice",))
    assert job.counts == {"new": 1, "wrong": 4}


def test_good_rows_can_be_accepted_beside_wrong_ones(place: town.Town) -> None:
    job = check(place, xlsx(wang(), li(机构编码="H99999999999")))
    with pytest.raises(RosterRefused) as refused:
        jobs.accept(job=job, rows=[2, 3], end_left=False, by=None, now=NOW)
    assert (refused.value.code, refused.value.value) == ("row_not_acceptable", [3])
    done = jobs.work(jobs.accept(job=job, rows=[2], end_left=False, by=None, now=NOW), clock=lambda: NOW)
    assert done.state == "applied"
    assert list(Practitioner.objects.filter(name__in=["王芳", "李静"]).values_list("name", flat=True)) == ["王芳"]


def test_a_dry_run_gone_stale_is_shown_again_and_not_applied(place: town.Town) -> None:
    take_in(place, xlsx(wang(), li()))
    job = check(place, xlsx(wang(专业技术职务="主任医师"), li()))
    rename(practitioner=Practitioner.objects.get(code="D430100008002"), name="李小静", reason="改名", by=None, now=NOW)
    before = histories()
    after = jobs.work(jobs.accept(job=job, rows="all", end_left=False, by=None, now=LATER), clock=lambda: LATER)
    assert (after.state, after.stale, histories()) == ("checked", True, before)
    assert outcome(after, 3) == ("doubtful", ("name_differs",))


def test_nobody_terminated_is_registered_by_a_roster(place: town.Town) -> None:
    take_in(place, xlsx(wang()))
    take_in(place, xlsx(li()), end_left=True)
    person = Practitioner.objects.get(code="D430100008001")
    town.score(place, 12, on=dt.date(2026, 2, 2), who=person)
    assert outcome(check(place, xlsx(wang(), li())), 2) == ("wrong", ("terminated",))


def test_a_merged_file_is_the_same_person(place: town.Town, officer: User) -> None:
    take_in(place, xlsx(wang()))
    kept = Practitioner.objects.get(code="D430100008001")
    other = register_practitioner(code="D430100008055", name="王芳", category="physician", by=None, now=NOW)
    FileMerge.objects.create(
        kept=kept, absorbed=other, reason="同一人", recorded_at=NOW, recorded_by=officer, confirmed_by=place.second
    )
    job = check(place, xlsx(wang(医保医师代码="D430100008055")))
    assert job.counts == {"unchanged": 1}


def test_document_numbers_are_sealed_for_their_owner(place: town.Town) -> None:
    register_practitioner(code="D430100008001", name="王芳", category="physician", by=None, now=NOW)
    take_in(place, xlsx(wang(证件类型="护照", 证件号码="E1234567", 性别=""), li()), rows=[3])
    take_in(
        place,
        xlsx(["D430100008002", "李静", "E7654321", "护照"], headings=["人员代码", "姓名", "证件号码", "证件类型"]),
        rows="all",
    )
    numbers = {document.number for document in IdentityDocument.objects.filter(practitioner__code="D430100008002")}
    assert numbers == {LI, "E7654321"}
    kept = b"".join(bytes(row.sealed) for row in RosterRow.objects.all())
    assert "李静".encode() not in kept


def test_errors_come_back_in_the_workbook_and_go_in_again(place: town.Town, officer: User) -> None:
    job = check(
        place, xlsx([*wang(), "=1+1"], [*li(合同起始日期="2025-02-30"), ""], headings=[*HEADINGS, "备注"]), by=officer
    )
    returned = jobs.error_workbook(job)
    again = check(place, returned, by=officer)
    assert again.counts == job.counts == {"new": 1, "wrong": 1}
    assert again.headings["further"] == ["备注"]


def test_control_characters_of_the_file_do_not_keep_the_errors_from_coming_back(place: town.Town) -> None:
    wrong = wang(姓名="王_x0000_芳", 合同起始日期="_x0001_2025-02-30")
    again = check(place, jobs.error_workbook(check(place, xlsx(wrong))))
    assert outcome(again, 2) == ("wrong", ("not_a_day",))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_export_taken_in_again_changes_nothing(place: town.Town, language: str) -> None:
    headings = [*HEADINGS, "备注", "科室"]
    take_in(
        place,
        xlsx(
            [*wang(专业技术职务="=HYPERLINK(1)"), "+86 138", "心内科"],
            [*li(执业证书编码=""), "", ""],
            headings=headings,
        ),
    )
    for whole in (True, False):
        with translation.override(language):
            numbers = disclosed(place) if whole else None
            content = jobs.export(place.hospital, dt.date(2026, 3, 3), document_numbers=numbers)
        assert check(place, content, now=LATER).counts == {"unchanged": 2}
        assert (WANG in str(list(_cells(content)))) is whole


def _cells(content: bytes) -> list[Any]:
    import io

    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [cell for row in sheet.iter_rows(values_only=True) for cell in row]


def test_an_exported_formula_is_harmless(place: town.Town) -> None:
    take_in(place, xlsx(wang(专业技术职务="'=HYPERLINK(1)")))
    cells = _cells(jobs.export(place.hospital, dt.date(2026, 3, 3), document_numbers=disclosed(place)))
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if str(cell).startswith("=")]
