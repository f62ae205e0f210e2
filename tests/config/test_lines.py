"""The settlement check's own connections: made anew when lost, a few of them, and unable to write."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any, TypeVar

import psycopg
import pytest
from django.db import connection

from registry.actions.keys import issue_key
from registry.config.database import as_owner
from registry.config.lines import Busy, Line, Lines
from registry.models import ApiKey
from registry.queries.eligibility import Question
from registry.queries.quick_check import (
    STATEMENTS,
    Questions,
    Row,
    as_one,
    found_in,
    parameters,
    parameters_of_many,
    seen,
    seen_of_many,
)
from tests.town import TODAY, Town, at, build, score

NOW = at(date(2026, 12, 1))
T = TypeVar("T")


@pytest.fixture
def town(committed: None) -> Town:
    return build("510100")


@pytest.fixture
def asked(town: Town) -> tuple[Question, list[bytes]]:
    """A question, and what the statement is asked with."""
    key, _text = issue_key(
        name="结算", scope="settlement_system", expires_at=NOW + timedelta(days=1), by=town.officer, now=NOW
    )
    question = Question(practitioner=town.surgeon.code, institution=town.hospital.code, on=TODAY)
    return question, parameters(key.prefix, question, NOW)


def send_everybody_away() -> None:
    leave = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    with as_owner(connection.settings_dict):
        with connection.cursor() as cursor:
            cursor.execute(leave, [connection.settings_dict["NAME"]])
        connection.close()


def lived(story: Coroutine[Any, Any, T]) -> T:
    """What comes of the story, in a thread of its own: a browser of another test may have a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()


def asking(number: int = 1, queue: int = 10, patience: float = 1, **statements: str) -> Lines:
    return Lines(statements or STATEMENTS, number=number, queue=queue, patience=patience)


def test_what_was_committed_is_in_the_next_answer(town: Town, asked: tuple[Question, list[bytes]]) -> None:
    async def story() -> list[Row]:
        lines = asking()
        try:
            [before] = await lines.ask("one", asked[1])
            await asyncio.to_thread(_scored, town)
            [after] = await lines.ask("one", asked[1])
        finally:
            lines.close()
        return [before, after]

    found = [seen(row, asked[0]).found for row in lived(story())]
    assert [each.standing.status for each in found if each and each.standing] == ["normal", "suspended"]


def test_a_lost_connection_costs_no_answer(asked: tuple[Question, list[bytes]]) -> None:
    async def story() -> None:
        lines = asking()
        try:
            first = await lines.ask("one", asked[1])
            await asyncio.to_thread(send_everybody_away)
            assert await lines.ask("one", asked[1]) == first
        finally:
            lines.close()

    lived(story())


def test_a_database_that_is_away_is_said_so_and_found_again(asked: tuple[Question, list[bytes]]) -> None:
    async def story() -> None:
        lines, name = asking(), connection.settings_dict["NAME"]
        try:
            first = await lines.ask("one", asked[1])
            await asyncio.to_thread(send_everybody_away)
            connection.settings_dict["NAME"] = "nowhere"
            with pytest.raises(psycopg.OperationalError):
                await lines.ask("one", asked[1])
            connection.settings_dict["NAME"] = name
            assert await lines.ask("one", asked[1]) == first
        finally:
            connection.settings_dict["NAME"] = name
            lines.close()

    lived(story())


def test_many_at_once_are_all_answered_by_a_few_lines(asked: tuple[Question, list[bytes]]) -> None:
    async def story() -> None:
        lines = asking(number=3, queue=100)
        try:
            answers = await asyncio.gather(*(lines.ask("one", asked[1]) for _ in range(100)))
        finally:
            lines.close()
        assert len({str(each) for each in answers}) == 1

    lived(story())


def test_whoever_is_one_too_many_or_waits_too_long_is_told_so(asked: tuple[Question, list[bytes]]) -> None:
    slow = "SELECT pg_sleep(0.2)"

    async def story(queue: int, patience: float) -> list[str]:
        lines = asking(queue=queue, patience=patience, slow=slow)
        try:
            done = await asyncio.gather(*(lines.ask("slow", []) for _ in range(4)), return_exceptions=True)
            assert await lines.ask("slow", [])
        finally:
            lines.close()
        return [type(each).__name__ for each in done]

    assert lived(story(2, 5)) == ["list", "list", "list", "Busy"]
    assert lived(story(10, 0.3)) == ["list", "list", "Busy", "Busy"]


def test_whoever_goes_away_takes_neither_a_line_nor_an_answer_along(committed: None) -> None:
    async def story() -> list[Row]:
        lines = asking(slow="SELECT pg_sleep(0.2), $1::text")
        try:
            asks = [asyncio.create_task(lines.ask("slow", [name])) for name in (b"one", b"two", b"three")]
            await asyncio.sleep(0.05)
            asks[0].cancel()
            asks[1].cancel()
            return await asks[2] + await lines.ask("slow", [b"four"])
        finally:
            lines.close()

    assert [row[1] for row in lived(story())] == [b"three", b"four"]


def test_nobody_waits_longer_than_told_while_a_line_is_stuck(committed: None) -> None:
    async def story() -> float:
        lines = asking(slow="SELECT pg_sleep(2)", patience=0.1)
        try:
            stuck = asyncio.create_task(lines.ask("slow", []))
            await asyncio.sleep(0.3)
            began = asyncio.get_running_loop().time()
            with pytest.raises(Busy):
                await lines.ask("slow", [])
            waited = asyncio.get_running_loop().time() - began
            await stuck
        finally:
            lines.close()
        return waited

    assert lived(story()) < 1


def test_nothing_can_be_written_over_a_line(committed: None) -> None:
    async def story() -> None:
        lines = asking(delete="DELETE FROM registry_apikey WHERE name = $1 RETURNING id")
        try:
            with pytest.raises(psycopg.OperationalError):
                await lines.ask("delete", [b"x"])
        finally:
            lines.close()

    lived(story())


def _scored(town: Town) -> None:
    try:
        score(town, 9, TODAY)
    finally:
        connection.close()


def test_what_is_longer_than_the_kernel_takes_at_once_is_asked_whole(committed: None) -> None:
    async def story() -> None:
        lines = asking(long="SELECT length($1::text)")
        try:
            assert await lines.ask("long", [b"x" * 5_000_000]) == [[b"5000000"]]
        finally:
            lines.close()

    lived(story())


@pytest.fixture
def halves(town: Town, asked: tuple[Question, list[bytes]]) -> list[list[bytes]]:
    """The same question, in each half of a batch, by a key that was used just before."""
    ApiKey.objects.update(last_used_at=NOW)
    question = Questions([town.surgeon.code] * 2, [town.hospital.code] * 2, [TODAY.isoformat()] * 2)
    return [parameters_of_many(asked[1][0].decode(), half, NOW) for half in question.halves()]


def statuses(rows: list[list[Row]]) -> list[str]:
    """Of everybody who was asked about, in order."""
    found = seen_of_many(as_one(rows)[0])
    assert found is not None
    return [each.standing.status for each in (found_in(text)[0] for text in found.texts) if each.standing]


def test_both_halves_of_a_batch_see_the_register_at_one_instant_and_the_next_batch_sees_it_later(
    town: Town, halves: list[list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Line.begin

    async def and_then_somebody_decides(line: Line, instant: str | None = None) -> str:
        told = await begin(line, instant)
        if instant is None:
            await asyncio.to_thread(_scored, town)
        return told

    async def story() -> list[list[str]]:
        lines = asking(number=2)
        try:
            with monkeypatch.context() as changed:
                changed.setattr(Line, "begin", and_then_somebody_decides)
                first = statuses(await lines.ask_side_by_side("many", halves))
            undivided = [await lines.ask("many", half) for half in halves]
            return [first, statuses(undivided), statuses(await lines.ask_side_by_side("many", halves))]
        finally:
            lines.close()

    assert lived(story()) == [["normal"] * 2, ["suspended"] * 2, ["suspended"] * 2]


def test_nobody_waits_for_a_second_line(halves: list[list[bytes]]) -> None:
    async def story() -> None:
        lines = asking(number=1)
        try:
            assert lines.free == 1
            with pytest.raises(Busy):
                await lines.ask_side_by_side("many", halves)
            assert await lines.ask("many", halves[0])
        finally:
            lines.close()

    lived(story())


def test_connections_lost_between_two_batches_cost_no_answer(halves: list[list[bytes]]) -> None:
    async def story() -> None:
        lines = asking(number=2)
        try:
            whole = await lines.ask_side_by_side("many", halves)
            await asyncio.to_thread(send_everybody_away)
            assert await lines.ask_side_by_side("many", halves) == whole
        finally:
            lines.close()

    lived(story())


def test_a_half_whose_connection_was_lost_is_not_answered_as_of_another_instant(
    halves: list[list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Line.begin

    async def and_then_both_are_lost(line: Line, instant: str | None = None) -> str:
        told = await begin(line, instant)
        if instant is not None:  # the second of the two
            await asyncio.to_thread(send_everybody_away)
        return told

    async def story() -> None:
        lines = asking(number=2)
        try:
            whole = await lines.ask_side_by_side("many", halves)
            with monkeypatch.context() as changed:
                changed.setattr(Line, "begin", and_then_both_are_lost)
                with pytest.raises(psycopg.OperationalError):
                    await lines.ask_side_by_side("many", halves)
            assert await lines.ask_side_by_side("many", halves) == whole
        finally:
            lines.close()

    lived(story())


def test_whoever_goes_away_leaves_no_line_behind_that_goes_on_seeing_an_instant(committed: None) -> None:
    async def story() -> None:
        lines = asking(number=2, slow="SELECT pg_sleep(0.3), current_setting('transaction_isolation')")
        try:
            gone = asyncio.create_task(lines.ask_side_by_side("slow", [[], []]))
            await asyncio.sleep(0.1)
            gone.cancel()
            with pytest.raises(asyncio.CancelledError):
                await gone
            rows = await asyncio.gather(lines.ask("slow", []), lines.ask("slow", []))
            assert [row[1] for [row] in rows] == [b"read committed"] * 2, "a transaction is still open"
        finally:
            lines.close()

    lived(story())
