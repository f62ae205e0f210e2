"""A certificate as a file: it says what the register knew, and every change of it is noticed without the register."""

import json
import re
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import override_settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from registry.actions.people import rename
from registry.actions.registrations import register_at
from registry.kit.verify_certificate import NotGenuine, verify_pdf, verify_statement
from registry.models import StandingCertificate
from registry.models.certificate_keys import CertificateKey, Days, published_keys
from registry.queries.certificates import token_of
from registry.queries.file import file_of
from registry.rules.statements import canonical, token
from tests.pages.standing import certified, paper, text_of, verified
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build("510100")


def test_the_certificate_of_a_suspended_person_says_so_and_until_when(town: Town) -> None:
    score(town, 9, TODAY)
    found = text_of(paper(certified(town, date(2025, 3, 20))))
    for words in (
        "Certificate of standing",
        "Standing: suspended",
        "Suspended from March 10, 2025 up to and including May 9, 2025.",
        "王伟",
        town.surgeon.code,
        "第一医院",
        town.hospital.code,
        "March 20, 2025",
    ):
        assert words in found, words
    assert "Points in" not in found


def test_points_are_on_it_only_if_the_person_wants_them(town: Town) -> None:
    score(town, 4, TODAY)
    assert "Points in 2025" not in text_of(paper(certified(town)))
    found = text_of(paper(certified(town, points=True)))
    assert "Points in 2025" in found
    assert "4 points" in found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_is_in_the_language_that_was_chosen_whatever_that_of_the_moment(town: Town, language: str) -> None:
    score(town, 9, TODAY)
    certificate = certified(town, language=language)
    with translation.override("en" if language == "zh-hans" else "zh-hans"):
        found = text_of(paper(certificate))
    assert ("Suspended from" in found) == (language == "en")


def test_it_states_what_the_file_says_for_that_day_as_known_then(town: Town) -> None:
    score(town, 9, TODAY)
    score(town, 3, TODAY + timedelta(days=10))
    for day in (date(2025, 3, 9), TODAY, TODAY + timedelta(days=10), date(2026, 3, 25)):
        certificate = certified(town, day, made=date(2026, 4, 1), points=True)
        stated = json.loads(certificate.content)
        file = file_of(town.surgeon, day, certificate.known_at)
        assert stated["standing"]["status"] == file.standing.status
        assert stated["standing"]["until"] == (file.until.isoformat() if file.until else None)
        assert stated["points"] == {"year": day.year, "points": file.standing.points}
        assert [row["institution"] for row in stated["registrations"]] == [town.hospital.code]
    # learnt later, about an earlier day: a certificate as known before does not know it
    early = certified(town, date(2025, 3, 9), made=date(2025, 3, 9), points=True)
    assert json.loads(early.content)["points"]["points"] == 0


def test_a_character_that_cannot_be_drawn_is_named_and_never_dropped(town: Town) -> None:
    rename(practitioner=town.surgeon, name="王\U00030edd\U00030000伟", reason="更名", by=town.officer, now=at(TODAY))
    certificate = certified(town)
    found = text_of(paper(certificate))
    assert "[U+30000]" in found
    assert "𰻝" in found
    assert "a character that this type does not have" in found
    assert "\U00030000" in json.loads(certificate.content)["practitioner"]["name"]


def test_long_names_of_many_institutions_stay_on_the_paper(town: Town) -> None:
    for number in range(8):
        place = type(town.hospital).objects.create(
            code=f"H510100990{number:02d}",
            kind=town.hospital.kind,
            name=f"某某自治州某某彝族羌族藏族自治县第{number}人民医院暨某某医科大学附属临床教学医院城北院区分部",
            region=town.region,
            agency=town.agency,
            recorded_at=at(LAW_BEGINS),
        )
        register_at(practitioner=town.surgeon, institution=place, starts_on=LAW_BEGINS, by=town.officer, now=at(TODAY))
    found = re.sub(r"\s", "", text_of(paper(certified(town))))
    for number in range(8):
        assert f"自治县第{number}人民医院暨某某医科大学附属临床教学医院城北院区分部" in found


# verified without the register ----------------------------------------------------------------------------------------


def test_the_single_file_verifies_it_without_django(town: Town, tmp_path: Path) -> None:
    score(town, 9, TODAY)
    certificate = certified(town)
    said = verified(tmp_path, paper(certificate))
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("Genuine.")
    assert json.loads(said.stdout[said.stdout.index("{") : said.stdout.rindex("}") + 1]) == json.loads(
        certificate.content
    )


def test_the_verifier_needs_the_standard_library_and_cryptography_only() -> None:
    from tests.pages.standing import VERIFIER

    imported = set(re.findall(r"^(?:from|import) (\w+)", VERIFIER.read_text(), flags=re.MULTILINE))
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.9, 0.96, 0.98, 0.985, 0.99, 0.999])
def test_a_file_of_which_one_byte_was_changed_is_refused(town: Town, tmp_path: Path, place: float) -> None:
    pdf = bytearray(paper(certified(town)))
    pdf[int(len(pdf) * place)] ^= 1
    said = verified(tmp_path, bytes(pdf))
    assert said.returncode == 1
    assert said.stderr.startswith("NOT GENUINE")


def test_no_byte_of_the_signature_of_the_file_is_free(town: Town) -> None:
    pdf, keys = paper(certified(town)), published_keys()
    first, second = (int(each) for each in re.findall(rb"/ByteRange *\[ *0 +(\d+) +(\d+)", pdf)[0])
    written = len(pdf[first:second].rstrip(b"0>")) + 2
    for place in [*range(first, first + written), second - 2, second - 1]:
        changed = bytearray(pdf)
        changed[place] ^= 1
        with pytest.raises(NotGenuine):
            verify_pdf(bytes(changed), keys)


def test_whatever_is_written_behind_the_file_is_refused(town: Town) -> None:
    pdf = paper(certified(town))
    for added in (b"\n", b"\n1 0 obj\n<<>>\nendobj\n", b"/ByteRange [0 1 2 3]", pdf):
        with pytest.raises(NotGenuine):
            verify_pdf(pdf + added, published_keys())


def test_the_page_of_one_certificate_does_not_carry_the_statement_of_another(town: Town) -> None:
    genuine = certified(town)
    score(town, 9, TODAY)
    suspended = paper(certified(town))
    forged = suspended.replace(b"/ByteRange", b"/ByteRanga")
    for pdf in (forged, forged + token_of(genuine).encode(), suspended[: len(suspended) // 2]):
        with pytest.raises(NotGenuine):
            verify_pdf(pdf, published_keys())


def test_a_file_signed_by_somebody_else_with_the_genuine_statement_in_it_is_refused(town: Town) -> None:
    certificate = certified(town)
    keys = published_keys()
    with override_settings(REGISTRY_CERTIFICATE_KEYS={1: b"\7" * 32}):
        keys["keys"][0]["pdf"] = published_keys()["keys"][0]["pdf"]
    with pytest.raises(NotGenuine, match="not signed by this register"):
        verify_pdf(paper(certificate), keys)


def test_keys_of_another_register_refuse_it(town: Town, tmp_path: Path) -> None:
    pdf = paper(certified(town))
    with override_settings(REGISTRY_CERTIFICATE_KEYS={1: b"\7" * 32}):
        assert verified(tmp_path, pdf, published_keys()).returncode == 1
    with override_settings(REGISTRY_CERTIFICATE_KEYS={2: b"\7" * 32}):
        assert verified(tmp_path, pdf, published_keys()).returncode == 1


def test_the_command_says_the_same(town: Town, tmp_path: Path) -> None:
    certificate = certified(town)
    file, keys = tmp_path / "c.pdf", tmp_path / "keys.json"
    file.write_bytes(paper(certificate))
    keys.write_text(json.dumps(published_keys()))
    call_command("verify_certificate", str(file), "--key", str(keys))
    call_command("verify_certificate", "--statement", token_of(certificate), "--key", str(keys))
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(CommandError, match="NOT GENUINE"):
        call_command("verify_certificate", str(file), "--key", str(keys))


# the statement --------------------------------------------------------------------------------------------------------

KEY = CertificateKey(1, b"\1" * 32, "cn", Days(None, None))
KEYS = {"keys": [KEY.published()]}
CONTENT = canonical(
    {"made_at": "2026-03-01T02:00:00.000000Z", "number": "CN-2026-C0000001", "practitioner": {"name": "王伟"}}
)
TOKEN = token(CONTENT, key_id=KEY.id, signature=KEY.sign(CONTENT))


@given(st.integers(0, len(TOKEN) - 1), st.integers(1, 255))
def test_any_changed_byte_of_the_statement_is_refused(at_: int, change: int) -> None:
    altered = bytearray(TOKEN.encode())
    altered[at_] ^= change
    with pytest.raises(NotGenuine):
        verify_statement(altered.decode("latin-1"), KEYS)


@given(st.text(max_size=5), st.integers(0, len(TOKEN)))
def test_whatever_is_put_into_the_statement_or_taken_out_is_refused(added: str, where: int) -> None:
    for altered in (TOKEN[:where] + added + TOKEN[where:], TOKEN[:where] + TOKEN[where + 1 :]):
        if altered.strip() != TOKEN:
            with pytest.raises(NotGenuine):
                verify_statement(altered, KEYS)


def test_the_signature_of_another_kind_of_paper_is_none_of_a_certificate() -> None:
    other = CertificateKey(1, b"\1" * 32, "cn", Days(None, None))
    from registry.rules import statements

    header = statements.base64url(b'{"alg":"EdDSA","kid":"cn-1","typ":"another+jws"}')
    body = f"{header}.{statements.base64url(CONTENT.encode())}"
    signature = other._statements.sign(body.encode())
    with pytest.raises(NotGenuine, match="not the statement of a certificate"):
        verify_statement(f"{body}.{statements.base64url(signature)}", KEYS)


def test_keys_overlap_while_one_takes_the_place_of_the_other(town: Town) -> None:
    old = certified(town, made=TODAY)
    keys = {2: b"\2" * 32, **_configured()}
    days = {1: (None, date(2025, 6, 1)), 2: (date(2025, 4, 1), None)}
    with override_settings(REGISTRY_CERTIFICATE_KEYS=keys, REGISTRY_CERTIFICATE_DAYS=days):
        new = certified(town, made=date(2025, 5, 1))
        assert (old.key_id, new.key_id) == ("cn-1", "cn-2")
        for each in (old, new):
            assert verify_pdf(paper(each), published_keys())["number"] == each.number
    days = {1: (None, date(2025, 3, 1))}
    with override_settings(REGISTRY_CERTIFICATE_KEYS=keys, REGISTRY_CERTIFICATE_DAYS=days):
        published = published_keys()
    with pytest.raises(NotGenuine, match="not in use"):
        verify_statement(token_of(old), published)


def _configured() -> dict[int, bytes]:
    from django.conf import settings

    return dict(settings.REGISTRY_CERTIFICATE_KEYS)


def test_numbers_are_those_of_the_rows(town: Town) -> None:
    first, second = certified(town), certified(town)
    assert first.number == f"CN-2025-C{first.pk:07d}"
    assert second.pk > first.pk
    assert StandingCertificate.objects.get(number=second.number) == second
