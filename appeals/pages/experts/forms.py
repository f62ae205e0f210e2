"""The forms of experts: the vote with three fields for each point, an opinion, a reason, days and conflicts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appeals.models import DraftBallot, Result
from appeals.queries.anonymous import ShownPoint
from registry.models import Institution
from registry.queries.people import whoever_has
from registry.rules.facts import MOST_POINTS

LONGEST = 4000
IN_FAVOUR, AGAINST = "in_favour", "against"
PARTS = ("result", "points", "reasons")


class VoteForm(forms.Form):
    """For each point what should become of it, and why. What is only kept may be unfinished; `whole` may not."""

    def __init__(self, *given: Any, points: Sequence[ShownPoint], whole: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        self.of_panel, self.whole = points, whole
        for point in points:
            self._ask(point)

    def _ask(self, point: ShownPoint) -> None:
        stays = ngettext("upheld: the %(points)s point stays", "upheld: the %(points)s points stay", point.points)
        results: list[tuple[str, Any]] = [(Result.UPHELD.value, stays % {"points": point.points})]
        if point.points > 1:
            results.append((Result.REDUCED.value, _("reduced: to as many points as I name below")))
        results.append((Result.ANNULLED.value, _("annulled: no point stays")))
        self.fields[f"result_{point.pk}"] = forms.ChoiceField(
            label=_("What should become of these points?"), choices=results, required=False, widget=forms.RadioSelect
        )
        if point.points > 1:
            self.fields[f"points_{point.pk}"] = forms.IntegerField(
                label=_("Reduced to how many points?"),
                required=False,
                min_value=1,
                max_value=MOST_POINTS,
                widget=forms.NumberInput({"inputmode": "numeric"}),
                help_text=gettext("Only for a reduction: 1 to %(most)s.") % {"most": point.points - 1},
            )
        self.fields[f"reasons_{point.pk}"] = forms.CharField(
            label=_("Your reasons"),
            required=False,
            max_length=LONGEST,
            strip=False,
            widget=forms.Textarea({"rows": 6}),
            help_text=_("They are kept with the record and read by the reviewer. Write no names, your own neither."),
        )

    @property
    def rows(self) -> list[tuple[ShownPoint, list[forms.BoundField]]]:
        """Each point with its fields."""
        names = [(point, [f"{part}_{point.pk}" for part in PARTS]) for point in self.of_panel]
        return [(point, [self[name] for name in each if name in self.fields]) for point, each in names]

    @property
    def ballots(self) -> dict[int, DraftBallot]:
        """What was written, by the ids of the points."""
        data = self.cleaned_data
        return {
            point.pk: DraftBallot(
                result=data[f"result_{point.pk}"],
                points=data.get(f"points_{point.pk}"),
                reasons=data[f"reasons_{point.pk}"],
            )
            for point in self.of_panel
        }

    def clean(self) -> dict[str, Any]:
        """Of a whole vote nothing is missing: a reduction says to how many points, and nothing else does."""
        data = super().clean() or {}
        for point in self.of_panel if self.whole else ():
            result, points = data.get(f"result_{point.pk}"), data.get(f"points_{point.pk}")
            told, reasons = {"number": point.number}, data.get(f"reasons_{point.pk}") or ""
            self._require(f"result_{point.pk}", result, gettext("Point %(number)s: choose one.") % told)
            self._require(
                f"reasons_{point.pk}", reasons.strip(), gettext("Point %(number)s: give your reasons.") % told
            )
            if result == Result.REDUCED and not (points and points < point.points):
                self._require(f"points_{point.pk}", None, _no_reduction(points, point.points))
            elif result and result != Result.REDUCED and points:
                words = gettext("%(points)s is only for a reduction. Leave it empty, or choose “reduced” above.")
                self._require(f"points_{point.pk}", None, words % {"points": points})
        return data

    def _require(self, name: str, given: object, words: str) -> None:
        if not given and name not in self.errors:
            self.add_error(name, words)


def typed(ballots: Mapping[int, DraftBallot]) -> dict[str, Any]:
    """What was kept, as it was typed."""
    return {f"{part}_{pk}": getattr(ballot, part) for pk, ballot in ballots.items() for part in PARTS}


def _no_reduction(points: int | None, proposed: int) -> str:
    told = {"points": points, "proposed": proposed, "most": proposed - 1}
    if points is None:
        return gettext("Enter to how many points: from 1 to %(most)s.") % told
    return gettext("%(points)s is no reduction of %(proposed)s points. Enter 1 to %(most)s.") % told


class OpinionForm(forms.Form):
    """In favour or against, and why."""

    opinion = forms.ChoiceField(
        label=_("Opinion"),
        choices=[(IN_FAVOUR, _("in favour")), (AGAINST, _("against"))],
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("They stay with the record; write no names."),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=LONGEST, widget=forms.Textarea({"rows": 4}))

    def __init__(self, *given: Any, told: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["reason"].help_text = told


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more)


class DaysForm(forms.Form):
    """From which day on, and until when."""

    starts_on = _day(_("From"))
    ends_on = _day(_("First day not counted"), required=False, help_text=_("Leave empty if it is open."))


class EndForm(forms.Form):
    """From which day on it does not count any more."""

    ends_on = _day(_("First day not counted"))


class ConflictForm(forms.Form):
    """With whom, and why."""

    institution = forms.CharField(
        label=_("Institution code"), max_length=12, required=False, help_text=_("Either an institution …")
    )
    practitioner = forms.CharField(
        label=_("Personal code"), max_length=64, required=False, help_text=_("… or a person.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST, widget=forms.Textarea({"rows": 4}))

    def clean_institution(self) -> Institution | None:
        """The institution with this code."""
        code = self.cleaned_data["institution"].strip()
        found = Institution.objects.filter(code=code.upper()).first() if code else None
        if code and found is None:
            raise forms.ValidationError(gettext("No institution has the code %(code)s.") % {"code": code})
        return found

    def clean_practitioner(self) -> Any:
        """Whoever has or had this personal code."""
        code = self.cleaned_data["practitioner"].strip()
        found = whoever_has(code) if code else None
        if code and found is None:
            raise forms.ValidationError(gettext("Nobody has the personal code %(code)s.") % {"code": code})
        return found
