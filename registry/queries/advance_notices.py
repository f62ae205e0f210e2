"""Advance notices (告知): what the letter says, and which ones a person was sent."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.models import Proposal, Task
from registry.queries.casework import notice_number, outlook_of, told_at
from registry.queries.explain import Source, source_of, wording

UNRECEIVED = frozenset({Proposal.State.NOTIFIED, Proposal.State.TO_SERVE})
"""Sent, and not in the person's hands yet."""


def sent_to(files: Collection[int]) -> QuerySet[Proposal]:
    """The proposals of which the person with these files was sent a notice, the newest first."""
    sent = Proposal.objects.filter(practitioner_id__in=files, notified_at__isnull=False)
    return sent.exclude(state=Proposal.State.PROPOSED).order_by("-notified_at", "-pk")


def letter_of(proposal: Proposal, now: datetime) -> dict[str, Any]:
    """Everything that the letter says. What it leads to is as it was when the notice was sent, or as it is now."""
    law, at = policies()[proposal.policy], told_at(proposal, now)
    window = Task.objects.filter(subject=proposal.uuid, kind=Task.Kind.OBJECT).order_by("-due_on").first()
    return {
        "proposal": proposal,
        "person": proposal.practitioner,
        "cause": proposal.case.cause,
        "handling": proposal.case.handling,
        "trigger": proposal.case.trigger,
        "responsibility": proposal.responsibility,
        "number": notice_number(proposal),
        "items": items_of(proposal),
        "outlook": outlook_of(proposal, at),
        "law": law,
        "working_days": law.clock("objection"),
        "window_source": source_of(law, "clocks.objection"),
        "silence_decides": bool(law.get("procedure.silence_decides")),
        "dated": shanghai_day(at),
        "last_day": window.due_on if window else None,
    }


def items_of(proposal: Proposal) -> list[dict[str, Any]]:
    """Each proposed entry with the wording of its situation and the provision behind it."""
    law = policies()[proposal.policy]
    found = []
    for item in proposal.items.all():
        situation = law.situations[item.situation]
        low, high = law.bands[situation.band]
        provision = law.provisions[situation.provision]
        rule = f"situations.{item.situation}"
        source = Source(law.id, rule, wording(provision), situation.certainty)
        found.append({"item": item, "words": wording(situation), "low": low, "high": high, "source": source})
    return found
