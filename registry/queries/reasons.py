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
AGREEMENT_SUSPENDED = "agreement_suspended"
SETTLEMENT_PAUSED = "settlement_paused"
UNKNOWN_PRACTITIONER = "unknown_practitioner"
UNKNOWN_INSTITUTION = "unknown_institution"
NAME_DIFFERS = "name_differs"
EMERGENCY_EXEMPT = "emergency_exempt"
EMERGENCY_EXEMPT_HERE = "emergency_exempt_here"

CODES = (
    SUSPENDED,
    TERMINATED,
    NOT_REREGISTERED,
    NOT_REGISTERED_HERE,
    AGREEMENT_NOT_IN_FORCE,
    AGREEMENT_SUSPENDED,
    SETTLEMENT_PAUSED,
    UNKNOWN_PRACTITIONER,
    UNKNOWN_INSTITUTION,
    NAME_DIFFERS,
    EMERGENCY_EXEMPT,
    EMERGENCY_EXEMPT_HERE,
)
"""Every reason there is, in the order in which an answer lists those that apply.

What lies with the person comes first, then what lies with the institution, the graver measure before the lighter one.
"""

_TEXTS: Mapping[str, str | Promise] = {
    SUSPENDED: _(
        "The practitioner is suspended up to and including %(last_day)s; services until then are not settled."
    ),
    TERMINATED: _("The practitioner is terminated and may not be registered again before %(until)s."),
    NOT_REREGISTERED: _("The practitioner is terminated: the bar ended on %(until)s, but no registration followed."),
    NOT_REGISTERED_HERE: _("The practitioner is not registered at this institution on the day of service."),
    AGREEMENT_NOT_IN_FORCE: _("The institution has no service agreement in force on the day of service."),
    AGREEMENT_SUSPENDED: _(
        "The institution's service agreement is suspended from %(since)s on: too many of its staff were sanctioned."
    ),
    SETTLEMENT_PAUSED: _(
        "Settlement with the institution is paused from %(since)s on: too many of its staff were sanctioned."
    ),
    UNKNOWN_PRACTITIONER: _("No practitioner has this personal code. Compare it with the institution's roster."),
    UNKNOWN_INSTITUTION: _("No institution has this code. Compare it with the service agreement."),
    NAME_DIFFERS: _("The name is not the one registered for this code. Check who provided the service."),
    EMERGENCY_EXEMPT: _("Emergency and rescue are settled although the practitioner's standing is not normal."),
    EMERGENCY_EXEMPT_HERE: _("Emergency and rescue are settled although a measure against the institution holds."),
}

# A reason rests on the provision of a value of the policy, or where there is no such value, on a provision by its key.
_VALUES = {
    SUSPENDED: "thresholds.suspend",
    TERMINATED: "thresholds.terminate",
    NOT_REREGISTERED: "bars.cumulative",
    AGREEMENT_SUSPENDED: "ratios.agreement_suspended",
    SETTLEMENT_PAUSED: "ratios.settlement_paused",
    EMERGENCY_EXEMPT_HERE: "measures.emergency_exempt",
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
    """One reason of an answer: its code, the standing and `until` it speaks of, and the policy it is taken from.

    `since` is the first day of the measure that it speaks of.
    """

    code: str
    policy: Policy
    status: str | None = None
    until: date | None = None
    since: date | None = None

    @property
    def text(self) -> str:
        """The reason as a sentence in the language of the moment."""
        last_day = self.until - timedelta(days=1) if self.until else None
        days = {"until": _shown(self.until), "last_day": _shown(last_day), "since": _shown(self.since)}
        return str(_TEXTS[self.code]) % days

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
