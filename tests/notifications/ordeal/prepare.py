"""What there is before anything dies: people registered in four provinces, about whom points wait to be decided, and
three provinces whose systems receive. A process of its own:

    python -m tests.notifications.ordeal.prepare PROPOSALS PLAN.json PORT,PORT,PORT ISSUER.pem
"""

import json
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import django
from django.utils import timezone

django.setup()

from django.db import transaction  # noqa: E402 - Django first

from notifications.actions.fanning_out import fan_out  # noqa: E402
from notifications.wire.signing import public_text  # noqa: E402
from registry.actions.decisions import hold  # noqa: E402
from registry.actions.many import (  # noqa: E402
    Identified,
    Proposed,
    identify_many,
    notify_many,
    propose_many,
    record_receipts_many,
)
from registry.actions.people import register_practitioner  # noqa: E402
from registry.actions.procedure import CLOCK, for_agency  # noqa: E402
from registry.actions.registrations import register_at  # noqa: E402
from registry.ledger.days import shanghai_day  # noqa: E402
from registry.ledger.writing import lock  # noqa: E402
from registry.models import Case, Institution, Practitioner, Proposal, Region  # noqa: E402
from registry.queries import sight  # noqa: E402
from tests.api.officers import key_for  # noqa: E402
from tests.casework import Desk, desk, item  # noqa: E402
from tests.notifications.exchange import country, elsewhere  # noqa: E402
from tests.notifications.ordeal.receiver import REGIONS  # noqa: E402
from tests.notifications.pushing import endpoint_at  # noqa: E402
from tests.notifications.receiver import Receiver  # noqa: E402
from tests.town import LAW_BEGINS, handle  # noqa: E402

ROUNDS = 4
"""How many proposals there are about each person: their letters go out one after the other."""


def prepare(wanted: int, ports: Sequence[int], issuer: str) -> dict[str, object]:
    """What whoever decides and whoever receives has to know."""
    with transaction.atomic():  # to wait for the disk once
        here, now = desk(country()), timezone.now()
        places = [here.town.hospital, *(elsewhere(f"{code[:2]}0100") for code in REGIONS)]
        people = [_somebody(number, here, places, now) for number in range(-(-wanted // ROUNDS))]
        held = [str(each) for number in range(ROUNDS) for each in _held(number, here, people, now)]
    fan_out(clock=timezone.now)
    return {
        "proposals": held[:wanted],
        "bearer": key_for(here.another),
        "keys": [_receives(code, port, issuer, now) for code, port in zip(REGIONS, ports, strict=True)],
    }


def _somebody(number: int, here: Desk, places: Sequence[Institution], now: datetime) -> Practitioner:
    by = here.town.officer
    code, name = f"D5101009{number:05}", f"第{number}号医师"
    person = register_practitioner(code=code, name=name, category="physician", by=by, now=now)
    for place in places:
        register_at(practitioner=person, institution=place, starts_on=LAW_BEGINS, by=by, now=now)
    return person


def _held(number: int, here: Desk, people: Sequence[Practitioner], now: datetime) -> list[object]:
    """A handling for which everybody is to get a point, up to where an officer has to decide."""
    day = shanghai_day(now)
    handling = handle(here.town, number=f"罚字{number}号", made_on=day - timedelta(days=20 - number))
    case = Case.objects.select_related("agency", "handling").get(handling=handling)
    common = {"grade": "principal", "grounds": "主刀并签字", "identified_on": day}
    rows = [Identified(number=nth, practitioner=each, **common) for nth, each in enumerate(people)]  # type: ignore[arg-type]
    found = identify_many(case=case, rows=rows, by=here.identifier, now=now)
    asked = [Proposed(number=nth, responsibility=each, items=[item(1)]) for nth, each in enumerate(found)]
    proposals = propose_many(case=case, rows=asked, by=here.scorer, now=now)
    notify_many(case=case, proposals=proposals, channel="by_hand", by=here.scorer, now=now)
    receiving = {"channel": "by_hand", "received_on": day, "remark": "回执存卷", "now": now}
    acting = for_agency(here.scorer, here.town.agency)
    record_receipts_many(case=case, proposals=proposals, acting=acting, **receiving)  # type: ignore[arg-type]
    for proposal in Proposal.objects.filter(pk__in=[each.pk for each in proposals]):
        lock(proposal.practitioner)
        hold(proposal, "countersignature_missing", acting=CLOCK, now=now)
    return [each.uuid for each in proposals]


def _receives(code: str, port: int, issuer: str, now: datetime) -> str:
    """The key by which the system of the region knows letters of ours."""
    receiver = Receiver(port, issuer)
    endpoint_at(receiver, Region.objects.get(code=code), now, url=f"https://localhost:{port}/{code}")
    return public_text(receiver.public[0])


if __name__ == "__main__":
    sight.begin_process(sight.FULL)
    asked = sys.argv[1:]
    told = prepare(int(asked[0]), [int(each) for each in asked[2].split(",")], Path(asked[3]).read_text())
    Path(asked[1]).write_text(json.dumps(told))
