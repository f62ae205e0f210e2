"""Proposing points for one person, and what happens to the proposal until it is decided."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.decisions import decide_held, preview_held
from registry.actions.deliveries import notify
from registry.actions.errors import Refused
from registry.actions.proposals import (
    Item,
    countersign,
    open_proposal,
    preview_proposal,
    propose,
    require_another,
    require_other_signature,
    withdraw_proposal,
)
from registry.admin.acts.consequence import Consequence, Summary, Words
from registry.admin.acts.guided import ActForm
from registry.admin.acts.next_steps import AFTER_COUNTERSIGNING, AFTER_NOTICE, AFTER_PROPOSING
from registry.admin.acts.subjects import OnProposal, OnResponsibility, proposal_url
from registry.admin.fields import choice_field, prose_field, radio_field, text_field, tick_field, whole_field
from registry.models import Delivery, Proposal, Responsibility, User
from registry.queries.casework import MONTHS_NO_LONGER_FIT, Outlook, outlook_of, why_held
from registry.queries.explain import title_of, wording
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.rosters.case_templates import policy_of_case
from registry.rules.policy import Policy, Situation

MOST_SITUATIONS = 4
PARTS = ("situation", "points", "months", "departure_reason", "act")
MONTHS = [(str(months), str(months)) for months in range(1, 7)]
COUNTERSIGNED_FIRST = _("A second officer has to countersign the proposal before the person is told.")


class ProposalForm(ActForm):
    """One situation or several, each with its points, and why if they are not the default."""

    def prepare(self) -> None:
        """Offer the situations of the policy that fit the gate; the first is needed, the others are folded away."""
        choices = situation_choices(self.doing.subject, self.doing.case)  # type: ignore[attr-defined]
        for number in range(1, MOST_SITUATIONS + 1):
            for name, field in _fields_of_one(choices, required=number == 1).items():
                self.fields[_numbered(name, number)] = field

    @property
    def slots(self) -> list[tuple[int, list[forms.BoundField], bool]]:
        """The fields of each situation, and whether something was entered there."""
        return [
            (
                number,
                [self[_numbered(name, number)] for name in PARTS],
                self._is_given(number) or self._is_wrong(number),
            )
            for number in range(1, MOST_SITUATIONS + 1)
        ]

    def _is_given(self, number: int) -> bool:
        return any(self[_numbered(name, number)].value() for name in PARTS)

    def _is_wrong(self, number: int) -> bool:
        return any(_numbered(name, number) in self.errors for name in PARTS)

    def clean(self) -> dict[str, Any]:
        """`items` are the situations that were entered, `numbers` where."""
        data = super().clean() or {}
        given = [number for number in range(1, MOST_SITUATIONS + 1) if self._is_given(number)]
        for number in given:
            if not data.get(name := _numbered("situation", number)) and name not in self.errors:
                self.add_error(name, gettext("Choose the situation, or leave this part empty."))
        if not self.errors:
            data["numbers"] = given
            data["items"] = [self._item(data, number) for number in given]
        return data

    def _item(self, data: dict[str, Any], number: int) -> Item:
        values = {name: data[_numbered(name, number)] for name in PARTS}
        return Item(**{**values, "months": int(values["months"]) if values["months"] else None})

    def summary(self) -> Iterator[Summary]:
        """What was entered; the points are told beside their default."""
        return (item for item in super().summary() if str(item.label) != str(self["points"].label))


class Propose(OnResponsibility):
    """Propose points for one responsibility."""

    title = _("Propose points")
    explains = _(
        "By the nature of the conduct and the person's responsibility, inside the band of the situation. Nothing is recorded before the person was told and heard."  # noqa: E501
    )
    do = _("Propose these points")
    afterwards = AFTER_PROPOSING
    form_class = ProposalForm
    allowed = OFFICERS_OF_AGENCIES
    template = "registry/propose.html"
    without = _("Today")
    with_it = _("If it were decided today")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The form; where points are proposed already, that proposal."""
        if present := open_proposal(self.subject):
            return HttpResponseRedirect(proposal_url(present))
        return super().get(request, **kwargs)

    def preview(self, data: dict[str, Any]) -> Consequence:
        """The standing with the entries, if they were decided today."""
        require_another(self.user, self.subject)
        items = data["items"]
        try:
            found = preview_proposal(responsibility=self.subject, items=items, now=self.now)
        except Refused as refusal:
            raise self.at_its_situation(data, refusal) from refusal
        warnings = [*found.warnings, *([COUNTERSIGNED_FIRST] if found.terminates else [])]
        totals = ((_("Points so far"), found.total_before), (_("Total it leads to"), found.total_after))
        points = [
            (
                _("Points for situation %(code)s") % {"code": each.situation.code},
                points_of(each.points, each.default_points),
            )
            for each in found.entries
        ]
        return Consequence(
            before=found.before,
            after=found.after,
            details=[*points, *totals, (_("Policy"), title_of(found.policy))],
            warnings=warnings,
            grave=found.terminates,
        )

    def at_its_situation(self, data: dict[str, Any], refusal: Refused) -> Refused:
        """The same refusal at the fields of the situation that it is about."""
        for count, number in enumerate(data["numbers"], start=1):
            try:
                preview_proposal(responsibility=self.subject, items=data["items"][:count], now=self.now)
            except Refused as found:
                field = _numbered(found.field, number) if found.field in PARTS else found.field
                return Refused(found.code, found.message, field=field, value=found.value)
        return refusal

    def perform(self, data: dict[str, Any], second: User | None) -> Proposal:
        """Propose."""
        return propose(responsibility=self.subject, items=data["items"], by=self.user, now=self.now)

    def done(self, outcome: Proposal) -> str:
        """What to do next."""
        return gettext("Points are proposed for %(person)s.") % {"person": self.subject.practitioner.name}

    def next_url(self, outcome: Proposal) -> str:
        """To the proposal."""
        return proposal_url(outcome)


class EmptyForm(ActForm):
    """Nothing to enter."""


class WithOutlook(OnProposal):
    """An act after which the proposal may become a decision: what that would do is shown first."""

    without = Propose.without
    with_it = Propose.with_it

    def consequence(self, *, warnings: tuple[Words, ...] = (), needs_second: bool = False) -> Consequence:
        """The standing without and with the proposed entries."""
        found: Outlook = outlook_of(self.subject, self.now)
        return Consequence(
            before=found.before,
            after=found.after,
            details=[(_("Points so far"), found.total_before), (_("Total it leads to"), found.total_after)],
            warnings=warnings,
            needs_second=needs_second,
            grave=found.terminates,
        )


class Countersign(WithOutlook):
    """Sign a proposal that terminates, as the second person."""

    title = _("Countersign the proposal")
    explains = _(
        "What terminates needs two people. You sign as the second: neither who proposed the points nor who identified the responsibility."  # noqa: E501
    )
    do = _("Countersign")
    afterwards = AFTER_COUNTERSIGNING
    form_class = EmptyForm
    allowed = OFFICERS_OF_AGENCIES
    decides = True

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What the signature allows. Raises Refused for somebody who may not sign."""
        require_other_signature(self.user, self.subject)
        return self.consequence()

    def perform(self, data: dict[str, Any], second: User | None) -> Proposal:
        """Sign."""
        return countersign(proposal=self.subject, by=self.user, now=self.now)

    def done(self, outcome: Proposal) -> str:
        """What happened."""
        if outcome.state == Proposal.State.HELD:
            return gettext("The proposal is countersigned. Decide it next.")
        return gettext("The proposal is countersigned. Send the advance notice next.")


class ChannelForm(ActForm):
    """Which way the notice goes."""

    channel = radio_field(
        _("Way"),
        [
            (Delivery.Channel.PORTAL, _("on the portal: opening it there is receipt")),
            (Delivery.Channel.INSTITUTION, _("through the institution, which hands it over against a dated receipt")),
            (Delivery.Channel.BY_HAND, _("by hand: the agency hands it over against a dated receipt")),
        ],
    )


class Notify(WithOutlook):
    """Send the advance notice."""

    title = _("Send the advance notice")
    explains = _("Sending is not receipt. The window to object begins on the day after the person has the notice.")
    do = _("Send the notice")
    afterwards = AFTER_NOTICE
    form_class = ChannelForm
    allowed = OFFICERS_OF_AGENCIES

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What the person is told that it leads to."""
        return self.consequence()

    def perform(self, data: dict[str, Any], second: User | None) -> Proposal:
        """Send."""
        return notify(proposal=self.subject, channel=data["channel"], by=self.user, now=self.now)

    def done(self, outcome: Proposal) -> str:
        """What happened."""
        return gettext("The advance notice is sent.")


class ReasonForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"))


class Withdraw(OnProposal):
    """Take a proposal back."""

    title = _("Withdraw the proposal")
    explains = _("The proposal never becomes points. Another one may follow, with a new notice and a new window.")
    do = _("Withdraw the proposal")
    form_class = ReasonForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Proposal:
        """Withdraw."""
        return withdraw_proposal(proposal=self.subject, reason=data["reason"], by=self.user, now=self.now)

    def done(self, outcome: Proposal) -> str:
        """What happened."""
        return gettext("The proposal is withdrawn. Where other points fit, propose them from the case.")


class HeldForm(ActForm):
    """Whether the months of the policy take the place of those that no longer fit."""

    default_months = tick_field(
        _("Take the months of the policy"),
        help_text=_("Where the months of suspension that were proposed no longer fit the total."),
    )

    def prepare(self) -> None:
        """Asked only where months were proposed."""
        proposal: Proposal = self.doing.subject
        if not any(item.months for item in proposal.items.all()):
            del self.fields["default_months"]
        else:
            self.fields["default_months"].initial = proposal.held_because in MONTHS_NO_LONGER_FIT


class DecideHeld(OnProposal):
    """Decide a proposal that waits for an officer."""

    title = _("Decide what waits")
    do = _("Decide: record the points")
    form_class = HeldForm
    allowed = OFFICERS_OF_AGENCIES
    decides = True

    @property
    def explains(self) -> str:  # type: ignore[override]  # it depends on the proposal
        """Why it waits."""
        return why_held(self.subject.held_because)

    def preview(self, data: dict[str, Any]) -> Consequence:
        """The standing with the entries; a termination that nobody signed yet needs a second officer."""
        default_months = bool(data.get("default_months"))
        found = preview_held(proposal=self.subject, default_months=default_months, now=self.now)
        unsigned = self.subject.countersigned_by_id is None
        return Consequence(
            before=found.before,
            after=found.after,
            needs_second=found.terminates and unsigned,
            grave=found.terminates,
        )

    def refused(self, form: ActForm, refusal: Refused) -> ActForm:
        """Months that do not fit are said where they can be given up."""
        at = "default_months" if refusal.field == "months" and "default_months" in form.fields else refusal.field
        return super().refused(form, Refused(refusal.code, refusal.message, field=at, value=refusal.value))

    def perform(self, data: dict[str, Any], second: User | None) -> Proposal:
        """Decide."""
        default_months = bool(data.get("default_months"))
        return decide_held(
            proposal=self.subject, default_months=default_months, by=self.user, second=second, now=self.now
        )

    def done(self, outcome: Proposal) -> str:
        """What happened."""
        return gettext("The proposal is decided; the points are in the ledger.")


def situation_choices(responsibility: Responsibility, case: Any) -> list[tuple[str, str]]:
    """The situations of the policy that fit the gate, with the default of the grade."""
    law = policy_of_case(case)
    return [(item.code, situation_words(item, law, responsibility.grade)) for item in fitting(law, case)]


def fitting(law: Policy, case: Any) -> list[Situation]:
    """A personal trigger brings only the situations that it is about."""
    trigger = case.trigger
    return [item for item in law.situations.values() if trigger is None or item.gate == trigger.kind]


def situation_words(item: Situation, law: Policy, grade: str) -> str:
    """Code, wording and default of a situation."""
    low, high = law.bands[item.band]
    default = law.default_points(item.band, grade)
    return gettext("%(code)s · %(low)s–%(high)s points (default %(default)s) · %(text)s") % {
        "code": item.code,
        "text": wording(item),
        "low": low,
        "high": high,
        "default": default,
    }


def points_of(points: int, default: int) -> str:
    """Points beside the default of the grade."""
    if points == default:
        return gettext("%(points)s (the default)") % {"points": points}
    return gettext("%(points)s (the default is %(default)s)") % {"points": points, "default": default}


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}_{number}"


def _fields_of_one(choices: list[tuple[str, str]], *, required: bool) -> dict[str, forms.Field]:
    situation = (
        radio_field(_("Situation"), choices)
        if required
        else choice_field(_("Situation"), choices, empty=_("none"), required=False)
    )
    return {
        "situation": situation,
        "points": whole_field(
            _("Points"), least=1, most=12, required=False, help_text=_("Leave empty for the default of the grade.")
        ),
        "months": choice_field(
            _("Months of suspension"),
            MONTHS,
            empty=_("by the policy"),
            required=False,
            help_text=_("Leave empty for the default of the policy. Only where the entry suspends."),
        ),
        "departure_reason": prose_field(
            _("Reason for departing from the default"),
            required=False,
            help_text=_("Needed when points or months differ from the default. It stays in the file."),
        ),
        "act": text_field(
            _("Name of the act"),
            required=False,
            help_text=_("One act that fits several situations is scored once, at the highest. Its name sees to that."),
        ),
    }
