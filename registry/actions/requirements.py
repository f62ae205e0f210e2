"""What several acts require of their arguments."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused


def required(text: str, *, field: str = "reason") -> str:
    """The text without stray spaces. Raises Refused for an empty one."""
    if not text.strip():
        raise Refused(f"{field}_missing", _("This must be given; it is kept with the record."), field=field, value=text)
    return text.strip()


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
