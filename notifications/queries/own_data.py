"""What notices hold about a person, for that person: who was told of what, who took note, and who asked to be told."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from notifications.models import DigestWish, FollowUp, Mail, MailAddress, MailWish, Notice, Receipt, Subscription
from notifications.models.bodies import BODIES
from registry.models import User
from registry.queries.own_data import Files, plain, rows_of


def told_and_asked(files: Files) -> Mapping[str, Any]:
    """Every notice about the person but those of the deadlines of offices, which stand among the tasks as far as the
    person may know of them; when the person took note; what authorities then did; what went out by e-mail, and
    to which addresses it may; and every subscription.
    """
    own = Q(practitioner_id__in=files)
    about = Notice.objects.filter(event__practitioner_id__in=files)
    notices = about.filter(own | Q(event__deadline=None, event__missed=None)).order_by("pk")
    subscriptions = Subscription.objects.filter(practitioner_id__in=files)
    receipts = Receipt.objects.filter(notice__practitioner_id__in=files)
    mine = Q(user__assignments__practitioner_id__in=files)
    digests = Q(occasion=Mail.Occasion.DIGEST, user__in=User.objects.filter(assignments__practitioner_id__in=files))
    about_addresses = Q(address__in=MailAddress.objects.filter(mine))
    mails = Mail.objects.filter(Q(notice__practitioner_id__in=files) | about_addresses | digests)
    outcomes = FollowUp.objects.filter(notice__event__practitioner_id__in=files)
    return {
        "notices": rows_of(
            notices.select_related("event", *BODIES),
            event="event.kind",
            happened_at="event.occurred_at",
            **_names(),
            **plain("recipient", "because", "made_at"),
        ),
        "receipts": rows_of(receipts.select_related("notice__event"), event="notice.event.kind", **plain("kind", "at")),
        "outcomes_of_authorities": rows_of(
            outcomes.select_related("notice__authority"),
            authority="notice.authority.name",
            **plain("outcome", "decided_on", "document_number", "words"),
        ),
        "mails": rows_of(
            mails.select_related("notice__event").order_by("pk"),
            event="notice.event.kind",
            **plain("occasion", "week", "state", "since", "sent_at"),
        ),
        "wishes_for_mail": rows_of(
            MailWish.objects.filter(mine).distinct(),
            **plain("wanted", "said_at"),
        ),
        "wishes_for_digests": rows_of(
            DigestWish.objects.filter(mine).distinct(),
            **plain("weekday", "said_at"),
        ),
        "addresses_for_mail": rows_of(
            MailAddress.objects.filter(mine).distinct().order_by("pk"),
            **plain("address", "asked_at", "expires_at", "confirmed_at", "ended_at", "ending"),
        ),
        "subscriptions": rows_of(
            subscriptions.select_related(*BODIES),
            **_names(),
            **plain("reason", "starts_on", "ends_on", "made_at"),
        ),
    }


def _names() -> dict[str, str]:
    return {body: f"{body}.name" for body in BODIES}
