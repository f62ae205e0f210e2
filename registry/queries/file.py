"""A practitioner's one file (一人一档) at a glance: standing, points, what happened, why, and what is kept of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    FileMerge,
    IdentityDocument,
    PersonalCode,
    Practitioner,
    PractitionerName,
    Registration,
)
from registry.queries.explain import LONG, Sentence, headline, in_words, most_shown, name_of, outlook, telling
from registry.queries.together import Together
from registry.queries.years import Year, years_of
from registry.rules import compute, facts
from registry.rules.compute import Standing
from registry.rules.course import Step
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
    means it was never otherwise. `past` are the facts, the newest first, and `rows` the rows of the newest of them.
    Further rows, codes, names, certificates, documents and merges are asked for when they are shown, and steps are put
    in words then.
    """

    asked: Practitioner
    practitioner: Practitioner
    members: frozenset[int]
    on: date
    known: datetime | None
    policy: Policy
    standing: Standing
    since: date | None
    past: tuple[facts.Fact, ...]
    rows: Mapping[str, Fact]
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
        return because_of(self.standing.steps, period) if period else None

    @cached_property
    def explanation(self) -> tuple[Sentence, ...]:
        """Every step in words."""
        return self.why(whole=True)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Everything that happened, the newest first."""
        return self.newest(whole=True)

    def why(self, *, whole: bool) -> tuple[Sentence, ...]:
        """The steps that tell why in words; where they are many, all of them only where `whole`."""
        return tuple(in_words(step, policies()) for step in telling(self.standing, whole=whole))

    def newest(self, *, whole: bool) -> tuple[Event, ...]:
        """What happened, the newest first; where it is much, all of it only where `whole`.

        One query where it is not among `rows`.
        """
        most = most_shown(len(self.past), whole=whole)
        return _events(self.past[:most], corrections_of(self.past), self)

    @property
    def was_merged(self) -> bool:
        """The file asked for was merged into another, whose content this is."""
        return self.asked.pk != self.practitioner.pk

    def told(self, standing: Standing) -> "PractitionerFile":
        """What is told of the file: the standing, what led to it, and who the person is; nothing else that is kept."""
        told = {step.id for step in standing.steps}
        past = tuple(each for each in self.past if each.id in told)
        return replace(
            self,
            standing=standing,
            since=since_of(standing),
            past=past,
            years=years_of(standing.periods, _dots(past), on=self.on),
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
    newest = list(_rows(members, known)[: LONG + 1])
    recorded = _facts(members, known, newest)
    standing = compute.standing(recorded, today, policies())
    past = tuple(sorted(recorded, key=lambda each: (each.effective_on, each.seq), reverse=True))
    registrations = _registrations(members, known)
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
        past=past,
        rows={str(row.origin_id): row for row in newest},
        years=years_of(standing.periods, _dots(past), on=today),
        registrations=registrations,
        codes=codes,
        names=names,
        certificates=certificates,
        documents=_known_by(_documents(members), known),
        merges=_known_by(_merges(members), known),
        changes_of_record=True,
    )


@dataclass(frozen=True, slots=True)
class Corrections:
    """By the id of an entry, the last fact that annuls it, and the last that revises it."""

    annulled: Mapping[str, facts.EntryAnnulled]
    revised: Mapping[str, facts.EntryRevised]


def corrections_of(past: Iterable[facts.Fact]) -> Corrections:
    """What corrects the entries among these facts."""
    by_deciding = sorted(past, key=lambda each: each.seq)
    return Corrections(
        annulled={each.entry: each for each in by_deciding if isinstance(each, facts.EntryAnnulled)},
        revised={each.entry: each for each in by_deciding if isinstance(each, facts.EntryRevised)},
    )


def _events(shown: Sequence[facts.Fact], corrections: Corrections, file: PractitionerFile) -> tuple[Event, ...]:
    """These facts, with the rows of what is shown of them and of what corrects them."""
    annulled = {each.id: corrections.annulled.get(each.id) for each in shown}
    revised = {each.id: corrections.revised.get(each.id) for each in shown}
    needed = {each.id for each in (*shown, *annulled.values(), *revised.values()) if each}
    rows = dict(file.rows)
    if missing := needed - rows.keys():
        rows.update((str(row.origin_id), row) for row in _rows(file.members, None).filter(origin_id__in=missing))
    steps = {step.id: step for step in file.standing.steps}
    return tuple(
        Event(
            fact=rows[each.id],
            annulled=_row_of(annulled[each.id], rows),
            revised=_row_of(revised[each.id], rows),
            sentence=in_words(steps[each.id], policies()) if each.id in steps else None,
            later=each.effective_on > file.on,
        )
        for each in shown
    )


def _row_of(fact: facts.Fact | None, rows: Mapping[str, Fact]) -> Fact | None:
    return rows[fact.id] if fact else None


def _facts(members: Iterable[int], known: datetime | None, newest: Sequence[Fact]) -> list[facts.Fact]:
    """All facts in the order of deciding; where the newest rows are not all of them, they are read without the rest."""
    if len(newest) <= LONG:
        return reading.numbered([reading.columns_of(row) for row in newest])
    return [each for each in reading.facts_of_files(members) if known is None or each.recorded_at <= known]


def _rows(members: Iterable[int], known: datetime | None) -> QuerySet[Fact]:
    """The facts of the files recorded up to `known`, the newest first, with everything shown of them."""
    rows = _known_by(Fact.objects.filter(practitioner_id__in=members), known)
    rows = rows.order_by("-effective_on", "-decided_at", "-origin", "-origin_seq")
    return rows.select_related(
        "agency",
        "actor",
        "second",
        "entry",
        "points_entry__responsibility",
        "points_entry__handling__institution",
        "points_entry__trigger__institution",
    ).defer("salt", "hash", "prev_hash")


def _dots(past: Iterable[facts.Fact]) -> list[tuple[date, int]]:
    """The day and the points of each entry that was not annulled, in the order of `past`."""
    past = tuple(past)
    corrections = corrections_of(past)
    scored = [each for each in past if isinstance(each, facts.PointsScored) and each.id not in corrections.annulled]
    return [(each.effective_on, corrections.revised.get(each.id, each).points) for each in scored]


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


def because_of(steps: Sequence[Step], period: Period) -> Sentence | None:
    """The last step that made the period what it is, in words."""
    last = next((step for step in reversed(steps) if _made(step, period)), None)
    return in_words(last, policies()) if last else None


def _made(step: Step, period: Period) -> bool:
    same_end = step.until == period.until or step.barred_until == period.barred_until
    return step.caused in SANCTIONS and step.from_ == period.from_ and same_end


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
