"""Regions, agencies, institutions and their service agreements."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from registry.actions.institutions import conclude_agreement, end_agreement, open_institution
from registry.api.desk import Act, Filter, Listing, One
from registry.api.given import Choice, Day, Flag, Given, Text
from registry.api.shapes import AgencyShape, PlaceRef, Shape, Word
from registry.api.subjects import named, one
from registry.models import Agency, Institution, Region, ServiceAgreement
from registry.queries.roles import OFFICERS_OF_AGENCIES, READERS_OF_REFERENCE, READERS_OF_THE_PUBLISHED


class RegionShape(Shape):
    """A region by its six digits (GB/T 2260)."""

    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    within = serializers.CharField(source="parent_id", allow_null=True)


class InstitutionShape(Shape):
    """A designated medical institution (`H`) or retail pharmacy (`P`)."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = Word(Institution.Kind.choices)
    public = serializers.BooleanField()
    grade = serializers.CharField()
    region = serializers.CharField(source="region_id")
    agency = AgencyShape()


class AgreementShape(Shape):
    """A service agreement as known now. `ends_on` is the first day that no longer counts."""

    id = serializers.UUIDField(source="record")
    institution = PlaceRef()
    number = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()


class Regions(Listing):
    """The regions, from provinces to counties."""

    tag = "places"
    shape = RegionShape
    seen_by = READERS_OF_REFERENCE
    filters = {"within": Filter(Text(required=False, max_length=6, help_text="the region above"), "parent_id")}

    edge = Text(required=False, max_length=6, help_text="where the page before ended; taken from `next`")

    def rows(self) -> QuerySet[Region]:
        return Region.objects.all()


class Agencies(Listing):
    """The agencies (医保经办机构)."""

    tag = "places"
    shape = AgencyShape
    seen_by = READERS_OF_REFERENCE
    filters = {"region": Filter(Text(required=False, max_length=6, help_text="the region's code"), "region_id")}

    def rows(self) -> QuerySet[Agency]:
        return Agency.objects.all()


class InstitutionGiven(Given):
    """A new institution. The letter of its code says what it is."""

    code = Text(max_length=12)
    name = Text(max_length=200)
    region = Text(max_length=6, help_text="the code of the region in which it lies")
    agency = Text(max_length=20, help_text="the code of the agency that handles its agreement; one of yours")
    public = Flag(default=False)
    grade = Text(default="", allow_blank=True, max_length=40)


class Institutions(Listing, Act):
    """The institutions that concern you; an officer of an agency opens new ones."""

    tag = "places"
    creates = "open_institution"
    creating = "Open an institution."
    seen_by = READERS_OF_THE_PUBLISHED
    shape = InstitutionShape
    given = InstitutionGiven
    done_by = OFFICERS_OF_AGENCIES
    makes = True
    filters = {
        "region": Filter(Text(required=False, max_length=6, help_text="the region's code"), "region_id"),
        "kind": Filter(Choice(choices=Institution.Kind.values, required=False), "kind"),
        "agency": Filter(Text(required=False, max_length=20, help_text="the agency's code"), "agency__code"),
    }

    def rows(self) -> QuerySet[Institution]:
        return self.asker.scope.institutions().select_related("agency")

    def do(self, subject: Any, values: dict[str, Any]) -> Institution:
        region = named("region", Region.objects.all(), code=values.pop("region"))
        mine = Agency.objects.filter(pk__in=[each.pk for each in self.asker.agencies])
        agency = named("agency", mine, code=values.pop("agency"))
        return open_institution(region=region, agency=agency, by=self.asker.user, now=self.asker.now, **values)


class InstitutionView(One):
    """One institution."""

    tag = "places"
    seen_by = READERS_OF_THE_PUBLISHED
    shape = InstitutionShape

    def find(self, **path: Any) -> Institution:
        return one(self.asker.scope.institutions().select_related("agency"), **path)


class AgreementGiven(Given):
    """A service agreement (服务协议)."""

    number = Text(max_length=60)
    starts_on = Day()
    ends_on = Day(required=False, allow_null=True, help_text="the first day that no longer counts")


class Agreements(Listing, Act):
    """The service agreements of an institution as known now."""

    tag = "places"
    creates = "conclude_agreement"
    creating = "Record a service agreement with an institution."
    shape = AgreementShape
    given = AgreementGiven
    done_by = OFFICERS_OF_AGENCIES
    makes = True

    def subject(self, **path: Any) -> Institution:
        return one(self.asker.scope.institutions().select_related("region"), **path)

    def rows(self) -> QuerySet[ServiceAgreement]:
        place = self.subject(**self.kwargs)
        return ServiceAgreement.objects.filter(institution=place, superseded_at=None).select_related("institution")

    def do(self, subject: Institution, values: dict[str, Any]) -> ServiceAgreement:
        return conclude_agreement(institution=subject, by=self.asker.user, now=self.asker.now, **values)


class EndGiven(Given):
    """The first day that no longer counts, and why."""

    ends_on = Day()
    reason = Text(max_length=200)


class EndAgreement(Act):
    """End a service agreement from a day on."""

    tag = "places"
    shape = AgreementShape
    subject_shape = AgreementShape
    given = EndGiven
    done_by = OFFICERS_OF_AGENCIES

    def subject(self, **path: Any) -> ServiceAgreement:
        rows = ServiceAgreement.objects.filter(superseded_at=None, institution__in=self.asker.scope.institutions())
        return one(rows.select_related("institution"), record=path["agreement"])

    def do(self, subject: ServiceAgreement, values: dict[str, Any]) -> ServiceAgreement:
        return end_agreement(agreement=subject, by=self.asker.user, now=self.asker.now, **values)
