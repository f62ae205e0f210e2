"""Why a service is payable or not: codes, in words, and by which provision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from registry.rules.policy import Policy, Provision

SUSPENDED = "suspended"
TERMINATED = "terminated"
NOT_REREGISTERED = "not_reregistered"
NOT_REGISTERED_HERE = "not_registered_here"
AGREEMENT_NOT_IN_FORCE = "agreement_not_in_force"
UNKNOWN_PRACTITIONER = "unknown_practitioner"
UNKNOWN_INSTITUTION = "unknown_institution"
NAME_DIFFERS = "name_differs"
EMERGENCY_EXEMPT = "emergency_exempt"

CODES = (
    SUSPENDED,
    TERMINATED,
    NOT_REREGISTERED,
    NOT_REGISTERED_HERE,
    AGREEMENT_NOT_IN_FORCE,
    UNKNOWN_PRACTITIONER,
    UNKNOWN_INSTITUTION,
    NAME_DIFFERS,
    EMERGENCY_EXEMPT,
)
"""Every reason there is, in the order in which an answer lists those that apply."""

_TEXTS: Mapping[str, str | Promise] = {
    SUSPENDED: _(
        "The practitioner is suspended up to and including %(last_day)s; services until then are not settled."
    ),
    TERMINATED: _("The practitioner is terminated and may not be registered again before %(until)s."),
    NOT_REREGISTERED: _("The practitioner is terminated: the bar ended on %(until)s, but no registration followed."),
    NOT_REGISTERED_HERE: _("The practitioner is not registered at this institution on the day of service."),
    AGREEMENT_NOT_IN_FORCE: _("The institution has no service agreement in force on the day of service."),
    UNKNOWN_PRACTITIONER: _("No practitioner has this personal code. Compare it with the institution's roster."),
    UNKNOWN_INSTITUTION: _("No institution has this code. Compare it with the service agreement."),
    NAME_DIFFERS: _("The name is not the one registered for this code. Check who provided the service."),
    EMERGENCY_EXEMPT: _("Emergency and rescue are settled although the practitioner's standing is not normal."),
}

# A reason rests on the provision of a value of the policy, or where there is no such value, on a provision by its key.
_VALUES = {
    SUSPENDED: "thresholds.suspend",
    TERMINATED: "thresholds.terminate",
    NOT_REREGISTERED: "bars.cumulative",
}
_PROVISIONS = {
    NOT_REGISTERED_HERE: "opinion",
    AGREEMENT_NOT_IN_FORCE: "opinion",
    UNKNOWN_PRACTITIONER: "register",
    UNKNOWN_INSTITUTION: "register",
    NAME_DIFFERS: "register",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of an answer: its code, the standing and `until` it speaks of, and the policy it is taken from."""

    code: str
    policy: Policy
    status: str | None = None
    until: date | None = None

    @property
    def text(self) -> str:
        """The reason as a sentence in the language of the moment."""
        last_day = self.until - timedelta(days=1) if self.until else None
        return str(_TEXTS[self.code]) % {"until": _shown(self.until), "last_day": _shown(last_day)}

    @property
    def provision(self) -> str | None:
        """The provision in the language of the moment; None where the policy names none."""
        found = self._provision()
        if found is None:
            return None
        return found.zh if (get_language() or "zh").startswith("zh") else found.en

    def _provision(self) -> Provision | None:
        if self.code == EMERGENCY_EXEMPT:
            return self.policy.provision(f"emergency.{self.status}")
        if value := _VALUES.get(self.code):
            return self.policy.provision(value)
        return self.policy.provisions.get(_PROVISIONS[self.code])


def _shown(day: date | None) -> str:
    return day.isoformat() if day else ""
