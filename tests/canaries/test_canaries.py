"""Numbers of identity documents and telephones that nobody has, sent through everything; then looked for everywhere.

They are put in wherever such a number may come in, rightly or by mistake. A number of a document is found nowhere
again but in the hands of who sent it; a telephone stays in the text in which somebody wrote it down, and nowhere else.
"""

from __future__ import annotations

import logging
from base64 import b64encode
from datetime import date
from typing import TYPE_CHECKING
from unittest import mock

import pytest
import structlog
import time_machine
from celery import current_app
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from registry import tasks
from registry.models import Practitioner, RosterJob, User
from registry.rules.resident_id import check_character
from tests.api.objecting import compliance, on_paper
from tests.api.officers import Program
from tests.api.people_of_a_case import MADE_ON, administrator
from tests.canaries.watching import Watch, look_around, watching
from tests.casework import Desk, desk, received
from tests.town import at, build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TODAY = date(2026, 12, 1)
FIRST_17 = "43010219770707731"
RESIDENT = FIRST_17 + check_character(FIRST_17)
MISTYPED = FIRST_17 + check_character("43010219770707732")
PASSPORT = "KANARI7351946"
PHONE = "13973519460"
DOCUMENTS = (RESIDENT, MISTYPED, PASSPORT)
HEADINGS = "机构编码,人员代码,姓名,性别,人员类别,证件类型,证件号码,联系电话\n"

WHERE_IT_WAS_WRITTEN = {"answers", "commands", "table registry_procedurestep"}
"""Beside the objection: the grounds of a step, what those read who may, and what is told to who hands a sheet in."""


@pytest.fixture
def here(committed: None) -> Iterator[Desk]:
    with time_machine.travel(at(TODAY), tick=False):
        yield desk(build("430100"))


@pytest.fixture
def watch(here: Desk) -> Iterator[Watch]:
    with watching() as found:
        yield found


def sheet(here: Desk) -> str:
    """A staff list in which one number is right, one is mistyped, and everybody has a telephone."""
    start = f"{here.town.hospital.code},D4301000005"
    return (
        HEADINGS
        + f"{start}00,新来的,男,医师,居民身份证,{RESIDENT},{PHONE}\n"
        + f"{start}01,抄错的,男,医师,居民身份证,{MISTYPED},{PHONE}\n"
        + f"{start}02,外来的,女,护士,护照,{PASSPORT},{PHONE}\n"
    )


def programs_tell_the_register(here: Desk) -> None:
    """People and documents over the API, right and wrong in every way."""
    officer = Program(here.scorer)
    person = {
        "institution": here.town.hospital.code,
        "starts_on": f"{TODAY}",
        "name": "赵新",
        "category": "physician",
        "document": {"kind": "resident_id", "number": RESIDENT},
    }
    for _ in range(2):
        officer.done("practitioners/", person, idempotency_key="canary-of-today")
    found = f"practitioners/{Practitioner.objects.get(name='赵新').uuid}/"
    address = f"{found}documents/"
    officer.done(address, {"kind": "passport", "number": PASSPORT})
    officer.read(found)
    for document in ({"kind": "resident_id", "number": RESIDENT}, {"kind": "passport", "number": PASSPORT}):
        assert len(officer.done("practitioners/searches/", {"document": document})["items"]) == 1
        assert officer.post(f"practitioners/{here.nurse.uuid}/documents/", document).status_code in {201, 409}
    for wrong in (
        {"kind": "resident_id", "number": MISTYPED},
        {"kind": "resident_id", "number": int(RESIDENT[:17] + "0")},
        {"kind": "passport", "number": f"{PASSPORT}\n"},
        {"kind": "passport", "number": PASSPORT * 9},
        {"kind": RESIDENT, "number": "E1234567"},
        {"kind": "passport", RESIDENT: "E1234567"},
        {"kind": "passport", "number": "E1234567", "telephone": PHONE},
        RESIDENT,
    ):
        assert officer.post(address, wrong).status_code >= 400
        assert officer.post("practitioners/searches/", {"document": wrong}).status_code in {200, 400}
    assert officer.post("practitioners/", {**person, "identity": RESIDENT, "phone": PHONE}).status_code == 400
    assert officer.post("practitioners/", {**person, "birth_date": RESIDENT}).status_code == 400


def people_object(here: Desk) -> None:
    """A telephone in what somebody wrote."""
    officer, proposal = Program(here.another), received(here, 5, on=MADE_ON)
    sent = on_paper(proposal, f"请致电{PHONE}", statement=f"电话{PHONE}")
    made = officer.done(f"proposals/{proposal.uuid}/paper-objections/", sent, idempotency_key="letter-with-phone")
    officer.post(f"proposals/{proposal.uuid}/paper-objections/", sent)
    officer.done(f"objections/{made['id']}/withdrawals/", {"reason": f"电话撤回 {PHONE}"})


def office_works(here: Desk) -> None:
    """The pages on which a number is typed, and what they say when it is wrong or everything fails."""
    he, chen = signed_in(compliance(here)), signed_in(here.scorer)
    search = reverse("admin:find_by_document")
    for number in DOCUMENTS:
        assert chen.post(search, {"kind": "", "number": number}).status_code == 200
        assert chen.post(search, {"kind": "ticket", "number": number}).status_code == 422
        act = reverse("admin:add_document", args=[here.nurse.pk])
        assert chen.post(act, {"kind": "resident_id", "number": number}).status_code in {302, 422}
    form = {"name": "钱多", "category": "nurse", "sex": "female", "starts_on": "never", "document_number": RESIDENT}
    assert he.post(reverse("admin:register_person", args=[here.town.hospital.pk]), form).status_code == 422
    with mock.patch("registry.admin.document_search.find_by_document", side_effect=RuntimeError(f"{RESIDENT} {PHONE}")):
        assert chen.post(search, {"number": RESIDENT}).status_code == 500
    file = SimpleUploadedFile("名单.csv", sheet(here).encode("gb18030"), "text/csv")
    address = he.post(reverse("admin:upload_roster", args=[here.town.hospital.pk]), {"file": file, "category": ""})
    tasks.work_roster_jobs.apply(throw=True)
    assert he.get(address["Location"]).status_code == 200
    assert he.post(address["Location"], {"accept": "all"}).status_code == 422
    assert he.get(reverse("admin:export_roster", args=[here.town.hospital.pk])).status_code == 200


def signed_in(user: User) -> Client:
    """At a desk of the office."""
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    client.force_login(user)
    return client


def workers_and_commands_run(here: Desk, folder: Path, watch: Watch) -> None:
    """A roster over the API, in the background and by command; then everything that runs by itself."""
    hospital = Program(compliance_of(here))
    sent = {"filename": "名单.csv", "content": b64encode(sheet(here).encode("gb18030")).decode()}
    address = f"rosters/{hospital.done(f'institutions/{here.town.hospital.code}/rosters/', sent)['id']}/"
    for task in (tasks.work_roster_jobs, tasks.run_clocks, tasks.tell_what_day_brought, tasks.purge):
        task.apply(throw=True)
    for part in ("", "rows/"):
        hospital.read(f"{address}{part}")
    assert hospital.post(f"{address}acceptances/", {"rows": [2]}).status_code in {200, 409}
    tasks.work_roster_jobs.apply(throw=True)
    file = folder / "名单.csv"
    file.write_text(sheet(here), encoding="utf-8")
    for command in (("import_roster", str(file), f"--institution={here.town.hospital.code}"), ("check_register",)):
        told = Told()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.exit", lambda *_: None)
            call_command(*command, stdout=told, stderr=told)
        watch.note("commands", "".join(told.lines))


class Told:
    """What a command writes."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        self.lines.append(line)

    def flush(self) -> None:
        """Nothing waits."""


def compliance_of(here: Desk) -> User:
    return User.objects.get(username=f"compliance-{here.town.region.code}")


def everybody_takes_lists_away(here: Desk) -> None:
    """Every export, for roles of every kind; who may not is refused."""
    lists = [f"{what}/exports/" for what in ("practitioners", "facts", "changes", "tasks")]
    lists.append(f"institutions/{here.town.hospital.code}/staff/exports/")
    for user in (here.scorer, compliance_of(here)):
        assert {Program(user).get(each).status_code for each in lists} == {200}
    assert {Program(administrator()).get(each).status_code for each in lists} <= {200, 403}


def test_canaries_are_found_nowhere_after_a_day_of_work(here: Desk, watch: Watch, tmp_path: Path) -> None:
    programs_tell_the_register(here)
    people_object(here)
    office_works(here)
    workers_and_commands_run(here, tmp_path, watch)
    everybody_takes_lists_away(here)
    look_around(watch)
    assert RosterJob.objects.count() >= 3
    assert {"log", "tasks", "addresses", "problems", "answers", "commands", "redis"} <= watch.seen.keys()
    assert watch.seen["table registry_givenanswer"]
    assert watch.leaks(*DOCUMENTS, RESIDENT[:17]) == {}
    found = {place for place in watch.leaks(PHONE) if not place.startswith("table appeals_")}
    assert found <= WHERE_IT_WAS_WRITTEN


def logs() -> None:
    logging.getLogger("registry").warning("looked for %s", RESIDENT)


def logs_an_event() -> None:
    structlog.get_logger("registry").warning("searched", document=RESIDENT)


def wakes_a_worker_with_it() -> None:
    current_app.send_task("registry.tasks.work_roster_jobs", args=[RESIDENT])
    current_app.control.purge()


def remembers_it() -> None:
    cache.set("last", {"search": RESIDENT})


def puts_it_into_an_address() -> None:
    Client().get("/healthz", {"number": RESIDENT})


@pytest.mark.parametrize(
    ("leak", "place"),
    [
        (logs, "log"),
        (logs_an_event, "log"),
        (wakes_a_worker_with_it, "tasks"),
        (remembers_it, "cache"),
        (puts_it_into_an_address, "addresses"),
    ],
)
def test_a_canary_that_gets_out_is_found(watch: Watch, leak: Callable[[], None], place: str) -> None:
    leak()
    look_around(watch)
    assert place in watch.leaks(RESIDENT)
