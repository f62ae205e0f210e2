"""Giving an address for e-mail, proving that it is one's own, and taking it back.

An address counts once somebody pressed a button behind a link that was sent there; until then the one before counts.
The link is made when its mail goes out, so that its code is kept nowhere: a mail that is tried again has a new one.
"""

import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications.models import Mail, MailAddress
from notifications.queries.mail_addresses import address_of_link, addresses_of, digest_of, link_holds
from notifications.queries.mailing import sends_mail
from notifications.rules.mailing import LINKS_A_DAY, LINKS_APART
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.ledger.days import beginning_of, shanghai_day
from registry.ledger.law import policies
from registry.models import User

CODE_BYTES = 32

Ending, Occasion = MailAddress.Ending, Mail.Occasion


def give_address(*, address: str, by: User, now: datetime) -> None:
    """Keep the address, which waits until it is confirmed, and owe a link to it; an empty one takes back all there is.

    What counts or waits already is not asked for anew; giving the one that counts takes back the one that waits. Raises
    Refused for an address that is none, and for too many links in one day.
    """
    address = _checked(address)
    with transaction.atomic():
        _lock(by)
        held = addresses_of(by)
        if held.waiting and held.waiting.address == address and link_holds(held.waiting, now):
            return
        if held.waiting:
            _end(held.waiting, Ending.WITHDRAWN, by, now)
        if held.counting and not address:
            _end(held.counting, Ending.WITHDRAWN, by, now)
        if address and not (held.counting and held.counting.address == address):
            _require_few(by, now)
            row = MailAddress(user=by, address=address, asked_at=now, expires_at=_link_ends(now))
            keep(row, by=by, now=now)
            _owe(row, Occasion.CONFIRM, now)


def send_link_again(*, by: User, now: datetime) -> MailAddress:
    """Owe another link to the address that waits; it holds from now on, and the one before no more once it goes out.

    Raises Refused where none waits, where a link is on its way or went out just now, and for too many in one day.
    """
    with transaction.atomic():
        _lock(by)
        row = addresses_of(by).waiting
        if row is None:
            raise Refused("no_address_waits", _("No address waits to be confirmed. Write one and keep it."))
        if not sends_mail():
            raise Refused("no_mail_here", _("This register sends no e-mail at present."))
        on_its_way = row.mails.filter(next_at__isnull=False).exists()
        if on_its_way or row.mails.filter(since__gt=now - LINKS_APART).exists():
            words = _("A link was sent just now. Look also among unwanted mail; another one can be sent in a while.")
            raise Refused("link_sent_just_now", words)
        _require_few(by, now)
        row.asked_at, row.expires_at = now, _link_ends(now)
        keep(row, by=by, now=now)
        _owe(row, Occasion.CONFIRM, now)
        return row


def take_back_address(*, address: MailAddress, by: User, now: datetime) -> None:
    """The address counts no more, or waits no more; doing it again changes nothing. Raises Refused for another's."""
    with transaction.atomic():
        _lock(by)
        row = MailAddress.objects.filter(pk=address.pk, user=by).first()
        if row is None:
            raise Refused("address_of_another", _("This is not an address of your account."))
        if row.ended_at is None:
            _end(row, Ending.WITHDRAWN, by, now)


def new_link(*, address: MailAddress) -> str:
    """The code of a new link to the address, which ends the one before; 256 bits of chance, kept as a digest only."""
    code = secrets.token_urlsafe(CODE_BYTES)
    MailAddress.objects.filter(pk=address.pk).update(digest=digest_of(code))
    return code


def confirm_address(*, code: str, by: User | None, now: datetime) -> MailAddress:
    """The address of the link counts from now on, and the one before is told that it does no more.

    Whoever has the mail may do it without signing in; `by` is who is signed in, if anybody. Doing it again changes
    nothing. Raises Refused as `address_of_link` does.
    """
    with transaction.atomic():
        _lock(address_of_link(code, by, now).user)
        row = address_of_link(code, by, now)
        if row.confirmed_at:
            return row
        before = addresses_of(row.user).counting
        if before:
            _end(before, Ending.REPLACED, by, now)
        row.confirmed_at = now
        keep(row, by=by, now=now)
        return row


def _end(row: MailAddress, ending: MailAddress.Ending, by: User | None, now: datetime) -> None:
    """It ends; where it counted, it is told so: whoever reads mail there shall notice what somebody else changed."""
    row.ended_at, row.ending = now, ending
    keep(row, by=by, now=now)
    if row.confirmed_at:
        _owe(row, Occasion.ENDED, now)


def _owe(row: MailAddress, occasion: Mail.Occasion, now: datetime) -> None:
    if sends_mail():
        Mail.objects.create(user=row.user, address=row, occasion=occasion, gathered=False, since=now, next_at=now)


def _lock(user: User) -> None:
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def _link_ends(now: datetime) -> datetime:
    today = shanghai_day(now)
    return beginning_of(today + timedelta(days=policies().national(today).get("mail.confirmation") + 1))


def _require_few(user: User, now: datetime) -> None:
    of_today = Mail.objects.filter(user=user, occasion=Occasion.CONFIRM, since__gt=now - timedelta(days=1))
    if of_today.count() >= LINKS_A_DAY:
        words = _("%(count)d links were sent within a day. Try again tomorrow.") % {"count": LINKS_A_DAY}
        raise Refused("too_many_links", words, field="address")


def _checked(address: str) -> str:
    address = User.objects.normalize_email(address.strip())
    try:
        if address:
            validate_email(address)
    except ValidationError:
        raise Refused(
            "mail_address_malformed", _("This is no address for e-mail: name@example.cn."), field="address"
        ) from None
    return address
