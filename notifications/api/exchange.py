"""What the register of another province asks of us: the account behind a notice, and letters that did not arrive."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from notifications.actions.receipts import mark_read
from notifications.api.notices import Told
from notifications.models import Push
from notifications.queries.exchange.accounts import account_of
from notifications.queries.exchange.letters import as_event, letters_to, on_day, told_on
from notifications.queries.inbox import notices_to, with_everything
from notifications.rules.envelope import SOURCE_PREFIX
from notifications.rules.exchange import KINDS, merkle_root
from registry.api.asking import Asker
from registry.api.desk import Filter, Listing, One, parameters
from registry.api.given import Day, Given, Id, Whole
from registry.api.opening import keep_opening
from registry.api.shapes import Shape
from registry.api.subjects import one
from registry.models import AccessRecord
from registry.models.access import HELD_BY_KEYS
from registry.queries.sight import full_sight


def regions_of(asker: Asker) -> set[str]:
    """The province whose register asks."""
    return {row.region_id for row in asker.scope.assignments if row.role in HELD_BY_KEYS and row.region_id}


class PersonOfAccount(Shape):
    """Whom the account is about. Code and name must agree with yours; else a person of yours has to look."""

    id = serializers.UUIDField()
    codes = serializers.ListField(child=serializers.CharField(), help_text="every personal code, none provisional")
    name = serializers.CharField()


class EntryOfFact(Shape):
    """The entry that is corrected, by the name its register gave it."""

    origin = serializers.CharField()
    id = serializers.UUIDField()


class FactOfAccount(Shape):
    """A fact under the name that the register which decided it gave it: `origin` and `id`, the same everywhere."""

    kind = serializers.ChoiceField(choices=KINDS)
    origin = serializers.CharField()
    id = serializers.UUIDField()
    origin_seq = serializers.IntegerField()
    decided_at = serializers.DateTimeField()
    effective_on = serializers.DateField()
    legacy = serializers.BooleanField()
    points = serializers.IntegerField(allow_null=True)
    counted_on = serializers.DateField(allow_null=True)
    policy = serializers.CharField(allow_blank=True)
    months = serializers.IntegerField(allow_null=True)
    days = serializers.IntegerField(allow_null=True)
    entry = EntryOfFact(allow_null=True)
    document_number = serializers.CharField(allow_blank=True)
    agency = serializers.CharField(allow_blank=True, help_text="code of the deciding agency")


class AccountShape(Shape):
    """Everything that is known here of what happened to the person of a notice, whoever decided it."""

    as_of = serializers.DateTimeField()
    person = PersonOfAccount()
    policies = serializers.DictField(
        child=serializers.CharField(), help_text="by the policies that facts name, the SHA-256 of all their numbers"
    )
    facts = FactOfAccount(many=True)


class AccountView(Told, One):
    """The account behind a notice to your province. Take over what you do not hold yet, by `origin` and `id`."""

    tag = "exchange"
    shape = AccountShape
    seen_by = HELD_BY_KEYS

    def find(self, **path: Any) -> dict[str, Any]:
        notice = one(with_everything(notices_to(self.asker.scope)), uuid=path["notice"])
        if notice.event.practitioner is None:
            raise NotFound
        keep_opening(self.asker, notice.event.practitioner, kind=AccessRecord.Kind.OPENED, reason="")
        with full_sight():
            mark_read(notice=notice, by=None, key=self.asker.key, now=self.asker.now)
        return account_of(notice, self.asker.now)


class LetterData(Shape):
    """What a letter says: which notice is there, where the person's file is, and which earlier letters it corrects."""

    notice = serializers.CharField()
    url = serializers.CharField()
    corrects = serializers.ListField(child=serializers.UUIDField())


class LetterShape(Shape):
    """A letter as it is pushed (CloudEvents 1.0)."""

    specversion = serializers.CharField()
    id = serializers.UUIDField()
    source = serializers.CharField(  # type: ignore[assignment]  # a member of the answer, not of the serializer
        help_text=f"{SOURCE_PREFIX}… and the name of this register"
    )
    type = serializers.CharField()
    subject = serializers.CharField()
    time = serializers.DateTimeField()
    sequence = serializers.CharField(help_text="of the letters about that person to your register")
    datacontenttype = serializers.CharField()
    data = LetterData()  # type: ignore[assignment]  # a member of the answer, not of the serializer


class Letters(Told, Listing):
    """Every letter that is or was owed to your register, whether it was pushed or not, in the order of being owed."""

    tag = "exchange"
    shape = LetterShape
    seen_by = HELD_BY_KEYS
    filters = {
        "subject": Filter(Id(required=False, help_text="the person"), "practitioner__uuid"),
        "above": Filter(Whole(min_value=0, required=False, help_text="sequences after this"), "sequence__gt"),
        "below": Filter(Whole(min_value=1, required=False, help_text="sequences before this"), "sequence__lt"),
        "day": Filter(Day(required=False, help_text="what happened on that day, in China"), ""),
    }

    def rows(self) -> QuerySet[Push]:
        rows = letters_to(regions_of(self.asker))
        if day := self.asked.get("day"):
            begins, ends = on_day(day)
            rows = rows.filter(notice__event__occurred_at__gte=begins, notice__event__occurred_at__lt=ends)
        return rows

    def shown(self, row: Push) -> dict[str, Any]:
        return as_event(row)


class DayAsked(Given):
    """Which day."""

    day = Day(help_text="in China")


class DigestShape(Shape):
    """Whether you hold what you were told on a day: compare both; where they differ, list the letters of the day."""

    day = serializers.DateField()
    count = serializers.IntegerField()
    root = serializers.SerializerMethodField()  # type: ignore[assignment]  # a member of the answer

    @extend_schema_field(serializers.CharField(help_text="Merkle root of the letters' ids, in their order"))
    def get_root(self, row: dict[str, Any]) -> str:
        """Leaves are SHA-256 of 00 and the id, nodes of 01 and both below; an odd one is carried up."""
        return merkle_root(row["ids"])


class DigestView(Told, One):
    """How many letters about people your register is told of a day, and one digest over their ids."""

    tag = "exchange"
    shape = DigestShape
    seen_by = HELD_BY_KEYS
    asks = DayAsked

    def get(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        self.day = parameters(DayAsked, request)["day"]
        return super().get(request, **path)

    def find(self, **path: Any) -> dict[str, Any]:
        ids = told_on(regions_of(self.asker), self.day)
        return {"day": self.day, "count": len(ids), "ids": ids}
