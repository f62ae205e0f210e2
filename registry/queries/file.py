"""A practitioner's one file (一人一档) at a glance: standing, points, what happened, why, and what is kept of them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from registry.ledger.families import family_of
from registry.ledger.law import policies, policy_on
from registry.ledger.reading import History, facts_of_files, history_of
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
from registry.queries.explain import Sentence, headline, in_words, most_shown, outlook, telling
from registry.queries.record_changes import RecordChange, record_changes
from registry.queries.together import Together
from registry.queries.years import Year, years_of
from registry.rules import compute, facts
from registry.rules.compute import Standing
from registry.rules.corrections import CORRECTING
from registry.rules.course import Step
from registry.rules.periods import Period
from registry.rules.policy import NATIONAL, NoPolicyInForce, Policy

SANCTIONS = frozenset({"suspended", "suspension_extended", "terminated", "termination_extended"})


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of the file as the time asked about knew it.

    `annulled` and `revised` are the later facts that correct it, `step` is what it caused (None for what is annulled,
    corrects, or only counts from a later day), which `says` puts in words.
    """

    fact: Fact
    annulled: Fact | None
    revised: Fact | None
    step: Step | None
    later: bool
    says: Callable[[Step], Sentence] = field(repr=False, compare=False)

    @property
    def kind_words(self) -> str:
        """What kind of fact it is, in words."""
        return str(FactKind(self.fact.kind).label)

    @property
    def sentence(self) -> Sentence | None:
        """What it caused, in words."""
        return self.says(self.step) if self.step else None

    @property
    def points(self) -> int | None:
        """The points that hold: those of the last revision, if there is one."""
        return self.revised.points if self.revised else self.fact.points


@dataclass(frozen=True)
class PractitionerFile:
    """Everything the file says on the day `on`, as known at `known` (None: everything recorded).

    `practitioner` is the kept file; `asked` the one that was asked for, which differs after a merge. `points` are those
    of the calendar year of `on`, shown up to the termination threshold. `since` is the day the standing began; None
    means it was never otherwise. `past` are the facts, the newest first. Their rows, codes, names, certificates,
    documents and merges are asked for when they are shown, and steps are put in words then.
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
    def corrections(self) -> "Corrections":
        """What corrects the entries of the file."""
        return corrections_of(self.past)

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
        return tuple(self.says(step) for step in telling(self.standing, whole=whole))

    def says(self, step: Step) -> Sentence:
        """A step of the standing in words, found once however many parts of a page tell it."""
        said = step.id, get_language()
        if said not in self._said:
            self._said[said] = in_words(step, policies())
        return self._said[said]

    @cached_property
    def _said(self) -> dict[tuple[str, str | None], Sentence]:
        return {}

    def newest(self, *, whole: bool) -> tuple[Event, ...]:
        """What happened, the newest first; where it is much, all of it only where `whole`. One query."""
        most = most_shown(len(self.past), whole=whole)
        return _events(self.past[:most], self)

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
        return record_changes(self.practitioner, self.known) if self.changes_of_record else ()

    @cached_property
    def current_registrations(self) -> list[Registration]:
        """The registrations that cover the day asked about."""
        return [row for row in self.registrations if _covers(row, self.on)]

    @cached_property
    def other_registrations(self) -> list[Registration]:
        """The registrations that ended before the day asked about, or begin later."""
        return [row for row in self.registrations if not _covers(row, self.on)]


def _history(practitioner: Practitioner, known: datetime | None) -> History:
    """Files and facts of the person as known then: two queries, one where everything recorded is known."""
    if known is None:
        return history_of(practitioner)
    kept, members = family_of(practitioner.pk, known=known)
    return History(kept, members, [each for each in facts_of_files(members) if each.recorded_at <= known])


def file_of(
    practitioner: Practitioner, today: date, known: datetime | None = None, *, history: History | None = None
) -> PractitionerFile:
    """The file on `today` as known at `known`: a bounded number of queries, whatever the length of the file.

    `history` is that of the person, where it was read already.
    """
    history = history or _history(practitioner, known)
    kept, members, recorded = history.kept, history.files, history.facts
    person = practitioner if kept == practitioner.pk else Practitioner.objects.get(pk=kept)
    standing = compute.standing(recorded, today, policies())
    past = tuple(sorted(recorded, key=attrgetter("effective_on", "seq"), reverse=True))
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
    by_deciding = sorted([each for each in past if isinstance(each, CORRECTING)], key=lambda each: each.seq)
    return Corrections(
        annulled={each.entry: each for each in by_deciding if isinstance(each, facts.EntryAnnulled)},
        revised={each.entry: each for each in by_deciding if isinstance(each, facts.EntryRevised)},
    )


def _events(shown: Sequence[facts.Fact], file: PractitionerFile) -> tuple[Event, ...]:
    """These facts, with the rows of what is shown of them and of what corrects them."""
    corrections = file.corrections
    annulled = {each.id: corrections.annulled.get(each.id) for each in shown}
    revised = {each.id: corrections.revised.get(each.id) for each in shown}
    needed = {each.id for each in (*shown, *annulled.values(), *revised.values()) if each}
    rows = _rows(file.members, needed) if needed else {}
    steps = {step.id: step for step in file.standing.steps}
    return tuple(
        Event(
            fact=rows[each.id],
            annulled=_row_of(annulled[each.id], rows),
            revised=_row_of(revised[each.id], rows),
            step=steps.get(each.id),
            later=each.effective_on > file.on,
            says=file.says,
        )
        for each in shown
    )


def _row_of(fact: facts.Fact | None, rows: Mapping[str, Fact]) -> Fact | None:
    return rows[fact.id] if fact else None


def _rows(members: Iterable[int], ids: Iterable[str]) -> dict[str, Fact]:
    """The rows of these facts of the files, by their ids, with everything shown of them."""
    rows = Fact.objects.filter(practitioner_id__in=members, origin_id__in=ids)
    rows = rows.select_related(
        "agency",
        "actor",
        "second",
        "entry",
        "points_entry__responsibility",
        "points_entry__handling__institution",
        "points_entry__trigger__institution",
    ).defer("salt", "hash", "prev_hash")
    return {str(row.origin_id): row for row in rows.order_by()}


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
