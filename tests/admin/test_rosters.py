import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from registry.models import Practitioner, Registration, RosterJob, User
from registry.rosters import jobs, waking
from tests.admin.conftest import SignIn
from tests.admin.deeds import text_of, url
from tests.town import Town

HEADINGS = "机构编码,人员代码,姓名,性别,人员类别\n"
GOOD = (
    HEADINGS
    + "H43010000001,D430100000001,王伟,男,医师\n"
    + "H43010000001,N430100000002,李娜,女,护士\n"
    + "H43010000001,D430100000500,新来的,男,医师\n"
)
MIXED = GOOD + "H43010000001,D430100000501,,男,医师\n"


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "wake_workers", lambda: None)


@pytest.fixture
def he(sign_in: SignIn, compliance: User) -> Client:
    return sign_in(compliance)


def upload(client: Client, town: Town, text: str) -> RosterJob:
    file = SimpleUploadedFile("名单.csv", text.encode("gb18030"), "text/csv")
    answer = client.post(url("upload_roster", town.hospital.pk), {"file": file, "category": ""})
    job = RosterJob.objects.get()
    assert answer["Location"] == url("roster", job.pk)
    return job


def test_while_a_worker_has_it_the_page_shows_how_far_it_is_also_without_script(he: Client, town: Town) -> None:
    job = upload(he, town, GOOD)
    page = he.get(url("roster", job.pk))
    assert '<noscript><meta http-equiv="refresh"' in page.content.decode()
    RosterJob.objects.update(state="checking", done=1, total=4)
    assert he.get(url("roster_progress", job.pk)).json() == {"working": True, "percent": 25, "words": "1 of 4 rows"}


def test_a_roster_is_checked_shown_and_applied(he: Client, town: Town) -> None:
    job = upload(he, town, GOOD)
    jobs.work_due(clock=timezone.now)
    shown = text_of(he.get(url("roster", job.pk), {"show": "new"}))
    assert "新来的" in shown
    assert "is registered here" in shown
    assert not Practitioner.objects.filter(name="新来的").exists()
    assert he.post(url("roster", job.pk), {"accept": "all"}).status_code == 302
    jobs.work_due(clock=timezone.now)
    assert Registration.objects.filter(practitioner__name="新来的", institution=town.hospital).exists()
    assert "Applied" in text_of(he.get(url("roster", job.pk)))


def test_with_a_wrong_row_only_ticked_rows_are_taken_in(he: Client, town: Town) -> None:
    job = upload(he, town, MIXED)
    jobs.work_due(clock=timezone.now)
    page = url("roster", job.pk)
    assert "Take in everything" not in text_of(he.get(page))
    assert he.post(page, {"accept": "all"}).status_code == 422
    assert "No row is ticked" in text_of(he.post(page, {"accept": "rows"}))
    assert he.post(page, {"accept": "rows", "rows": ["4"]}).status_code == 302
    jobs.work_due(clock=timezone.now)
    assert Practitioner.objects.filter(name="新来的").exists()


def test_the_sheet_comes_back_with_what_to_correct(he: Client, town: Town) -> None:
    job = upload(he, town, MIXED)
    jobs.work_due(clock=timezone.now)
    answer = he.get(url("roster_errors", job.pk))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert sheet.cell(5, 1).value
    assert not sheet.cell(2, 1).value


def test_a_file_that_is_no_roster_is_refused_with_the_reason(he: Client, town: Town) -> None:
    job = upload(he, town, "喜欢,不喜欢\n1,2\n")
    jobs.work_due(clock=timezone.now)
    assert "Nothing was written." in text_of(he.get(url("roster", job.pk)))
    assert he.get(url("roster", job.pk)).context["job"].problem_text


def test_the_roster_goes_out_without_document_numbers(he: Client, town: Town) -> None:
    answer = he.get(url("export_roster", town.hospital.pk))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    names = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {"王伟", "李娜"} <= names


def test_rosters_of_elsewhere_are_not_there(sign_in: SignIn, he: Client, town: Town, stranger: User) -> None:
    job = upload(he, town, GOOD)
    far = sign_in(stranger)
    for page in (url("roster", job.pk), url("roster_progress", job.pk), url("roster_errors", job.pk)):
        assert far.get(page).status_code == 404
    assert far.post(url("roster", job.pk), {"accept": "all"}).status_code == 404
    assert "名单.csv" not in text_of(far.get(url("registry_rosterjob_changelist")))


def test_an_administrator_looks_but_takes_nothing_in(
    sign_in: SignIn, he: Client, town: Town, administrator: User
) -> None:
    job = upload(he, town, GOOD)
    jobs.work_due(clock=timezone.now)
    guan = sign_in(administrator)
    assert guan.get(url("roster", job.pk)).status_code == 200
    assert guan.post(url("roster", job.pk), {"accept": "all"}).status_code == 403


def test_ending_registrations_is_offered_only_beside_a_button_that_takes_in(he: Client, town: Town) -> None:
    job = upload(he, town, HEADINGS + "H43010000001,D430100000001,王伟,男,医师\n,,无名,男,医师\n")
    jobs.work_due(clock=timezone.now)
    assert job.institution.registrations.count() > 1
    for outcome in ("new", "left", "wrong", "changed"):
        page = he.get(url("roster", job.pk), {"show": outcome}).content.decode()
        assert ('name="end_left"' in page) == ('name="accept"' in page)
