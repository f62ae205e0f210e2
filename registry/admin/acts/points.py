"""Recording points on a person for a situation, with what follows shown first."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registry.actions.points import preview_points, record_points
from registry.admin.acts.consequence import Consequence
from registry.admin.acts.guided import ActForm
from registry.admin.acts.subjects import OnResponsibility
from registry.admin.fields import choice_field, prose_field, radio_field, text_field, whole_field
from registry.admin.roles import OFFICERS_OF_AGENCIES
from registry.ledger.law import policies, policy_on
from registry.models import PointsEntry, Responsibility, User
from registry.queries.explain import title_of, wording
from registry.rules.policy import NoPolicyInForce, Policy, Situation


class PointsForm(ActForm):
    """Which situation, how many points, and why if not the default."""

    situation = radio_field(_("Situation"), ())
    points = whole_field(
        _("Points"), least=1, most=12, required=False, help_text=_("Leave empty for the default of the grade.")
    )
    months = choice_field(
        _("Months of suspension"),
        [(str(months), str(months)) for months in range(1, 7)],
        empty=_("by the policy"),
        required=False,
        help_text=_("Leave empty for the default of the policy. Only where the entry suspends."),
    )
    departure_reason = prose_field(
        _("Reason for departing from the default"),
        required=False,
        help_text=_("Needed when points or months differ from the default. It stays in the file."),
    )
    act = text_field(
        _("Name of the act"),
        required=False,
        help_text=_("One act that fits several situations is scored once, at the highest. Its name sees to that."),
    )

    def prepare(self) -> None:
        """Offer the situations of the policy that fit the gate."""
        responsibility: Responsibility = self.doing.subject
        law = policy_of(responsibility)
        situations = [item for item in law.situations.values() if _fits(item, responsibility)]
        self.fields["situation"].choices = [  # type: ignore[attr-defined]  # a choice field
            (item.code, situation_words(item, law, responsibility.grade)) for item in situations
        ]

    def clean_months(self) -> int | None:
        """A number, or nothing."""
        chosen = self.cleaned_data["months"]
        return int(chosen) if chosen else None


class RecordPoints(OnResponsibility):
    """Record points for one responsibility."""

    title = _("Record points")
    explains = _(
        "The agency records points by the nature of the conduct and the person's responsibility, inside the band of the situation. You see what follows before anything is recorded."  # noqa: E501
    )
    do = _("Record the points")
    form_class = PointsForm
    allowed = OFFICERS_OF_AGENCIES

    def preview(self, data: dict[str, Any]) -> Consequence:
        """The standing with the entry; a termination needs a second officer."""
        found = preview_points(responsibility=self.subject, now=self.now, **data)
        details = [
            (_("Points"), _points_of(found.points, found.default_points)),
            (_("Policy"), title_of(found.policy)),
            (_("Band"), "{}–{}".format(*found.policy.bands[found.situation.band])),
        ]
        return Consequence(
            before=found.before,
            after=found.after,
            details=details,
            warnings=found.warnings,
            needs_second=found.terminates,
            grave=found.terminates,
        )

    def perform(self, data: dict[str, Any], second: User | None) -> PointsEntry:
        """Record."""
        return record_points(responsibility=self.subject, by=self.user, second=second, now=self.now, **data)

    def done(self, outcome: PointsEntry) -> str:
        """How many points, on whom."""
        points = outcome.fact.points or 0
        return ngettext(
            "%(points)s point was recorded on %(person)s.", "%(points)s points were recorded on %(person)s.", points
        ) % {"points": points, "person": self.subject.practitioner.name}


def policy_of(responsibility: Responsibility) -> Policy:
    """The policy of the deciding agency's region on the last day of the conduct; the national one before the law."""
    cause = responsibility.cause
    try:
        return policy_on(cause.agency.region_id, cause.conduct_until)
    except NoPolicyInForce:
        return policies().national(cause.conduct_until)


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


def _fits(item: Situation, responsibility: Responsibility) -> bool:
    """A personal trigger brings only the situations that it is about."""
    return responsibility.trigger is None or item.gate == responsibility.trigger.kind


def _points_of(points: int, default: int) -> str:
    if points == default:
        return gettext("%(points)s (the default)") % {"points": points}
    return gettext("%(points)s (the default is %(default)s)") % {"points": points, "default": default}
