"""The weekly digest of who answers for an institution: who is to have it on which day, and what it counts.

It goes on its day or not at all: what it says is how things stand, and a week later there is another one.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from appeals.queries.objections import to_countersign
from notifications.models import DigestWish, Mail
from notifications.queries.inbox import notices_to, unread
from notifications.queries.mail_addresses import counts
from notifications.rules.mailing import DIGEST_DAY
from registry.models import Assignment, Institution, User
from registry.queries.overview import overview_of
from registry.queries.ratio import Ratio, ratios
from registry.queries.roles import COMPLIANCE
from registry.queries.scope import Scope, scope_of
from registry.queries.shares import is_near
from registry.queries.sight import seeing
from registry.queries.talks import talks_owed


@dataclass(frozen=True, slots=True)
class Digest:
    """How many, at the institutions of one officer on one day; nothing says who.

    `overdue` are among the `talks`; `unread` is as the inbox says it, empty for none; `share` is the highest of the
    institutions, None where nobody is registered or no policy is in force.
    """

    near: int
    suspended: int
    objections: int
    talks: int
    overdue: int
    unread: str
    share: Ratio | None

    @property
    def says_anything(self) -> bool:
        """Whether there is anything to warn of. A share that is far from the lowest threshold is nothing by itself."""
        waiting = self.near or self.suspended or self.objections or self.talks or self.unread
        return bool(waiting) or (self.share is not None and is_near(self.share))


def week_of(day: date) -> date:
    """The week in which the day lies, by its Monday."""
    return day - timedelta(days=day.weekday())


def wished_day(user: User) -> int | None:
    """The day of the week on which the user has the digest, 0 for Monday; None for who wishes none."""
    wish = DigestWish.objects.filter(user=user).first()
    return wish.weekday if wish else DIGEST_DAY


def has_digests(seen: Scope) -> bool:
    """Whether there is a digest for somebody with this scope: for who answers for an institution."""
    return bool(_as_officer(seen).places)


def without_digest(today: date) -> QuerySet[Assignment, int]:
    """The users (ids) whose day it is and who have no digest of this week yet. One query."""
    its_day = Q(user__digest_wish__weekday=today.weekday())
    if today.weekday() == DIGEST_DAY:
        its_day |= Q(user__digest_wish=None)
    has_one = Mail.objects.filter(user=OuterRef("user"), week=week_of(today))
    begun = Assignment.objects.filter(role__in=COMPLIANCE, institution__isnull=False, starts_on__lte=today)
    in_force = begun.filter(Q(ends_on=None) | Q(ends_on__gt=today), user__is_active=True)
    due = in_force.filter(its_day, counts("user__mail_addresses__")).exclude(Exists(has_one))
    return due.order_by("user").values_list("user", flat=True).distinct()


def digest_of_mail(mail: Mail, today: date) -> Digest | None:
    """What the mail is to say; None where it is needed no more: for who left, wishes none or has no address by now,
    where a later week has one, and where there is nothing to say.
    """
    later = Mail.objects.filter(user=mail.user, week__gt=mail.week)
    reached = mail.user.mail_addresses.filter(counts())
    if wished_day(mail.user) is None or later.exists() or not reached.exists():
        return None
    seen = scope_of(mail.user, today)
    found = digest_of(seen, today) if has_digests(seen) else None
    return found if found and found.says_anything else None


def digest_of(seen: Scope, today: date) -> Digest:
    """What there is to say to somebody with this scope, looked up in the sight of the institutions they answer for."""
    seen = _as_officer(seen)
    with seeing(seen.sight):
        overview = overview_of(seen, today)
        talks = [task.due_on for place in seen.places for task in talks_owed(place)]
        return Digest(
            near=overview.near,
            suspended=overview.suspended,
            objections=to_countersign(seen).count(),
            talks=len(talks),
            overdue=sum(due is not None and due < today for due in talks),
            unread=unread(notices_to(seen)),
            share=_highest(seen.places, today),
        )


def _as_officer(seen: Scope) -> Scope:
    return seen.held_as(COMPLIANCE)


def _highest(places: list[Institution], today: date) -> Ratio | None:
    shares = [each for each in ratios(places, [today]).values() if each.staff and each.thresholds]
    return max(shares, key=lambda each: each.per_cent or 0, default=None)
