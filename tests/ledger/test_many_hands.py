"""The register checked and rebuilt by several processes, while people go on recording and some of it goes wrong."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from io import StringIO
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection, transaction

from registry.config.hands import hands
from registry.ledger import rebuilding, shares
from registry.ledger.checking import Done, differences, file_differences
from registry.ledger.examining import examine
from registry.ledger.rebuilding import rebuild
from registry.management.pace import Pace
from registry.models import Practitioner, SanctionPeriod, StandingSpan
from tests.actions.deeds import annul, merge, part
from tests.actions.measuring import hire
from tests.ledger import hurting
from tests.ledger.tampering import alter
from tests.town import TODAY, Town, build, score

APRIL = date(2025, 4, 1)


@pytest.fixture
def town(owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A register in shares of two facts, each of which is worth another process."""
    monkeypatch.setattr(shares, "FACTS_OF_A_SHARE", 2)
    monkeypatch.setattr("registry.config.hands.WORTH_STARTING", 1)
    yield build("510100")
    connection.close()


@pytest.fixture
def staff(town: Town) -> list[Practitioner]:
    """Six people with nine points each and the files of two of them merged into the next; two without any."""
    people = hire(town, 8)
    for number, person in enumerate(people[:6]):
        score(town, 9, TODAY, who=person, number=f"罚字{number}号")
    merge(town, people[1], people[0], APRIL)
    merge(town, people[6], people[5], APRIL)
    return people


def spoil(owner: psycopg.Connection, staff: list[Practitioner]) -> None:
    """One of everything that may be wrong in a file."""
    alter(owner, "registry_fact", "reason = '改'", f"practitioner_id = {staff[2].pk}")
    SanctionPeriod.objects.filter(practitioner=staff[3]).update(ends_on=date(2025, 6, 1))
    StandingSpan.objects.filter(practitioner=staff[4], status="suspended").delete()
    StandingSpan.objects.create(practitioner=staff[0], starts_on=TODAY, status="normal", points=4, may_reregister=False)
    for table in (SanctionPeriod, StandingSpan):
        table.objects.filter(practitioner=staff[6]).delete()
    Practitioner.objects.filter(pk=staff[7].pk).update(name="别名")
    StandingSpan.objects.create(
        practitioner=staff[7], starts_on=TODAY, status="terminated", points=4, may_reregister=False
    )


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Each from a connection of its own, one after the other, while this one goes on with its transaction."""

    def one(act: Callable[[], Any]) -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as others:
        return [others.submit(one, act).result(60) for act in acts]


def test_two_processes_find_exactly_what_one_finds(
    owner: psycopg.Connection, town: Town, staff: list[Practitioner]
) -> None:
    spoil(owner, staff)
    alone = list(differences())
    with hands(2) as spread:
        by_two = list(differences(spread=spread))
        looked = set(spread(hurting.process, shares.cut().shares))
    assert os.getpid() not in looked
    assert by_two == alone
    told = "\n".join(alone)
    for person, fault in (
        (2, "its content is not what was recorded"),
        (3, "the periods kept are"),
        (4, "the days kept are"),
        (0, "the days kept are"),
        (6, "the periods kept are none"),
        (6, "the days kept are none"),
        (7, "the days kept are"),
        (7, "its name is not the present one"),
    ):
        assert any(line.startswith(f"file {staff[person].pk}: ") and fault in line for line in alone), (fault, told)
    assert len(alone) == 8, told
    assert sorted(examine(shares.Share(0, 2**62)).faults) == sorted(line for line in alone if "its name" not in line)


def leave_a_trace(where: Path, share: shares.Share) -> None:
    (where / str(share.after)).touch()


def test_processes_begin_when_they_are_told_to_not_when_their_answers_are_waited_for(
    staff: list[Practitioner], tmp_path: Path
) -> None:
    with hands(2) as spread:
        every = shares.cut().shares
        answers = spread(partial(leave_a_trace, tmp_path), every)
        deadline = time.monotonic() + 30
        while len(list(tmp_path.iterdir())) < len(every) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(list(tmp_path.iterdir())) == len(every) > 1, "nobody has begun"
        assert list(answers) == [None] * len(every)


def look_for_long(where: Path, share: shares.Share) -> None:
    leave_a_trace(where, share)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(600)")


def test_who_stops_waits_for_nobody_and_leaves_neither_a_process_nor_a_question_behind(
    owner: psycopg.Connection, staff: list[Practitioner], tmp_path: Path
) -> None:
    with hands(2) as spread:
        spread(partial(look_for_long, tmp_path), shares.cut().shares)
        deadline = time.monotonic() + 30
        while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(active_children()) == len(list(tmp_path.iterdir())) == 2
    assert active_children() == []
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND datname = current_database()"
    )
    deadline = time.monotonic() + 30
    while (still := owner.execute(asked).fetchone()) != (0,) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert still == (0,)


def test_files_are_looked_at_while_the_guards_are_and_told_of_before_what_takes_long(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def spread(do: Callable[[Any], Any], pieces: Sequence[Any]) -> Iterator[Any]:
        told.append(f"begun: {type(pieces[0]).__name__}")
        return shares.here(do, pieces)

    def guards() -> Iterator[str]:
        told.append("guards")
        return iter(())

    monkeypatch.setattr("registry.ledger.checking.guard_faults", guards)
    monkeypatch.setattr("registry.ledger.checking.BESIDE_FILES", (guards,))
    found = differences(spread=spread, progress=lambda done: told.append("files"), then=lambda: told.append("then"))
    assert list(found) == []
    assert told == ["begun: Share", "begun: function", "guards", "files", "then", "guards"]


def test_a_register_in_several_processes_is_put_right(
    owner: psycopg.Connection, town: Town, staff: list[Practitioner]
) -> None:
    spoil(owner, staff)
    out, err = StringIO(), StringIO()
    call_command("rebuild_register", jobs=2, stdout=out, stderr=err)
    assert out.getvalue() == "5 files put right.\n"
    assert "6 of 6 facts in 8 files computed" in err.getvalue()
    assert [each for each in file_differences() if "kept are" in each] == []


def test_what_is_recorded_while_a_rebuild_computes_is_kept_and_right(town: Town, staff: list[Practitioner]) -> None:
    link = merge(town, staff[3], staff[7], APRIL)
    StandingSpan.objects.update(points=1)
    SanctionPeriod.objects.all().delete()
    entry = score(town, 2, date(2025, 3, 12), who=staff[4], number="罚字20号")
    acts = iter(
        [
            lambda: score(town, 3, APRIL, who=staff[2], number="罚字21号"),
            lambda: merge(town, staff[4], staff[2], APRIL, hour=15),
            lambda: part(town, link, date(2025, 4, 2)),
            lambda: annul(town, entry, date(2025, 4, 3)),
            lambda: score(town, 3, APRIL, who=staff[7], number="罚字22号"),
        ]
    )
    done = []

    def meanwhile(_done: Any) -> None:
        for act in acts:
            done.extend(together(act))

    assert rebuild(hands=partial(hands, 1), progress=meanwhile)
    assert len(done) == 5
    assert list(file_differences()) == []


def test_while_files_are_put_right_others_are_written_to_and_everybody_reads_the_old_answers(
    town: Town, staff: list[Practitioner], monkeypatch: pytest.MonkeyPatch
) -> None:
    StandingSpan.objects.filter(practitioner=staff[3], status="suspended").update(points=1)
    found: dict[str, Any] = {}
    replace = rebuilding._replace

    def lock_without_waiting(person: Practitioner) -> bool:
        try:
            with transaction.atomic():
                Practitioner.objects.select_for_update(nowait=True, no_key=True).get(pk=person.pk)
        except OperationalError:
            return False
        return True

    def watched(cursor: Any, table: str, *rest: str) -> None:
        replace(cursor, table, *rest)
        if table == "registry_standingspan":
            found["other"], found["wrong"], found["read"] = together(
                lambda: score(town, 2, APRIL, who=staff[4], number="罚字20号"),
                lambda: lock_without_waiting(staff[3]),
                lambda: StandingSpan.objects.get(practitioner=staff[3], status="suspended").points,
            )

    monkeypatch.setattr(rebuilding, "_replace", watched)
    assert rebuild() == 1
    assert found["other"].pk
    assert (found["wrong"], found["read"]) == (False, 1)
    assert StandingSpan.objects.get(practitioner=staff[3], status="suspended").points == 9
    assert list(file_differences()) == []


def test_a_process_that_is_killed_is_told_of_and_nothing_is_written(
    town: Town, staff: list[Practitioner], monkeypatch: pytest.MonkeyPatch
) -> None:
    StandingSpan.objects.update(points=1)
    monkeypatch.setattr(rebuilding, "compare", hurting.be_killed)
    with pytest.raises(CommandError, match=r"ended before it was done.*Nothing was changed"):
        call_command("rebuild_register", jobs=2, stdout=StringIO(), stderr=StringIO())
    assert set(StandingSpan.objects.values_list("points", flat=True)) == {1}
    with hands(1) as spread, pytest.raises(ZeroDivisionError):
        list(spread(lambda share: 1 // 0, shares.cut().shares))


def test_a_file_that_somebody_keeps_locked_is_not_waited_for_without_end(
    owner: psycopg.Connection, town: Town, staff: list[Practitioner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "PATIENCE", "50ms")
    StandingSpan.objects.filter(practitioner=staff[3]).update(points=1)
    with owner.transaction():
        owner.execute("SELECT id FROM registry_practitioner WHERE id = %s FOR NO KEY UPDATE", [staff[3].pk])
        with pytest.raises(CommandError, match="more than 50ms"):
            call_command("rebuild_register", stdout=StringIO(), stderr=StringIO())
    assert set(StandingSpan.objects.filter(practitioner=staff[3]).values_list("points", flat=True)) == {1}
    assert rebuild() == 1


def test_the_number_of_processes_is_asked_for_in_whole_numbers() -> None:
    with pytest.raises(CommandError, match="0 is no number of processes"):
        call_command("check_register", "--jobs", "0")


def test_the_pace_tells_how_far_how_quickly_and_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 101.0, 104.0, 105.0, 110.0])
    monkeypatch.setattr("registry.management.pace.monotonic", lambda: next(clock))
    told: list[str] = []
    pace = Pace(told.append, "checked")
    for files, facts in ((1, 100), (5, 400), (6, 500), (12, 1000)):
        pace(Done(files, facts, 1000))
    assert told == [
        "400 of 1000 facts in 5 files checked, 100 facts a second, 6 s left",
        "1000 of 1000 facts in 12 files checked, 100 facts a second, 10.0 s",
    ]
