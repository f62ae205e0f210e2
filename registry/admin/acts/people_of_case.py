"""Acts on many people of a case, who were ticked on its page: all of them or none, every refusal at once."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.many import (
    ManyRefused,
    Proposed,
    RefusedRow,
    countersign_many,
    notify_many,
    preview_proposals,
    propose_many,
    tried,
)
from registry.actions.proposals import Item, ProposalPreview
from registry.admin.acts.consequence import Consequence, PersonLine
from registry.admin.acts.guided import NOT_ENTERED, ActForm
from registry.admin.acts.next_steps import AFTER_COUNTERSIGNING, AFTER_NOTICE, AFTER_PROPOSING
from registry.admin.acts.proposals import COUNTERSIGNED_FIRST, ChannelForm, fitting, points_of
from registry.admin.acts.sheets import ListForm, OfAList
from registry.admin.acts.subjects import OnCase
from registry.admin.fields import radio_field, text_field
from registry.models import Proposal, Responsibility, User
from registry.queries.casework import COUNTERSIGN, STAGES, UNPROPOSED, Outlook, answering_in, outlook_of
from registry.queries.explain import wording
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.queries.wording import listed
from registry.rosters.case_sheets import PROPOSAL, PROPOSING, proposed_rows, with_refusals
from registry.rosters.case_templates import policy_of_case, proposal_template
from registry.rules.policy import Situation

MOST_PEOPLE = 2_000
CARRIED = NOT_ENTERED | {"people"}
MOST_NAMED = 12
State = Proposal.State
_NUMBERS = re.compile(r"[0-9]{1,12}(,[0-9]{1,12})*")


NOT_PROPOSED = Refused("not_proposed", _("No points are proposed for this person yet."), field="rows")
NOT_YOURS = Refused("not_yours", _("Your institution does not have to hand this notice over."), field="rows")


class PeopleForm(ActForm):
    """Whom the act is done for: those who were ticked, carried along from page to page."""

    people = forms.CharField(widget=forms.HiddenInput(), required=False)

    def clean_people(self) -> list[int]:
        """Their numbers."""
        given = self.cleaned_data["people"]
        if not _NUMBERS.fullmatch(given):
            raise ValidationError(gettext("Nobody is chosen. Go back to the case and tick the people."))
        return [int(number) for number in given.split(",")][:MOST_PEOPLE]


class OnPeople(OnCase):
    """An act on those who were ticked; on everybody for whom it is possible, where nobody was."""

    allowed = OFFICERS_OF_AGENCIES
    template = "registry/people_act.html"
    stages: ClassVar[Sequence[str]]

    refused_rows: Sequence[RefusedRow] = ()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """From the page of the case: with whom was ticked there."""
        if request.POST.get("step") == "choose":
            return self.get(request, **kwargs)
        return super().post(request, **kwargs)

    def initial(self) -> dict[str, Any]:
        """Whom it is for."""
        return {"people": ",".join(str(row.pk) for row in self.chosen)}

    @cached_property
    def chosen(self) -> list[Any]:
        """Whoever was ticked, else everybody for whom it is possible, in the order of the case."""
        rows = answering_in(self.subject, self.scope).select_related("practitioner").order_by("pk")
        numbers = _ticked(self.request)
        if self.was_ticked:
            return list(rows.filter(pk__in=numbers)[:MOST_PEOPLE])
        return list(self.possible(rows.filter(stage__in=self.stages))[:MOST_PEOPLE])

    @property
    def was_ticked(self) -> bool:
        """Whether anybody was chosen one by one."""
        return bool(_ticked(self.request))

    def possible(self, rows: Any) -> Any:
        """Of those at the right stage, whom this user may act for."""
        return rows

    def answering(self, data: dict[str, Any]) -> list[Responsibility]:
        """The people of the form."""
        rows = answering_in(self.subject, self.scope).filter(pk__in=data["people"]).select_related("practitioner")
        return list(rows.order_by("pk"))

    def proposals(self, data: dict[str, Any]) -> list[Proposal]:
        """Their last proposals; who has none, or is not the user's to act for, is refused by name."""
        last = Prefetch(
            "proposals", Proposal.objects.order_by("-pk").prefetch_related("items"), to_attr="all_proposals"
        )
        asked: Any = answering_in(self.subject, self.scope).filter(pk__in=data["people"])
        rows = list(asked.select_related("practitioner").prefetch_related(last).order_by("pk"))
        possible = set(self.possible(asked).order_by().values_list("pk", flat=True))
        refused = [
            RefusedRow(number, row.practitioner, NOT_PROPOSED if row.pk in possible else NOT_YOURS)
            for number, row in enumerate(rows, start=1)
            if row.pk not in possible or not row.all_proposals
        ]
        if refused:
            raise ManyRefused(refused, among=len(rows))
        found = [row.all_proposals[0] for row in rows]
        for proposal, row in zip(found, rows, strict=True):
            proposal.practitioner, proposal.case = row.practitioner, self.subject
        return found

    def told(self, data: dict[str, Any]) -> Consequence:
        """Everybody with the total that the proposal leads to. Raises ManyRefused as the act would."""
        tried(lambda: self.perform(data, None))
        proposals = self.proposals(data)
        return Consequence(
            details=[(_("People"), len(proposals))],
            heads=[_("Points"), _("Total it leads to")],
            people=[_outlook_line(proposal, self.now) for proposal in proposals],
        )

    def refused(self, form: ActForm, refusal: Refused) -> ActForm:
        """Every refusal below the form, by name, and the way to go on without them."""
        if isinstance(refusal, ManyRefused):
            self.refused_rows = refusal.rows
            told = {"refused": len(refusal.rows), "all": refusal.among}
            words = gettext("Nothing was recorded: %(refused)s of %(all)s people cannot be taken along. See below why.")
            refusal.message = words % told
        return super().refused(form, refusal)

    def context(self) -> dict[str, Any]:
        """Whom it is for, and who was refused."""
        return {**super().context(), "refused_rows": self.refused_rows, **self._whom()}

    def _whom(self) -> dict[str, Any]:
        asked = self.request.POST.get("people", "")
        if _NUMBERS.fullmatch(asked) and self.request.POST.get("step") != "choose":
            rows = self.answering({"people": asked.split(",")[:MOST_PEOPLE]})
        else:
            rows = self.chosen
        refused = {row.person.pk for row in self.refused_rows}
        left = [str(row.pk) for row in rows if row.practitioner_id not in refused]
        return {
            "named": listed(row.practitioner.name for row in rows[:MOST_NAMED]),
            "count": len(rows),
            "further": max(0, len(rows) - MOST_NAMED),
            "everybody": not self.was_ticked and not asked,
            "stage_words": listed(str(STAGES[stage]) for stage in self.stages),
            "without_them": ",".join(left) if refused else "",
            "others": [(name, value) for name, value in self.request.POST.items() if name not in CARRIED],
        }


def _ticked(request: HttpRequest) -> list[int]:
    return [int(each) for each in request.POST.getlist("people") if each.isdecimal() and len(each) < 13]


class SituationForm(PeopleForm):
    """One situation for all of them, each with the default of their grade."""

    situation = radio_field(_("Situation"), ())
    act = text_field(
        _("Name of the act"),
        required=False,
        help_text=_("One act that fits several situations is scored once, at the highest. Its name sees to that."),
    )

    def prepare(self) -> None:
        """The situations of the policy that fit the gate."""
        law, case = policy_of_case(self.doing.subject), self.doing.subject
        self.fields["situation"].choices = [  # type: ignore[attr-defined]  # a choice field
            (item.code, situation_words(item, *law.bands[item.band])) for item in fitting(law, case)
        ]


class ProposeMany(OnPeople):
    """Propose the default points of one situation for everybody chosen."""

    title = _("Propose points for many")
    explains = _(
        "Everybody gets the default of their own grade for the situation. Where somebody's points depart from it, propose them one by one or by a list."  # noqa: E501
    )
    do = _("Propose these points for all of them")
    afterwards = AFTER_PROPOSING
    form_class = SituationForm
    stages = (UNPROPOSED,)

    def suggested(self, data: dict[str, Any]) -> list[Proposed]:
        """One proposal each."""
        item = Item(situation=data["situation"], act=data["act"])
        people = self.answering(data)
        return [Proposed(number=number, responsibility=one, items=[item]) for number, one in enumerate(people, start=1)]

    def preview(self, data: dict[str, Any]) -> Consequence:
        """Everybody with points, total and what follows."""
        tried(lambda: self.perform(data, None))
        rows = self.suggested(data)
        return consequence_of(rows, preview_proposals(case=self.subject, rows=rows, now=self.now))

    def perform(self, data: dict[str, Any], second: User | None) -> list[Proposal]:
        """Propose all."""
        return propose_many(case=self.subject, rows=self.suggested(data), by=self.user, now=self.now)

    def done(self, outcome: list[Proposal]) -> str:
        """How many."""
        return _proposed(len(outcome))


class ProposalListForm(ListForm):
    """A list of situations and points."""

    vocabulary = PROPOSAL
    columns = PROPOSING
    field_order = ("file", "rows")


class ProposeByList(OfAList, OnCase):
    """Propose what a list says, situation by situation."""

    title = _("Propose points by a list")
    explains = _(
        "Upload the filled-in template: everybody without a proposal stands in it. Several rows of one person are the situations of one proposal. With one wrong row nothing is proposed."  # noqa: E501
    )
    do = _("Propose these points for all of them")
    afterwards = AFTER_PROPOSING
    form_class = ProposalListForm
    allowed = OFFICERS_OF_AGENCIES
    pasting = _(
        "One row for each person and situation: code, name, responsibility, situation, points, months of suspension, reason for departing, name of the act. In another order with the headings of the template in the first row."  # noqa: E501
    )

    def preview(self, data: dict[str, Any]) -> Consequence:
        """Everybody with points, total and what follows. Raises SheetFaulty with every fault."""
        tried(lambda: self.perform(data, None))
        rows = proposed_rows(data["read"], case=self.subject, people=self.scope.practitioners())
        return consequence_of(rows, preview_proposals(case=self.subject, rows=rows, now=self.now))

    def perform(self, data: dict[str, Any], second: User | None) -> list[Proposal]:
        """Propose all."""
        rows = proposed_rows(data["read"], case=self.subject, people=self.scope.practitioners())
        try:
            return propose_many(case=self.subject, rows=rows, by=self.user, now=self.now)
        except ManyRefused as refused:
            raise with_refusals(data["read"], refused) from refused

    def done(self, outcome: list[Proposal]) -> str:
        """How many."""
        return _proposed(len(outcome))

    def template_file(self) -> bytes:
        """Everybody without a proposal, and the situations."""
        return proposal_template(self.subject)


class CountersignMany(OnPeople):
    """Sign all of them, as the second person."""

    title = _("Countersign many")
    explains = _(
        "What terminates needs two people. You sign as the second: neither who proposed the points nor who identified the responsibility."  # noqa: E501
    )
    do = _("Countersign all of them")
    afterwards = AFTER_COUNTERSIGNING
    form_class = PeopleForm
    decides = True
    stages = (COUNTERSIGN,)

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What each leads to. Raises ManyRefused with everybody whom the user may not sign for."""
        return self.told(data)

    def perform(self, data: dict[str, Any], second: User | None) -> list[Proposal]:
        """Sign all."""
        return countersign_many(case=self.subject, proposals=self.proposals(data), by=self.user, now=self.now)

    def done(self, outcome: list[Proposal]) -> str:
        """How many."""
        return ngettext(
            "%(people)s proposal is countersigned.", "%(people)s proposals are countersigned.", len(outcome)
        ) % {"people": len(outcome)}


class NoticesForm(PeopleForm, ChannelForm):
    """Which way the notices go."""


class NotifyMany(OnPeople):
    """Send everybody the advance notice."""

    title = _("Send many advance notices")
    explains = _("Sending is not receipt. The window to object begins on the day after the person has the notice.")
    do = _("Send all notices")
    afterwards = AFTER_NOTICE
    form_class = NoticesForm
    stages = (State.PROPOSED,)

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What each is told that it leads to."""
        return self.told(data)

    def perform(self, data: dict[str, Any], second: User | None) -> list[Proposal]:
        """Send all."""
        proposals = self.proposals(data)
        return notify_many(case=self.subject, proposals=proposals, channel=data["channel"], by=self.user, now=self.now)

    def done(self, outcome: list[Proposal]) -> str:
        """How many."""
        return ngettext(
            "The advance notice of %(people)s person is sent.",
            "The advance notices of %(people)s people are sent.",
            len(outcome),
        ) % {"people": len(outcome)}


def consequence_of(rows: Sequence[Proposed], found: Sequence[ProposalPreview]) -> Consequence:
    """What proposing all of them would do."""
    terminating = sum(each.terminates for each in found)
    return Consequence(
        details=[(_("People"), len(rows)), (_("Terminating"), terminating)],
        warnings=[COUNTERSIGNED_FIRST] if terminating else [],
        grave=bool(terminating),
        heads=[_("Responsibility"), _("Points"), _("Total it leads to")],
        people=[_preview_line(row, each) for row, each in zip(rows, found, strict=True)],
    )


def situation_words(item: Situation, low: int, high: int) -> str:
    """Code, band and wording of a situation; the default depends on each grade."""
    return gettext("%(code)s · %(low)s–%(high)s points · %(text)s") % {
        "code": item.code,
        "low": low,
        "high": high,
        "text": wording(item),
    }


def _preview_line(row: Proposed, found: ProposalPreview) -> PersonLine:
    points = listed(f"{each.situation.code}: {points_of(each.points, each.default_points)}" for each in found.entries)
    cells = (row.responsibility.get_grade_display(), points, _total(found))
    remarks = tuple(str(warning) for warning in found.warnings)
    return PersonLine(row.practitioner.name, row.practitioner.code, cells, _leads_to(found), remarks)


def _outlook_line(proposal: Proposal, now: Any) -> PersonLine:
    found = outlook_of(proposal, now)
    points = listed(f"{item.situation}: {item.points}" for item in proposal.items.all())
    person = proposal.practitioner
    return PersonLine(person.name, person.code, (points, _total(found)), _leads_to(found))


def _total(found: ProposalPreview | Outlook) -> str:
    return f"{found.total_before} → {found.total_after}"


def _leads_to(found: ProposalPreview | Outlook) -> str:
    """The standing that follows: a suspension that only begins later is one too."""
    if found.after.status != "normal":
        return str(found.after.status)
    return "suspended" if len(found.after.periods) > len(found.before.periods) else "normal"


def _proposed(people: int) -> str:
    return ngettext(
        "Points are proposed for %(people)s person.", "Points are proposed for %(people)s people.", people
    ) % {"people": people}
