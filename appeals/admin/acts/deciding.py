"""The decision of an objection, point by point, with everything it would do shown before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.forms import BoundField, HiddenInput, Textarea
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.findings import PointResult, told
from appeals.actions.reviews import decide_objection, preview_decision
from appeals.admin.acts.on_objections import OnObjection
from appeals.models import Objection, PointOfDispute, Result
from appeals.queries.disputed import disputed_points
from appeals.queries.panels import needs_panel, panel_outcomes
from registry.admin.acts.consequence import Consequence, Summary, correction_consequence
from registry.admin.acts.guided import ActForm, Words, shown_value
from registry.admin.fields import choice_field, prose_field, radio_field, text_field, whole_field
from registry.models import User
from registry.queries.reach import reach_of
from registry.queries.roles import REVIEWING

MONTHS = [(str(months), str(months)) for months in range(1, 7)]


@dataclass(frozen=True, slots=True)
class PointToDecide:
    """A point with its fields, what is at stake, and what a panel said of it."""

    point: PointOfDispute
    stake: int
    panel: Words
    awaits_panel: bool
    fields: list[BoundField]


class DecisionForm(ActForm):
    """A result for each point, and the text of the decision."""

    decision = prose_field(_("Text of the decision"), help_text=_("With its grounds, as the person is told."))
    document_number = text_field(_("Document number of the decision"), most=120, required=False)

    def prepare(self) -> None:
        """Fields for each point, named by its number; months only for entries on record."""
        for point in self.doing.points:  # type: ignore[attr-defined]  # only the decision uses this form
            n = point.number
            self.fields[f"result_{n}"] = radio_field(_("Outcome"), Result.choices)
            self.fields[f"points_{n}"] = whole_field(
                _("Points left"), least=1, most=11, required=False, help_text=_("Only where it is reduced.")
            )
            if point.entry_id:
                self.fields[f"months_{n}"] = choice_field(
                    _("Months of suspension"), MONTHS, empty=_("by the policy"), required=False
                )
            self.fields[f"grounds_{n}"] = prose_field(_("Grounds"))

    def summary(self) -> Iterator[Summary]:
        """What was entered; of each point with its number."""
        points = self.doing.points  # type: ignore[attr-defined]  # see prepare
        yield from told_apart(self, {f"_{each.number}": told_point(each.number) for each in points})

    @property
    def points(self) -> Iterator[PointToDecide]:
        """The points with their fields."""
        answers = panel_outcomes(self.doing.subject)
        for point in self.doing.points:  # type: ignore[attr-defined]  # see prepare
            answer = answers.get(point.pk)
            names = (f"{name}_{point.number}" for name in ("result", "points", "months", "grounds"))
            yield PointToDecide(
                point,
                disputed_points(point),
                told(answer.kind, answer.points) if answer else "",
                answer is None and needs_panel(point),
                [self[name] for name in names if name in self.fields],
            )

    @property
    def others(self) -> list[BoundField]:
        """The fields of the whole decision."""
        return [self["decision"], self["document_number"]]

    def clean(self) -> dict[str, Any]:
        """The results by id of the point."""
        data = super().clean() or {}
        data["results"] = {
            point.pk: PointResult(
                result=data.get(f"result_{point.number}", ""),
                grounds=data.get(f"grounds_{point.number}", ""),
                points=data.get(f"points_{point.number}"),
                months=int(data.get(f"months_{point.number}") or 0) or None,
            )
            for point in self.doing.points  # type: ignore[attr-defined]  # see prepare
        }
        return data


def told_point(number: int) -> str:
    """What a point is called."""
    return gettext("Point %(number)s") % {"number": number}


def told_apart(form: ActForm, rows: Mapping[str, str]) -> Iterator[Summary]:
    """What was entered, where several rows have fields of the same label: `rows` are the ends of their names, and
    what each row is called.
    """
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if value in (None, "", False) or isinstance(field.widget, HiddenInput):
            continue
        row = next((words for end, words in rows.items() if name.endswith(end)), None)
        label = str(field.label or name)
        named = gettext("%(row)s: %(label)s") % {"row": row, "label": label} if row else label
        yield Summary(named, shown_value(field, value), isinstance(field.widget, Textarea))


class DecideObjection(OnObjection):
    """Decide every point."""

    title = _("Decide")
    explains = _(
        "Every point gets its outcome with grounds. Several points about the same entry combine in the person's favour; what a panel decided is followed. Everything is carried out at once."  # noqa: E501
    )
    do = _("Decide and carry out")
    afterwards = _(
        "The decision takes effect at once: points that stay are recorded, corrections are made. Reconsideration and a court remain open to the person."  # noqa: E501
    )
    form_class = DecisionForm
    allowed = REVIEWING
    decides = True
    template = "appeals/deciding.html"

    @cached_property
    def points(self) -> list[PointOfDispute]:
        """The points in their order, with what they are about and their evidence."""
        rows = self.subject.points.select_related("item", "entry").prefetch_related("entry__corrections")
        return list(rows.order_by("number"))

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What it would do today, on other days, and to whom it has to be told."""
        found = preview_decision(objection=self.subject, results=data["results"], now=self.now)
        if found.difference is None:
            return Consequence(before=found.before, after=found.after, needs_second=found.needs_second)
        reach = reach_of(found.difference, entries=found.entries)
        grave = found.needs_second
        return correction_consequence(found.difference, reach, needs_second=found.needs_second, grave=grave)

    def perform(self, data: dict[str, Any], second: User | None) -> Objection:
        """Decide."""
        return decide_objection(
            objection=self.subject,
            results=data["results"],
            decision=data["decision"],
            document_number=data["document_number"],
            by=self.user,
            second=second,
            now=self.now,
        )

    def done(self, outcome: Objection) -> str:
        """What happened."""
        return gettext("%(number)s is decided, and the decision is carried out.") % {"number": outcome}
