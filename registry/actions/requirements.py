"""What several acts require of their arguments."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused

LONGEST_DOCUMENT_NUMBER = 120
LONGEST_REASON = 200
"""Of a period that is kept with its reason (registration, agreement, measure)."""


def required(text: str, *, field: str = "reason", most: int = 4000) -> str:
    """The text without stray spaces. Raises Refused for an empty one, or one of more than `most` characters."""
    if not text.strip():
        raise Refused(f"{field}_missing", _("This must be given; it is kept with the record."), field=field, value=text)
    if len(text.strip()) > most:
        raise Refused(
            f"{field}_too_long",
            _("The text has %(length)s characters; at most %(most)s are kept. Shorten it.")
            % {"length": len(text.strip()), "most": most},
            field=field,
            value=text[:40],
        )
    return text.strip()


def optional_number(document_number: str) -> str:
    """The number of a document without stray spaces, or nothing; one that does not fit is refused in words."""
    if not document_number.strip():
        return ""
    return required(document_number, field="document_number", most=LONGEST_DOCUMENT_NUMBER)


def require_choice(field: str, value: str, allowed: Collection[str]) -> None:
    """Refuse a value that is none of those allowed."""
    if value not in allowed:
        raise Refused(
            f"{field}_unknown",
            _("“%(value)s” is not possible here. Choose one of: %(allowed)s.")
            % {"value": value, "allowed": ", ".join(allowed)},
            field=field,
            value=value,
        )
