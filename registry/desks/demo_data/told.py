"""What was told in the demo: who has read and acknowledged it, and how it got to the systems that receive.

The receivers have names that lead nowhere (`.invalid`): how their tries ended is made up here, of what goes out later
nothing arrives.
"""

from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet

from notifications.actions.claiming import claim_due, report
from notifications.actions.endpoints import Body, approve_endpoint, pause_endpoint, propose_endpoint
from notifications.actions.fanning_out import fan_out
from notifications.actions.receipts import acknowledge, mark_read, report_outcome
from notifications.actions.subscriptions import subscribe
from notifications.models import Endpoint, FollowUp, Notice, Push
from notifications.models.pushes import Problem
from notifications.wire.sending import Answer
from registry.desks.demo_data.chance import dice
from registry.desks.demo_data.places import BUSY_HOSPITAL
from registry.desks.demo_data.stage import Stage
from registry.desks.demo_data.timeline import at
from registry.ledger.days import shanghai_day
from registry.models import Authority, Practitioner, User

DAYS = 40
"""So many days before today notices go out every morning; the first time, whatever was owed before."""
RECEIVING = 12  # days since when systems receive
FAILS = "HIS"
ACCEPTED = 5  # letters, before the hospital's system broke
READ, ACKNOWLEDGED = 0.6, 0.5
NETWORK = "198.51.100.0/24"


def tell_all(stage: Stage, *, by: User) -> None:
    """Plan the mornings on which notices go out, and the systems that receive."""
    hospital = stage.institutions[BUSY_HOSPITAL]
    since = at(stage.ago(RECEIVING), hour=9)
    for body, name in ((hospital, FAILS), (health_of(stage), "health")):
        stage.plan(since, partial(_approved, body, name, by=by, now=since))
    stage.plan(since, partial(_asked_for, hospital.agency, "agency", by=by, now=since))
    for days in range(DAYS, -1, -1):
        morning = at(stage.ago(days), hour=6)
        stage.plan(morning, partial(announce, morning))


def announce(now: datetime) -> None:
    """Whatever is owed by now."""
    fan_out(clock=lambda: now)


def finish(stage: Stage, *, doctor: Practitioner, officer: User, seed: int, by: User, now: datetime) -> None:
    """Announce what is left, and let recipients and receivers do what they would have done by now."""
    announce(now)
    hospital = stage.institutions[BUSY_HOSPITAL]
    _taken_note_of(Notice.objects.filter(institution=hospital), stage.compliance[hospital.pk], seed, now)
    _taken_note_of(Notice.objects.filter(agency=hospital.agency), stage.officers_of(hospital).scorer, seed, now)
    _followed_up(stage, officer, now)
    _asked_about(stage, doctor, officer, now)
    _sent(now)
    _paused(by, now)


def health_of(stage: Stage) -> Authority:
    """The health authority of the busy hospital's city."""
    region = stage.institutions[BUSY_HOSPITAL].agency.region_id
    return next(each for each in stage.authorities.values() if each.kind == "health" and each.region_id == region)


def _asked_for(body: Body, name: str, *, by: User, now: datetime) -> Endpoint:
    url, title = f"https://{name.lower()}.demo.invalid/inbox", f"{body.name} {name.upper()}"
    return propose_endpoint(body=body, name=title, url=url, networks=[NETWORK], by=by, now=now)


def _approved(body: Body, name: str, *, by: User, now: datetime) -> Endpoint:
    return approve_endpoint(endpoint=_asked_for(body, name, by=by, now=now), by=by, now=now)


def _taken_note_of(notices: QuerySet[Notice], by: User, seed: int, now: datetime) -> None:
    """Most of the older ones were read, and about half of these acknowledged; the newest are new."""
    rows, random = list(notices.order_by("pk")), dice("taken note of", seed)
    for notice in rows[: int(len(rows) * READ)]:
        at_once = min(notice.made_at + timedelta(hours=random.randrange(1, 60)), now)
        (acknowledge if random.random() < ACKNOWLEDGED else mark_read)(notice=notice, by=by, now=at_once)


def _followed_up(stage: Stage, officer: User, now: datetime) -> None:
    told = Notice.objects.filter(authority=health_of(stage), event__kind__in=["standing.terminated", "points.recorded"])
    for notice, outcome, words in zip(
        told.order_by("-event__kind", "pk")[:2],
        (FollowUp.Outcome.INQUIRY, FollowUp.Outcome.NOTHING),
        ("已对其执业行为立案调查。", "已约谈，未发现执业违法行为。"),
        strict=False,
    ):
        on = shanghai_day(now)
        report_outcome(notice=notice, outcome=outcome, decided_on=on, words=words, by=officer, now=now)


def _asked_about(stage: Stage, doctor: Practitioner, officer: User, now: datetime) -> None:
    until = shanghai_day(now) + timedelta(180)
    subscribe(
        body=health_of(stage), practitioner=doctor, reason="执业监管重点关注人员", ends_on=until, by=officer, now=now
    )


def _sent(now: datetime) -> None:
    """Hour by hour: the authority's system accepts, the hospital's answers that it is broken."""
    for hours in range(23, -1, -1):
        then = now - timedelta(hours=hours)
        for claim in claim_due(now=then, room=4):
            answer = Answer(Problem.ERROR, status=503) if _is_broken(claim.push.endpoint) else Answer(None, status=204)
            report(claim, answer, now=then, chance=0.5)


def _is_broken(endpoint: Endpoint) -> bool:
    delivered = endpoint.pushes.filter(state=Push.State.DELIVERED)
    return FAILS in endpoint.name and delivered.count() >= ACCEPTED


def _paused(by: User, now: datetime) -> None:
    """The authority's system is paused, so that nothing of what it accepted fails in front of who looks around."""
    endpoint = Endpoint.objects.get(name__endswith="HEALTH")
    pause_endpoint(endpoint=endpoint, by=by, reason="演示：对方系统维护", now=now)
