"""What is somebody's own: where the one thing of everybody is not there for a role, or is ended by an act on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count

from appeals.actions.countersigning import ask_countersignature
from appeals.actions.objections import add_evidence
from appeals.actions.release import release_evidence
from appeals.models import Application, Evidence, Expert, Seat
from notifications.actions.endpoints import approve_endpoint, propose_endpoint
from notifications.actions.fanning_out import fan_out
from notifications.actions.subscriptions import subscribe
from notifications.models import Notice, Push
from registry.actions.deliveries import notify
from registry.actions.procedure import for_agency, for_institution
from registry.actions.talks import TALKS
from registry.models import Delivery, Role, Task, User
from tests.actions import measuring
from tests.appeals import peers, repairs
from tests.appeals.disputes import stored
from tests.appeals.own_screens import holder
from tests.casework import proposed
from tests.fuzz.things import APRIL, Things
from tests.town import TODAY, at, score


@dataclass
class OwnThings:
    """Ids by role, and by the address of an act that ends what it is about."""

    things: Things
    of_role: dict[str, dict[str, str]] = field(default_factory=dict)
    of_address: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.of_address["panels/{panel}/draw.json"] = {"panel": self.things.drawn_panel}
        self._of_hospital()
        self._of_expert()
        self._of_agency()

    def _of_hospital(self) -> None:
        """What it hands over, and offers."""
        here, town = self.things.here, self.things.here.town
        (person,) = measuring.hire(town, 1, first=800)
        serves = notify(
            proposal=proposed(here, 2, who=person, number="罚字800号"),
            channel=Delivery.Channel.INSTITUTION,
            by=here.scorer,
            now=at(TODAY, 12),
        )
        self._asked_of_hospital(801)
        own = repairs.offered(town, APRIL, acting=for_institution(town.officer, town.hospital))
        self.of_role[Role.COMPLIANCE_OFFICER] = {
            "case": str(serves.case.uuid),
            "proposal": str(serves.uuid),
            "activity": str(own.uuid),
        }

    def _asked_of_hospital(self, number: int) -> None:
        """An objection whose person asked the hospital to countersign, to be declined."""
        here, now = self.things.here, at(peers.REFERRED, 8)
        (person,) = measuring.hire(here.town, 1, first=number)
        objection = peers.disputed(here, 4, who=person)
        asked = ask_countersignature(
            objection=objection, institution=here.town.hospital, by=holder(person, f"fuzz-{person.code}"), now=now
        )
        self.of_address["objections/{objection}/countersignature-refusals/"] = {"objection": str(asked.uuid)}

    def _of_expert(self) -> None:
        """A seat with evidence to look at, one to leave and one to vote in; and the same of applications."""
        sits = Expert.objects.get(user=self.things.people[Role.EXPERT])
        numbers = count(900)
        seat, leaves, votes = (self._seat_of(sits, numbers) for _ in range(3))
        evidence = release_evidence(
            evidence=Evidence.objects.get(point__objection=seat.panel.objection),
            file=None,
            by=self.things.here.reviewer,
            now=at(APRIL),
        )
        application, stands_aside, signs = (self._application_to(sits, next(numbers)) for _ in range(3))
        self.of_role[Role.EXPERT] = {
            "seat": str(seat.uuid),
            "evidence": str(evidence.pk),
            "application": str(application.uuid),
        }
        self.of_address |= {
            "my/seats/{seat}/recusals/": {"seat": str(leaves.uuid)},
            "my/seats/{seat}/votes/": {"seat": str(votes.uuid)},
            "my/deliberations/{application}/standings-aside/": {"application": str(stands_aside.uuid)},
            "my/deliberations/{application}/opinions/": {"application": str(signs.uuid)},
        }

    def _seat_of(self, sits: Expert, numbers: count[int]) -> Seat:
        """A seat of the expert, drawn as often as it takes."""
        here = self.things.here
        while True:
            (person,) = measuring.hire(here.town, 1, first=next(numbers))
            objection = peers.disputed(here, 4, who=person)
            acting = for_agency(here.another, here.town.agency)
            file = stored(by=here.another)
            add_evidence(
                point=objection.points.get(), exhibits=[("病历", file)], acting=acting, now=at(peers.REFERRED, 8)
            )
            for seat in peers.asked(peers.drawn(here, objection=objection)):
                if seat.expert == sits:
                    return seat

    def _application_to(self, sits: Expert, number: int) -> Application:
        town = self.things.here.town
        (person,) = measuring.hire(town, 1, first=number)
        score(town, 8, TODAY, who=person, number=f"罚字{person.code}")
        part = repairs.completed(town, person, APRIL, "study_with_test")
        application = repairs.filed(town, [part], APRIL, who=person)
        return repairs.called(town, application, APRIL, sits, repairs.expert(f"林{number}"))

    def _of_agency(self) -> None:
        """What it was told, by which system, and what it has to do."""
        town, now = self.things.here.town, at(APRIL)
        keeper = User.objects.get(username=f"keeper-{town.region.code}")
        asked = propose_endpoint(
            body=town.agency, name="经办系统", url="https://agency.example/inbox", networks=["203.0.113.0/24"],
            by=town.officer, now=now,
        )  # fmt: skip
        endpoint = approve_endpoint(endpoint=asked, by=keeper, now=now)
        follows = subscribe(
            body=town.agency, practitioner=self.things.here.nurse, reason="跨区执业", ends_on=date(2025, 9, 1),
            by=town.officer, now=now,
        )  # fmt: skip
        (person,) = measuring.hire(town, 1, first=802)
        score(town, 1, TODAY, who=person, number="罚字801号")
        fan_out(clock=lambda: now)
        told = Notice.objects.filter(agency=town.agency).latest("pk")
        push = Push.objects.filter(endpoint=endpoint).earliest("pk")
        task = Task.objects.filter(agency=town.agency, holder=Task.Holder.AGENCY, kind__in=TALKS).earliest("pk")
        self.of_role[Role.AGENCY_OFFICER] = {
            "notice": str(told.uuid),
            "endpoint": str(endpoint.uuid),
            "push": str(push.uuid),
            "subscription": str(follows.uuid),
            "task": str(task.uuid),
        }
