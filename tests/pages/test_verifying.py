"""Everybody checks papers on one page: genuine or not, withdrawn or not, and nothing without the code."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import translation

from notifications.queries.printed import code_of as code_of_notice
from notifications.queries.printed import number_of
from registry.actions.certificates import MOST_A_DAY, make_certificate
from registry.actions.errors import Refused
from registry.actions.registrations import end_registration
from registry.models import Registration, StandingCertificate
from registry.queries.certificates import code_of
from registry.queries.own_data import own_data
from tests.actions.deeds import annul
from tests.notifications.exchange import country
from tests.notifications.told import scored_and_told, to_the_surgeon
from tests.pages.standing import account, browser, certified, link, paper, text_of
from tests.town import TODAY, Town, at, score

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=5)
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return country()


def read(address: str, *, on: date = TODAY, client: Client | None = None) -> tuple[int, str]:
    with time_machine.travel(at(on, 21), tick=False):
        answer = (client or Client(headers={"accept-language": "en"})).get(address)
    return answer.status_code, answer.content.decode()


def typed(number: str, code: str, *, on: date = TODAY) -> tuple[int, str]:
    with time_machine.travel(at(on, 21), tick=False):
        answer = Client(headers={"accept-language": "en"}).post("/verify/", {"number": number, "code": code})
    return answer.status_code, answer.content.decode()


# what the page says ---------------------------------------------------------------------------------------------------


def test_who_holds_the_paper_reads_that_it_is_genuine_and_what_it_says(town: Town) -> None:
    certificate = certified(town)
    status, found = read(link(certificate))
    assert status == 200
    for words in ("This certificate is genuine", "It holds", "王伟", town.surgeon.code, certificate.number):
        assert words in found, words
    assert (
        typed(certificate.number.lower(), f" {code_of(certificate).replace('-', ' ').lower()}")[1].count("It holds")
        == 1
    )


def test_the_checks_ask_as_much_about_a_long_file_as_about_a_short_one(town: Town) -> None:
    certificate = certified(town)
    scored_and_told(town)
    pages = [link(certificate), f"/notices/verify/{code_of_notice(to_the_surgeon(town))}/"]

    def asked(page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert read(page, on=LATER)[0] == 200
        return len(captured)

    short = [asked(page) for page in pages]
    for number in range(4):
        score(town, 1, TODAY + timedelta(days=1), number=f"罚字又{number}")
    assert [asked(page) for page in pages] == short
    assert max(short) <= MOST_QUERIES


@pytest.mark.parametrize("code", ["", "X", "AAAAA-AAAAA-AAAAA-AAAAA", "ß", "0" * 60])
def test_without_the_code_nothing_is_told(town: Town, code: str) -> None:
    certificate = certified(town)
    for status, found in (read(f"/verify/{certificate.number}/{code or '-'}/"), typed(certificate.number, code or "-")):
        assert status == 404
        assert "王伟" not in found
        assert town.surgeon.code not in found
    assert read(f"/verify/CN-2025-C9999999/{code_of(certificate)}/")[0] == 404


def test_a_later_annulment_withdraws_the_certificate_on_the_public_page(town: Town) -> None:
    entry = score(town, 9, date(2025, 2, 1))
    certificate = certified(town)
    assert "It holds" in read(link(certificate))[1]
    annul(town, entry, LATER)
    found = read(link(certificate), on=LATER + timedelta(days=3))[1]
    assert "Genuine, but withdrawn by a correction" in found
    assert "on March 15, 2025 the register learnt" in found


def test_points_that_never_were_withdraw_only_the_certificate_that_shows_them(town: Town) -> None:
    entry = score(town, 3, date(2025, 2, 1))
    silent, telling = certified(town), certified(town, points=True)
    annul(town, entry, LATER)
    assert "It holds" in read(link(silent), on=LATER)[1]
    assert "withdrawn by a correction" in read(link(telling), on=LATER)[1]


def test_a_standing_that_changed_since_is_said_without_saying_to_what(town: Town) -> None:
    certificate = certified(town)
    score(town, 9, LATER)
    found = read(link(certificate), on=date(2025, 4, 2))[1]
    assert "Genuine, but the standing is another one now" in found
    assert "It is right about March 10, 2025, but on April 2, 2025 the standing is another one" in found
    assert "suspended" not in found.lower()


def test_a_registration_that_was_corrected_withdraws_it(town: Town) -> None:
    certificate = certified(town)
    row = Registration.objects.get(practitioner=town.surgeon, superseded_at=None)
    end_registration(registration=row, ends_on=TODAY - timedelta(days=9), reason="离职", by=town.officer, now=at(LATER))
    assert "withdrawn by a correction" in read(link(certificate), on=LATER)[1]


def test_a_row_that_somebody_altered_is_not_genuine(town: Town) -> None:
    certificate = certified(town)
    content = certificate.content.replace("normal", "Normal")
    broken = StandingCertificate(
        **{
            field.attname: getattr(certificate, field.attname)
            for field in StandingCertificate._meta.concrete_fields
            if field.attname not in {"id", "uuid", "number", "content"}
        },
        number="CN-2025-C8888888",
        content=content,
    )
    broken.save()
    assert read(link(broken))[0] == 404


def test_nobody_alters_or_deletes_a_certificate(town: Town) -> None:
    certificate = certified(town)
    for attempt in (
        lambda: StandingCertificate.objects.filter(pk=certificate.pk).update(content="{}"),
        lambda: StandingCertificate.objects.filter(pk=certificate.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_notices_are_checked_on_the_same_page(town: Town) -> None:
    scored_and_told(town)
    notice = to_the_surgeon(town)
    status, found = typed(number_of(notice), code_of_notice(notice))
    assert status == 200
    assert "This notice is genuine" in found
    assert "王伟" not in found
    assert typed("CN-2025-0000000", code_of_notice(notice))[0] == 404
    assert typed(number_of(notice), code_of_notice(notice)[:-1] + "?")[0] == 404


@override_settings(REGISTRY_SIGN_INS_PER_ADDRESS=3)
def test_guessing_is_throttled_for_both_kinds_together_and_right_codes_cost_nothing(town: Town) -> None:
    certificate = certified(town)
    for _ in range(5):
        assert read(link(certificate))[0] == 200
    assert read("/notices/verify/1-AAAAA/")[0] == 404
    assert typed(certificate.number, "AAAAA")[0] == 404
    assert read(f"/verify/{certificate.number}/AAAAA/")[0] == 404
    assert read(link(certificate))[0] == 429
    assert typed(certificate.number, code_of(certificate))[0] == 429


def test_the_keys_and_the_verifier_are_there_for_everybody(town: Town) -> None:
    published = Client().get("/verify/keys.json")
    assert published.json()["keys"][0]["kid"] == "cn-1"
    assert b"d" not in {key.encode() for key in published.json()["keys"][0]}
    program = b"".join(Client().get("/verify/verify_certificate.py").streaming_content)  # type: ignore[attr-defined]
    assert b"def verify_pdf" in program


# making one -----------------------------------------------------------------------------------------------------------


def test_a_practitioner_makes_one_and_downloads_it(town: Town) -> None:
    client = browser(account(town.surgeon, "wangwei"))
    with time_machine.travel(at(TODAY, 21), tick=False):
        asked = {"on": "2025-03-10", "language": "zh-hans", "points": "yes"}
        assert client.post("/my/certificates/", asked).status_code == 302
        certificate = StandingCertificate.objects.get()
        assert certificate.number in client.get("/my/certificates/").content.decode()
        answer = client.get(f"/my/certificates/{certificate.uuid}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert certificate.number in text_of(answer.content)
    assert json.loads(certificate.content)["points"] == {"year": 2025, "points": 0}


def test_the_certificate_of_somebody_else_is_not_there(town: Town) -> None:
    certificate = certified(town)
    assert read(f"/my/certificates/{certificate.uuid}.pdf", client=browser(account(town.nurse, "lina")))[0] == 404
    assert read(f"/my/certificates/{certificate.uuid}.pdf")[0] == 302
    assert paper(certificate)


def test_nobody_makes_one_of_somebody_else(town: Town) -> None:
    asked: dict[str, Any] = {"on": TODAY, "language": "en", "with_points": False, "now": at(TODAY)}
    for by in (account(town.nurse, "lina"), town.officer):
        with pytest.raises(Refused) as refused:
            make_certificate(practitioner=town.surgeon, **asked, by=by)
        assert refused.value.code == "not_own_file"
    assert not StandingCertificate.objects.exists()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"on": TODAY + timedelta(days=1)}, "day_to_come"),
        ({"on": date(2024, 12, 31)}, "before_the_scheme"),
        ({"language": "fr"}, "language_unknown"),
    ],
)
def test_days_and_languages_that_there_are_not_are_refused(town: Town, changed: dict[str, object], code: str) -> None:
    asked: dict[str, Any] = {"on": TODAY, "language": "en", "with_points": False, **changed}
    with pytest.raises(Refused) as refused:
        make_certificate(practitioner=town.surgeon, **asked, by=account(town.surgeon, "wangwei"), now=at(TODAY))
    assert refused.value.code == code


def test_ten_a_day_are_enough_and_tomorrow_there_are_ten_again(town: Town) -> None:
    for _ in range(MOST_A_DAY):
        certified(town)
    with pytest.raises(Refused) as refused:
        certified(town)
    assert refused.value.code == "too_many_certificates"
    certified(town, made=TODAY + timedelta(days=1))


def test_the_own_data_hold_certificates(town: Town) -> None:
    certificate = certified(town)
    (row,) = own_data(town.surgeon, at(TODAY, 21))["standing_certificates"]
    assert (row["number"], row["content"]) == (certificate.number, certificate.content)
    assert own_data(town.nurse, at(TODAY, 21))["standing_certificates"] == []
