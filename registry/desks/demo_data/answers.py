"""How somebody answers in the demo: files, is reviewed, heard by a panel, decided, each act planned for a day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from appeals.actions.appeals import file_appeal
from appeals.actions.countersigning import ask_countersignature, decline_countersignature
from appeals.actions.disputes import Dispute
from appeals.actions.findings import PointResult
from appeals.actions.objections import file_objection
from appeals.actions.panels import draw_panel, refer_to_panel
from appeals.actions.release import release_evidence
from appeals.actions.reviews import assign_reviewer, decide_objection
from appeals.actions.votes import vote
from appeals.models import Evidence, Objection, Panel, Result, Seat, Specialty
from appeals.queries.panels import panel_outcomes
from registry.desks.demo_data.course import Course
from registry.desks.demo_data.papers import paper
from registry.desks.demo_data.stage import Later, Officers, Stage
from registry.desks.demo_data.timeline import at
from registry.models import Institution, StoredFile

Via = Objection.Via
Vote = tuple[str, int | None, str]
"""What an expert says of a point: the result, the points left where it is reduced, and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What is disputed about one proposed situation, counted from 0."""

    item: int = 0
    text: str
    professional: bool = False
    evidence: str = ""
    """What the page shows, in Latin letters; none where it is empty."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An objection or an appeal, and the office that handles it."""

    stage: Stage
    institution: Institution
    objection: Later[Objection]

    @property
    def officers(self) -> Officers:
        """Of the agency."""
        return self.stage.officers_of(self.institution)

    def now(self) -> Objection:
        """As it stands."""
        return Objection.objects.get(pk=self.objection.made.pk)

    def then(self, day: date, act: Callable[[Objection, Officers, datetime], object], *, hour: int = 14) -> None:
        """Plan an act on it for a day."""
        instant = at(day, hour=hour)
        self.stage.plan(instant, lambda: act(self.now(), self.officers, instant))

    def signature_asked(self, day: date, *, role: str) -> None:
        """Whoever objected, in this role, asks the institution to countersign."""
        by, place = self.stage.holders[role], self.institution
        self.then(
            day,
            lambda objection, _officers, now: ask_countersignature(
                objection=objection, institution=place, by=by, now=now
            ),
            hour=10,
        )

    def signature_declined(self, day: date, *, reason: str) -> None:
        """The institution that was asked does not countersign."""
        by, place = self.stage.compliance[self.institution.pk], self.institution
        self.then(
            day,
            lambda objection, _officers, now: decline_countersignature(
                objection=objection, institution=place, reason=reason, by=by, now=now
            ),
            hour=11,
        )

    def reviewed_from(self, day: date) -> None:
        """The reviewing officer gets it; what is handed in names nobody, so that a panel may see it."""
        self.then(day, _assign)

    def referred(self, day: date, *, points: Sequence[int], question: str, specialty: Specialty) -> Later[Panel]:
        """The reviewer asks a panel about points, counted from 1."""
        now = at(day, hour=15)

        def refer() -> Panel:
            objection = self.now()
            for evidence in Evidence.objects.filter(point__objection=objection, shown=None):
                release_evidence(evidence=evidence, file=None, by=self.officers.reviewer, now=now)
            return refer_to_panel(
                objection=objection,
                points=list(objection.points.filter(number__in=points)),
                question=question,
                specialty=specialty,
                by=self.officers.reviewer,
                now=now,
            )

        return self.stage.plan(now, refer)

    def drawn(self, day: date, panel: Later[Panel]) -> None:
        """Another officer draws; who does not vote in time is replaced in the night after."""
        now = at(day, hour=10)
        self.stage.plan(now, lambda: draw_panel(panel=panel.made, by=self.officers.second, now=now))
        self.stage.clock_after(self.stage.workdays.votes_until(day))

    def voted(self, day: date, panel: Later[Panel], *votes: Vote) -> None:
        """The next experts who are still asked vote alike on every point of the panel, one after the other."""
        now = at(day, hour=16)
        self.stage.plan(now, lambda: _vote(panel.made, votes, now))

    def decided(
        self, day: date, results: Sequence[tuple[str, int | None, str]], *, decision: str, signed: bool = False
    ) -> None:
        """The reviewer decides, point by point; where a panel answered, as the panel said."""
        number = self.stage.document_number(self.institution.agency, day, "复核")

        def decide(objection: Objection, officers: Officers, now: datetime) -> None:
            decide_objection(
                objection=objection,
                results=_results(objection, results),
                decision=decision,
                document_number=number,
                by=officers.reviewer,
                second=officers.second if signed else None,
                now=now,
            )

        self.then(day, decide, hour=16)


def objects(
    stage: Stage,
    course: Course,
    on: date,
    *said: Said,
    statement: str,
    place: str,
    good_cause: str = "",
    through_the_institution: bool = False,
) -> Answer:
    """Plan an objection to what the course proposes, by the person or by the institution on the person's behalf."""
    institution, now = stage.institutions[place], at(on, hour=10)

    def file() -> Objection:
        proposal = course.proposal()
        items = list(proposal.items.order_by("pk"))
        by = stage.compliance[institution.pk] if through_the_institution else None
        signature = paper("签字页.pdf", says="the signed page", by=by, now=now) if by else None
        return file_objection(
            proposal=proposal,
            points=[
                Dispute(
                    item=items[each.item],
                    text=each.text,
                    professional=each.professional,
                    evidence=_exhibits(each, now),
                )
                for each in said
            ],
            statement=statement,
            via=Via.INSTITUTION if by else Via.PRACTITIONER,
            institution=institution if by else None,
            signature=signature,
            filed_by=by,
            good_cause=good_cause,
            now=now,
        )

    return Answer(stage, institution, stage.plan(now, file))


def appeals(
    stage: Stage, course: Course, on: date, *, statement: str, place: str, standing: bool = False, evidence: str = ""
) -> Answer:
    """Plan an appeal against what was recorded of the course, or against the standing of the day."""
    institution, now = stage.institutions[place], at(on, hour=10)

    def file() -> Objection:
        entry = course.entry()
        said = Said(text=statement, evidence=evidence)
        points = [Dispute(item=entry, text=statement, evidence=_exhibits(said, now))] if evidence else []
        return file_appeal(
            practitioner=entry.practitioner,
            entries=[] if standing else [entry],
            standing=standing,
            points=points,
            statement=statement,
            via=Via.PRACTITIONER,
            filed_by=None,
            now=now,
        )

    return Answer(stage, institution, stage.plan(now, file))


def _exhibits(said: Said, now: datetime) -> list[tuple[str, StoredFile]]:
    if not said.evidence:
        return []
    return [("证明材料", paper("证明材料.pdf", says=said.evidence, by=None, now=now))]


def _assign(objection: Objection, officers: Officers, now: datetime) -> None:
    assign_reviewer(objection=objection, reviewer=officers.reviewer, by=officers.scorer, now=now)


def _vote(panel: Panel, votes: Sequence[Vote], now: datetime) -> None:
    asked = panel.seats.filter(state=Seat.State.SEATED).select_related("expert__user").order_by("pk")
    points = list(panel.points.values_list("pk", flat=True))
    for seat, said in zip(asked, votes, strict=False):
        assert seat.expert.user is not None  # who is drawn can sign in
        vote(seat=seat, votes=dict.fromkeys(points, said), by=seat.expert.user, now=now)


def _results(objection: Objection, results: Sequence[tuple[str, int | None, str]]) -> Mapping[int, PointResult]:
    found = {
        point.pk: PointResult(result, grounds, points=points)
        for point, (result, points, grounds) in zip(objection.points.order_by("number"), results, strict=True)
    }
    for point_id, outcome in panel_outcomes(objection).items():
        points = outcome.points if outcome.kind == Result.REDUCED else None
        found[point_id] = replace(found[point_id], result=outcome.kind, points=points)
    return found
