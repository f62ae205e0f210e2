"""A practitioner's one file (一人一档) at a glance: standing, points, what happened, why, and what is kept of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from registry.ledger import reading
from registry.ledger.families import Person, family_of
from registry.ledger.law import policies, policy_on
from registry.models import (
    Certificate,
    Fact,
    FactKind,
    FileMerge,
    IdentityDocument,
    PersonalCode,
    Practitioner,
    PractitionerName,
    Registration,
)
from registry.queries.explain import Sentence, headline, in_words, name_of, outlook
from registry.queries.together import Together
from registry.queries.years import Year, years_of
from registry.rules import compute
from registry.rules.compute import Standing
from registry.rules.periods import Period
from registry.rules.policy import NATIONAL, NoPolicyInForce, Policy

SANCTIONS = frozenset({"suspended", "suspension_extended", "terminated", "termination_extended"})
TRACKED = ("code", "name", "sex", "birth_date", "category")
MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of the file as the time asked about knew it.

    `annulled` and `revised` are the later facts that correct it, `sentence` what it caused (None for what is annulled,
    corrects, or only counts from a later day).
    """

    fact: Fact
    annulled: Fact | None
    revised: Fact | None
    sentence: Sentence | None
    later: bool

    @property
    def points(self) -> int | None:
        """The points that hold: those of the last revision, if there is one."""
        return self.revised.points if self.revised else self.fact.points


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of the person's record that was changed."""

    column: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A change of the person's record: when, by whom, why, and what."""

    at: datetime
    by: str
    why: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class PractitionerFile:
    """Everything the file says on the day `on`, as known at `known` (None: everything recorded).

    `practitioner` is the kept file; `asked` the one that was asked for, which differs after a merge. `points` are those
    of the calendar year of `on`, shown up to the termination threshold. `since` is the day the standing began; None
    means it was never otherwise. Codes, names, certificates, documents and merges are asked for when they are shown.
    """

    asked: Practitioner
    practitioner: Practitioner
    members: frozenset[int]
    on: date
    known: datetime | None
    policy: Policy
    standing: Standing
    since: date | None
    explanation: tuple[Sentence, ...]
    events: tuple[Event, ...]
    years: tuple[Year, ...]
    registrations: tuple[Registration, ...]
    codes: Collection[PersonalCode]
    names: Collection[PractitionerName]
    certificates: Collection[Certificate]
    documents: Collection[IdentityDocument]
    merges: Collection[FileMerge]
    changes_of_record: bool

    @property
    def until(self) -> date | None:
        """The first day after the suspension, or the day the bar ends."""
        return self.standing.until

    @property
    def headline(self) -> str:
        """The standing in one sentence."""
        return headline(self.standing)

    @property
    def outlook(self) -> str:
        """What comes next, in one sentence."""
        return outlook(self.standing)

    @property
    def because(self) -> Sentence | None:
        """The last step that made the present standing; None while it is normal."""
        period = self.standing.period
        return because_of(self.explanation, period) if period else None

    @property
    def was_merged(self) -> bool:
        """The file asked for was merged into another, whose content this is."""
        return self.asked.pk != self.practitioner.pk

    def told(self, standing: Standing) -> "PractitionerFile":
        """What is told of the file: the standing, what led to it, and who the person is; nothing else that is kept."""
        told = {step.id for step in standing.steps}
        events = tuple(each for each in self.events if str(each.fact.origin_id) in told)
        return replace(
            self,
            standing=standing,
            since=since_of(standing),
            explanation=tuple(each for each in self.explanation if each.step.id in told),
            events=events,
            years=years_of(standing.periods, _dots(events), on=self.on),
            documents=(),
            merges=(),
            changes_of_record=False,
        )

    @cached_property
    def changes(self) -> tuple[RecordChange, ...]:
        """The changes of the person's record, the newest first; asked for when they are shown."""
        return _record_changes(self.practitioner, self.known) if self.changes_of_record else ()

    @cached_property
    def current_registrations(self) -> list[Registration]:
        """The registrations that cover the day asked about."""
        return [row for row in self.registrations if _covers(row, self.on)]

    @cached_property
    def other_registrations(self) -> list[Registration]:
        """The registrations that ended before the day asked about, or begin later."""
        return [row for row in self.registrations if not _covers(row, self.on)]


def file_of(
    practitioner: Practitioner, today: date, known: datetime | None = None, *, family: Person | None = None
) -> PractitionerFile:
    """The file on `today` as known at `known`: a bounded number of queries, whatever the length of the file.

    `family` are the files of the person, where they were asked for already.
    """
    kept, members = family or family_of(practitioner.pk, known=known)
    person = practitioner if kept == practitioner.pk else Practitioner.objects.get(pk=kept)
    rows = facts_of_files(members, known)
    of_person = reading.numbered([reading.columns_of(row) for row in rows])
    standing = compute.standing(of_person, today, policies(), known=known)
    explanation = tuple(in_words(step, policies()) for step in standing.steps)
    registrations = _registrations(members, known)
    events = tuple(reversed(_events(rows, explanation, today)))
    kinds: tuple[Any, ...] = (PersonalCode, PractitionerName, Certificate)
    mine = (_known_by(kind.objects.filter(practitioner_id__in=members), known) for kind in kinds)
    codes, names, certificates = Together(*mine).parts()
    return PractitionerFile(
        asked=practitioner,
        practitioner=person,
        members=members,
        on=today,
        known=known,
        policy=_policy(registrations, today),
        standing=standing,
        since=since_of(standing),
        explanation=explanation,
        events=events,
        years=years_of(standing.periods, _dots(events), on=today),
        registrations=registrations,
        codes=codes,
        names=names,
        certificates=certificates,
        documents=_known_by(_documents(members), known),
        merges=_known_by(_merges(members), known),
        changes_of_record=True,
    )


def facts_of_files(members: Iterable[int], known: datetime | None) -> list[Fact]:
    """The rows of all facts of these files recorded up to `known`, with everything that is shown of them."""
    rows = Fact.objects.filter(practitioner_id__in=members).order_by(
        "effective_on", "decided_at", "origin", "origin_seq"
    )
    rows = rows.select_related(
        "agency",
        "actor",
        "second",
        "entry",
        "points_entry__responsibility",
        "points_entry__handling__institution",
        "points_entry__trigger__institution",
    ).defer("salt", "hash", "prev_hash")
    return list(rows.filter(recorded_at__lte=known) if known else rows)


def _events(rows: list[Fact], explanation: tuple[Sentence, ...], today: date) -> list[Event]:
    sentences = {line.step.id: line for line in explanation}
    by_deciding = sorted(rows, key=lambda row: (row.decided_at, row.origin, row.origin_seq))
    annulled = _corrections(by_deciding, FactKind.ENTRY_ANNULLED)
    revised = _corrections(by_deciding, FactKind.ENTRY_REVISED)
    return [
        Event(
            fact=row,
            annulled=annulled.get(row.pk),
            revised=revised.get(row.pk),
            sentence=sentences.get(str(row.origin_id)),
            later=row.effective_on > today,
        )
        for row in rows
    ]


def _corrections(rows: list[Fact], kind: str) -> Mapping[int, Fact]:
    return {row.entry_id: row for row in rows if row.kind == kind and row.entry_id}


def _dots(events: Iterable[Event]) -> list[tuple[date, int]]:
    scored = [event for event in events if event.fact.kind == FactKind.POINTS_SCORED and not event.annulled]
    return [(event.fact.effective_on, event.points or 0) for event in scored]


def since_of(standing: Standing) -> date | None:
    """The day the standing of the day began, None where it was never otherwise.

    Periods that follow each other directly are one stretch.
    """
    if period := standing.period:
        start = period.from_
        for earlier in reversed(standing.periods):
            if earlier.until == start and earlier.kind == period.kind:
                start = earlier.from_
        return start
    ended = [period.until for period in standing.periods if period.until and period.until <= standing.on]
    return max(ended, default=None)


def because_of(explanation: Iterable[Sentence], period: Period) -> Sentence | None:
    """The last step that made the period what it is."""
    found = [line for line in explanation if _made(line, period)]
    return found[-1] if found else None


def _made(line: Sentence, period: Period) -> bool:
    same_end = line.step.until == period.until or line.step.barred_until == period.barred_until
    return line.step.caused in SANCTIONS and line.step.from_ == period.from_ and same_end


def _policy(registrations: Iterable[Registration], on: date) -> Policy:
    """The policy of the region of the newest registration on the day; the national one without any."""
    regions = [row.institution.region_id for row in registrations if _covers(row, on)]
    try:
        return policy_on(regions[0] if regions else NATIONAL, on)
    except NoPolicyInForce:
        return policies().national(on)


def _covers(row: Registration, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or day < row.ends_on)


def _registrations(members: Iterable[int], known: datetime | None) -> tuple[Registration, ...]:
    rows = Registration.objects.filter(practitioner_id__in=members).select_related("institution__region")
    if known is None:
        rows = rows.filter(superseded_at=None)
    else:
        rows = rows.filter(Q(superseded_at=None) | Q(superseded_at__gt=known), recorded_at__lte=known)
    return tuple(rows.order_by("-starts_on", "-id"))


def _documents(members: Iterable[int]) -> QuerySet[IdentityDocument]:
    return IdentityDocument.objects.filter(practitioner_id__in=members).select_related("practitioner")


def _merges(members: Iterable[int]) -> QuerySet[FileMerge]:
    either = Q(kept_id__in=members) | Q(absorbed_id__in=members)
    return FileMerge.objects.filter(either).select_related(
        "kept", "absorbed", "recorded_by", "confirmed_by", "undone_by"
    )


def _known_by(rows: QuerySet[Any], known: datetime | None) -> QuerySet[Any]:
    return rows.filter(recorded_at__lte=known) if known else rows


def _record_changes(person: Practitioner, known: datetime | None) -> tuple[RecordChange, ...]:
    versions = person.history.select_related("history_user").order_by("-history_date", "-history_id")
    if known:
        versions = versions.filter(history_date__lte=known)
    versions = list(versions[: MOST_CHANGES + 1])
    olders = [*versions[1:], None]
    pairs = zip(versions, olders, strict=True)
    return tuple(_record_change(new, old) for new, old in list(pairs)[:MOST_CHANGES])


def _record_change(new: Any, old: Any) -> RecordChange:
    differences = [
        Difference(_label(column), _shown(old, column), _shown(new, column))
        for column in TRACKED
        if old is not None and getattr(new, column) != getattr(old, column)
    ]
    by = name_of(new.history_user) if new.history_user else ""
    return RecordChange(new.history_date, by, new.history_change_reason or "", tuple(differences))


def _label(column: str) -> str:
    field: Any = Practitioner._meta.get_field(column)
    return str(field.verbose_name)


def _shown(version: Any, column: str) -> Any:
    display = getattr(version, f"get_{column}_display", None)
    return display() if display else getattr(version, column)
