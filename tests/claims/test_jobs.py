"""Checks in the background: killed at every place, a worker leaves nothing behind that is told or kept twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from registry.actions.retention import purge
from registry.claims import jobs
from registry.claims.errors import ClaimsRefused
from registry.claims.jobs import Handed
from registry.claims.pieces import PIECE, Part, cut, file_of, opened
from registry.models import ApiKey, ClaimsCheck, ClaimsPiece, EmergencyCheck
from tests.claims.conftest import NOW
from tests.claims.files import as_csv, as_ndjson, as_parquet, told
from tests.claims.test_on_disk import ROWS, Stopped, countdown, services, stopping
from tests.town import TODAY, Town, score

pytestmark = pytest.mark.django_db
State = ClaimsCheck.State


@pytest.fixture
def content(town: Town) -> bytes:
    score(town, 9, TODAY)
    return as_csv(services(town))


def handed_in(content: bytes, key: ApiKey, *, now: datetime = NOW, **more: Any) -> ClaimsCheck:
    handed = Handed(**{"language": "en", "filename": "2026-11.csv", **more})
    return jobs.hand_over(jobs.receive(handed=handed, contents=cut(content), key=key, now=now), now=now)


def work(now: datetime = NOW) -> int:
    return jobs.work_due(clock=lambda: now, size=4)


def result(job: ClaimsCheck) -> bytes:
    return b"".join(opened(job, Part.RESULT))


def again(job: ClaimsCheck) -> ClaimsCheck:
    return ClaimsCheck.objects.get(pk=job.pk)


def test_a_file_is_checked_and_its_result_told(content: bytes, key: ApiKey) -> None:
    job = handed_in(content, key)
    assert work() == 1
    done = again(job)
    assert (done.state, done.known_at, done.finished_at, done.next_at) == (State.DONE, NOW, NOW, None)
    assert done.counts["rows"] == ROWS
    assert [line["row"] for line in told(result(done))] == [number + 2 for number in range(ROWS) if number % 6 == 3]
    kept = EmergencyCheck.objects.order_by("pk").values_list("reason", "granted", "key", "asked_at", "known_at")
    assert list(kept) == [(f"急救{number}", True, key.pk, NOW, None) for number in range(0, ROWS, 6)]
    assert work() == 0


@pytest.mark.parametrize("make", [as_ndjson, as_parquet])
def test_every_kind_of_file_is_checked(town: Town, key: ApiKey, make: Callable[..., bytes]) -> None:
    score(town, 9, TODAY)
    job = handed_in(make(services(town)), key)
    work()
    assert again(job).state == State.DONE
    assert [line["row"] for line in told(result(job))] == [number + 1 for number in range(ROWS) if number % 6 == 3]


PLACES: dict[str, tuple[Any, str]] = {
    "a row is updated": (jobs, "_update"),
    "lines are kept": (jobs, "keep_pieces"),
    "emergencies are kept": (jobs, "keep_emergency_claims"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_anywhere_leaves_the_rest_to_the_next(content: bytes, key: ApiKey, place: str) -> None:
    first = handed_in(content, key)
    work()
    wanted, counts, kept = result(first), again(first).counts, EmergencyCheck.objects.count()
    module, name = PLACES[place]
    for times in range(1, 60):
        begun = NOW + timedelta(hours=times)
        before = EmergencyCheck.objects.count()
        countdown[0] = times
        job = handed_in(content, key, now=begun)
        try:
            with patch.object(module, name, stopping(getattr(module, name))):
                work(begun)
        except Stopped:
            assert work(begun) == 0 or again(job).state == State.DONE, "the lease of the dead still runs"
            work(begun + jobs.LEASE + timedelta(seconds=1))
        else:
            return
        assert again(job).state == State.DONE
        assert (result(job), again(job).counts) == (wanted, counts), times
        assert EmergencyCheck.objects.count() - before == kept, times
    pytest.fail("it never came to its end")


def test_a_worker_that_lost_its_claim_writes_nothing_more(content: bytes, key: ApiKey) -> None:
    job = handed_in(content, key)
    keep = jobs._keep
    overtaken: list[bool] = []

    def slow(held: ClaimsCheck, *rest: Any) -> None:
        if held.counts.get("rows") == 4 and not overtaken:
            overtaken.append(True)
            assert work(NOW + jobs.LEASE + timedelta(minutes=1)) == 1  # another one takes over, and finishes
        keep(held, *rest)

    with patch.object(jobs, "_keep", slow):
        work()
    assert again(job).counts["rows"] == ROWS
    assert EmergencyCheck.objects.count() == len(range(0, ROWS, 6))
    assert len(told(result(job))) == len(range(3, ROWS, 6))


def test_the_moment_of_knowledge_is_that_of_the_first_worker(content: bytes, key: ApiKey, town: Town) -> None:
    job = handed_in(content, key)
    countdown[0] = 5
    with patch.object(jobs, "_update", stopping(jobs._update)), pytest.raises(Stopped):
        work()
    assert again(job).counts["rows"] == 4
    later = NOW + timedelta(days=2)
    score(town, 9, later.date(), who=town.nurse)
    work(later + timedelta(days=1))
    assert (again(job).state, again(job).known_at) == (State.DONE, NOW)


def test_a_file_that_is_none_is_refused_with_the_reason(key: ApiKey) -> None:
    job = handed_in(b"%PDF-1.7 ...", key)
    work()
    refused = again(job)
    assert (refused.state, refused.problem) == (State.REFUSED, "not_claims")
    assert "PDF" in refused.problem_text


def test_work_that_comes_no_further_is_given_up(content: bytes, key: ApiKey) -> None:
    job = handed_in(content, key)
    for day in range(jobs.MOST_ATTEMPTS):
        with patch.object(jobs, "_check", side_effect=Stopped), pytest.raises(Stopped):
            work(NOW + timedelta(days=day))
    work(NOW + timedelta(days=9))
    assert (again(job).state, again(job).problem) == (State.FAILED, "gave_up")


def test_a_cancelled_check_is_forgotten_at_once_and_its_worker_stops(content: bytes, key: ApiKey) -> None:
    job = handed_in(content, key)
    keep = jobs._keep

    def cancelled(held: ClaimsCheck, *rest: Any) -> None:
        if held.counts.get("rows") == 4:
            jobs.cancel(job, now=NOW)
        keep(held, *rest)

    with patch.object(jobs, "_keep", cancelled):
        work()
    assert (again(job).state, again(job).counts["rows"]) == (State.CANCELLED, 4)
    assert not ClaimsPiece.objects.exists()
    assert jobs.cancel(job, now=NOW).state == State.CANCELLED


def test_a_check_that_is_done_is_not_cancelled(content: bytes, key: ApiKey) -> None:
    job = handed_in(content, key)
    work()
    with pytest.raises(ClaimsRefused) as caught:
        jobs.cancel(job, now=NOW)
    assert caught.value.code == "not_cancellable"


def test_only_so_many_files_of_one_system_wait(content: bytes, key: ApiKey) -> None:
    for _ in range(jobs.MOST_WAITING):
        handed_in(content, key)
    with pytest.raises(ClaimsRefused) as caught:
        handed_in(content, key)
    assert caught.value.code == "too_many_waiting"


def test_files_and_results_are_forgotten_by_the_policy(content: bytes, key: ApiKey) -> None:
    job = handed_in(content, key)
    purge(now=NOW + timedelta(days=40))
    assert ClaimsPiece.objects.exists(), "it waits to be checked"
    work()
    purge(now=NOW + timedelta(days=30))
    assert ClaimsPiece.objects.exists()
    assert purge(now=NOW + timedelta(days=31))["claims"] == 1
    assert not ClaimsPiece.objects.exists()
    assert (again(job).forgotten, again(job).filename, again(job).counts["rows"]) == (True, "", ROWS)
    assert purge(now=NOW + timedelta(days=31))["claims"] == 0


def test_what_came_only_in_part_is_forgotten_after_a_day(content: bytes, key: ApiKey) -> None:
    jobs.receive(handed=Handed(language="en"), contents=cut(content), key=key, now=NOW)
    assert work(NOW + timedelta(hours=23)) == 0
    work(NOW + timedelta(hours=25))
    assert not ClaimsCheck.objects.exists()


def test_a_file_of_several_pieces_reads_as_one(key: ApiKey) -> None:
    content = bytes(range(256)) * (PIECE // 100)
    job = handed_in(content, key)
    file = file_of(job)
    assert file.read() == content
    for place in (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE - 3, len(content) - 2, len(content)):
        file.seek(place)
        assert file.read(7) == content[place : place + 7]
    assert content[:100] not in b"".join(bytes(each.sealed) for each in ClaimsPiece.objects.all())


def test_a_piece_that_was_altered_is_refused(content: bytes, key: ApiKey) -> None:
    job = handed_in(content, key)
    ClaimsPiece.objects.update(sealed=b"sealed\x00\x01" + bytes(99))
    work()
    assert (again(job).state, again(job).problem) == (State.REFUSED, "altered")
