"""Where to e-mail goes: which address of a user counts, which waits to be confirmed, and whose link a code is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from notifications.models import MailAddress
from registry.actions.errors import Refused
from registry.ledger.days import shanghai_day
from registry.models import Assignment, Role, User
from registry.queries.explain import last_day


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a user: the one that counts, and the one that waits to be confirmed, if there are any."""

    counting: MailAddress | None
    waiting: MailAddress | None

    @property
    def given(self) -> str:
        """What the user wrote last."""
        found = self.waiting or self.counting
        return found.address if found else ""


def addresses_of(user: User) -> Addresses:
    """What the user gave and did not take back. One query."""
    rows = list(MailAddress.objects.filter(user=user, ended_at=None))
    return Addresses(
        counting=next((each for each in rows if each.confirmed_at), None),
        waiting=next((each for each in rows if not each.confirmed_at), None),
    )


def counts(path: str = "") -> Q:
    """Of addresses reached over this path: those that were confirmed and not ended."""
    return Q(**{f"{path}confirmed_at__isnull": False, f"{path}ended_at": None})


def has_address(files: Collection[int], today: date) -> bool:
    """Whether the account that holds one of the files has an address that counts; which one is not told."""
    held = Assignment.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)
    own = held.filter(role=Role.PRACTITIONER, practitioner_id__in=files, user__is_active=True)
    return MailAddress.objects.filter(counts(), user__in=own.values("user")).exists()


def link_holds(address: MailAddress, now: datetime) -> bool:
    """Whether a link to the address, which was not confirmed, can still be used."""
    return address.ended_at is None and now < address.expires_at


def last_day_of_link(address: MailAddress) -> str:
    """The last day on which the link holds, in words: it ends as that day ends in Shanghai."""
    return last_day(shanghai_day(address.expires_at))


def address_of_link(code: str, by: User | None, now: datetime) -> MailAddress:
    """The address that a link is about, confirmed already or to be confirmed.

    `by` is whoever is signed in, if anybody. Raises Refused in the same words for a code that never was, that a newer
    one replaced, that ran out, or whose address was taken back; and in others for who is not whom it was sent to.
    """
    found = MailAddress.objects.select_related("user").filter(digest=digest_of(code), ended_at=None).first()
    if found is None or not found.user.is_active or not (found.confirmed_at or link_holds(found, now)):
        raise Refused(
            "mail_link_refused",
            _(
                "This link confirms nothing. It holds for some days, is for one address, and a newer mail ends it. On"
                " the page about e-mail of your account you can have another one sent."
            ),
        )
    if by is not None and by.pk != found.user_id:
        raise Refused(
            "mail_link_of_another",
            _("This link was sent for another account than yours. Sign out, and open it again."),
        )
    return found


def digest_of(code: str) -> bytes:
    """What is kept of a code."""
    return salted_hmac("notifications.mail_address", code, algorithm="sha256").digest()


def masked(address: str) -> str:
    """An address as whoever knows it recognises it, and nobody reads it off a screen."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}•••@{host}"


def over_before(moment: datetime) -> QuerySet[MailAddress]:
    """The addresses that ended before, or whose link ran out before and was not used."""
    over = MailAddress.objects.exclude(counts()).alias(over_at=Coalesce("ended_at", "expires_at"))
    return over.filter(over_at__lt=moment)
