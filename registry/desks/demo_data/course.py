"""The course of a case: identified by one officer, proposed by another, told, received, and decided by silence."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from registry.actions.procedure import Acting, for_agency, for_institution, for_practitioner
from registry.actions.proposals import Item
from registry.desks.demo_data.stage import Later, Officers, Stage
from registry.desks.demo_data.timeline import at
from registry.models import Delivery, Fact, Grade, Institution, Practitioner, Proposal, ProposedEntry, User

Channel = Delivery.Channel
RECEIPTS = {
    Channel.PORTAL: "",
    Channel.INSTITUTION: "签收单存本机构医疗保障办公室",
    Channel.BY_HAND: "送达回证附卷",
}
"""Where the dated receipt is kept; on the portal none is needed."""


class Upto(StrEnum):
    """How far a case has come, without the clock."""

    IDENTIFIED = "identified"
    PROPOSED = "proposed"
    TOLD = "told"
    RECEIVED = "received"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One person's part in a case, and the agency's choice where it departs from the default."""

    person: Practitioner
    grade: Grade
    points: int | None = None
    months: int | None = None
    reason: str = ""
    also: tuple[Item, ...] = ()
    """Further situations of the same case."""

    def items(self, situation: str) -> list[Item]:
        """What is proposed for the person."""
        first = Item(situation=situation, points=self.points, months=self.months, departure_reason=self.reason)
        return [first, *self.also]


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """The day of each step, the earlier ones first; what comes after `upto` is still to be done."""

    identified_on: date
    proposed_on: date
    told_on: date
    received_on: date
    upto: Upto = Upto.RECEIVED

    def reach(self, step: Upto) -> bool:
        """Whether the case came as far as that."""
        order = list(Upto)
        return order.index(step) <= order.index(self.upto)

    @property
    def identified_at(self) -> datetime:
        """In the morning."""
        return at(self.identified_on, hour=9, minute=40)

    @property
    def proposed_at(self) -> datetime:
        """Later in the morning, for what was identified on the same day."""
        return at(self.proposed_on, hour=10, minute=20)

    @property
    def signed_at(self) -> datetime:
        """When the second officer signs what terminates: on the day of the notice, before it."""
        return at(self.told_on, hour=14)

    @property
    def told_at(self) -> datetime:
        """When the notice is sent."""
        return at(self.told_on, hour=15)

    @property
    def received_at(self) -> datetime:
        """When it is opened, or its receipt recorded."""
        return at(self.received_on, hour=17)


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """Who brings the notices of a case to the people."""

    officers: Officers
    institution: Institution
    compliance: User
    channel: Channel

    @property
    def receiving(self) -> Acting:
        """Who opens the notice, or records its receipt."""
        match self.channel:
            case Channel.PORTAL:
                return for_practitioner()
            case Channel.INSTITUTION:
                return for_institution(self.compliance, self.institution)
            case _:
                return for_agency(self.officers.scorer, self.institution.agency)


@dataclass(frozen=True, slots=True)
class Course:
    """What a case will have made: a proposal for each part, in the order of the parts."""

    proposals: Later[list[Proposal]]
    received_on: date

    def proposal(self, part: int = 0) -> Proposal:
        """The proposal as it stands now."""
        return Proposal.objects.get(pk=self.proposals.made[part].pk)

    def entry(self, part: int = 0, item: int = 0) -> Fact:
        """An entry of it, once it was decided."""
        found = ProposedEntry.objects.filter(proposal=self.proposals.made[part]).order_by("pk")[item]
        assert found.entry is not None  # asked before it was decided, the story is told in the wrong order
        return found.entry.fact


_PACE = {Upto.IDENTIFIED: 0, Upto.PROPOSED: 1, Upto.TOLD: 2, Upto.RECEIVED: 3}
"""On which working day of its course a case makes which step."""


def days_until(stage: Stage, last_on: date, *, upto: Upto = Upto.RECEIVED) -> Days:
    """A step on each of the working days up to the last one; `upto` is the step of that day."""
    left = {step: max(0, _PACE[upto] - pace) for step, pace in _PACE.items()}
    identified, proposed, told = (
        stage.workdays.before(last_on, left[step]) for step in (Upto.IDENTIFIED, Upto.PROPOSED, Upto.TOLD)
    )
    return Days(identified_on=identified, proposed_on=proposed, told_on=told, received_on=last_on, upto=upto)
