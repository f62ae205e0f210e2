"""Sharing one's own standing: a code for one recipient, taken back when the person likes, and looked at with it.

Whatever is wrong with a code is refused in the same words after the same questions: unknown, expired, taken back, used
up, or together with the personal code of somebody else.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.requirements import require_choice, required
from registry.actions.sign_in import check_succeeded, count_check
from registry.ledger.days import shanghai_day
from registry.ledger.families import family_of, kept_file
from registry.models import PersonalCode, Practitioner, SharedLook, SharingCode, User, paper_codes, sealing
from registry.queries.own_file import holds
from registry.queries.sharing import Shared, State, own_codes, shared, state_of, with_looks

DAYS = range(1, 91)
LOOKS = range(1, 21)
MOST_OPEN = 20
LONGEST_RECIPIENT = 100


def share(
    *, practitioner: Practitioner, recipient: str, scope: str, days: int, most_looks: int, by: User, now: datetime
) -> tuple[SharingCode, str]:
    """A code with which `recipient` sees the standing, and its text, which is kept nowhere.

    Raises Refused without a recipient, for an unknown scope, for days outside 1 to 90 and looks outside 1 to 20, where
    the file is not that of `by`, and where twenty codes may still be used.
    """
    recipient = required(recipient, field="recipient", most=LONGEST_RECIPIENT)
    require_choice("scope", scope, SharingCode.Scope.values)
    _require_within("days", days, DAYS)
    _require_within("most_looks", most_looks, LOOKS)
    with transaction.atomic():
        person = Practitioner.objects.select_for_update(of=("self",), no_key=True).get(pk=kept_file(practitioner).pk)
        files = family_of(person.pk).files
        _require_own(files, by, now)
        _require_few(files, now)
        text = paper_codes.new_long_code()
        row = SharingCode(
            practitioner=person,
            recipient=recipient,
            scope=scope,
            digest=_digest(text),
            most_looks=most_looks,
            made_at=now,
            expires_at=now + timedelta(days=days),
            made_by=by,
        )
        keep(row, by=by, now=now)
        return row, text


def stop_sharing(*, code: SharingCode, by: User, now: datetime) -> SharingCode:
    """The code opens nothing from now on; doing it again changes nothing.

    Raises Refused where the file is not that of `by`.
    """
    with transaction.atomic():
        row = _locked(code)
        _require_own(family_of(row.practitioner_id).files, by, now)
        if row.revoked_at is None:
            row.revoked_at = now
            keep(row, by=by, now=now)
        return row


def look_with_code(*, code: str, personal_code: str | None, address: str, now: datetime) -> Shared:
    """What the code shows; the look is kept for the person to see.

    Who has the link gives no personal code. The attempt counts for the address before anything is looked at. Raises
    TooManyAttempts, after which nothing was looked at, and Refused in the same words for whatever is wrong. Call it
    outside of a transaction, which would forget what it counted.
    """
    count_check(address=address, now=now)
    with transaction.atomic():
        found = SharingCode.objects.filter(digest=_digest(code)).first()
        row = _locked(found) if found else None
        looks = SharedLook.objects.filter(code=row).count() if row else 0
        files = family_of(row.practitioner_id).files if row else frozenset()
        whose = personal_code is None or _is_of(files, personal_code)
        if row is None or not whose or state_of(row, looks, now) != State.OPEN:
            raise _refused()
        seen = shared(row, now=now)
        SharedLook.objects.create(code=row, number=looks + 1, at=now, status=seen.file.standing.status)
    check_succeeded(address=address)
    return seen


def _locked(code: SharingCode) -> SharingCode:
    """The code again, once nobody else writes about the person."""
    Practitioner.objects.select_for_update(of=("self",), no_key=True).get(pk=code.practitioner_id)
    return SharingCode.objects.select_related("practitioner").get(pk=code.pk)


def _is_of(files: frozenset[int], personal_code: str) -> bool:
    typed = sealing.normalised(personal_code)
    return PersonalCode.objects.filter(code=typed, practitioner_id__in=files).exists()


def _digest(text: str) -> bytes:
    typed = paper_codes.typed(text, paper_codes.LONG)
    return salted_hmac("registry.sharing_code", typed, algorithm="sha256").digest()


def _refused() -> Refused:
    words = _(
        "These do not open a standing. Check both; a code holds until the time and for the looks that the person chose,"
        " and the person can take it back. Ask the person for another one."
    )
    return Refused("sharing_code_refused", words)


def _require_own(files: frozenset[int], by: User, now: datetime) -> None:
    if not holds(by, files, shanghai_day(now)):
        raise Refused("not_own_file", _("Only whoever the file is about shares it."))


def _require_within(field: str, value: int, allowed: range) -> None:
    if value not in allowed:
        words = _("%(value)s is not possible here. Choose a number from %(first)s to %(last)s.")
        told = {"value": value, "first": allowed[0], "last": allowed[-1]}
        raise Refused(f"{field}_out_of_range", words % told, field=field, value=value)


def _require_few(files: frozenset[int], now: datetime) -> None:
    open_codes = own_codes(files).filter(revoked_at=None, expires_at__gt=now)
    if sum(each.state == State.OPEN for each in with_looks(open_codes, now=now)) >= MOST_OPEN:
        words = _("%(count)d codes may still be used. Take one of them back before you make another one.")
        raise Refused("too_many_codes", words % {"count": MOST_OPEN})
