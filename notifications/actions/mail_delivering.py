"""The engine that hands e-mails to the mail server: it claims one, sends it outside of any transaction, and keeps how
that ended.

Whatever dies in between, what was claimed is due again when its lease is over, and goes out under the same Message-ID;
but a link to confirm an address, which is another one each time.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.actions.mail_addresses import new_link
from notifications.actions.mail_claiming import MailClaim, claim_next, hand_up_mails, report_failed, report_sent
from notifications.models import Mail, MailProblem
from notifications.queries.digests import Digest, digest_of_mail
from notifications.queries.mail_addresses import addresses_of, link_holds
from notifications.queries.mail_words import message_of, message_of_digest, message_of_end, message_with_link
from notifications.queries.mailing import sends_mail, still_needed
from notifications.wire.mailing import OF_THE_SERVER, Message, send_message
from registry.actions.one_by_one import tell_failure
from registry.ledger.days import shanghai_day

Clock = Callable[[], datetime]

LONGEST_RUN = timedelta(seconds=20)
"""How long one run takes on new work; then the next one goes on."""


def mail_due(*, clock: Clock, longest: timedelta = LONGEST_RUN) -> int:
    """Send whatever is due, until nothing is or `longest` is over; how many mails were tried.

    Where the mail server itself fails, the rest is left to the next run. Safe to run in many processes at once.
    """
    if not sends_mail():
        return 0
    until = clock() + longest
    hand_up_mails(now=clock())
    tries, connection = 0, get_connection()
    try:
        while clock() <= until and (claim := claim_next(now=clock())):
            problem = _try(claim, connection, clock)
            tries += 1
            if problem in OF_THE_SERVER:
                break
    finally:
        connection.close()
    return tries


def _try(claim: MailClaim, connection: BaseEmailBackend, clock: Clock) -> MailProblem | None:
    digest = _digest(claim, clock())
    needed = [claim.mails[0]] if digest else _needed(claim, clock())
    problem = _sent(claim, needed, digest, connection) if needed else None
    if problem:
        report_failed(claim, problem, now=clock(), chance=random.random())  # noqa: S311 - no secret
    else:
        report_sent(claim, needed, now=clock())
    return problem


def _digest(claim: MailClaim, now: datetime) -> Digest | None:
    """What the claim is to say if it is one of a digest that is needed. It has a claim of its own."""
    mail = claim.mails[0]
    return digest_of_mail(mail, shanghai_day(now)) if mail.occasion == Mail.Occasion.DIGEST else None


def _needed(claim: MailClaim, now: datetime) -> list[Mail]:
    """Those that are still to go out, but for digests. A mail about an address has a claim of its own."""
    mail = claim.mails[0]
    if mail.occasion == Mail.Occasion.DIGEST:
        return []
    if mail.address is None:
        return still_needed(claim.mails, shanghai_day(now))
    waits = mail.address.confirmed_at is None and link_holds(mail.address, now) and claim.user.is_active
    return [mail] if waits or mail.occasion == Mail.Occasion.ENDED else []


def _sent(
    claim: MailClaim, needed: list[Mail], digest: Digest | None, connection: BaseEmailBackend
) -> MailProblem | None:
    """How it ended; what nobody thought of is logged, and does not hold up the others."""
    try:
        return send_message(_message(claim, len(needed), digest), connection)
    except Exception as error:  # noqa: BLE001 - one mail does not hold up the others
        tell_failure("mail", error, whose=str(claim.mails[0].uuid))
        connection.close()
        return MailProblem.REFUSED


def _message(claim: MailClaim, waiting: int, digest: Digest | None) -> Message:
    mail, address = claim.mails[0], claim.mails[0].address
    if address is None:
        counting = addresses_of(claim.user).counting
        assert counting is not None  # taken back this very moment: then the next try finds it needed no more
        if digest:
            return message_of_digest(mail, digest, counting.address)
        return message_of(claim.mails, waiting, counting.address)
    if mail.occasion == Mail.Occasion.ENDED:
        return message_of_end(mail, address)
    return message_with_link(mail, address, new_link(address=address))
