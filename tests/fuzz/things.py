"""One of everything, so that whoever asks comes behind the addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from appeals.actions.objections import add_evidence
from appeals.actions.results import Result
from appeals.models import Evidence, Expert, ExpertAvailability, ExpertPlace
from notifications.actions.endpoints import approve_endpoint, propose_endpoint
from notifications.actions.fanning_out import fan_out
from notifications.actions.subscriptions import subscribe
from notifications.models import Notice, Push
from registry.actions.merging import merge_files
from registry.actions.procedure import for_agency
from registry.actions.talks import TALKS, open_talks
from registry.models import Assignment, Role, RosterJob, Task, User
from registry.rosters import jobs
from tests.actions import measuring
from tests.actions.transferring import transferred
from tests.appeals import peers, repairs
from tests.appeals.disputes import stored
from tests.casework import Desk, identified, received
from tests.town import LAW_BEGINS, TODAY, at, score

if TYPE_CHECKING:
    from appeals.models import Objection

APRIL = date(2025, 4, 1)
SUSPECTED = "涉嫌虚构住院骗取医保基金"


@dataclass
class Things:
    """What there is: the ids by the names of the parameters, and the accounts of those who were asked by name."""

    here: Desk
    ids: dict[str, str] = field(default_factory=dict)
    drawn_panel: str = ""
    people: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._cases()
        self._disputes()
        self._repair()
        self._institution()
        self._told()

    def _note(self, **ids: object) -> None:
        self.ids |= {name: str(value) for name, value in ids.items()}

    def _cases(self) -> None:
        here = self.here
        proposal = received(here, 5)
        responsibility = identified(here, here.nurse, number="罚字2号")
        transfer = transferred(here, proposal.case, practitioner=here.surgeon, grounds=SUSPECTED)
        self._note(
            practitioner=here.surgeon.uuid,
            proposal=proposal.uuid,
            case=proposal.case.uuid,
            handling=responsibility.cause.uuid,
            agreement=here.town.hospital.agreements.get().record,
            registration=here.surgeon.registrations.get().record,
            responsibility=responsibility.pk,
            code=here.town.hospital.code,
            policy=proposal.policy,
            year=TODAY.year,
            transfer=transfer.uuid,
        )

    def _repair(self) -> None:
        town = self.here.town
        entry = score(town, 8, TODAY, who=town.nurse)
        part = repairs.completed(town, town.nurse, APRIL, "study_with_test")
        application = repairs.filed(town, [part], APRIL)
        activity = repairs.offered(town, APRIL)
        (open_part,) = repairs.enrolled(town, activity, town.surgeon)
        attended = Result(attendance=open_part, attended=True, completed_on=APRIL, evidence=stored(by=town.officer))
        repairs.confirmed(town, attended, APRIL)
        sits = Expert.objects.get(user=self.people[Role.EXPERT])
        repairs.called(town, application, APRIL, sits, repairs.expert(f"林{town.region.code}"))
        self._note(
            entry=entry.fact.origin_id, application=application.uuid, activity=activity.uuid, part=open_part.uuid
        )

    def _disputes(self) -> None:
        here = self.here
        peers.experts(here)
        (other,) = measuring.hire(here.town, 1, first=500)
        objection = peers.disputed(here, 3, who=other)
        acting = for_agency(here.another, here.town.agency)
        point = objection.points.get()
        file = stored(by=here.another)
        add_evidence(point=point, exhibits=[("病历", file)], acting=acting, now=at(APRIL))
        self._note(
            objection=objection.uuid, number=1, file=file.uuid, evidence=Evidence.objects.latest("pk").pk,
            panel=peers.referred(here, self._another_dispute(501)).uuid,
        )  # fmt: skip
        seat = peers.asked(peers.drawn(here, objection=self._another_dispute(502)))[0]
        self.people[Role.EXPERT] = peers.user_of(seat.expert)
        self.drawn_panel = str(seat.panel.uuid)
        self._note(
            seat=seat.uuid, expert=seat.expert.uuid, workplace=ExpertPlace.objects.get(expert=seat.expert).pk,
            days=ExpertAvailability.objects.get(expert=seat.expert).pk,
        )  # fmt: skip

    def _another_dispute(self, number: int) -> Objection:
        (person,) = measuring.hire(self.here.town, 1, first=number)
        return peers.disputed(self.here, 4, who=person)

    def _institution(self) -> None:
        town = self.here.town
        kept, absorbed = measuring.hire(town, 2, first=600)
        merge = merge_files(
            kept=kept, absorbed=absorbed, reason="同一人", by=town.officer, second=town.second, now=at(APRIL)
        )
        for person in measuring.hire(town, 6, first=700):
            score(town, 9, TODAY, who=person, number=f"罚字{person.code}")
        measure = measuring.propose(town, "agreement_suspended", on=APRIL)
        roster = jobs.upload(
            institution=town.hospital, filename="名单.csv", content="姓名,人员代码\n王伟,D1\n".encode(), category="",
            by=self.here.scorer, now=at(APRIL),
        )  # fmt: skip
        assert isinstance(roster, RosterJob)
        open_talks(now=timezone.now())
        talk = Task.objects.filter(kind__in=TALKS, state=Task.State.OPEN).earliest("pk")
        self._note(task=talk.uuid, merge=merge.pk, measure=measure.uuid, roster=roster.uuid)

    def _told(self) -> None:
        """Everybody is told; the hospital has a system that receives, and follows the surgeon."""
        town, now = self.here.town, at(APRIL)
        keeper = User.objects.create_user(f"keeper-{town.region.code}")
        Assignment.objects.create(user=keeper, role=Role.ADMINISTRATOR, starts_on=LAW_BEGINS)
        asked = propose_endpoint(
            body=town.hospital, name="院内系统", url="https://receiver.example/inbox", networks=["203.0.113.0/24"],
            by=town.officer, now=now,
        )  # fmt: skip
        endpoint = approve_endpoint(endpoint=asked, by=keeper, now=now)
        follows = subscribe(
            body=town.hospital, practitioner=self.here.surgeon, reason="本院职工", ends_on=date(2025, 9, 1),
            by=town.officer, now=now,
        )  # fmt: skip
        fan_out(clock=lambda: now)
        told = Notice.objects.filter(institution=town.hospital).latest("pk")
        push = Push.objects.filter(endpoint=endpoint).earliest("pk")
        self._note(notice=told.uuid, endpoint=endpoint.uuid, subscription=follows.uuid, push=push.uuid)
