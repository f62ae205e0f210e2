"""The rotation as a process of its own: killed in the middle and started again, while others write."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from registry.actions.people import add_document, register_practitioner
from registry.actions.resealing import PLACES, counts_of
from registry.config.bootstrap import HOUSE
from registry.models import IdentityDocument, Practitioner, sealing
from tests.rotating import ADDING, NEW_ONLY, OLD_ONLY, ROTATING, use, variables
from tests.town import TODAY, at

MANY = 1100
NUMBERS, INDEX = PLACES[:2]


@pytest.fixture
def many(committed: None, settings: Any) -> Iterator[list[Practitioner]]:
    """People with a document each, under the old keys."""
    use(settings, OLD_ONLY)
    people = Practitioner.objects.bulk_create(
        Practitioner(code=f"N{n:05}", name=f"员工{n}", category="nurse", recorded_at=at(TODAY)) for n in range(MANY)
    )
    IdentityDocument.objects.bulk_create(
        IdentityDocument(
            practitioner=person,
            kind="other",
            sealed_number=sealing.seal(f"E{n:07}", bound_to=str(person.uuid)),
            number_index=sealing.blind_index(f"E{n:07}"),
            recorded_at=at(TODAY),
        )
        for n, person in enumerate(people)
    )
    yield people
    connection.close()


def rotation(*arguments: str) -> subprocess.Popen[str]:
    """``manage.py rotate_keys`` with the keys of a rotation, on the database of this test."""
    addresses = {
        name: urlsplit(os.environ[name])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
        if name in os.environ
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys", *arguments],
        cwd=HOUSE,
        env={**os.environ, **variables(ROTATING), **addresses},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How it ended, and what it said."""
    out, error = process.communicate(timeout=300)
    return process.returncode, out + error


def all_open() -> bool:
    """Every number opens, and every one is found."""
    numbers = {document.number for document in IdentityDocument.objects.select_related("practitioner")}
    indexes = {index for number in numbers for index in sealing.blind_indexes(number)}
    there = {bytes(index) for index in IdentityDocument.objects.values_list("number_index", flat=True)}
    return numbers >= {f"E{n:07}" for n in range(MANY)} and there <= indexes


def test_killed_in_the_middle_it_goes_on_where_it_was(many: list[Practitioner], settings: Any) -> None:
    use(settings, ADDING)
    with rotation() as process:
        assert process.stderr
        assert "document numbers: 500 sealed anew" in process.stderr.readline()
        process.send_signal(signal.SIGKILL)
    done = counts_of(NUMBERS)
    assert 500 <= done[2] < MANY
    assert done[1] + done[2] == MANY
    assert all_open()
    code, said = finished(rotation("--check"))
    assert (code, "seals still need an older key" in said) == (1, True)
    code, said = finished(rotation())
    assert (code, "Everything is sealed under the present keys." in said) == (0, True), said
    use(settings, NEW_ONLY)
    assert all_open()


def test_who_writes_meanwhile_under_the_old_key_loses_nothing(many: list[Practitioner], settings: Any) -> None:
    use(settings, ADDING)  # a process that was not restarted yet: it seals under the old key
    written: list[tuple[int, str]] = []
    stop = Event()

    def write() -> None:
        while not stop.is_set():
            number = f"W{len(written):07}"
            person = register_practitioner(
                code=f"D{len(written):05}",
                name="王伟",
                category="physician",
                document=("other", number),
                by=None,
                now=at(TODAY),
            )
            same = many[len(written) % MANY]
            add_document(practitioner=same, kind="other", number=f"E{len(written) % MANY:07}", by=None, now=at(TODAY))
            written.append((person.pk, number))
        connection.close()

    writer = Thread(target=write)
    writer.start()
    code, said = finished(rotation())
    stop.set()
    writer.join()
    assert code in (0, 1), said
    assert len(written) > 10
    assert IdentityDocument.objects.count() == MANY + len(written)  # nobody's document was entered a second time
    assert finished(rotation())[0] == 0
    use(settings, NEW_ONLY)
    assert all_open()
    found = IdentityDocument.objects.filter(number_index__in=[sealing.blind_index(number) for _, number in written])
    assert sorted(found.values_list("practitioner_id", flat=True)) == sorted(person for person, _ in written)
    assert set(counts_of(NUMBERS)) == set(counts_of(INDEX)) == {2}
