"""The file that experts judge by: what happened, under which law, and what is disputed, without names."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from appeals.models import Evidence, Objection, Panel, PointOfDispute, Seat
from appeals.queries.disputed import disputed_points
from appeals.queries.hidden import anonymiser_of
from appeals.queries.parties import causes_of
from appeals.rules.anonymous import Anonymiser
from registry.ledger.law import policies
from registry.models import Fact, Handling, HandlingKind, PointsEntry, ProposedEntry, Responsibility, TriggerKind
from registry.queries.explain import wording


@dataclass(frozen=True, slots=True)
class ShownCause:
    """What was done, by kind, and what was found; `conduct_until` is the last day."""

    kind: str
    legal_basis: str
    facts: str
    conduct_from: date
    conduct_until: date


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """A piece of evidence that was released, by the id of its row."""

    pk: int
    title: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """One point of dispute with what it is about; what an older register left has no grade and no grounds."""

    pk: int
    number: int
    text: str
    points: int
    default_points: int | None
    situation: str
    provision: str
    grade: str
    grounds: str
    departure_reason: str
    evidence: tuple[ShownEvidence, ...]


@dataclass(frozen=True, slots=True)
class AnonymousFile:
    """What an expert sees of a case."""

    question: str
    statement: str
    causes: tuple[ShownCause, ...]
    points: tuple[ShownPoint, ...]


def file_for(seat: Seat) -> AnonymousFile:
    """The file of the panel on which the expert sits."""
    return file_of(seat.panel)


def file_of(panel: Panel) -> AnonymousFile:
    """The file as the experts of a panel see it."""
    points = list(panel.points.all())
    return _file(panel.objection, panel.question, points, _hiding(panel.objection, panel.question, points))


def evidence_for(seat: Seat) -> Iterable[Evidence]:
    """The evidence that was released to the panel of the seat, with its files."""
    points = seat.panel.points.values("pk")
    return Evidence.objects.filter(point__in=points, shown__isnull=False).select_related("shown")


def telling(objection: Objection, points: Iterable[PointOfDispute], question: str) -> list[str]:
    """What is left in the file that may tell who it is about, each once; for the reviewer to look at."""
    chosen = list(objection.points.filter(pk__in=[point.pk for point in points]))
    hiding = _hiding(objection, question, chosen)
    file = _file(objection, question, chosen, hiding)
    found = {finding.text: None for text in _texts(file) for finding in hiding.remaining(text)}
    return list(found)


def _hiding(objection: Objection, question: str, points: Collection[PointOfDispute]) -> Anonymiser:
    return anonymiser_of(objection, _texts(_file(objection, question, points, Anonymiser([]))))


def _file(objection: Objection, question: str, points: Collection[PointOfDispute], hiding: Anonymiser) -> AnonymousFile:
    rows = PointOfDispute.objects.filter(pk__in=[point.pk for point in points]).order_by("number")
    rows = rows.select_related("item__proposal__responsibility", "entry").prefetch_related("evidence__shown")
    entries = _entries([row.entry_id for row in rows if row.entry_id])
    return AnonymousFile(
        hiding.anonymised(question),
        hiding.anonymised(objection.statement),
        tuple(_causes(objection, hiding)),
        tuple(_point(row, objection, entries, hiding) for row in rows),
    )


def _causes(objection: Objection, hiding: Anonymiser) -> Iterator[ShownCause]:
    for cause in causes_of(objection):
        handling = isinstance(cause, Handling)
        kinds: Mapping[str, str] = dict(HandlingKind.choices) if handling else dict(TriggerKind.choices)  # type: ignore[arg-type]
        yield ShownCause(
            str(kinds[cause.kind]),
            hiding.anonymised(cause.legal_basis if isinstance(cause, Handling) else ""),
            hiding.anonymised(cause.facts if isinstance(cause, Handling) else ""),
            cause.conduct_from,
            cause.conduct_until,
        )


def _entries(facts: list[int]) -> dict[int, PointsEntry]:
    rows = PointsEntry.objects.filter(fact__in=facts).select_related("responsibility")
    return {row.fact_id: row for row in rows}


def _point(
    row: PointOfDispute, objection: Objection, entries: dict[int, PointsEntry], hiding: Anonymiser
) -> ShownPoint:
    about: ProposedEntry | PointsEntry | None = row.item or entries.get(row.entry_id or 0)
    responsibility = _responsibility(about)
    situation, provision = _law(about, row.entry, objection)
    return ShownPoint(
        pk=row.pk,
        number=row.number,
        text=hiding.anonymised(row.text),
        points=disputed_points(row),
        default_points=about.default_points if about else None,
        situation=hiding.anonymised(situation),
        provision=hiding.anonymised(provision),
        grade=responsibility.get_grade_display() if responsibility else "",
        grounds=hiding.anonymised(responsibility.grounds) if responsibility else "",
        departure_reason=hiding.anonymised(about.departure_reason) if about else "",
        evidence=tuple(_evidence(row, hiding)),
    )


def _responsibility(about: ProposedEntry | PointsEntry | None) -> Responsibility | None:
    if about is None:
        return None
    return about.proposal.responsibility if isinstance(about, ProposedEntry) else about.responsibility


def _law(about: ProposedEntry | PointsEntry | None, entry: Fact | None, objection: Objection) -> tuple[str, str]:
    """The wording of the situation and of its provision, by the policy that the points were made under."""
    if about is None:
        return "", ""
    policy = policies()[entry.policy if entry else objection.policy]
    situation = policy.situations[about.situation]
    return wording(situation), wording(policy.provisions[situation.provision])


def _evidence(row: PointOfDispute, hiding: Anonymiser) -> Iterator[ShownEvidence]:
    for each in row.evidence.all():
        if each.shown is not None:
            yield ShownEvidence(each.pk, hiding.anonymised(each.title), each.shown.media_type, each.shown.size)


def _texts(file: AnonymousFile) -> Iterator[str]:
    yield from (file.question, file.statement)
    for cause in file.causes:
        yield from (cause.legal_basis, cause.facts)
    for point in file.points:
        yield from (point.text, point.grounds, point.departure_reason, *(each.title for each in point.evidence))
