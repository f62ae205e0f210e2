"""Cases and proposals as they stand: who answers, how far each is, what it leads to, and who must act until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Case as Choose
from django.db.models import CharField, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.reading import facts_of
from registry.models import Case, PointsEntry, Practitioner, Proposal, ProposedEntry, Task
from registry.queries.explain import Sentence, in_words
from registry.queries.people import find_people
from registry.queries.scope import Scope
from registry.queries.worklist import Line, NextDate, next_date
from registry.rules.compute import Standing, standing
from registry.rules.facts import PointsScored
from registry.rules.policy import Policy
from registry.rules.procedures import PROPOSAL

State = Proposal.State
UNPROPOSED, RECORDED, COUNTERSIGN = "unproposed", "recorded", "countersign"

STAGES: Mapping[str, str | Promise] = {
    UNPROPOSED: _("nothing proposed yet"),
    COUNTERSIGN: _("waits for a countersignature"),
    **{state.value: state.label for state in State},
    RECORDED: _("points recorded without a proposal"),
}
"""How far somebody in a case is: the state of the last proposal, and what comes before there is one."""

WHY_HELD: Mapping[str, str | Promise] = {
    "countersignature_missing": _(
        "The window closed without an objection. Meanwhile the person has so many points that the decision terminates, and no second officer has signed it."  # noqa: E501
    ),
    "months_outside_the_range": _(
        "The window closed without an objection. Meanwhile the total of the person is another, and the months of suspension that were proposed are no longer possible at it."  # noqa: E501
    ),
    "months_without_suspension": _(
        "The window closed without an objection. Meanwhile the total of the person is another, and the entry no longer suspends, although months of suspension were proposed."  # noqa: E501
    ),
    "already_scored": _(
        "The window closed without an objection. Meanwhile points were recorded on the person for the same situation or act of this case."  # noqa: E501
    ),
    "policy_wants_an_officer": _(
        "The window closed without an objection. In this region an officer decides; silence alone does not."
    ),
}
OTHERWISE_HELD = _("The proposal could not become a decision by itself. Look at what changed meanwhile, then decide.")
MONTHS_NO_LONGER_FIT = frozenset({"months_outside_the_range", "months_without_suspension"})

ACTS: Mapping[str, str | Promise] = {
    "open": _("case opened"),
    "close": _("case closed"),
    "reopen": _("case opened again"),
    "transfer_to_police": _("transferred to the police"),
    "police_accept": _("accepted by the police"),
    "police_decline": _("not accepted by the police"),
    "undo_transfer": _("transfer to the police taken back as a mistake"),
    "propose": _("points proposed"),
    "countersign": _("countersigned"),
    "notify": _("advance notice sent"),
    "receive": _("advance notice received"),
    "leave_unopened": _("advance notice left unopened"),
    "object": _("objection filed"),
    "release": _("window open again"),
    "hold": _("waits for an officer"),
    "decide": _("decided"),
    "drop": _("all points annulled"),
    "withdraw": _("proposal withdrawn"),
}
"""What was done, by the act of a procedure step."""


def why_held(code: str) -> str:
    """Why a proposal waits for an officer, in words."""
    return str(WHY_HELD.get(code, OTHERWISE_HELD))


def act_words(act: str) -> str:
    """What was done, in words."""
    return str(ACTS.get(act, act))


# the list of cases ----------------------------------------------------------------------------------------------------


def with_counts(cases: QuerySet[Case], seen: Scope) -> QuerySet[Any]:
    """With the people of each case and its open proposals, as far as the user may know of them."""
    answering = seen.answering().order_by()
    of_handling = answering.filter(handling=OuterRef("handling_id")).values("handling")
    of_trigger = answering.filter(trigger=OuterRef("trigger_id")).values("trigger")
    proposals = seen.proposals().exclude(state__in=PROPOSAL.ends).filter(case=OuterRef("pk")).order_by()
    return cases.annotate(
        people=Coalesce(_counted(of_handling), _counted(of_trigger), 0),
        open_proposals=Coalesce(_counted(proposals.values("case")), 0),
    )


def _counted(rows: QuerySet[Any, Any]) -> Subquery:
    return Subquery(rows.annotate(number=Count("pk")).values("number"))


def open_proposals(seen: Scope) -> dict[str, int]:
    """How many open proposals there are in each state, in the order of the procedure. One query."""
    rows = seen.proposals_found().exclude(state__in=PROPOSAL.ends).order_by().values_list("state")
    counts = dict(rows.annotate(number=Count("pk")))
    return {state: counts[state] for state in PROPOSAL.states if state in counts}


# everybody in a case --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answering:
    """One person of a case: the part they had, the last proposal, and its next date."""

    responsibility: Any
    stage: str
    proposal: Any | None
    next: NextDate | None

    @property
    def stage_words(self) -> str:
        """How far it is, in words."""
        return str(STAGES[self.stage])

    @property
    def items(self) -> Sequence[ProposedEntry]:
        """What is proposed."""
        return self.proposal.items.all() if self.proposal else ()

    @property
    def entries(self) -> Sequence[PointsEntry]:
        """What is in the ledger."""
        return list(self.responsibility.points_entries.all())


def answering_in(case: Case, seen: Scope) -> QuerySet[Any]:
    """Everybody in the case whom the user may know of, with the stage of each."""
    rows = seen.answering().filter(handling=case.handling_id, trigger=case.trigger_id)
    last = Proposal.objects.filter(responsibility=OuterRef("pk")).order_by("-pk")
    countersign = Task.objects.filter(
        proposal__responsibility=OuterRef("pk"), kind=Task.Kind.COUNTERSIGN, state=Task.State.OPEN
    )
    recorded = PointsEntry.objects.filter(responsibility=OuterRef("pk"))
    found: QuerySet[Any] = rows.annotate(last_state=Subquery(last.values("state")[:1])).annotate(
        stage=Choose(
            When(Q(last_state=None) & Exists(recorded), then=Value(RECORDED)),
            When(last_state=None, then=Value(UNPROPOSED)),
            When(Q(last_state=State.PROPOSED) & Exists(countersign), then=Value(COUNTERSIGN)),
            default="last_state",
            output_field=CharField(),
        )
    )
    return found


def progress(case: Case, seen: Scope) -> list[tuple[str, str, int]]:
    """How many people are how far: stage, words and number, in the order of the procedure. One query."""
    rows = answering_in(case, seen).order_by().values_list("stage").annotate(number=Count("pk"))
    counts = dict(rows)
    return [(stage, str(words), counts[stage]) for stage, words in STAGES.items() if stage in counts]


def page_of(
    case: Case, seen: Scope, today: date, *, stage: str = "", term: str = "", after: int = 0, size: int
) -> tuple[list[Answering], bool]:
    """One page of the people of a case in the order they were identified, and whether more follow.

    At most six queries, however many people.
    """
    rows = answering_in(case, seen)
    if stage:
        rows = rows.filter(stage=stage)
    if term:
        people = find_people(Practitioner.objects.filter(responsibilities__in=rows.order_by().values("pk")), term)
        rows = rows.filter(practitioner__in=people.order_by().values("pk"))
    rows = rows.filter(pk__gt=after).select_related("practitioner").prefetch_related(*_with_everything())
    found = list(rows.order_by("pk")[: size + 1])
    return [_answering(row, today) for row in found[:size]], len(found) > size


def _with_everything() -> list[Any]:
    tasks = Task.objects.filter(state=Task.State.OPEN).select_related("agency", "institution")
    proposals = Proposal.objects.order_by("-pk").prefetch_related(
        "items", Prefetch("tasks", tasks.order_by("due_on", "pk"), to_attr="open_tasks")
    )
    return [
        Prefetch("proposals", proposals, to_attr="all_proposals"),
        Prefetch("points_entries", PointsEntry.objects.select_related("fact")),
    ]


def _answering(row: Any, today: date) -> Answering:
    proposal = row.all_proposals[0] if row.all_proposals else None
    lines = [Line(task, today) for task in proposal.open_tasks] if proposal else []
    return Answering(row, row.stage, proposal, next_date(lines))


# what a proposal leads to ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outlook:
    """The standing of one day without and with the proposed entries, by the facts known at one instant."""

    policy: Policy
    before: Standing
    after: Standing
    points: int

    @cached_property
    def total_after(self) -> int:
        """The points of the year of the handling with all entries, not capped."""
        ours = [step.total for step in self.after.steps if step.id.startswith(_OURS)]
        return ours[-1] if ours else self.points

    @property
    def total_before(self) -> int:
        """The points of that year without them."""
        return self.total_after - self.points

    @property
    def terminates(self) -> bool:
        """With the entries the person is terminated."""
        return self.after.status == "terminated"

    @property
    def sentences(self) -> list[Sentence]:
        """The steps that the entries add or change, in words."""
        old = set(self.before.steps)
        return [in_words(step, policies()) for step in self.after.steps if step not in old]


_OURS = "proposed-"


def outlook_of(proposal: Proposal, at: datetime) -> Outlook:
    """What deciding the proposal at `at` would do, by the facts known then. Nothing is checked: it only computes."""
    day, law = shanghai_day(at), policies()[proposal.policy]
    known = [fact for fact in facts_of(proposal.practitioner, known=at) if fact.recorded_at <= at]
    entries = [
        PointsScored(
            id=f"{_OURS}{item.pk}",
            seq=len(known) + number,
            effective_on=day,
            recorded_at=at,
            points=item.points,
            counted_on=proposal.case.cause.made_on,
            policy=law.id,
            months=item.months,
        )
        for number, item in enumerate(proposal.items.all(), start=1)
    ]
    before, after = (standing(facts, day, policies()) for facts in (known, [*known, *entries]))
    return Outlook(law, before, after, sum(entry.points for entry in entries))


def told_at(proposal: Proposal, now: datetime) -> datetime:
    """The instant that the advance notice speaks of: when it was sent, or now."""
    return proposal.notified_at or now


def notice_number(proposal: Proposal) -> str:
    """The number of the advance notice: that of the case, and which proposal of the case it is."""
    place = Proposal.objects.filter(case=proposal.case_id, pk__lte=proposal.pk).count()
    return f"{proposal.case.number}-{place:03d}"
