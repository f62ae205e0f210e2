"""Who is told by e-mail that a notice is there, and which mails are still needed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from notifications.models import Mail, MailWish, Notice, Receipt
from notifications.models.bodies import BODIES
from notifications.queries.addressees import recipient_of
from notifications.queries.mail_addresses import counts
from registry.ledger.families import Persons
from registry.models import Assignment, Role, User
from registry.queries.roles import TOLD

Pair = tuple[int, int]
"""The ids of a user and of a notice."""


def sends_mail() -> bool:
    """Whether this register sends e-mail at all."""
    return bool(settings.REGISTRY_MAIL)


def wishes_mail(user: User) -> bool | None:
    """What the user said; None for who has said nothing: then practitioners are told, and others are not."""
    return MailWish.objects.filter(user=user).values_list("wanted", flat=True).first()


def told_by_mail(notices: Iterable[Notice], today: date) -> Iterator[Pair]:
    """Who is told by e-mail of which notices: the holder of the file, unless they wish otherwise, and of a body those
    who take note of its notices and asked for it. All of them have an address that counts. Two queries.
    """
    by_recipient = _by_key(notices)
    if not by_recipient:
        return
    for user, *held in _who_takes_note(by_recipient, today).values_list("user_id", "practitioner_id", *_columns()):
        for column, pk in zip(("practitioner", *BODIES), held, strict=True):
            for notice in by_recipient.get((column, pk), ()):
                yield user, notice


def still_needed(mails: Sequence[Mail], today: date) -> list[Mail]:
    """Those whose notice nobody has read and whose user is still to be told of it. The notices are fetched already.

    All of them are of notices.
    """
    read = Receipt.objects.filter(notice__in=[mail.notice_id for mail in mails], kind=Receipt.Kind.READ)
    done = set(read.values_list("notice_id", flat=True))
    found: list[Mail] = []
    unread = [mail for mail in mails if mail.notice_id not in done]
    for recipient in {recipient_of(mail.of_notice) for mail in unread}:
        of_recipient = [mail for mail in unread if recipient_of(mail.of_notice) == recipient]
        told = {user for user, _notice in told_by_mail([of_recipient[0].of_notice], today)}
        found += [mail for mail in of_recipient if mail.user_id in told]
    return sorted(found, key=lambda mail: mail.pk)


def failing() -> QuerySet[Mail]:
    """The mails that were tried and did not go out, those owed for longest first."""
    owed = Mail.objects.filter(next_at__isnull=False, failures__gt=0)
    return owed.select_related("user").order_by("since", "pk")


def owed_mails() -> dict[str, int]:
    """How many mails are owed, by the state in which they are."""
    owed = Mail.objects.filter(next_at__isnull=False).order_by().values_list("state")
    found = dict(owed.annotate(number=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in (Mail.State.WAITING, Mail.State.OVERDUE)}


def _by_key(notices: Iterable[Notice]) -> Mapping[tuple[str, int | str], list[int]]:
    """The notices by where an assignment to their recipient may be held: at the body; at any file of the person."""
    told = [(*recipient_of(notice), notice.pk) for notice in notices]
    persons = Persons([int(pk) for column, pk, _notice in told if column == "practitioner"], past=False)
    found: dict[tuple[str, int | str], list[int]] = defaultdict(list)
    for column, pk, notice in told:
        files = persons.person(int(pk), known=None).files if column == "practitioner" else (pk,)
        for each in files:
            found[column, each].append(notice)
    return found


def _who_takes_note(keys: Iterable[tuple[str, int | str]], today: date) -> QuerySet[Assignment]:
    places = Q(pk__in=[])
    for column, pk in keys:
        places |= Q(**{f"{column}_id": pk})
    wished = Q(user__mail_wish__wanted=True)
    own = Q(role=Role.PRACTITIONER) & (Q(user__mail_wish=None) | wished)
    of_bodies = Q(role__in=TOLD) & wished
    in_force = Assignment.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)
    rows = in_force.filter(places, own | of_bodies, counts("user__mail_addresses__"), user__is_active=True)
    return rows.order_by("user_id", "pk")


def _columns() -> Iterator[str]:
    return (f"{body}_id" for body in BODIES)
