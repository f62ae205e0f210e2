"""Several registers on one machine: each with a name, ports and papers of its own, and what may go wrong before."""

import ssl
from pathlib import Path

import pytest

from registry.config.certificates import papers
from registry.config.federation import Federation
from registry.config.trouble import Trouble


def federation(path: Path, registers: int = 3) -> Federation:
    return Federation(path, registers, None, None, 8000, lambda _line: None)


def test_each_register_has_a_name_ports_and_a_province_of_its_own_and_keeps_them(tmp_path: Path) -> None:
    first, again = (federation(tmp_path)._members() for _ in range(2))
    regions = [member.region for member in first]
    assert [region.register for region in regions if region] == ["cn-43", "cn-51", "cn-12"]
    assert [region.history for region in regions if region] == [True, False, False]
    assert [member.port for member in first] == [8000, 8001, 8002]
    assert len({region.port for region in regions if region}) == 3
    assert [member.region for member in again] == regions


def test_the_papers_prove_localhost_and_are_made_once(tmp_path: Path) -> None:
    found = papers(tmp_path)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(found.certificate, found.key)
    client = ssl.create_default_context(cafile=str(found.authority))
    assert client.cert_store_stats()["x509_ca"] == 1
    assert found.key.stat().st_mode & 0o077 == 0
    made = found.certificate.read_bytes()
    assert papers(tmp_path).certificate.read_bytes() == made


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_registers_do_not_share_a_database(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "somewhere")
    monkeypatch.setenv("REGISTRY_FILLED_IN", "")
    with pytest.raises(Trouble, match="cannot share one database"), federation(tmp_path).running():
        pass
