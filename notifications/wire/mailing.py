"""Handing one e-mail to the mail server."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from notifications.models.mails import MailProblem

_WHY: Mapping[type[Exception], MailProblem] = {
    smtplib.SMTPRecipientsRefused: MailProblem.ADDRESS,
    smtplib.SMTPAuthenticationError: MailProblem.CONFIGURED,
    smtplib.SMTPNotSupportedError: MailProblem.CONFIGURED,
    smtplib.SMTPServerDisconnected: MailProblem.BROKEN,
    smtplib.SMTPConnectError: MailProblem.UNREACHABLE,
    smtplib.SMTPException: MailProblem.REFUSED,
    OSError: MailProblem.UNREACHABLE,
}
"""What went wrong, the narrower error first."""

OF_THE_SERVER = frozenset({MailProblem.UNREACHABLE, MailProblem.CONFIGURED, MailProblem.BROKEN})
"""Problems that the next mail would have, too."""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail to one address, plain and as HTML. `id` is the same at every try."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


def send_message(message: Message, connection: BaseEmailBackend) -> MailProblem | None:
    """Hand it over; why it was not taken, or None."""
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        to=[message.to],
        headers={"Message-ID": message.id, "Auto-Submitted": "auto-generated", **message.headers},
        connection=connection,
    )
    mail.attach_alternative(message.html, "text/html")
    try:
        connection.open()  # and left open: the next mail goes the same way
        mail.send()
    except (OSError, smtplib.SMTPException) as error:
        connection.close()
        return next(problem for kind, problem in _WHY.items() if isinstance(error, kind))
    return None
