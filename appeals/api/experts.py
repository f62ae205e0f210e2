"""The pool of experts, for those who keep it; experts offer days and declare conflicts for themselves."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from appeals.actions import experts as pool
from appeals.api.panels import ExpertRef
from appeals.models import Expert, ExpertAvailability, ExpertConflict, ExpertPlace, Specialty
from appeals.queries.panels import honoraria
from appeals.queries.pool import with_load
from appeals.queries.visible import experts_for
from registry.api.desk import Act, Filter, Listing, One, read
from registry.api.given import NOT_KNOWN, Choice, Day, Flag, Given, Prose, Text, Whole
from registry.api.problems import VALUE_REFUSED, Problem
from registry.api.shapes import PersonRef, PlaceRef, Shape
from registry.api.subjects import named, one
from registry.models import Institution, Practitioner, User
from registry.queries.people import whoever_has
from registry.queries.roles import EXPERTS, POOL_KEEPERS, POOL_READERS


class WorkplaceShape(Shape):
    """An institution where an expert works or worked; `ends_on` is the first day not counted."""

    id = serializers.IntegerField(source="pk")
    institution = PlaceRef()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class AvailabilityShape(Shape):
    """Days on which an expert can be drawn; `ends_on` is the first day not counted."""

    id = serializers.IntegerField(source="pk")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class ConflictShape(Shape):
    """A conflict that was declared, with an institution or with a person."""

    id = serializers.IntegerField(source="pk")
    institution = PlaceRef(allow_null=True)
    practitioner = PersonRef(allow_null=True)
    reason = serializers.CharField()
    declared_at = serializers.DateTimeField()


class ExpertShape(Shape):
    """An expert (评议专家) with workplaces, days offered and conflicts declared."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    username = serializers.CharField(source="user.username", allow_null=True, default=None)
    practitioner = PersonRef(allow_null=True, help_text="the expert's own file in the register")
    specialties = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField(help_text="in the pool")
    load = serializers.IntegerField(help_text="panels served on, by which the lot goes")
    places = WorkplaceShape(many=True, source="places.all")
    availability = AvailabilityShape(many=True, source="availability.all")
    conflicts = ConflictShape(many=True, source="conflicts.all")


PARTS = ("places__institution", "availability", "conflicts__institution", "conflicts__practitioner")


def as_kept(rows: QuerySet[Expert]) -> QuerySet[Expert]:
    """The experts with everything shown of them."""
    return with_load(rows).select_related("user", "practitioner").prefetch_related(*PARTS)


def as_it_is(expert: Expert) -> Expert:
    """The expert after an act."""
    return as_kept(Expert.objects.all()).get(pk=expert.pk)


class Among(Choice):
    """A choice that is looked for among several."""

    def to_internal_value(self, data: Any) -> Any:
        return [super().to_internal_value(data)]


class NewExpertGiven(Given):
    """Who the expert is, and with which account they sign in. Without an account nobody is drawn."""

    name = Text(max_length=pool.LONGEST_NAME)
    specialties = serializers.ListField(child=Choice(choices=Specialty.values), min_length=1, max_length=30)
    username = Text(required=False, allow_null=True, max_length=150)
    practitioner = Text(required=False, allow_null=True, max_length=64, help_text="a personal code: the own file")


class Experts(Listing, Act):
    """The experts of the pool. Taking in somebody who left brings the same expert back."""

    tag = "experts"
    creates = "add_expert"
    creating = "Take an expert into the pool. Somebody who left comes back as the same expert."
    shape = ExpertShape
    given = NewExpertGiven
    seen_by = POOL_READERS
    done_by = POOL_KEEPERS
    makes = True
    filters = {
        "active": Filter(Flag(required=False), "active"),
        "specialty": Filter(Among(choices=Specialty.values, required=False), "specialties__contains"),
        "name": Filter(Text(required=False, max_length=100, help_text="or part of it"), "name__contains"),
    }

    def rows(self) -> QuerySet[Expert]:
        return as_kept(experts_for(self.asker.scope, self.asker.user))

    def do(self, subject: Any, values: dict[str, Any]) -> Expert:
        username, code = values.pop("username", None), values.pop("practitioner", None)
        accounts = User.objects.filter(is_active=True)
        made = pool.add_expert(
            user=named("username", accounts, username=username) if username else None,
            practitioner=person_of(code),
            by=self.asker.user,
            now=self.asker.now,
            **values,
        )
        return as_it_is(made)


def person_of(code: str | None) -> Practitioner | None:
    """Whoever has or had this personal code. Raises Problem on the member `practitioner`."""
    found = whoever_has(code) if code else None
    if code and found is None:
        raise Problem(VALUE_REFUSED, errors=[NOT_KNOWN.of("practitioner", code)])
    return found


def place_of(code: str | None) -> Institution | None:
    """The institution with this code. Raises Problem on the member `institution`."""
    return named("institution", Institution.objects.all(), code=code.upper()) if code else None


class ExpertView(One):
    """One expert."""

    tag = "experts"
    shape = ExpertShape
    seen_by = POOL_READERS

    def find(self, **path: Any) -> Expert:
        return one(as_kept(experts_for(self.asker.scope, self.asker.user)), uuid=path["expert"])


class OnExpert(Act):
    """An act on an expert; experts act on themselves."""

    tag = "experts"
    shape: ClassVar[type[Shape]] = ExpertShape
    subject_shape = ExpertShape
    done_by = POOL_KEEPERS

    def subject(self, **path: Any) -> Expert:
        return one(as_kept(experts_for(self.asker.scope, self.asker.user)), uuid=path["expert"])


class SpecialtiesGiven(Given):
    """For which subjects."""

    specialties = serializers.ListField(child=Choice(choices=Specialty.values), min_length=1, max_length=30)


class ChangeSpecialties(OnExpert):
    """Change for which subjects an expert can be drawn from now on; seats that they have stay."""

    given = SpecialtiesGiven

    def do(self, subject: Expert, values: dict[str, Any]) -> Expert:
        return as_it_is(pool.change_specialties(expert=subject, by=self.asker.user, now=self.asker.now, **values))


class LeavingGiven(Given):
    """Why."""

    reason = Prose(max_length=2000)


class LeavePool(OnExpert):
    """Take an expert out of the pool: drawn no more, nor seated as a reserve. Seats that they have they keep."""

    given = LeavingGiven

    def do(self, subject: Expert, values: dict[str, Any]) -> Expert:
        return as_it_is(pool.leave_pool(expert=subject, by=self.asker.user, now=self.asker.now, **values))


class DaysGiven(Given):
    """From which day on, and until when."""

    starts_on = Day()
    ends_on = Day(required=False, allow_null=True, help_text="the first day not counted")


class WorkplaceGiven(DaysGiven):
    """Where, and on which days."""

    institution = Text(max_length=12, help_text="its code")


class AddWorkplace(OnExpert):
    """Record where an expert works or worked: nobody judges a case of a place that they are or were recently at."""

    shape = WorkplaceShape
    given = WorkplaceGiven
    makes = True

    def do(self, subject: Expert, values: dict[str, Any]) -> ExpertPlace:
        place = place_of(values.pop("institution"))
        assert place is not None  # the member is needed
        return pool.add_workplace(expert=subject, institution=place, by=self.asker.user, now=self.asker.now, **values)


class OfferAvailability(OnExpert):
    """Offer days on which an expert can be drawn."""

    shape = AvailabilityShape
    given = DaysGiven
    done_by = POOL_KEEPERS | EXPERTS
    makes = True

    def do(self, subject: Expert, values: dict[str, Any]) -> ExpertAvailability:
        return pool.offer_availability(expert=subject, by=self.asker.user, now=self.asker.now, **values)


class ConflictGiven(Given):
    """With whom: an institution or a person; and why."""

    institution = Text(required=False, allow_null=True, max_length=12, help_text="its code")
    practitioner = Text(required=False, allow_null=True, max_length=64, help_text="a personal code")
    reason = Prose(max_length=2000)


class DeclareConflict(OnExpert):
    """Declare with whom an expert may not have to do. It is never withdrawn."""

    shape = ConflictShape
    given = ConflictGiven
    done_by = POOL_KEEPERS | EXPERTS
    makes = True

    def do(self, subject: Expert, values: dict[str, Any]) -> ExpertConflict:
        return pool.declare_conflict(
            expert=subject,
            institution=place_of(values.get("institution")),
            practitioner=person_of(values.get("practitioner")),
            reason=values["reason"],
            by=self.asker.user,
            now=self.asker.now,
        )


class LastDayGiven(Given):
    """The first day that does not count any more."""

    ends_on = Day()


class EndWorkplace(Act):
    """End a workplace; later panels still look back at it for the years of the policy."""

    tag = "experts"
    shape = WorkplaceShape
    given = LastDayGiven
    done_by = POOL_KEEPERS

    def subject(self, **path: Any) -> ExpertPlace:
        experts = experts_for(self.asker.scope, self.asker.user)
        return one(ExpertPlace.objects.filter(expert__in=experts).select_related("institution"), pk=path["workplace"])

    def do(self, subject: ExpertPlace, values: dict[str, Any]) -> ExpertPlace:
        return pool.end_workplace(place=subject, by=self.asker.user, now=self.asker.now, **values)


class EndAvailability(Act):
    """End days that were offered; seats that the expert has stay."""

    tag = "experts"
    shape = AvailabilityShape
    given = LastDayGiven
    done_by = POOL_KEEPERS | EXPERTS

    def subject(self, **path: Any) -> ExpertAvailability:
        experts = experts_for(self.asker.scope, self.asker.user)
        return one(ExpertAvailability.objects.filter(expert__in=experts), pk=path["days"])

    def do(self, subject: ExpertAvailability, values: dict[str, Any]) -> ExpertAvailability:
        return pool.end_availability(availability=subject, by=self.asker.user, now=self.asker.now, **values)


class HonorariumShape(Shape):
    """On how many panels an expert voted."""

    expert = ExpertRef()
    specialties = serializers.ListField(child=serializers.CharField(), source="expert.specialties")
    panels = serializers.IntegerField(source="votes")


class HonorariaShape(Shape):
    """Everybody who voted in the year."""

    year = serializers.IntegerField()
    items = HonorariumShape(many=True)


class YearAsked(Given):
    """Which year."""

    year = Whole(min_value=2000, max_value=2999, required=False, help_text="this one unless told")


class Honoraria(One):
    """On how many panels each expert voted in a year, for those who pay them."""

    tag = "experts"
    shape = HonorariaShape
    seen_by = POOL_READERS
    asks = YearAsked

    def find(self, **path: Any) -> dict[str, Any]:
        sent = self.request.query_params.dict()
        plain = {name: int(text) if text.isascii() and text.isdigit() else text for name, text in sent.items()}
        year: int = read(self.asks, plain).get("year") or self.asker.today.year
        return {"year": year, "items": honoraria(year, experts_for(self.asker.scope, self.asker.user))}
