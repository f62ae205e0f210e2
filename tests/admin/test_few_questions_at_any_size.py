"""Every page of the office and of the own files asks little, with ten rows of everything and a thousand."""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.models import Activity, Application, Objection, Panel
from notifications.models import Notice
from registry.models import (
    Case,
    Handling,
    Institution,
    PointsEntry,
    Practitioner,
    Proposal,
    Role,
    RosterJob,
    ServiceAgreement,
    User,
)
from tests.actions.deeds import merge
from tests.admin.conftest import SignIn, assign
from tests.admin.copying import multiplied, multiplied_of_one
from tests.admin.crowds import crowd
from tests.admin.deeds import url
from tests.appeals import disputes
from tests.appeals.peers import DRAWN, drawn, experts
from tests.appeals.repairs import completed, filed
from tests.casework import Desk, received
from tests.enrolling import enrolled
from tests.notifications.exchange import announce
from tests.notifications.told import signed_in
from tests.town import TODAY, at, score

MOST = 15
OFFERED = re.compile(r'href="(/admin/[a-z_/-]+/)"')
OWN = ("/my/", "/my/notices/", "/my/objections/", "/my/repair/", "/my/certificates/")


@pytest.fixture
def busy(here: Desk) -> Desk:
    """Of everything one: points, a case with an objection before a panel, an application, a roster, notices; and two
    files of one person."""
    score(here.town, 9, TODAY, who=here.nurse)
    experts(here)
    objection = disputes.in_review(here, disputes.objected(received(here, 3, 5, number="罚字7号"), "王伟没有主刀"))
    part = completed(here.town, here.nurse, TODAY)
    filed(here.town, [part], TODAY)
    RosterJob.objects.create(
        institution=here.town.hospital, filename="名单.csv", file_digest=bytes(32), uploaded_at=at(TODAY)
    )
    announce()
    with time_machine.travel(at(DRAWN, 15), tick=False):
        drawn(here, objection=objection)
    return here


SINGLE = (
    Practitioner, Case, Handling, Proposal, Objection, Panel, Application, Activity, Institution, ServiceAgreement,
    PointsEntry,
)  # fmt: skip
OF_AN_INSTITUTION = ("practitioner", "case", "proposal", "rosterjob", "registration")


def single_pages(here: Desk) -> list[str]:
    """The page of the first of each kind: the one that a story made, with everything that belongs to it."""
    first = [kind._default_manager.earliest("pk") for kind in SINGLE]
    pages = [url(f"{row._meta.app_label}_{row._meta.model_name}_change", row.pk) for row in first]
    return [*pages, url("roster", RosterJob.objects.earliest("pk").pk), url("cases_of_person", here.surgeon.pk)]


def asked(client: Client, page: str) -> tuple[int, str]:
    """How many queries the page takes, and what it says; none where it is not for the one who asks."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(page)
    if answer.status_code in (403, 404):
        return 0, ""
    assert answer.status_code == 200, page
    said = answer.content.decode()
    assert "?p=" not in said, f"{page} offers pages by their numbers, which a list by keyset does not know"
    return sum("SAVEPOINT" not in each["sql"] for each in captured), said


def too_many(found: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """What asks more than it may."""
    return {at: count for at, count in found.items() if count > MOST}


@pytest.mark.parametrize("rows", [10, 1_000])
def test_no_page_of_the_office_asks_more_than_fifteen_questions(
    sign_in: SignIn, busy: Desk, compliance: User, administrator: User, rows: int
) -> None:
    singles = [*single_pages(busy), url("registry_practitioner_change", busy.nurse.pk)]
    people = crowd(busy.town, rows)
    multiplied(people)
    merge(busy.town, kept=busy.nurse, absorbed=people[0], on=TODAY)
    merge(busy.town, kept=people[1], absorbed=people[2], on=TODAY)
    auditor = assign(User.objects.create_user("shen"), Role.AUDITOR)
    found: dict[tuple[str, str], int] = {}
    with time_machine.travel(at(DRAWN, 16), tick=False):
        for user in (busy.town.officer, administrator, auditor):
            client, known = sign_in(user), {page for _, page in found}
            found[user.username, url("index")], desk = asked(client, url("index"))
            for page in {*OFFERED.findall(desk), *singles} - known:
                found[user.username, page] = asked(client, page)[0]
        he = sign_in(compliance)
        lists = [url(f"registry_{name}_changelist") for name in OF_AN_INSTITUTION]
        lists += [url("work_list"), url("appeals_objection_changelist"), url("notifications_notice_changelist")]
        for page in (url("index"), *lists, *singles):
            found["he", page] = asked(he, page)[0]
    assert len(found) > 70
    assert sum(count > 0 for count in found.values()) > 60
    assert too_many(found) == {}


@pytest.mark.parametrize("rows", [10, 1_000])
def test_no_page_of_the_own_file_asks_more_than_fifteen_questions(here: Desk, rows: int) -> None:
    score(here.town, 3, TODAY)
    objection = disputes.objected(received(here, 3, 5, number="罚字7号"), "王伟没有主刀")
    filed(here.town, [completed(here.town, here.surgeon, TODAY)], TODAY, who=here.surgeon)
    announce()
    surgeon = signed_in(enrolled(here.town))
    multiplied_of_one(here.surgeon, objection, rows)
    pages = [*OWN, f"/my/objections/{objection.uuid}/", f"/my/objections/{objection.uuid}/receipt/"]
    pages += [f"/my/notices/{Notice.objects.filter(practitioner=here.surgeon).latest('pk').uuid}/"]
    found = {("surgeon", page): asked(surgeon, page)[0] for page in pages}
    assert min(found.values()) > 0, found
    assert too_many(found) == {}
