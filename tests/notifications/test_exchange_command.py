"""Two registers are made known to each other by a file that is handed over."""

import json
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Endpoint, Register
from registry.models import ApiKey, Region
from tests.notifications.exchange import country
from tests.notifications.pushing import administrator
from tests.town import Town

pytestmark = pytest.mark.django_db
THERE = ["--at", "https://tianjin.example/", "--networks", "203.0.113.0/24", "--by", "guan"]


@pytest.fixture
def town() -> Town:
    administrator("guan")
    return country()


@pytest.fixture
def handed(town: Town, tmp_path: Path) -> Path:
    file = tmp_path / "for-tianjin.json"
    regions = ["--region", "120000", "--own-region", "510000"]
    call_command("exchange", "introduce", *regions, "--into", str(file), *THERE, stdout=StringIO())
    return file


def test_what_is_handed_over_lets_the_other_register_verify_and_ask(handed: Path) -> None:
    told = json.loads(handed.read_text())
    endpoint = Endpoint.objects.get()
    assert (told["register"], told["region"]) == ("cn", "510000")
    assert (endpoint.url, endpoint.state) == ("https://tianjin.example/registers/cn/letters/", "active")
    assert endpoint.region == Region.objects.get(code="120000")
    assert (ApiKey.objects.get().region_id, told["key_there"][:4]) == ("120000", "drk_")
    assert stat.S_IMODE(handed.stat().st_mode) == 0o600


def test_what_the_other_register_handed_over_is_believed(handed: Path) -> None:
    theirs = {**json.loads(handed.read_text()), "register": "cn-12", "region": "120000"}
    handed.write_text(json.dumps(theirs))
    call_command("exchange", "believe", str(handed), *THERE, stdout=StringIO())
    register = Register.objects.get()
    assert (register.code, register.url, register.region_id) == ("cn-12", "https://tianjin.example/", "120000")


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"register": "cn"}, "own_register"),
        ({"keys": ["whpk_"]}, "public_key_malformed"),
        ({"region": "999999"}, "no such region"),
    ],
)
def test_what_cannot_be_believed_is_named_and_nothing_is_entered(
    handed: Path, changed: dict[str, object], wrong: str
) -> None:
    handed.write_text(json.dumps({**json.loads(handed.read_text()), "register": "cn-12", **changed}))
    with pytest.raises(CommandError, match=wrong):
        call_command("exchange", "believe", str(handed), *THERE)
    assert not Register.objects.exists()


def test_a_file_of_something_else_is_named(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear colleagues")
    with pytest.raises(CommandError, match=r"letter\.txt is not what"):
        call_command("exchange", "believe", str(file), *THERE)


def test_only_an_administrator_of_the_whole_register_introduces_it(town: Town, tmp_path: Path) -> None:
    words = ["--region", "120000", "--own-region", "510000", "--into", str(tmp_path / "file")]
    with pytest.raises(CommandError, match="no account 'nobody'"):
        call_command("exchange", "introduce", *words, *THERE[:-1], "nobody")
    with pytest.raises(CommandError, match="not_a_national_administrator"):
        call_command("exchange", "introduce", *words, *THERE[:-1], town.officer.username)
    assert not (tmp_path / "file").exists()
