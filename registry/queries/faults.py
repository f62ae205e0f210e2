"""What a value that was sent can be wrong in, and what to do about it."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.models.sealing import masked

_LONGEST_VALUE = 80
_NUMBERS_OF_PEOPLE = re.compile(r"(?<![0-9A-Za-z])([0-9]{17}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Za-z])")
_WORDS_OF_JSON = {"None": "null", "True": "true", "False": "false"}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one member: which, with which value, why (as a code and in words), and what to do."""

    field: str
    value: object
    code: str
    message: str
    remedy: str

    def document(self) -> dict[str, object]:
        """The error as the API shows it."""
        return {
            "field": printable(self.field),
            "value": shown(self.value),
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
        }


def shown(value: object) -> object:
    """A wrong value as it can be shown in JSON: short, and without characters that would not survive."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return "{…}"
    return "[…]" if isinstance(value, list) else printable(str(value))


def printable(text: str) -> str:
    """The text, shortened, with invisible and impossible characters written as escapes.

    What looks like the number of an identity card or of a telephone is shown with stars, wherever it was sent.
    """
    text = _NUMBERS_OF_PEOPLE.sub(lambda found: masked(found[0]), text)
    short = text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in short)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that a member can be wrong in, in words; the words may name the `%(value)s`."""

    code: str
    message: str | Promise
    remedy: str | Promise
    hides: bool = False
    """Whether the value is shown with stars only."""

    def of(self, field: str, value: object) -> FieldError:
        """The error of one member."""
        value = masked(str(shown(value))) if self.hides and value is not None else value
        given = str(shown(value))
        words = {
            "field": printable(field),
            "value": given if isinstance(value, str) else _WORDS_OF_JSON.get(given, given),
        }
        return FieldError(field, value, self.code, str(self.message) % words, str(self.remedy) % words)


REQUIRED = Fault("required", _("“%(field)s” is missing."), _("Send it."))
NOT_A_STRING = Fault("wrong_type", _("%(value)s is not a string."), _("Write it as a JSON string, in quotation marks."))
NOT_A_FLAG = Fault(
    "wrong_type", _("%(value)s is neither true nor false."), _("Write true or false without quotation marks.")
)
NOT_AN_OBJECT = Fault(
    "wrong_type", _("%(value)s is not an object."), _("Write a JSON object with the members described.")
)
NOT_A_LIST = Fault(
    "wrong_type", _("%(value)s is not a list."), _("Write a JSON list with one object for each service.")
)
NOT_TEXT = Fault(
    "not_text",
    _("“%(value)s” holds control characters or half of a surrogate pair."),
    _("Send printable characters only, in UTF-8."),
)
CODE_TOO_LONG = Fault(
    "too_long", _("“%(value)s” is longer than 64 characters, which no code is."), _("Send the code alone.")
)
NAME_TOO_LONG = Fault(
    "too_long",
    _("“%(value)s” is longer than 100 characters."),
    _("Send the name as it is registered, or leave it out."),
)
NAME_BLANK = Fault("blank", _("The name is empty."), _("Send the name as it is registered, or leave it out."))
REASON_TOO_LONG = Fault("too_long", _("The reason is longer than 500 characters."), _("Shorten it."))
REASON_MISSING = Fault(
    "required",
    _("An emergency needs its reason."),
    _("Send `emergency_reason`: why the service could not wait. It is kept."),
)
REASON_ALONE = Fault(
    "only_in_emergency",
    _("There is a reason of an emergency, but no emergency."),
    _("Set `emergency` to true, or leave the reason out."),
)
NOT_A_DAY = Fault(
    "not_a_day",
    _("“%(value)s” is no day of the calendar."),
    _("Write the day of service like 2025-03-10: year, month, day."),
)
NOT_AN_INSTANT = Fault(
    "not_an_instant",
    _("“%(value)s” is no instant with an offset."),
    _("Write it by RFC 3339, like 2025-04-01T09:30:00+08:00."),
)
IN_THE_FUTURE = Fault(
    "in_the_future",
    _("“%(value)s” has not come yet; nobody knows what will be known then."),
    _("Send a past instant, or leave the member out to ask as of now."),
)
UNKNOWN_MEMBER = Fault("unknown_member", _("There is no member “%(field)s”."), _("Leave it out."))
MISSPELT_MEMBER = Fault("unknown_member", _("There is no member “%(field)s”."), _("Did you mean “%(value)s”?"))
REPEATED_MEMBER = Fault("repeated_member", _("“%(field)s” is given more than once."), _("Send it once."))
