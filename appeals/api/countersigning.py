"""The countersignature of an institution: asked for by whoever objected, given, or declined with a reason."""

from typing import Any

from rest_framework import serializers

from appeals.actions.countersigning import ask_countersignature, decline_countersignature
from appeals.actions.objections import countersign_objection
from appeals.api.objections import OnObjection, as_it_stands
from appeals.models import Objection
from appeals.queries.own_objections import own_objections
from registry.api.desk import Act
from registry.api.given import Given, Prose, Text
from registry.api.shapes import PlaceRef, Shape, Word
from registry.api.subjects import named, one
from registry.models import Institution
from registry.queries.roles import COMPLIANCE, OWN_FILE


class AskedShape(Shape):
    """An objection or appeal of your own, as far as its countersignature goes; officers are not named in it."""

    id = serializers.UUIDField(source="uuid")
    number = serializers.CharField()
    state = Word(Objection.State.choices)
    filed_at = serializers.DateTimeField()
    countersignature_asked_of = PlaceRef()
    countersignature_asked_at = serializers.DateTimeField()
    countersignature_declined_at = serializers.DateTimeField(allow_null=True)
    countersigned_at = serializers.DateTimeField(allow_null=True)


class AskGiven(Given):
    """Which institution."""

    institution = Text(max_length=12, help_text="the code of an institution where you are registered today")


class AskCountersignature(Act):
    """Ask an institution to countersign what you filed: one where you are registered today, and one only.

    Nothing waits for the answer: the objection goes on from the day on which it was filed. Asking the same
    institution again is asking it once.
    """

    tag = "objections"
    shape = AskedShape
    given = AskGiven
    done_by = OWN_FILE

    def subject(self, **path: Any) -> Objection:
        return one(own_objections(self.asker.scope.own_files()), uuid=path["objection"])

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        place = named("institution", Institution.objects.all(), code=values["institution"])
        ask_countersignature(objection=subject, institution=place, by=self.asker.user, now=self.asker.now)
        return as_it_stands(subject)


class CountersignGiven(Given):
    """For which institution."""

    institution = Text(max_length=12, help_text="the code of one of your institutions")


class Countersigning(OnObjection):
    """For one of the own institutions."""

    done_by = COMPLIANCE

    def place(self, code: str) -> Institution:
        """The own institution with the code. Raises Problem for any other."""
        mine = Institution.objects.filter(pk__in=[each.pk for each in self.asker.institutions])
        return named("institution", mine, code=code)


class CountersignObjection(Countersigning):
    """Countersign for the institution what the person filed. Without it nothing is lost."""

    given = CountersignGiven

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        place = self.place(values["institution"])
        return as_it_stands(
            countersign_objection(objection=subject, institution=place, by=self.asker.user, now=self.asker.now)
        )


class DeclineGiven(CountersignGiven):
    """For which institution, and why not."""

    reason = Prose(max_length=500, help_text="the person reads it beside the objection")


class DeclineCountersignature(Countersigning):
    """Answer for the institution that the person asked that it does not countersign, and why.

    It answers once; a second answer changes nothing, and it may still countersign later. The objection goes on.
    """

    given = DeclineGiven

    def do(self, subject: Objection, values: dict[str, Any]) -> Objection:
        place, reason = self.place(values["institution"]), values["reason"]
        decline_countersignature(
            objection=subject, institution=place, reason=reason, by=self.asker.user, now=self.asker.now
        )
        return as_it_stands(subject)
