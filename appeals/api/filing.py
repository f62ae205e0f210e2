"""Taking in objections and appeals: by the agency on paper, by the institution with the person's signature."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from appeals.actions.appeals import file_appeal
from appeals.actions.disputes import MOST_POINTS_OF_DISPUTE, Dispute, Disputed, Exhibit
from appeals.actions.objections import file_objection
from appeals.api.objections import ObjectionShape, as_it_stands
from appeals.models import Objection
from appeals.queries.disputed import appealable
from appeals.queries.objections import objectionable
from registry.api.asking import Asker
from registry.api.desk import Act
from registry.api.files import own_file
from registry.api.given import NOT_KNOWN, Day, Flag, Given, Id, Prose, Text, Whole, several
from registry.api.opening import OnPractitioner
from registry.api.problems import VALUE_REFUSED, Problem
from registry.api.subjects import named, one
from registry.models import Fact, Institution, Practitioner, Proposal
from registry.queries.roles import COMPLIANCE, OFFICERS_OF_AGENCIES

MOST_FILES = 20


class EvidenceGiven(Given):
    """A piece of evidence."""

    file = Id(help_text="a file that you handed in")
    title = Text(required=False, max_length=200, help_text="the name of the file unless told")


class DisputeGiven(Given):
    """What is disputed."""

    text = Prose(max_length=20000)
    professional = Flag(default=False, help_text="for experts to judge, such as whether a treatment was called for")
    evidence = several(EvidenceGiven, default=list, max_length=MOST_FILES)


class ItemDisputeGiven(DisputeGiven):
    """A point of dispute about one item of the proposal."""

    item = Whole(min_value=1)


class EntryDisputeGiven(DisputeGiven):
    """A point of dispute about one entry on record."""

    entry = Id()


class ObjectingGiven(Given):
    """Points of dispute, the person's own words, or both. A statement alone disputes everything proposed."""

    points = several(ItemDisputeGiven, default=list, max_length=MOST_POINTS_OF_DISPUTE)
    statement = Prose(default="", allow_blank=True, max_length=20000)
    good_cause = Prose(default="", allow_blank=True, max_length=20000, help_text="only where the window is over")


class AppealingGiven(Given):
    """The entries, or the standing of today; new facts where an entry was appealed before."""

    entries = serializers.ListField(child=Id(), default=list, max_length=MOST_POINTS_OF_DISPUTE)
    standing = Flag(default=False, help_text="against the standing of today, and so the entries that it rests on")
    points = several(EntryDisputeGiven, default=list, max_length=MOST_POINTS_OF_DISPUTE)
    statement = Prose(default="", allow_blank=True, max_length=20000)
    new_facts = Prose(default="", allow_blank=True, max_length=20000)


class PaperObjectionGiven(ObjectingGiven):
    """An objection on paper. The day of receipt decides whether it is in time."""

    received_on = Day()


class SignedObjectionGiven(ObjectingGiven):
    """An objection by one of your institutions, with the page that the person signed."""

    institution = Text(max_length=12, help_text="the code of one of your institutions")
    signature = Id(help_text="a file that you handed in")


class PaperAppealGiven(AppealingGiven):
    """An appeal on paper."""

    received_on = Day()


class SignedAppealGiven(AppealingGiven):
    """An appeal by one of your institutions, with the page that the person signed."""

    institution = Text(max_length=12, help_text="the code of one of your institutions")
    signature = Id(help_text="a file that you handed in")


def way_in(asker: Asker, values: dict[str, Any]) -> dict[str, Any]:
    """How it was filed, as the actions take it."""
    given = {"filed_by": asker.user, "now": asker.now}
    if "received_on" in values:
        return {**given, "via": Objection.Via.PAPER, "received_on": values.pop("received_on")}
    mine = Institution.objects.filter(pk__in=[each.pk for each in asker.institutions])
    return {
        **given,
        "via": Objection.Via.INSTITUTION,
        "institution": named("institution", mine, code=values.pop("institution")),
        "signature": own_file(asker, "signature", values.pop("signature")),
    }


def disputes_of(asker: Asker, sent: Sequence[dict[str, Any]], by: str, about: Mapping[Any, Disputed]) -> list[Dispute]:
    """The points of dispute; `by` is the member that names what each is about. Raises Problem with each unknown one."""
    unknown = [
        NOT_KNOWN.of(f"points[{n}].{by}", str(point[by])) for n, point in enumerate(sent) if point[by] not in about
    ]
    if unknown:
        raise Problem(VALUE_REFUSED, errors=unknown)
    return [
        Dispute(
            item=about[point[by]],
            text=point["text"],
            professional=point["professional"],
            evidence=exhibits_of(asker, f"points[{n}].evidence", point["evidence"]),
        )
        for n, point in enumerate(sent)
    ]


def exhibits_of(asker: Asker, field: str, sent: Sequence[dict[str, Any]]) -> list[Exhibit]:
    """The files named as evidence, with their titles."""
    found = []
    for n, each in enumerate(sent):
        file = own_file(asker, f"{field}[{n}].file", each["file"])
        assert file is not None  # an id was sent
        found.append((each.get("title") or file.name, file))
    return found


class Objecting(Act):
    """An objection to what is proposed for a person in the scope."""

    tag = "objections"
    shape = ObjectionShape
    makes = True

    def subject(self, **path: Any) -> Proposal:
        rows: QuerySet[Proposal] = objectionable(self.asker.scope)
        return one(rows.select_related("case__agency__region", "practitioner"), uuid=path["proposal"])

    def do(self, subject: Proposal, values: dict[str, Any]) -> Objection:
        items = {item.pk: item for item in subject.items.all()}
        points = disputes_of(self.asker, values.pop("points"), "item", items)
        way = way_in(self.asker, values)
        return as_it_stands(file_objection(proposal=subject, points=points, **way, **values))


class TakeInObjection(Objecting):
    """Take in an objection that came on paper.

    Late, it is refused, but with a good cause kept until an officer admits or refuses it. Where the points were decided
    meanwhile, what came in time is an appeal against them.
    """

    given = PaperObjectionGiven
    done_by = OFFICERS_OF_AGENCIES


class ObjectForPerson(Objecting):
    """Object for a person at one of your institutions, with the person's signature."""

    given = SignedObjectionGiven
    done_by = COMPLIANCE


class Appealing(OnPractitioner, Act):
    """An appeal of a person in the scope."""

    tag = "objections"
    shape = ObjectionShape
    makes = True

    def subject(self, **path: Any) -> Practitioner:
        return self.person(**path)

    def do(self, subject: Practitioner, values: dict[str, Any]) -> Objection:
        known: dict[Any, Disputed] = {fact.origin_id: fact for fact in appealable(subject)}
        points = disputes_of(self.asker, values.pop("points"), "entry", known)
        named_ones, standing = self._named(values.pop("entries"), known), values.pop("standing")
        about = list(dict.fromkeys([*named_ones, *(point.item for point in points)]))
        way = way_in(self.asker, values)
        return as_it_stands(
            file_appeal(
                practitioner=subject,
                entries=[each for each in about if isinstance(each, Fact) and not standing],
                standing=standing,
                points=points,
                agency=next(iter(self.asker.agencies), None),
                **way,
                **values,
            )
        )

    def _named(self, ids: Sequence[Any], known: Mapping[Any, Disputed]) -> list[Disputed]:
        if unknown := [NOT_KNOWN.of(f"entries[{n}]", str(each)) for n, each in enumerate(ids) if each not in known]:
            raise Problem(VALUE_REFUSED, errors=unknown)
        return [known[each] for each in ids]


class TakeInAppeal(Appealing):
    """Take in an appeal that came on paper: against points on record or the standing, at any time.

    An entry is appealed once, and again only for new facts. With `standing` the entries that the standing of today
    rests on are disputed, whatever `entries` says.
    """

    given = PaperAppealGiven
    done_by = OFFICERS_OF_AGENCIES


class AppealForPerson(Appealing):
    """Appeal for a person at one of your institutions, with the person's signature."""

    given = SignedAppealGiven
    done_by = COMPLIANCE
