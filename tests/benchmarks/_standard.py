"""The standard pattern: one Celery task for each notice, which posts it with requests and marks it.

No order, no lease, no record of tries, no check of addresses, no word of corrections: what is compared is
how quickly it comes out.
"""

import os
import time

import django
import requests
from celery import Celery
from celery.signals import worker_process_init
from django.conf import settings

django.setup()

from django.db import connection  # noqa: E402 - Django first
from django.utils import timezone  # noqa: E402

from notifications.models import Push  # noqa: E402
from notifications.queries.letters import target_of  # noqa: E402
from notifications.rules.envelope import MEDIA_TYPE, Letter, body  # noqa: E402
from notifications.wire.signing import signature_headers  # noqa: E402
from registry.queries import sight  # noqa: E402

DATABASE, ISSUER = "BENCH_DATABASE", "BENCH_ISSUER"
"""Environment: the name of the database, and the file with the receiver's authority."""

if DATABASE in os.environ:
    connection.settings_dict["NAME"] = os.environ[DATABASE]
app = Celery("standard", broker=settings.CELERY_BROKER_URL)
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=4, task_default_queue="standard")


@worker_process_init.connect
def _see_everything(**_more: object) -> None:
    sight.begin_process(sight.FULL)


@app.task
def deliver(push_id: int) -> None:
    """Post one notice, and mark it."""
    push = Push.objects.select_related("endpoint", "notice__event__practitioner").get(pk=push_id)
    event, person = push.notice.event, push.notice.event.practitioner
    assert person is not None  # all are about somebody
    letter = Letter(
        id=str(event.uuid),
        source=settings.REGISTRY_REGISTER_ID,
        happening=event.kind,
        subject=str(person.uuid),
        sequence=push.sequence,
        time=event.occurred_at,
        notice=str(push.notice.uuid),
        url=f"{settings.REGISTRY_ADDRESS}/api/v1/practitioners/{person.uuid}/",
    )
    content = body(letter)
    keys = target_of(push.endpoint, timezone.now()).private_keys
    headers = {**signature_headers(letter.id, int(time.time()), content, keys), "content-type": MEDIA_TYPE}
    answer = requests.post(
        push.endpoint.url, data=content, headers=headers, timeout=15, verify=os.environ[ISSUER], allow_redirects=False
    )
    answer.raise_for_status()
    Push.objects.filter(pk=push_id).update(state=Push.State.DELIVERED, next_at=None, delivered_at=timezone.now())
