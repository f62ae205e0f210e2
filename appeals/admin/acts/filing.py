"""Taking in objections and appeals: by the agency on paper, by the institution with the person's signature."""

from functools import cached_property
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.appeals import file_appeal
from appeals.actions.disputes import Disputed
from appeals.actions.objections import file_objection
from appeals.admin.acts.on_objections import OnProposal
from appeals.admin.acts.rows import DisputesForm, disputes_of, kept
from appeals.admin.subjects import objection_url
from appeals.models import Objection
from appeals.queries.disputed import appealable, present_points
from registry.admin.acts.guided import ActForm
from registry.admin.acts.subjects import OnPractitioner
from registry.admin.fields import choice_field, day_field, file_field, prose_field, radio_field
from registry.ledger.law import policies
from registry.models import Fact, User
from registry.queries.explain import day, wording
from registry.queries.roles import COMPLIANCE, OFFICERS_OF_AGENCIES

Things = dict[str, tuple[str, Disputed]]


class FiledForm(DisputesForm):
    """Points, and the person's own words."""

    statement = prose_field(
        _("Statement of the person"),
        required=False,
        help_text=_("In the person's own words; it stays with the record. Without a point it disputes everything."),
    )
    begins_today: ClassVar[tuple[str, ...]] = ("received_on",)


class OnPaperForm(FiledForm):
    """When the paper came in."""

    received_on = day_field(_("Paper received on"), help_text=_("This day decides whether it is in time."))


class ForPersonForm(FiledForm):
    """The page that the person signed, and for which institution it is filed."""

    signature = file_field(_("Page signed by the person"), help_text=_("A scan or a picture of the signed page."))
    institution = choice_field(_("Institution"), ())

    def prepare(self) -> None:
        """The officer's own institutions; one alone is chosen already."""
        super().prepare()
        places = self.doing.scope.places
        choices = [(str(place.pk), place.name) for place in places]
        self.fields["institution"].choices = choices  # type: ignore[attr-defined]  # a choice field
        if choices:
            self.fields["institution"].initial = choices[0][0]


class _GoodCause(DisputesForm):
    good_cause = prose_field(
        _("Good cause for being late"),
        required=False,
        help_text=_("Only where the window is over: an officer of the agency then admits the objection or refuses it."),
    )


class PaperObjectionForm(_GoodCause, OnPaperForm):
    """An objection on paper."""

    field_order = ("received_on",)


class ObjectionForPersonForm(_GoodCause, ForPersonForm):
    """An objection filed by the institution."""

    field_order = ("institution", "signature")


def way_in(act: Any, data: dict[str, Any]) -> dict[str, Any]:
    """How it was filed, as the actions take it; the signed page is kept."""
    given = {"statement": data["statement"], "filed_by": act.user, "now": act.now}
    if "received_on" in data:
        return {**given, "via": Objection.Via.PAPER, "received_on": data["received_on"]}
    place = next(each for each in act.scope.places if str(each.pk) == data["institution"])
    signature = kept(data["signature"], by=act.user, now=act.now)
    return {**given, "via": Objection.Via.INSTITUTION, "institution": place, "signature": signature}


class TakeInObjection(OnProposal):
    """Take in an objection that came on paper."""

    title = _("Take in an objection")
    explains = _(
        "The person may object until the window ends, point by point and each with evidence. What came on paper counts from the day on which it was received."  # noqa: E501
    )
    do = _("File the objection")
    afterwards = _(
        "The agency assigns a reviewer who had no part in the points. Nothing is decided until the objection is answered; one that came late is admitted or refused first."  # noqa: E501
    )
    form_class: ClassVar[type[ActForm]] = PaperObjectionForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False
    template = "appeals/filing.html"

    def disputable(self) -> Things:
        """The points proposed."""
        law = policies()[self.subject.policy]
        return {
            str(item.pk): (told(item.points, f"{item.situation} {wording(law.situations[item.situation])}"), item)
            for item in self.items
        }

    @cached_property
    def items(self) -> list[Any]:
        """The entries proposed."""
        return list(self.subject.items.order_by("pk"))

    def perform(self, data: dict[str, Any], second: User | None) -> Objection:
        """File."""
        with transaction.atomic():
            return file_objection(
                proposal=self.subject,
                points=disputes_of(data["entered"], by=self.user, now=self.now),
                good_cause=data["good_cause"],
                **way_in(self, data),
            )

    def done(self, outcome: Objection) -> str:
        """The number, and what comes next."""
        if outcome.state == Objection.State.LATE:
            return gettext("%(number)s is kept as late; an officer decides on its good cause.") % {"number": outcome}
        if outcome.kind == Objection.Kind.RECORDED_POINTS:
            return gettext(
                "%(number)s came in time, but the points were decided meanwhile: it is an appeal against them."
            ) % {"number": outcome}
        return gettext("%(number)s is filed. Assign a reviewer next.") % {"number": outcome}


class ObjectForPerson(TakeInObjection):
    """The institution files for the person."""

    title = _("Object for the person")
    explains = _(
        "The institution files on the person's behalf, with the person's signature. The person can always file directly, too."  # noqa: E501
    )
    form_class = ObjectionForPersonForm
    allowed = COMPLIANCE


class _AppealFields(DisputesForm):
    against = radio_field(
        _("The appeal is against"),
        [("entries", _("the entries named below")), ("standing", _("the standing of today"))],
        initial="entries",
        help_text=_("Against the standing it is about all entries that the standing of today rests on."),
    )
    new_facts = prose_field(
        _("New facts"),
        required=False,
        help_text=_("An entry is appealed once; again only for facts that were not known then."),
    )


class PaperAppealForm(_AppealFields, OnPaperForm):
    """An appeal on paper."""

    field_order = ("received_on", "against")


class AppealForPersonForm(_AppealFields, ForPersonForm):
    """An appeal filed by the institution."""

    field_order = ("institution", "signature", "against")


class TakeInAppeal(OnPractitioner):
    """Take in an appeal that came on paper."""

    title = _("Take in an appeal")
    explains = _(
        "Against points on record or the standing, at any time, once for each entry unless there are new facts. The agency that decided the entries handles it."  # noqa: E501
    )
    do = _("File the appeal")
    afterwards = _(
        "The agency that decided the entries assigns a reviewer who had no part in them. The points stay as they are until the decision."  # noqa: E501
    )
    form_class: ClassVar[type[ActForm]] = PaperAppealForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False
    template = "appeals/filing.html"

    def disputable(self) -> Things:
        """The entries of the person that are not annulled."""
        return self.entries

    @cached_property
    def entries(self) -> Things:
        """By key of the choice: words and entry, the latest first."""
        return {str(fact.pk): (told_of(fact), fact) for fact in appealable(self.subject)}

    def initial(self) -> dict[str, Any]:
        """The entry from whose page one came."""
        chosen = self.request.GET.get("entry", "")
        return {"item_1": chosen} if chosen in self.entries else {}

    def perform(self, data: dict[str, Any], second: User | None) -> Objection:
        """File."""
        standing = data["against"] == "standing"
        named = [row.item for row in data["entered"] if isinstance(row.item, Fact)]
        with transaction.atomic():
            return file_appeal(
                practitioner=self.subject,
                entries=() if standing else named,
                standing=standing,
                points=disputes_of(data["entered"], by=self.user, now=self.now),
                new_facts=data["new_facts"],
                agency=next(iter(self.scope.agencies), None),
                **way_in(self, data),
            )

    def done(self, outcome: Objection) -> str:
        """The number, and what comes next."""
        return gettext("%(number)s is filed. Assign a reviewer next.") % {"number": outcome}

    def next_url(self, outcome: Objection) -> str:
        """To the appeal."""
        return objection_url(outcome)


class AppealForPerson(TakeInAppeal):
    """The institution files for the person."""

    title = _("Appeal for the person")
    explains = _(
        "The institution files on the person's behalf, with the person's signature. The person can always file directly, too."  # noqa: E501
    )
    form_class = AppealForPersonForm
    allowed = COMPLIANCE


def told(points: int, what: str) -> str:
    """So many points for something."""
    words = ngettext("%(points)s point: %(what)s", "%(points)s points: %(what)s", points)
    return words % {"points": points, "what": what}


def told_of(fact: Fact) -> str:
    """An entry by its points, day and document."""
    return told(present_points(fact), f"{day(fact.effective_on)} {fact.document_number}".strip())
