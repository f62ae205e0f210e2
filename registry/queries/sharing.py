"""What is shown of a person to whom the person gave a sharing code, and who looked with it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.ledger.days import shanghai_day
from registry.models import SharedLook, SharingCode
from registry.queries.file import PractitionerFile, file_of


class State(Enum):
    """What a sharing code is good for at a moment."""

    OPEN = "open"
    REVOKED = "revoked"
    EXPIRED = "expired"
    USED_UP = "used_up"


STATES = {
    State.OPEN: _("may be used"),
    State.REVOKED: _("taken back"),
    State.EXPIRED: _("expired"),
    State.USED_UP: _("used up"),
}


@dataclass(frozen=True, slots=True)
class Shared:
    """What the recipient sees: of the file of today the standing, and the points of the year where they are shared."""

    code: SharingCode
    file: PractitionerFile
    at: datetime

    @property
    def with_points(self) -> bool:
        """Whether the points of this year are shown, too."""
        return self.code.scope == SharingCode.Scope.POINTS


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A code as its maker sees it: what it is good for, and each look, the newest first."""

    code: SharingCode
    state: State
    looks: tuple[SharedLook, ...]

    @property
    def state_words(self) -> str:
        """What it is good for, in words."""
        return str(STATES[self.state])

    @property
    def left(self) -> int:
        """How many looks are left."""
        return max(0, self.code.most_looks - len(self.looks))


def shared(code: SharingCode, *, now: datetime) -> Shared:
    """The standing of this moment, not of any older one."""
    return Shared(code, file_of(code.practitioner, shanghai_day(now)), now)


def own_codes(files: Collection[int]) -> QuerySet[SharingCode]:
    """The codes that were made for the file with these numbers, the newest first."""
    return SharingCode.objects.filter(practitioner_id__in=files).order_by("-pk")


def with_looks(codes: QuerySet[SharingCode], *, now: datetime) -> list[OwnCode]:
    """The codes with who looked."""
    newest = Prefetch("looks", SharedLook.objects.order_by("-number"))
    found = [(code, tuple(code.looks.all())) for code in codes.prefetch_related(newest)]
    return [OwnCode(code, state_of(code, len(looks), now), looks) for code, looks in found]


def state_of(code: SharingCode, looks: int, now: datetime) -> State:
    """What the code is good for after so many looks."""
    if code.revoked_at is not None:
        return State.REVOKED
    if now >= code.expires_at:
        return State.EXPIRED
    return State.USED_UP if looks >= code.most_looks else State.OPEN
