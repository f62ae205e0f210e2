"""What an expert does with a seat: vote on every point, or step back."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.seats import recuse
from appeals.actions.votes import Ballot, preview_vote, vote
from appeals.admin.subjects import case_url
from appeals.models import Result, Seat
from appeals.queries.anonymous import AnonymousFile, file_for
from appeals.queries.visible import mark_of, seats_of
from registry.admin.acts.consequence import Consequence
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.composing import composed
from registry.admin.fields import prose_field, radio_field, whole_field
from registry.models import Task, User
from registry.queries.roles import EXPERTS
from registry.queries.scope import Scope
from registry.queries.sight import as_the_asker
from registry.rules.facts import MOST_POINTS


class OnSeat(GuidedAct):
    """An act of the expert on their own seat. The file that they judge stands beside it."""

    allowed = EXPERTS
    template = "appeals/on_seat.html"

    dispatch = composed(GuidedAct.dispatch)

    subject: Seat

    def find(self, seen: Scope) -> Seat | None:
        """The seat with the identifier in the address, while the expert is asked."""
        with as_the_asker():
            return seats_of(self.user).filter(uuid=self.kwargs["uuid"], state=Seat.State.SEATED).first()

    def file(self) -> AnonymousFile:
        """What the expert judges by; read once."""
        if not hasattr(self, "_file"):
            self._file = file_for(self.subject)
        return self._file

    def next_url(self, outcome: Any) -> str:
        """To the desk."""
        return reverse("admin:expert_desk")

    def crumbs(self) -> list[tuple[Words, str]]:
        """The desk, then the case."""
        return [
            (_("My cases"), reverse("admin:expert_desk")),
            (gettext("Case %(mark)s") % {"mark": mark_of(self.subject)}, case_url(self.subject)),
        ]

    def context(self) -> dict[str, Any]:
        """The file, and until when to vote."""
        task = Task.objects.filter(subject=self.subject.uuid).first()
        return {"file": self.file(), "seat": self.subject, "task": task}


class VoteForm(ActForm):
    """For each point what should become of it, and why."""

    def prepare(self) -> None:
        """Three fields for each point of the panel."""
        for point in self.doing.file().points:  # type: ignore[attr-defined]
            told = {"number": point.number, "points": point.points}
            self.fields[f"result_{point.pk}"] = radio_field(
                gettext("Point %(number)s: the %(points)s points should be") % told, Result.choices
            )
            self.fields[f"points_{point.pk}"] = whole_field(
                gettext("Point %(number)s: reduced to") % told,
                least=1,
                most=MOST_POINTS,
                required=False,
                help_text=_("Only for a reduction."),
            )
            self.fields[f"reasons_{point.pk}"] = prose_field(gettext("Point %(number)s: reasons") % told)

    def clean(self) -> dict[str, Any]:
        """A reduction says to how many points, and it is one; nothing else names points."""
        data = super().clean() or {}
        for point in self.doing.file().points:  # type: ignore[attr-defined]
            result, points = data.get(f"result_{point.pk}"), data.get(f"points_{point.pk}")
            if result == Result.REDUCED and not (points and points < point.points):
                self.add_error(f"points_{point.pk}", _no_reduction(points, point.points))
            elif result and result != Result.REDUCED and points:
                words = gettext("%(points)s is only for a reduction. Leave it empty, or choose “reduced” above.")
                self.add_error(f"points_{point.pk}", words % {"points": points})
        return data


def _no_reduction(points: int | None, proposed: int) -> str:
    told = {"points": points, "proposed": proposed, "most": proposed - 1}
    if proposed == 1:
        return gettext("A single point cannot be reduced. Choose “upheld” or “annulled”.")
    if points is None:
        return gettext("Enter to how many points: from 1 to %(most)s.") % told
    return gettext("%(points)s is no reduction of %(proposed)s points. Enter 1 to %(most)s.") % told


class CastVote(OnSeat):
    """Vote on all points at once."""

    title = _("Vote")
    explains = _(
        "Your vote is sealed until all experts have voted. Then the middle one decides, and every vote is kept."
    )
    do = _("Cast the vote")
    form_class = VoteForm
    decides = True

    def ballots(self, data: dict[str, Any]) -> dict[int, Ballot]:
        """The votes in the form's data."""
        return {
            point.pk: Ballot(data[f"result_{point.pk}"], data[f"points_{point.pk}"], data[f"reasons_{point.pk}"])
            for point in self.file().points
        }

    def preview(self, data: dict[str, Any]) -> Consequence:
        """Refuse what cannot be cast; say that it is cast once."""
        preview_vote(seat=self.subject, votes=self.ballots(data), by=self.user, now=self.now)
        return Consequence(warnings=[_("A vote is cast once and cannot be taken back.")])

    def perform(self, data: dict[str, Any], second: User | None) -> Seat:
        """Vote."""
        return vote(seat=self.subject, votes=self.ballots(data), by=self.user, now=self.now)

    def done(self, outcome: Seat) -> str:
        """What happened."""
        return gettext("Your vote is sealed. Thank you.")


class RecuseForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"), help_text=_("Such as that you recognise the case, or know somebody in it."))


class Recuse(OnSeat):
    """Step back before voting."""

    title = _("Step back from this case")
    explains = _("The next reserve of the draw takes your seat. It cannot be undone.")
    do = _("Step back")
    form_class = RecuseForm
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Seat:
        """Step back."""
        return recuse(seat=self.subject, reason=data["reason"], by=self.user, now=self.now)

    def done(self, outcome: Seat) -> str:
        """What happened."""
        return gettext("You have stepped back from the case.")
