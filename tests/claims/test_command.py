"""``manage.py check_claims``: what it tells, where, and with which exit code."""

from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from registry.management.commands import check_claims
from registry.models import ApiKey, EmergencyCheck
from tests.claims.files import as_csv, as_parquet, told
from tests.claims.test_on_disk import services
from tests.town import TODAY, Town, score

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def source(town: Town, tmp_path: Path) -> Path:
    score(town, 9, TODAY)
    path = tmp_path / "claims.csv"
    path.write_bytes(as_csv(services(town)))
    return path


def run(source: Path, *options: str) -> tuple[int, str, str]:
    """Exit code, what went to standard output, and what to standard error."""
    out, err = StringIO(), StringIO()
    try:
        call_command("check_claims", str(source), "--language=en", *options, stdout=out, stderr=err)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def refused(source: Path, *options: str) -> str:
    with pytest.raises(CommandError) as caught:
        run(source, *options)
    assert caught.value.returncode == check_claims.EXIT_REFUSED
    return str(caught.value)


def test_rows_that_are_not_payable_are_told_beside_the_file(source: Path, key: ApiKey) -> None:
    code, out, _err = run(source, f"--key={key.prefix}")
    assert code == check_claims.EXIT_SOMETHING_TOLD
    assert "suspended: 2" in out
    assert "2026-12-01T02:00:00+00:00" in out
    assert [line["row"] for line in told(source.with_name("claims.result.csv").read_bytes())] == [5, 11]
    assert EmergencyCheck.objects.count() == 3


def test_a_file_in_which_all_is_payable_ends_well(source: Path, town: Town) -> None:
    source.write_bytes(as_csv([row for row in services(town) if row["practitioner"] == town.nurse.code]))
    assert run(source)[0] == 0


def test_the_result_of_parquet_is_told_as_ndjson_and_wherever_one_wants(source: Path, town: Town) -> None:
    parquet = source.with_name("claims.parquet")
    parquet.write_bytes(as_parquet(services(town)))
    run(parquet)
    assert {line["outcome"] for line in told(source.with_name("claims.result.ndjson").read_bytes())} == {
        "not_payable",
        "malformed",
    }
    run(parquet, f"--out={source.with_name('all.ndjson')}", "--all")
    assert len(told(source.with_name("all.ndjson").read_bytes())) == 14


def test_restitution_and_a_past_moment_are_asked_by_options(source: Path, key: ApiKey) -> None:
    before = "2025-02-01T00:00:00+00:00"
    code, out, _err = run(source, f"--key={key.prefix}", f"--restitution-since={before}")
    assert code == 0, "nothing becomes payable by points that were scored"
    assert before in out
    code, out, _err = run(
        source, f"--key={key.prefix}", f"--as-known-at={before}", f"--out={source.with_name('past.csv')}"
    )
    assert code == 0
    assert set(EmergencyCheck.objects.values_list("known_at", flat=True)) != {None}


def test_what_cannot_be_done_is_refused_with_what_to_do(source: Path, town: Town) -> None:
    assert "drk_zzzz" in refused(source, "--key=drk_zzzz")
    assert refused(source, "--as-known-at=2027-01-01T00:00:00Z")
    assert refused(source.with_name("nothing.csv"))
    source.write_text("a,b\n")
    assert "人员代码" in refused(source)
    for options in (
        ["--as-known-at=yesterday"],
        ["--as-known-at=2026-01-01T00:00:00Z"] * 2 + ["--restitution-since=x"],
    ):
        with pytest.raises(CommandError):
            run(source, *options)


def test_stopped_by_hand_it_says_that_it_goes_on(source: Path, key: ApiKey) -> None:
    def stop(*_args: Any) -> None:
        raise KeyboardInterrupt

    with patch.object(check_claims.Command, "_progress", stop):
        code, _out, err = run(source, f"--key={key.prefix}")
    assert code == check_claims.EXIT_STOPPED
    assert err.strip()
    assert run(source, f"--key={key.prefix}")[0] == check_claims.EXIT_SOMETHING_TOLD
    assert EmergencyCheck.objects.count() == 3


def test_columns_that_are_not_looked_at_are_told(source: Path, town: Town) -> None:
    text = source.read_text(encoding="utf-8-sig").splitlines()
    source.write_text("\n".join(f"{line},{'金额' if number == 0 else 9}" for number, line in enumerate(text)) + "\n")
    assert "金额" in run(source)[2]
