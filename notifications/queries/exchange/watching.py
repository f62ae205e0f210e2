"""Other registers and their letters, as they are watched over in the office."""

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from notifications.models import Letter, Register, Settlement
from notifications.models.notices import Kind
from registry.queries.scope import Scope


def registers_of(seen: Scope) -> QuerySet[Register]:
    """Every other register, to who watches over the whole of this one; none to anybody else."""
    every = Register.objects.select_related("region", "entered_by")
    return every if seen.sees_everything else every.none()


def with_counts(registers: QuerySet[Register]) -> QuerySet[Register]:
    """With how many letters wait or are doubtful, and when the last came."""
    of = Letter.objects.filter(register=OuterRef("pk"))
    return registers.annotate(
        waiting=_count(of.filter(state__in=[Letter.State.WAITING, Letter.State.PARKED], next_at__isnull=False)),
        doubtful=_count(of.filter(state=Letter.State.DOUBTFUL)),
        last_letter_at=Subquery(of.order_by("-pk").values("received_at")[:1]),
    )


def _count(letters: QuerySet[Letter]) -> Coalesce:
    """By the small indexes of what waits and of what is doubtful, however many letters are kept."""
    counted = letters.order_by().values("register").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def letters_of(seen: Scope) -> QuerySet[Letter]:
    """The letters of other registers, receipts and tests apart."""
    every = Letter.objects.exclude(happening__in=[Kind.SETTLED, Kind.TEST]).select_related("register", "practitioner")
    return every if seen.sees_everything else every.none()


def doubtful(seen: Scope) -> int:
    """How many letters somebody has to look at."""
    return letters_of(seen).filter(state=Letter.State.DOUBTFUL).count()


def receipts_of_register(register: Register) -> QuerySet[Settlement]:
    """What the register says became of our letters, the last first."""
    return Settlement.objects.filter(letter__register=register).select_related("push__notice__event").order_by("-pk")
