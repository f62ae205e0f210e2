import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from registry.actions.retention import purge
from registry.models import Practitioner, Registration, RosterJob, RosterRow
from registry.models.sealing import SealBroken
from registry.models.vault import Vault
from registry.rosters import jobs
from registry.rosters.errors import RosterRefused
from registry.rosters.reporting import original
from tests import town
from tests.rosters.sheets import as_csv, li, wang, xlsx

NOW = town.at(dt.date(2026, 3, 2))


def upload(place: town.Town, content: bytes, now: dt.datetime = NOW) -> RosterJob:
    return jobs.upload(institution=place.hospital, filename="花名册.xlsx", content=content, by=None, now=now)


def accepted(place: town.Town, content: bytes) -> RosterJob:
    job = jobs.work(upload(place, content), clock=lambda: NOW)
    return jobs.accept(job=job, rows="all", end_left=False, by=None, now=NOW)


def test_every_state_has_its_transitions_and_leads_somewhere_known() -> None:
    assert set(jobs.TRANSITIONS) == set(RosterJob.State)
    assert {after for reached in jobs.TRANSITIONS.values() for after in reached} <= set(RosterJob.State)


@pytest.mark.django_db
def test_a_file_that_is_no_roster_is_refused_with_what_to_do() -> None:
    job = jobs.work(upload(town.build(), b"%PDF-1.7"), clock=lambda: NOW)
    assert (job.state, job.problem, job.next_at) == ("refused", "not_a_spreadsheet", None)
    assert "PDF" in job.problem_text


@pytest.mark.django_db
def test_only_a_checked_import_can_be_accepted() -> None:
    job = upload(town.build(), xlsx(wang()))
    with pytest.raises(RosterRefused) as refused:
        jobs.accept(job=job, rows="all", end_left=False, by=None, now=NOW)
    assert refused.value.code == "not_checked"


@pytest.mark.django_db
def test_a_killed_worker_s_job_is_done_again_when_its_lease_has_run_out() -> None:
    job = upload(town.build(), xlsx(wang()))
    assert jobs._claim(NOW) is not None
    assert jobs.work_due(clock=lambda: NOW + jobs.LEASE / 2) == 0
    assert jobs.work_due(clock=lambda: NOW + jobs.LEASE) == 1
    job.refresh_from_db()
    assert (job.state, job.fence) == ("checked", 2)


@pytest.mark.django_db
def test_a_worker_that_lost_its_claim_leaves_nothing_behind() -> None:
    job = accepted(town.build(), xlsx(wang()))
    slow = jobs._claim(NOW)
    assert slow is not None
    quick = jobs._claim(NOW + jobs.LEASE)
    assert quick is not None
    jobs._work(slow, lambda: NOW)
    assert not Practitioner.objects.filter(name="王芳").exists()
    jobs._work(quick, lambda: NOW)
    assert RosterJob.objects.get(pk=job.pk).state == "applied"


@pytest.mark.django_db
def test_a_job_that_never_ends_is_given_up_with_a_reason() -> None:
    job = upload(town.build(), xlsx(wang()))
    RosterJob.objects.filter(pk=job.pk).update(attempts=jobs.MOST_ATTEMPTS)
    done = jobs.work(job, clock=lambda: NOW)
    assert (done.state, done.problem) == ("failed", "gave_up")


@pytest.mark.django_db
def test_interrupted_in_the_middle_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    job = accepted(town.build(), xlsx(wang(), li()))
    before = Practitioner.objects.count()

    def pulled_plug(*_args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("registry.rosters.applying._write_staff", pulled_plug)
    with pytest.raises(KeyboardInterrupt):
        jobs.work(job, clock=lambda: NOW)
    assert Practitioner.objects.count() == before
    monkeypatch.undo()
    assert jobs.work(job, clock=lambda: NOW + jobs.LEASE).state == "applied"


@pytest.mark.django_db
def test_the_file_is_sealed_for_its_job_and_forgotten_in_time() -> None:
    job = jobs.work(upload(town.build(), xlsx(wang())), clock=lambda: NOW)
    with pytest.raises(SealBroken):
        Vault(upload(town.build(), b"x").uuid, "rosters").unseal(bytes(job.sealed_file or b""))
    assert purge(now=NOW + dt.timedelta(days=30))["rosters"] == 0
    assert purge(now=NOW + dt.timedelta(days=31))["rosters"] == 1
    job.refresh_from_db()
    assert not RosterRow.objects.filter(job=job).exists()
    with pytest.raises(RosterRefused) as refused:
        original(job)
    assert refused.value.code == "purged"


@pytest.mark.usefixtures("committed")
def test_two_hospitals_bring_the_same_new_people_in_at_the_same_moment() -> None:
    place = town.build()
    rows = [wang(), li()]
    here = accepted(place, xlsx(*rows))
    there = jobs.upload(
        institution=place.clinic, filename="b", content=xlsx(*_of(place.clinic.code, rows)), by=None, now=NOW
    )
    there = jobs.work(there, clock=lambda: NOW)
    jobs.accept(job=there, rows="all", end_left=False, by=None, now=NOW)
    together(*[lambda: jobs.work_due(clock=lambda: NOW)] * 2)
    jobs.work_due(clock=lambda: NOW + jobs.AGAIN_AFTER)
    states = set(RosterJob.objects.filter(pk__in=[here.pk, there.pk]).values_list("state", flat=True))
    assert states <= {"applied", "checked"}
    assert "applied" in states
    assert Practitioner.objects.filter(name__in=["王芳", "李静"]).count() == 2
    assert Registration.objects.filter(practitioner__name="王芳").count() in (1, 2)


def _of(code: str, rows: list[list[Any]]) -> list[list[Any]]:
    return [[code, *row[1:]] for row in rows]


def together(*acts: Callable[[], Any]) -> None:
    failed: list[BaseException] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failed


@pytest.mark.django_db
def test_the_command_looks_first_and_applies_on_request(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    place = town.build()
    file = tmp_path / "roster.csv"
    file.write_bytes(as_csv(wang(), encoding="gb18030"))
    call_command("import_roster", str(file), institution=place.hospital.code)
    assert not Practitioner.objects.filter(name="王芳").exists()
    assert "--apply" in capsys.readouterr().out
    call_command("import_roster", str(file), institution=place.hospital.code, apply=True)
    assert Practitioner.objects.filter(name="王芳").exists()
    assert "王芳" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "institution", "told"),
    [(b"%PDF", None, "PDF"), (None, None, "roster.csv"), (b"x", "H00000000000", "H00000000000")],
)
def test_the_command_says_what_is_wrong(
    tmp_path: Any, content: bytes | None, institution: str | None, told: str
) -> None:
    place = town.build()
    file = tmp_path / "roster.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=told):
        call_command("import_roster", str(file), institution=institution or place.hospital.code)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("option", "value"), [("--errors", "/nonexistent/errors.xlsx"), ("--show", "-1"), ("--rows", ""), ("--rows", "2,x")]
)
def test_the_command_names_the_option_that_is_wrong(tmp_path: Any, option: str, value: str) -> None:
    place = town.build()
    file = tmp_path / "roster.csv"
    file.write_bytes(as_csv(wang()))
    with pytest.raises(CommandError, match=option):
        call_command("import_roster", str(file), f"{option}={value}", "--apply", institution=place.hospital.code)
    assert not Practitioner.objects.filter(name="王芳").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("option", ["--rows=2", "--end-left"])
def test_an_option_of_applying_is_not_ignored_in_a_dry_run(tmp_path: Any, option: str) -> None:
    place = town.build()
    file = tmp_path / "roster.csv"
    file.write_bytes(as_csv(wang()))
    with pytest.raises(CommandError, match="--apply"):
        call_command("import_roster", str(file), option, institution=place.hospital.code)
    assert not RosterJob.objects.exists()
