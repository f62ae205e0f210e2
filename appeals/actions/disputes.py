"""Points of dispute as they are filed, one by one, each with its evidence."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from appeals.models import Evidence, Objection, PointOfDispute
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.requirements import required
from registry.models import Fact, ProposedEntry, StoredFile, User

MOST_POINTS_OF_DISPUTE = 50
Disputed = ProposedEntry | Fact
Exhibit = tuple[str, StoredFile]
"""A piece of evidence: its title, and the file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispute:
    """One thing that is disputed about one proposed item or one recorded entry.

    `professional` says that it is for experts to judge, such as whether a treatment was called for.
    """

    item: Disputed
    text: str
    professional: bool = False
    evidence: Sequence[Exhibit] = ()


def itemised(
    disputes: Sequence[Dispute], statement: str, about: Sequence[Disputed], *, every: bool = False
) -> list[Dispute]:
    """The points as they are kept. A statement alone disputes everything; with `every` also what has no point yet.

    Raises Refused where there is neither a point nor a statement, and for a point about something else than `about`.
    """
    named = {dispute.item for dispute in disputes}
    rest = [item for item in about if item not in named] if every or not disputes else []
    if rest and not statement:
        raise Refused(
            "nothing_disputed",
            _("Name a point of dispute for each entry, or write a statement; it disputes those without a point."),
            field="statement",
            value="",
        )
    _require_few(disputes)
    for dispute in disputes:
        if dispute.item not in about:
            raise Refused(
                "point_about_another",
                _("A point of dispute is about something that this objection is not against. Choose it again."),
                field="points",
                value=dispute.text[:40],
            )
    return [*disputes, *(Dispute(item=item, text=statement) for item in rest)]


def _require_few(disputes: Sequence[Dispute]) -> None:
    if len(disputes) > MOST_POINTS_OF_DISPUTE:
        raise Refused(
            "too_many_points",
            _("%(count)s points of dispute are too many; at most %(most)s are taken. Join those that belong together.")
            % {"count": len(disputes), "most": MOST_POINTS_OF_DISPUTE},
            field="points",
            value=len(disputes),
        )


def add_points(objection: Objection, disputes: Collection[Dispute], *, by: User | None, now: datetime) -> None:
    """Keep the points of a new objection, numbered in the order given, with their evidence."""
    for number, dispute in enumerate(disputes, start=1):
        disputed = dispute.item
        point = PointOfDispute(
            objection=objection,
            number=number,
            item=disputed if isinstance(disputed, ProposedEntry) else None,
            entry=None if isinstance(disputed, ProposedEntry) else disputed,
            text=required(dispute.text, field="points"),
            professional=dispute.professional,
        )
        keep(point, by=by, now=now)
        add_exhibits(point, dispute.evidence, by=by, now=now)


def add_exhibits(point: PointOfDispute, exhibits: Collection[Exhibit], *, by: User | None, now: datetime) -> None:
    """Keep evidence for a point; the same file again is the same piece. Raises Refused for more than is taken."""
    new = [(title, file) for title, file in exhibits if not _is_there(point, file)]
    there = point.evidence.count()
    if there + len(new) > settings.REGISTRY_FILES_PER_POINT:
        raise Refused(
            "too_many_files",
            _("Point %(number)s would have %(count)s files; at most %(most)s are taken. Join several into one file.")
            % {"number": point.number, "count": there + len(new), "most": settings.REGISTRY_FILES_PER_POINT},
            field="evidence",
            value=there + len(new),
        )
    for title, file in new:
        words = required(title, field="title", most=200)
        keep(Evidence(point=point, file=file, title=words, handed_in_at=now), by=by, now=now)


def _is_there(point: PointOfDispute, file: StoredFile) -> bool:
    """Whether the file is evidence for this point already; each piece of evidence is a file of its own."""
    kept = Evidence.objects.filter(file=file).select_related("point").first()
    if kept is not None and kept.point_id != point.pk:
        raise Refused(
            "file_used_before",
            _("“%(name)s” is evidence for another point already. Hand it in again for this one.") % {"name": file.name},
            field="evidence",
            value=file.name,
        )
    return kept is not None
