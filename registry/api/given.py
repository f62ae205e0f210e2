"""What is sent: strict shapes. A member of another type, an unknown one and a repeated one are each named."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from registry.queries import faults, members
from registry.queries.faults import Fault, FieldError
from registry.queries.members import Members, Wrong

MOST_ERRORS = 50

OUT_OF_BOUNDS = {
    "blank": Fault("blank", _("“%(field)s” is empty."), _("Write something, or leave the member out where it may.")),
    "max_length": Fault("too_long", _("“%(value)s” is too long."), _("Shorten it to the length described.")),
    "min_value": Fault("too_small", _("%(value)s is too small."), _("Send a value in the range described.")),
    "max_value": Fault("too_large", _("%(value)s is too large."), _("Send a value in the range described.")),
    "invalid_choice": Fault(
        "not_a_choice", _("“%(value)s” is none of the choices."), _("Send one of those described.")
    ),
    "null": Fault("null", _("“%(field)s” is null."), _("Send a value, or leave the member out where it may.")),
    "required": faults.REQUIRED,
    "empty": Fault("empty", _("“%(field)s” is an empty list."), _("Send at least one.")),
    "min_length": Fault("too_few", _("“%(field)s” has too few members."), _("Send at least as many as described.")),
    "not_a_list": faults.NOT_A_LIST,
    "invalid": faults.NOT_AN_OBJECT,
}
NOT_WHOLE = Fault(
    "wrong_type", _("%(value)s is not a whole number."), _("Write it as a JSON number without a fraction.")
)
NOT_DECIMAL = Fault(
    "not_an_amount",
    _("“%(value)s” is no amount of yuan."),
    _('Write it as a string like "1234.50", two decimals at most.'),
)
NOT_UUID = Fault("not_an_id", _("“%(value)s” is no identifier."), _("Send the `id` as the register gave it out."))
NOT_KNOWN = Fault(
    "not_known", _("There is nothing under “%(value)s” for you."), _("Look it up first and send what you found.")
)


class _Code(str):
    """The code of a fault that remembers the fault: the framework makes its details anew, but keeps their codes."""

    __slots__ = ("fault",)

    fault: Fault

    def __new__(cls, fault: Fault) -> "_Code":
        made = super().__new__(cls, fault.code)
        made.fault = fault
        return made


class Faulty(ValidationError):
    """A field is wrong in one of the ways of `Fault`."""

    def __init__(self, fault: Fault) -> None:
        super().__init__([_detail(fault)])


CONTROLS = "\\u0000-\\u001f\\u007f-\\u009f"
CONTROLS_BUT_LINES = "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f"


class Text(serializers.CharField):
    """A string without control characters. Stray spaces at its ends are dropped."""

    lines = False

    @property
    def pattern(self) -> str:
        """What the string matches: nothing forbidden, and something in it where it may not be blank."""
        free = f"[^{CONTROLS_BUT_LINES if self.lines else CONTROLS}]"
        return f"^{free}*$" if self.allow_blank else f"^{free}*[^\\s{CONTROLS}]{free}*$"

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is serializers.empty or data is None:
            return super().run_validation(data)
        checked = data.replace("\n", "").replace("\t", "") if self.lines and isinstance(data, str) else data
        _read(members.text, checked)
        return super().run_validation(data)


class Sealed(Text):
    """A number that is kept sealed: where it is wrong, it is shown with stars, even to who sent it."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        try:
            return super().run_validation(data)
        except ValidationError as error:
            found = [each for each in error.detail if isinstance(each, ErrorDetail)]
            hidden = [_detail(replace(_fault_of(each), hides=True)) for each in found]
            raise ValidationError(hidden) from None


class Prose(Text):
    """A text that may have several lines."""

    lines = True


class Choice(serializers.ChoiceField):
    """One of a few words."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise Faulty(faults.NOT_A_STRING)
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        return bool(_read(members.flag, data))


class Whole(serializers.IntegerField):
    """A whole number of at most 18 digits; 2.0 is one too, as JSON Schema has it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_value": 10**18 - 1, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        whole = isinstance(data, int) or (isinstance(data, float) and data.is_integer())
        if isinstance(data, bool) or not whole:
            raise Faulty(NOT_WHOLE)
        return int(data)


class Amount(serializers.DecimalField):
    """Yuan, as a string with at most two decimals."""

    pattern = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, min_value=0, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not re.fullmatch(self.pattern, data, re.ASCII):
            raise Faulty(NOT_DECIMAL)
        return super().to_internal_value(data)


class Day(serializers.DateField):
    """A day, YYYY-MM-DD."""

    def to_internal_value(self, value: Any) -> date:
        read: date = _read(members.day, value)
        return read


class Instant(serializers.DateTimeField):
    """An instant by RFC 3339, with its offset."""

    def to_internal_value(self, value: Any) -> datetime:
        read: datetime = _read(members.instant, value)
        return read


class Id(serializers.UUIDField):
    """The identifier of a row."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            raise Faulty(faults.NOT_A_STRING)
        try:
            return UUID(data)
        except ValueError:
            raise Faulty(NOT_UUID) from None


class Given(serializers.Serializer):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A JSON object of these members and no others."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise Faulty(faults.NOT_AN_OBJECT)
        strange = {name: [detail] for name, detail in self._strangers(data)}
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            found = error.detail if isinstance(error.detail, dict) else {}
            raise ValidationError({**strange, **found}) from None
        if strange:
            raise ValidationError(strange)
        return values

    def _strangers(self, data: Mapping[str, Any]) -> Iterator[tuple[str, ErrorDetail]]:
        repeated = data.repeated if isinstance(data, Members) else frozenset()
        for name in [*sorted(repeated), *(each for each in data if each not in self.fields)][:MOST_ERRORS]:
            fault = faults.REPEATED_MEMBER if name in repeated else faults.UNKNOWN_MEMBER
            yield name, _detail(fault)


def several(given: type[Given], **bounds: Any) -> serializers.ListField:
    """A list of objects, with its bounds `min_length` and `max_length`."""
    return serializers.ListField(child=given(), **bounds)


class NothingGiven(Given):
    """An empty object."""


class ReasonGiven(Given):
    """Why."""

    reason = Prose(max_length=2000)


class GroundsGiven(Given):
    """On which grounds."""

    grounds = Prose(max_length=4000)


def errors_of(error: ValidationError, data: Any) -> list[FieldError]:
    """What is wrong with which member, with its value and what to do."""
    return list(_errors(error.detail, data, ""))[:MOST_ERRORS]


def _errors(detail: Any, data: Any, path: str) -> Iterator[FieldError]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            inside = f"{path}[{name}]" if isinstance(name, int) else f"{path}.{name}".lstrip(".")
            at = path if name == "non_field_errors" else inside
            yield from _errors(inner, data if name == "non_field_errors" else _member(data, name), at)
    elif isinstance(detail, Sequence) and detail and all(isinstance(each, ErrorDetail) for each in detail):
        for each in detail:
            yield _fault_of(each).of(path, data)
    else:
        for number, inner in enumerate(detail):
            yield from _errors(inner, _member(data, number), f"{path}[{number}]")


def _fault_of(detail: ErrorDetail) -> Fault:
    if isinstance(detail.code, _Code):
        return detail.code.fault
    words = str(detail).replace("%", "%%")
    code = detail.code or "invalid"
    return OUT_OF_BOUNDS.get(code) or Fault(code, words, _("Correct it."))


def _member(data: Any, name: Any) -> Any:
    try:
        return data[name]
    except (KeyError, IndexError, TypeError):
        return None


def _detail(fault: Fault) -> ErrorDetail:
    return ErrorDetail(str(fault.message), code=_Code(fault))


def _read(reader: Any, value: Any) -> Any:
    try:
        return reader(value)
    except Wrong as wrong:
        raise Faulty(wrong.fault) from None
