"""A check from file to file, stopped at every place: the result has each row once, and each emergency is kept once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from registry.actions.checks import keep_emergency_claims
from registry.claims import on_disk
from registry.claims.checking import Asked
from registry.claims.errors import ClaimsRefused
from registry.claims.on_disk import State, check_file
from registry.models import ApiKey, EmergencyCheck
from tests.claims.conftest import NOW
from tests.claims.files import as_csv, told
from tests.town import TODAY, Town, score

pytestmark = pytest.mark.django_db
ASKED = Asked(known_at=NOW, language="en")
ROWS = 14


class Stopped(BaseException):
    """As if the process had been killed: nothing catches it."""


def services(town: Town) -> list[dict[str, Any]]:
    """Every third row is of somebody suspended, of whom every other claims an emergency."""
    rows = []
    for number in range(ROWS):
        suspended, urgent = number % 3 == 0, number % 6 == 0
        row: dict[str, Any] = {
            "id": f"A{number}",
            "practitioner": (town.surgeon if suspended else town.nurse).code,
            "institution": town.hospital.code,
            "on": str(TODAY + timedelta(days=2)),
            "emergency": urgent,
        }
        rows.append(row | ({"emergency_reason": f"急救{number}"} if urgent else {}))
    return rows


@pytest.fixture
def source(town: Town, tmp_path: Path) -> Path:
    score(town, 9, TODAY)
    path = tmp_path / "claims.csv"
    path.write_bytes(as_csv(services(town)))
    return path


def run(source: Path, key: ApiKey | None, asked: Asked = ASKED, *, now: Any = NOW, **more: Any) -> State:
    return check_file(source, source.with_name("result.csv"), asked, now=now, key=key, size=4, **more)


def reasons() -> list[str]:
    return sorted(EmergencyCheck.objects.values_list("reason", flat=True))


def test_the_result_is_told_whole(source: Path, key: ApiKey) -> None:
    state = run(source, key)
    lines = told(source.with_name("result.csv").read_bytes())
    assert [line["row"] for line in lines] == [number + 2 for number in range(ROWS) if number % 6 == 3]
    assert {line["outcome"] for line in lines} == {"not_payable"}
    assert {name: count for name, count in state.counts.items() if count} == {
        "rows": 14,
        "payable": 12,
        "not_payable": 2,
        "emergency_exempt": 3,
        "reason:suspended": 2,
        "kept": 3,
    }
    assert reasons() == sorted(f"急救{number}" for number in range(0, ROWS, 6))
    assert {path.name for path in source.parent.iterdir()} == {"claims.csv", "result.csv"}


KEEP = "keep_emergency_claims"
PLACES: dict[str, Callable[[], Any]] = {
    "lines are written": lambda: patch.object(on_disk._Run, "_write", stopping(on_disk._Run._write)),
    "emergencies are kept": lambda: patch.object(on_disk, KEEP, stopping(keep_emergency_claims)),
    "the state is written": lambda: patch.object(on_disk._Run, "keep", stopping(on_disk._Run.keep)),
    "the result is put in its place": lambda: patch.object(Path, "replace", stopping(Path.replace)),
    "the state is taken away": lambda: patch.object(Path, "unlink", stopping(Path.unlink)),
}
countdown = [0]


def stopping(act: Callable[..., Any]) -> Callable[..., Any]:
    """Stops before or after one of the times that something is done."""

    def stopped(*args: Any, **kwargs: Any) -> Any:
        countdown[0] -= 1
        if countdown[0] == 0:
            raise Stopped
        done = act(*args, **kwargs)
        countdown[0] -= 1
        if countdown[0] == 0:
            raise Stopped
        return done

    return stopped


@contextmanager
def at_place(place: str, times: int) -> Iterator[None]:
    countdown[0] = times
    with PLACES[place]():
        yield


@pytest.mark.parametrize("place", PLACES)
def test_stopped_anywhere_it_goes_on_where_it_was(source: Path, key: ApiKey, place: str) -> None:
    whole = run(source, key)
    wanted, kept = source.with_name("result.csv").read_bytes(), reasons()
    for times in range(1, 40):
        later = NOW + timedelta(hours=times)
        before = EmergencyCheck.objects.count()
        source.with_name("result.csv").unlink()
        try:
            with at_place(place, times):
                run(source, key, now=later)
        except Stopped:
            if source.with_name("result.csv.state").exists() or not source.with_name("result.csv").exists():
                assert run(source, key, now=later + timedelta(minutes=5)).counts == whole.counts
        else:
            return
        assert source.with_name("result.csv").read_bytes() == wanted, times
        assert EmergencyCheck.objects.count() - before == len(kept), times
        assert {path.name for path in source.parent.iterdir()} == {"claims.csv", "result.csv"}
    pytest.fail("it never came to its end")


def test_what_was_begun_keeps_its_moment_of_knowledge(source: Path, key: ApiKey) -> None:
    with pytest.raises(Stopped), at_place("the state is written", 5):
        run(source, key)
    later = NOW + timedelta(days=3)
    state = run(source, key, Asked(known_at=later, language="en"), now=later)
    assert state.question().known_at == NOW


def test_another_file_is_not_gone_on_with(source: Path, key: ApiKey, town: Town) -> None:
    with pytest.raises(Stopped), at_place("the state is written", 5):
        run(source, key)
    source.write_bytes(as_csv(services(town)[1:]))
    with pytest.raises(ClaimsRefused, match=r"result\.csv\.state") as caught:
        run(source, key)
    assert caught.value.code == "changed"


@pytest.mark.parametrize(
    "other", [{"language": "zh-hans"}, {"every": True}, {"since": NOW - timedelta(days=9)}, {"past": True}]
)
def test_another_question_is_not_gone_on_with(source: Path, key: ApiKey, other: dict[str, Any]) -> None:
    with pytest.raises(Stopped), at_place("the state is written", 5):
        run(source, key)
    with pytest.raises(ClaimsRefused) as caught:
        run(source, key, Asked(**{"known_at": NOW, "language": "en", **other}))
    assert caught.value.code == "asked_otherwise"


def test_a_file_that_changes_while_it_is_checked_has_no_result(source: Path, key: ApiKey) -> None:
    def touch(state: State, claims: Any) -> None:
        with source.open("ab") as file:
            file.write(b"\r\n")

    with pytest.raises(ClaimsRefused) as caught:
        run(source, key, progress=touch)
    assert caught.value.code == "changed"
    assert not source.with_name("result.csv").exists()


def test_two_at_once_do_not_write_one_result(source: Path, key: ApiKey) -> None:
    def meanwhile(state: State, claims: Any) -> None:
        with pytest.raises(ClaimsRefused) as caught:
            run(source, key)
        assert caught.value.code == "busy"

    assert run(source, key, progress=meanwhile).finished


def test_without_a_key_no_emergency_is_granted_nor_kept(source: Path, key: ApiKey) -> None:
    state = run(source, None)
    assert (state.counts["malformed"], state.counts["emergency_exempt"]) == (3, 0)
    assert reasons() == []


def test_a_state_that_nobody_wrote_is_not_believed(source: Path, key: ApiKey) -> None:
    source.with_name("result.csv.state").write_text("{}")
    with pytest.raises(ClaimsRefused) as caught:
        run(source, key)
    assert caught.value.code == "state_unreadable"


def test_a_refused_file_leaves_nothing_behind(tmp_path: Path, key: ApiKey) -> None:
    source = tmp_path / "claims.csv"
    source.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(ClaimsRefused):
        run(source, key)
    assert [path.name for path in tmp_path.iterdir()] == ["claims.csv"]
