"""What one recipient has been told: which notices are theirs, and how far they have taken note of each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from notifications.models import Notice, Receipt
from notifications.models.bodies import BODIES
from registry.models import Role
from registry.queries.scope import Scope

WATCHING = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Who reads every notice, where they hold the role for the whole register, and takes note of none."""
TOLD = frozenset({Role.AGENCY_OFFICER, Role.AUTHORITY_OFFICER, Role.COMPLIANCE_OFFICER})
"""Who takes note of notices for the agency, authority or institution."""
READERS_OF_NOTICES = WATCHING | TOLD

NEWEST = 1000
"""Among so many of the newest notices the unread are counted: a beginning page stays quick at any size."""
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
    held = [row for row in seen.assignments if row.role in TOLD]
    theirs = Q(pk__in=[])
    for body in ("institution", "agency", "authority"):
        theirs |= Q(**{f"{body}__in": [getattr(row, f"{body}_id") for row in held if getattr(row, f"{body}_id")]})
    return every.filter(theirs)


def own_notices(files: Collection[int]) -> QuerySet[Notice]:
    """The notices to the person with these files."""
    return Notice.objects.filter(practitioner__in=files)


def is_told(seen: Scope, notice: Notice) -> bool:
    """Whether somebody with this scope stands on the side of the recipient, so that their reading is a receipt."""
    return notices_to(seen.held_as(TOLD)).filter(pk=notice.pk).exists()


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


def unread(notices: QuerySet[Notice]) -> int:
    """How many of the newest notices nobody has read yet."""
    newest = notices.order_by("-pk").values("pk")[:NEWEST]
    return Notice.objects.filter(~_has(Receipt.Kind.READ), pk__in=newest).count()


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
