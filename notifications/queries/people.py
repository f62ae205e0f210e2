"""What the register holds of some people, for announcing what happened to all of them: each thing is read once, for
all, where it is first asked for.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from functools import cached_property
from typing import Any

from notifications.models import Subscription
from registry.ledger.families import Person, Persons
from registry.ledger.reading import numbered, rows_by_file, written_until
from registry.models import Fact, Practitioner, Registration
from registry.queries.recipients import Bodies
from registry.rules import facts


class People:
    """The people whose files are given, with every file that was ever one with theirs; `bodies` are told of them."""

    def __init__(self, files: Collection[int]) -> None:
        self._persons = Persons(files, past=True)
        self._files = {each for file in files for each in self._persons.ever_linked(file)}
        self.bodies = Bodies()

    def person(self, file: int, *, known: datetime) -> Person:
        """Who the file was at `known`."""
        return self._persons.person(file, known=known)

    def row(self, file: int) -> Practitioner:
        """The row of the file."""
        return self._rows[file]

    def facts(self, person: Person, *, until: Fact | None = None) -> list[facts.Fact]:
        """All facts of the person; those written up to and including `until`."""
        rows = [row for file in person.files for row in self._facts.get(file, ())]
        return numbered(written_until(rows, until) if until else rows)

    def registrations(self, person: Person, *, known: datetime) -> list[Registration]:
        """The registrations that were recorded by then, with their institutions and agencies."""
        rows = [row for file in person.files for row in self._registrations[file] if row.recorded_at <= known]
        return sorted(rows, key=lambda row: (row.institution.code, row.pk))

    def subscriptions(self, person: Person, on: date) -> list[Subscription]:
        """Those to the person that run on the day, in order."""
        rows = [row for file in person.files for row in self._subscriptions[file] if row.starts_on <= on < row.ends_on]
        return sorted(rows, key=lambda row: row.pk)

    @cached_property
    def _rows(self) -> dict[int, Practitioner]:
        return Practitioner.objects.in_bulk(self._files)

    @cached_property
    def _facts(self) -> dict[int, list[tuple[Any, ...]]]:
        return rows_by_file(self._files)

    @cached_property
    def _registrations(self) -> dict[int, list[Registration]]:
        found: dict[int, list[Registration]] = defaultdict(list)
        rows = Registration.objects.filter(practitioner__in=self._files).order_by()
        for row in rows.select_related("institution__agency"):
            found[row.practitioner_id].append(row)
        return found

    @cached_property
    def _subscriptions(self) -> dict[int, list[Subscription]]:
        found: dict[int, list[Subscription]] = defaultdict(list)
        for row in Subscription.objects.filter(practitioner__in=self._files).order_by().select_related("authority"):
            found[row.practitioner_id].append(row)
        return found
