"""The records of notices, by noun: what is announced to whom, and the systems that it is pushed to."""

from notifications.models.endpoints import Endpoint, EndpointKey
from notifications.models.exchange import Doubt, Letter, Reconciliation, Register, Settlement
from notifications.models.looks import Look
from notifications.models.mail_addresses import MailAddress
from notifications.models.mails import DigestWish, Mail, MailProblem, MailWish
from notifications.models.notices import Because, Event, Kind, Notice, Recall
from notifications.models.pushes import Attempt, Push
from notifications.models.receipts import FollowUp, Receipt
from notifications.models.subscriptions import Subscription

__all__ = [
    "Attempt",
    "Because",
    "DigestWish",
    "Doubt",
    "Endpoint",
    "EndpointKey",
    "Event",
    "FollowUp",
    "Kind",
    "Letter",
    "Look",
    "Mail",
    "MailAddress",
    "MailProblem",
    "MailWish",
    "Notice",
    "Push",
    "Recall",
    "Receipt",
    "Reconciliation",
    "Register",
    "Settlement",
    "Subscription",
]
