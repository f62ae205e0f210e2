"""Owing e-mails, and what a user says about them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications.actions.mail_addresses import give_address
from notifications.models import Mail, MailWish, Notice
from notifications.queries.mailing import sends_mail, told_by_mail
from notifications.rules.mailing import GATHERING
from registry.actions.errors import Refused
from registry.ledger.days import shanghai_day
from registry.models import User


def owe_mails(notices: Iterable[Notice], now: datetime) -> None:
    """Owe word of the notices to who is to have it by e-mail; in the transaction that makes the notices.

    So nothing has to be looked for later, and fan-outs of different people never wait for one another: each row is new.
    """
    if not sends_mail():
        return
    told = {notice.pk: notice for notice in notices}
    Mail.objects.bulk_create(
        _mail(user, told[notice], now) for user, notice in dict.fromkeys(told_by_mail(told.values(), shanghai_day(now)))
    )


def wish_mail(*, user: User, wanted: bool, address: str, now: datetime) -> None:
    """Keep whether the user wishes to be told by e-mail, and give the address, which counts once it is confirmed.

    Raises Refused as `give_address` does, and for the wish without an address.
    """
    if wanted and not address.strip():
        raise Refused("mail_address_missing", _("Write the address to which mails shall go."), field="address")
    with transaction.atomic():
        give_address(address=address, by=user, now=now)
        MailWish.objects.update_or_create(user=user, defaults={"wanted": wanted, "said_at": now})


def _mail(user: int, notice: Notice, now: datetime) -> Mail:
    gathered = notice.practitioner_id is None
    return Mail(user_id=user, notice=notice, gathered=gathered, since=now, next_at=now + GATHERING if gathered else now)
