"""Users whose address for e-mail is confirmed, and what a mail says to confirm one."""

import re
from datetime import datetime

from django.core import mail

from notifications.actions.mail_addresses import confirm_address, give_address, new_link
from notifications.models import Mail
from notifications.queries.mail_addresses import addresses_of
from registry.models import User

LINK = re.compile(r"https?://\S+?(/account/mail/confirm/[\w-]+/)")


def with_confirmed(user: User, address: str, *, now: datetime) -> User:
    """The user, whose address is confirmed, as by a link of which no mail is left."""
    give_address(address=address, by=user, now=now)
    waiting = addresses_of(user).waiting
    if waiting:
        confirm_address(code=new_link(address=waiting), by=user, now=now)
    Mail.objects.filter(user=user, occasion__in=["confirm", "ended"]).delete()
    return user


def link_of(number: int = -1) -> str:
    """Where the link of a mail that went out leads, by default of the last; the same in its text and its HTML."""
    sent = mail.outbox[number]
    html = str(getattr(sent, "alternatives")[0][0])  # noqa: B009 - every mail of ours has both
    (found,) = {each[1] for part in (str(sent.body), html) for each in LINK.finditer(part)}
    return found
