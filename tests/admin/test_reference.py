"""Regions, agencies and authorities are kept by administrators, each in the own region."""

import pytest
from django.conf import settings
from django.test import Client

from registry.models import Agency, Assignment, Region, Role, ServiceAgreement, User
from tests.admin.conftest import SignIn
from tests.admin.deeds import url
from tests.town import LAW_BEGINS, Town


@pytest.fixture
def local(sign_in: SignIn, town: Town) -> Client:
    """Keeps the province of the town."""
    user = User.objects.create_user("sheng")
    Assignment.objects.create(user=user, role=Role.ADMINISTRATOR, region=town.region.parent, starts_on=LAW_BEGINS)
    return sign_in(user)


@pytest.fixture
def elsewhere(town: Town) -> Agency:
    return Agency.objects.create(
        code="A510000", name="省外中心", region=Region.objects.create(code="510000", name_zh="四川省")
    )


def changed(client: Client, agency: Agency, region: str = "") -> tuple[int, Agency]:
    sent = {"code": agency.code, "name": "改名", "region": region or agency.region_id}
    answer = client.post(url("registry_agency_change", agency.pk), sent)
    return answer.status_code, Agency.objects.get(pk=agency.pk)


def test_who_keeps_a_province_keeps_its_agencies_and_no_others(local: Client, town: Town, elsewhere: Agency) -> None:
    assert changed(local, elsewhere) == (403, elsewhere)
    status, agency = changed(local, town.agency)
    assert (status, agency.name) == (302, "改名")


def test_nothing_is_moved_out_of_the_province_nor_made_by_who_keeps_it(
    local: Client, town: Town, elsewhere: Agency
) -> None:
    _status, agency = changed(local, town.agency, elsewhere.region_id)
    assert agency.region == town.region
    assert [local.get(url(f"registry_{kind}_add")).status_code for kind in ("region", "agency", "authority")] == [
        403
    ] * 3


def test_who_keeps_the_whole_country_keeps_every_agency(
    sign_in: SignIn, administrator: User, elsewhere: Agency
) -> None:
    status, agency = changed(sign_in(administrator), elsewhere)
    assert (status, agency.name) == (302, "改名")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_pages_of_the_office_are_read_and_posted_to_only(
    sign_in: SignIn, administrator: User, town: Town, method: str
) -> None:
    client = sign_in(administrator)
    for address in (url("index"), url("registry_agency_change", town.agency.pk), url("work_list")):
        assert getattr(client, method)(address).status_code == 405


def test_an_agreement_is_shown_in_the_words_of_the_language_with_its_last_day(sign_in: SignIn, town: Town) -> None:
    agreement = ServiceAgreement.objects.filter(institution=town.hospital).latest("starts_on")
    client = sign_in(town.officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    page = client.get(url("registry_serviceagreement_change", agreement.pk)).content.decode()
    assert f'href="{url("registry_institution_change", town.hospital.pk)}"' in page
    for words in ("Record", "Institution", "不含当日", url("registry_serviceagreement_history", agreement.pk)):
        assert words not in page, words
