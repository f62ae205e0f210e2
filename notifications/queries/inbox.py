"""What one recipient has been told: which notices are theirs, and how far they have taken note of each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from notifications.models import Notice, Receipt
from notifications.models.bodies import BODIES
from registry.models import Agency, Authority, Institution
from registry.models.access import HELD_BY_KEYS
from registry.queries.roles import TOLD
from registry.queries.scope import Scope

NEWEST = 1000
"""Among so many of the newest notices the unread are counted: a beginning page stays quick at any size."""
MOST_COUNTED = 99
_ABOUT = (
    "event__practitioner",
    "event__change__fact__agency",
    "event__change__fact__entry",
    "event__step__agency",
    "event__deadline__agency",
    "event__missed__agency",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which notices are asked for; what is left empty is not asked."""

    kind: str = ""
    unread: bool = False
    unacknowledged: bool = False
    since: datetime | None = None
    after: int | None = None
    """The page ended at this number of a notice."""


def notices_to(seen: Scope) -> QuerySet[Notice]:
    """The notices to the bodies for which somebody with this scope works; all of them to who watches over all."""
    every = Notice.objects.all()
    if seen.sees_everything:
        return every
    theirs = Q(pk__in=[])
    for column, ids in bodies_of(seen).items():
        theirs |= Q(**{f"{column}__in": ids})
    return every.filter(theirs)


def is_told(seen: Scope, notice: Notice) -> bool:
    """Whether somebody with this scope stands on the side of the recipient, so that their reading is a receipt. Asks
    nothing of the database.
    """
    return any(getattr(notice, column) in ids for column, ids in bodies_of(seen).items())


def bodies_of(seen: Scope) -> dict[str, list[Any]]:
    """The ids of the bodies for which somebody with this scope takes note, by the column of a notice."""
    held = [row for row in seen.assignments if row.role in TOLD | HELD_BY_KEYS]
    columns = ("institution_id", "agency_id", "authority_id", "region_id")
    found = {column: [getattr(row, column) for row in held] for column in columns}
    return {column: [pk for pk in ids if pk is not None] for column, ids in found.items() if any(ids)}


def own_bodies(seen: Scope) -> list[Institution | Agency | Authority]:
    """The bodies themselves, each once, in the order in which the roles were given. Asks nothing of the database."""
    held = [row for row in seen.assignments if row.role in TOLD]
    bodies = (row.institution or row.agency or row.authority for row in held)
    return list(dict.fromkeys(body for body in bodies if body))


def own_notices(files: Collection[int]) -> QuerySet[Notice]:
    """The notices to the person with these files."""
    return Notice.objects.filter(practitioner__in=files)


def narrowed(notices: QuerySet[Notice], asked: Asked) -> QuerySet[Notice]:
    """Those asked for, the newest first."""
    if asked.kind:
        notices = notices.filter(event__kind=asked.kind)
    if asked.since:
        notices = notices.filter(made_at__gte=asked.since)
    if asked.unread:
        notices = notices.filter(~_has(Receipt.Kind.READ))
    if asked.unacknowledged:
        notices = notices.filter(~_has(Receipt.Kind.ACKNOWLEDGED))
    if asked.after:
        notices = notices.filter(pk__lt=asked.after)
    return notices.order_by("-pk")


def with_everything(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """With what they are about, whom they tell, and `read_at` and `acknowledged_at`, where they were."""
    taken = {"read_at": Receipt.Kind.READ, "acknowledged_at": Receipt.Kind.ACKNOWLEDGED}
    return notices.select_related(*_ABOUT, "practitioner", *BODIES).annotate(
        **{name: Subquery(_receipts(kind).values("at")[:1]) for name, kind in taken.items()}
    )


def unread(notices: QuerySet[Notice]) -> str:
    """How many of the newest notices nobody has read yet; empty for none, and 99+ for more than are worth counting."""
    newest = notices.order_by("-pk").values("pk")[:NEWEST]
    found = len(Notice.objects.filter(~_has(Receipt.Kind.READ), pk__in=newest).values_list("pk")[: MOST_COUNTED + 1])
    return f"{MOST_COUNTED}+" if found > MOST_COUNTED else str(found or "")


def receipts_of(notice: Notice) -> QuerySet[Receipt]:
    """Who read it first, and who acknowledged it first."""
    return notice.receipts.select_related("by", "key").order_by("pk")


def corrects(notice: Notice) -> list[Notice]:
    """The earlier notices to the same recipient that this one makes wrong."""
    rows = Notice.objects.filter(recalled_by__notice=notice).order_by("pk")
    return list(rows.select_related(*_ABOUT))


def corrected_by(notice: Notice) -> list[Notice]:
    """The later notices to the same recipient that make this one wrong."""
    rows = Notice.objects.filter(recalls__earlier=notice).order_by("pk")
    return list(rows.select_related(*_ABOUT))


def _receipts(kind: Receipt.Kind) -> QuerySet[Receipt]:
    return Receipt.objects.filter(notice=OuterRef("pk"), kind=kind)


def _has(kind: Receipt.Kind) -> Exists:
    return Exists(_receipts(kind))
