"""Acts on panels: the reviewer asks, another officer draws, and the reviewer releases what the experts may see."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.panels import draw_panel, fail_panel, preview_draw, refer_to_panel
from appeals.actions.release import release_evidence
from appeals.admin.fields import several_field
from appeals.admin.subjects import objection_url, panel_url
from appeals.models import Evidence, Objection, Panel, PointOfDispute, Specialty
from appeals.queries.anonymous import telling
from appeals.queries.panels import REASONS
from appeals.queries.visible import objections_in, panels_in
from registry.actions.files import keep_file
from registry.admin.acts.consequence import Consequence, Summary
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.acts.subjects import card_of
from registry.admin.fields import choice_field, file_field, prose_field, tick_field
from registry.ledger.law import policies
from registry.models import User
from registry.queries.roles import REVIEWING
from registry.queries.scope import Scope
from registry.queries.wording import listed

SHORT = 80
ON_DISPUTE = "appeals/on_dispute.html"


class ReferForm(ActForm):
    """Which points, which question, and experts of which subject."""

    points = several_field(_("Points of dispute"), (), coerce=int)
    question = prose_field(
        _("Question to the experts"), help_text=_("Names and codes are hidden from the experts; write what to judge.")
    )
    specialty = choice_field(_("Specialty"), Specialty.choices)

    def prepare(self) -> None:
        """The points of the objection; those marked professional are chosen."""
        rows = list(self.doing.subject.points.order_by("number"))
        self.fields["points"].choices = [(row.pk, _point(row)) for row in rows]  # type: ignore[attr-defined]
        self.fields["points"].initial = [row.pk for row in rows if row.professional]

    def summary(self) -> Iterator[Summary]:
        """The points by their words."""
        for item in super().summary():
            if item.label == self.fields["points"].label:
                told = dict(self.fields["points"].choices)  # type: ignore[attr-defined]
                yield Summary(item.label, listed(told[each] for each in item.value), long=True)
            else:
                yield item


class ReferToPanel(GuidedAct):
    """The reviewer asks a panel of experts."""

    title = _("Refer to a panel of experts")
    explains = _(
        "The register makes a secret seed and publishes its commitment. Another officer draws the panel from it, and"
        " the clock of the review stands still until the experts have answered."
    )
    do = _("Refer to a panel")
    afterwards = _("Another officer draws the panel. Release until then what the experts may see of the evidence.")
    form_class = ReferForm
    allowed = REVIEWING
    template = ON_DISPUTE

    subject: Objection

    def find(self, seen: Scope) -> Objection | None:
        """The objection with the id in the address."""
        return objections_in(seen).select_related("practitioner").filter(pk=self.kwargs["pk"]).first()

    def chosen(self, data: dict[str, Any]) -> list[PointOfDispute]:
        """The points chosen in the form."""
        return list(self.subject.points.filter(pk__in=data["points"]).order_by("number"))

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What the panel will be, and what in the file may still tell who it is about."""
        law = policies()[self.subject.policy]
        left = telling(self.subject, self.chosen(data), data["question"])
        warnings: list[Words] = []
        if left:
            words = gettext("The experts will read this; does it tell who the case is about? %(found)s")
            warnings.append(words % {"found": listed(left)})
        return Consequence(
            details=[
                (_("Seats"), law.get("panel.size")),
                (_("Working days to vote"), law.clock("peer_review")),
            ],
            warnings=warnings,
        )

    def perform(self, data: dict[str, Any], second: User | None) -> Panel:
        """Refer."""
        return refer_to_panel(
            objection=self.subject,
            points=self.chosen(data),
            question=data["question"],
            specialty=data["specialty"],
            by=self.user,
            now=self.now,
        )

    def next_url(self, outcome: Panel) -> str:
        """To the panel."""
        return panel_url(outcome)

    def done(self, outcome: Panel) -> str:
        """What comes next."""
        return gettext("The panel is asked for. Release the evidence to it; another officer draws it.")

    def crumbs(self) -> list[tuple[Words, str]]:
        """The objection."""
        return [(self.subject.number, objection_url(self.subject))]

    def context(self) -> dict[str, Any]:
        """The person, and what is disputed."""
        return {**card_of(self.subject.practitioner), **_disputed(self.subject)}


class OnPanel(GuidedAct):
    """An act on a panel."""

    allowed = REVIEWING
    template = ON_DISPUTE

    subject: Panel

    def find(self, seen: Scope) -> Panel | None:
        """The panel with the id in the address."""
        return panels_in(seen).filter(pk=self.kwargs["pk"]).first()

    def next_url(self, outcome: Any) -> str:
        """Back to the panel."""
        return panel_url(self.subject)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The panel."""
        return [(self.subject.objection.number, panel_url(self.subject))]

    def context(self) -> dict[str, Any]:
        """What the experts are asked about."""
        specialty = Specialty(self.subject.specialty).label
        return {**_disputed(self.subject.objection, self.subject), "panel": self.subject, "specialty": specialty}


class NothingToSay(ActForm):
    """Nothing is asked."""


class DrawPanel(OnPanel):
    """Another officer than who committed the seed draws."""

    title = _("Draw the panel")
    explains = _("The pool and the case are frozen as they are now. The lot decides; nothing can be drawn again.")
    do = _("Draw")
    afterwards = _(
        "Each expert who is drawn is asked to vote, on a file without names. Who is silent after the last day is replaced by the next reserve. With the last vote the objection is with its reviewer again."  # noqa: E501
    )
    form_class = NothingToSay

    def preview(self, data: dict[str, Any]) -> Consequence:
        """How many can sit, and why others cannot."""
        found = preview_draw(panel=self.subject, by=self.user, now=self.now)
        counts = Counter(reason for each in found.excluded for reason in each.reasons)
        excluded = listed(
            gettext("%(reason)s: %(count)s") % {"reason": words, "count": counts[code]}
            for code, words in REASONS.items()
            if counts[code]
        )
        return Consequence(
            details=[
                (_("Commitment of the seed"), self.subject.commitment),
                (_("Seats"), found.seats),
                (_("Experts who can sit"), found.able),
                (_("Excluded"), excluded or gettext("nobody")),
            ],
            warnings=[_("With so few experts no panel can be drawn.")] if found.able < found.seats else [],
        )

    def perform(self, data: dict[str, Any], second: User | None) -> Panel:
        """Draw."""
        return draw_panel(panel=self.subject, by=self.user, now=self.now)

    def done(self, outcome: Panel) -> str:
        """What happened."""
        return gettext("The panel is drawn, and the experts are asked to vote.")


class ReasonForm(ActForm):
    """Why."""

    reason = prose_field(_("Reason"))


class FailPanel(OnPanel):
    """There are not enough experts."""

    title = _("Give the panel up")
    explains = _("A panel that cannot be drawn is given up. The objection is with its reviewer again.")
    do = _("Give up")
    form_class = ReasonForm
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Panel:
        """Give up."""
        return fail_panel(panel=self.subject, reason=data["reason"], by=self.user, now=self.now)

    def done(self, outcome: Panel) -> str:
        """What comes next."""
        return gettext("The panel is given up. The reviewer decides the objection, or asks for another panel.")


class ReleaseForm(ActForm):
    """A copy, or the file as it is."""

    file = file_field(_("Copy without names"), required=False)
    names_nobody = tick_field(_("The file itself names nobody: I have looked at it."))

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        if bool(data.get("file")) == bool(data.get("names_nobody")):
            raise ValidationError(gettext("Hand in a copy without names, or declare that the file names nobody."))
        return data

    def summary(self) -> Iterator[Any]:
        """Nothing is read back: there is no second page."""
        return iter(())


class ReleaseEvidence(GuidedAct):
    """What the experts may see of a piece of evidence."""

    title = _("Release evidence to the panel")
    explains = _(
        "The experts see nothing of it until then. Pictures and scans are not searched for names: look yourself."
    )
    do = _("Release")
    form_class = ReleaseForm
    allowed = REVIEWING
    template = ON_DISPUTE
    previewed = False

    subject: Evidence

    def find(self, seen: Scope) -> Evidence | None:
        """The piece with the id in the address, of an objection in the scope."""
        rows = Evidence.objects.filter(point__objection__in=objections_in(seen))
        return rows.select_related("point__objection__practitioner", "file").filter(pk=self.kwargs["pk"]).first()

    def perform(self, data: dict[str, Any], second: User | None) -> Evidence:
        """Release."""
        upload = data["file"]
        copy = None
        if upload:
            copy = keep_file(name=upload.name, content=upload.read(), by=self.user, now=self.now)
        return release_evidence(evidence=self.subject, file=copy, by=self.user, now=self.now)

    def next_url(self, outcome: Evidence) -> str:
        """To the panel, where there is one."""
        panel = Panel.objects.filter(points=outcome.point).order_by("-pk").first()
        return panel_url(panel) if panel else objection_url(outcome.point.objection)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Where one comes from."""
        return [(self.subject.point.objection.number, self.next_url(self.subject))]

    def done(self, outcome: Evidence) -> str:
        """Which piece."""
        return gettext("“%(title)s” is released to the panel.") % {"title": outcome.title}

    def context(self) -> dict[str, Any]:
        """The point that it is for."""
        return {"objection": self.subject.point.objection, "disputed": [self.subject.point]}


def _disputed(objection: Objection, panel: Panel | None = None) -> dict[str, Any]:
    points = (panel or objection).points.select_related("item", "entry").order_by("number")
    return {"objection": objection, "disputed": points}


def _point(row: PointOfDispute) -> str:
    text = row.text if len(row.text) <= SHORT else f"{row.text[:SHORT]}…"
    return f"{row.number}. {text}"
