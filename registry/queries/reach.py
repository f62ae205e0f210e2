"""What an act would reach, computed and written nowhere.

Days to be paid after all, the ratios of institutions, and who has to be told again.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from registry.actions.corrections import Difference
from registry.ledger.law import policies
from registry.models import Fact, Institution, Registration
from registry.queries.explain import Source, source_of
from registry.queries.ratio import PersonTime, Ratio, counts_on, ratios
from registry.queries.recipients import Recipient, recipients_of
from registry.rules import reach
from registry.rules.periods import Period, next_day
from registry.rules.policy import Policy

RECLAIMED = "procedure.newly_blocked_days_reclaimed"


@dataclass(frozen=True, slots=True)
class RestitutionWindow:
    """Days [from_, until) whose claims, made by these institutions, are to be paid after all.

    `status` had blocked them. The person was registered at all of `institutions` on each of the days.
    """

    from_: date
    until: date
    status: str
    institutions: tuple[Institution, ...]


@dataclass(frozen=True, slots=True)
class RatioChange:
    """The ratio of an institution without and with the act, on the same day."""

    before: Ratio
    after: Ratio

    @property
    def institution(self) -> Institution:
        """Whose ratio it is."""
        return self.before.institution


@dataclass(frozen=True, slots=True)
class ActReach:
    """What one act on a file would reach, as known now.

    `standing` holds for every day of the calendar. `restitution` ends with the day of the act: for later days nothing
    has been refused yet. `ratios` are those that differ, one for each institution and year. `recipients` were told what
    is corrected, also where it differs on no day. `policy` is that of the entries; it says what happens with days that
    are newly blocked.
    """

    standing: reach.Reach
    restitution: tuple[RestitutionWindow, ...]
    ratios: tuple[RatioChange, ...]
    recipients: tuple[Recipient, ...]
    policy: Policy

    @property
    def source(self) -> Source:
        """Provision and certainty of what happens with days that are newly blocked."""
        return source_of(self.policy, RECLAIMED)

    @property
    def reclaims(self) -> bool:
        """Whether what was paid for newly blocked days is claimed back."""
        return bool(self.policy.get(RECLAIMED))

    @property
    def is_empty(self) -> bool:
        """Nothing differs on any day, for nobody."""
        return self.standing.is_empty


def reach_of(found: Difference, *, entries: Collection[Fact]) -> ActReach:
    """What the act, previewed as `found` on the entries, would reach on the day of the preview.

    At most eleven queries, however many the entries.
    """
    today = found.before.on
    standing = reach.reach(found.person.facts, found.facts_with, policies())
    ever = _registrations(found.person.members)
    rows = [row for row in ever if row.superseded_at is None]
    return ActReach(
        standing=standing,
        restitution=tuple(_restitution(standing.unblocked, rows, today)),
        ratios=tuple(_ratio_changes(found.person.kept, standing.periods, rows, today)),
        recipients=recipients_of(found, entries=entries, changes=standing, registrations=ever),
        policy=_policy(entries),
    )


def _policy(entries: Collection[Fact]) -> Policy:
    """Where the policies of the entries differ, one that reclaims nothing goes before one that does."""
    laws = [policies()[entry.policy] for entry in entries]
    return min(laws, key=lambda law: bool(law.get(RECLAIMED)))


def _registrations(files: Collection[int]) -> list[Registration]:
    """The registrations of all files of the person, as known now or at any time before."""
    rows = Registration.objects.filter(practitioner__in=files).select_related("institution__agency")
    return list(rows.order_by("institution__code", "pk"))


def _covers(row: Registration, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or day < row.ends_on)


def _registered_at(rows: Iterable[Registration], day: date) -> tuple[Institution, ...]:
    """Where the person is registered on the day, by code; once where two files of theirs are."""
    return tuple({row.institution_id: row.institution for row in rows if _covers(row, day)}.values())


def _restitution(windows: Iterable[reach.Window], rows: list[Registration], today: date) -> Iterator[RestitutionWindow]:
    """The windows up to the end of the day asked, cut wherever the person came to an institution or left one."""
    last: RestitutionWindow | None = None
    for piece in _pieces(windows, rows, next_day(today)):
        if last and (last.until, last.status, last.institutions) == (piece.from_, piece.status, piece.institutions):
            last = replace(last, until=piece.until)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


def _pieces(windows: Iterable[reach.Window], rows: list[Registration], end: date) -> Iterator[RestitutionWindow]:
    edges = {edge for row in rows for edge in (row.starts_on, row.ends_on) if edge}
    for window in windows:
        until = min(window.until or end, end)
        inside = (edge for edge in edges if window.from_ < edge < until)
        for from_, to in pairwise(sorted({window.from_, *inside, until})):
            institutions = _registered_at(rows, from_)
            if institutions and window.from_ < until:
                yield RestitutionWindow(from_, to, window.status, institutions)


def _ratio_changes(
    person: int, changes: Collection[reach.PeriodChange], rows: list[Registration], today: date
) -> Iterator[RatioChange]:
    """Every institution and year in which other sanctions of the person began; a past year is asked at its end."""
    was = [change.before for change in changes if change.before]
    becomes = [change.after for change in changes if change.after]
    touched = _touched(_beginnings(was) ^ _beginnings(becomes), rows, today)
    found = ratios({institution for institution, _ in touched}, {on for _, on in touched})
    for institution, on in touched:
        before = found[institution.pk, on]
        here = [row for row in rows if row.institution_id == institution.pk]
        own = [time for time in before.times if time.person == person and not _is_among(was, time)]
        after = before.instead(person, [*own, *_person_times(person, becomes, here, on)])
        if after.times != before.times:
            yield RatioChange(before, after)


def _is_among(periods: Iterable[Period], time: PersonTime) -> bool:
    return (time.kind, time.from_) in _beginnings(periods)


def _beginnings(periods: Iterable[Period]) -> set[tuple[str, date]]:
    return {(period.kind, period.from_) for period in periods}


def _touched(
    beginnings: Iterable[tuple[str, date]], rows: list[Registration], today: date
) -> list[tuple[Institution, date]]:
    """The institutions where a sanction begins or begins no more, with the day on which the ratio is asked."""
    found = {
        (institution, min(today, date(day.year, 12, 31)))
        for _, day in beginnings
        for institution in _registered_at(rows, day)
        if day <= today
    }
    return sorted(found, key=lambda each: (each[1], each[0].code))


def _person_times(person: int, periods: Iterable[Period], rows: list[Registration], on: date) -> Iterator[PersonTime]:
    """The sanctions among the periods that are person-times at the institution of the rows, asked on the day."""
    for period in periods:
        row = next((row for row in rows if _covers(row, period.from_)), None)
        if row and counts_on(period.from_, on):
            days = (period.from_, period.until, period.barred_until)
            yield PersonTime(person, row.practitioner_id, period.kind, *days)
