"""The file that experts judge by: what happened, under which law, and what is disputed, without names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from appeals.models import Evidence, Objection, Panel, PointOfDispute, Seat
from appeals.queries.disputed import disputed_points
from appeals.queries.hidden import anonymiser_of
from appeals.queries.parties import Basis, about, basis_of, points_of, responsibility_of
from appeals.rules.anonymous import Anonymiser
from registry.ledger.law import policies
from registry.models import Fact, Handling, HandlingKind, PointsEntry, ProposedEntry, TriggerKind
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
    """The file as the experts of a panel see it. Nine queries, ten about recorded entries."""
    material = _read(panel.objection, panel.question, panel.points.all())
    return _file(material, _hiding(material))


def evidence_for(seat: Seat) -> QuerySet[Evidence]:
    """The evidence that was released to the panel of the seat, with its files."""
    points = seat.panel.points.values("pk")
    return Evidence.objects.filter(point__in=points, shown__isnull=False).select_related("shown")


def telling(objection: Objection, points: Iterable[PointOfDispute], question: str) -> list[str]:
    """What is left in the file that may tell who it is about, each once; for the reviewer to look at."""
    chosen = PointOfDispute.objects.filter(pk__in=[point.pk for point in points])
    material = _read(objection, question, chosen)
    hiding = _hiding(material)
    found = {finding.text: None for text in _texts(_file(material, hiding)) for finding in hiding.remaining(text)}
    return list(found)


@dataclass(frozen=True, slots=True)
class _Material:
    """What a file is made of, with the names: the basis of the dispute, and the points that the panel judges."""

    basis: Basis
    question: str
    points: tuple[PointOfDispute, ...]


def _read(objection: Objection, question: str, chosen: QuerySet[PointOfDispute]) -> _Material:
    released = Evidence.objects.filter(shown__isnull=False).select_related("shown").defer("shown__sealed")
    rows: QuerySet[Any] = points_of(objection).annotate(chosen=Exists(chosen.filter(pk=OuterRef("pk"))))
    points = list(rows.prefetch_related(Prefetch("evidence", released, to_attr="released"), "entry__corrections"))
    return _Material(basis_of(objection, points), question, tuple(point for point in points if point.chosen))


def _hiding(material: _Material) -> Anonymiser:
    return anonymiser_of(material.basis, _texts(_file(material, Anonymiser([]))))


def _file(material: _Material, hiding: Anonymiser) -> AnonymousFile:
    return AnonymousFile(
        hiding.anonymised(material.question),
        hiding.anonymised(material.basis.objection.statement),
        tuple(_causes(material.basis, hiding)),
        tuple(_point(row, material.basis.objection, hiding) for row in material.points),
    )


def _causes(basis: Basis, hiding: Anonymiser) -> Iterator[ShownCause]:
    for cause in basis.causes:
        handling = isinstance(cause, Handling)
        kinds: Mapping[str, str] = dict(HandlingKind.choices) if handling else dict(TriggerKind.choices)  # type: ignore[arg-type]
        yield ShownCause(
            str(kinds[cause.kind]),
            hiding.anonymised(cause.legal_basis if isinstance(cause, Handling) else ""),
            hiding.anonymised(cause.facts if isinstance(cause, Handling) else ""),
            cause.conduct_from,
            cause.conduct_until,
        )


def _point(row: PointOfDispute, objection: Objection, hiding: Anonymiser) -> ShownPoint:
    entry = about(row)
    responsibility = responsibility_of(entry)
    situation, provision = _law(entry, row.entry, objection)
    return ShownPoint(
        pk=row.pk,
        number=row.number,
        text=hiding.anonymised(row.text),
        points=disputed_points(row),
        default_points=entry.default_points if entry else None,
        situation=hiding.anonymised(situation),
        provision=hiding.anonymised(provision),
        grade=responsibility.get_grade_display() if responsibility else "",
        grounds=hiding.anonymised(responsibility.grounds) if responsibility else "",
        departure_reason=hiding.anonymised(entry.departure_reason) if entry else "",
        evidence=tuple(_evidence(row, hiding)),
    )


def _law(about: ProposedEntry | PointsEntry | None, entry: Fact | None, objection: Objection) -> tuple[str, str]:
    """The wording of the situation and of its provision, by the policy that the points were made under."""
    if about is None:
        return "", ""
    policy = policies()[entry.policy if entry else objection.policy]
    situation = policy.situations[about.situation]
    return wording(situation), wording(policy.provisions[situation.provision])


def _evidence(row: Any, hiding: Anonymiser) -> Iterator[ShownEvidence]:
    for each in row.released:
        yield ShownEvidence(each.pk, hiding.anonymised(each.title), each.shown.media_type, each.shown.size)


def _texts(file: AnonymousFile) -> Iterator[str]:
    yield from (file.question, file.statement)
    for cause in file.causes:
        yield from (cause.legal_basis, cause.facts)
    for point in file.points:
        yield from (point.text, point.grounds, point.departure_reason, *(each.title for each in point.evidence))
