"""The names by which programs recognise codes, identifiers and extensions: the same in every register, for ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.models import Authority, Category, Institution, StandingStatus
from registry.rules.periods import SUSPENSION, TERMINATION

FHIR_VERSION = "4.0.1"
REGISTER = "urn:demerit-register"
PERSONAL_CODE = f"{REGISTER}:personal-code"
INSTITUTION_CODE = f"{REGISTER}:institution-code"
AGENCY_CODE = f"{REGISTER}:agency-code"
AUTHORITY_CODE = f"{REGISTER}:authority-code"
REGION = f"{REGISTER}:region"
PROBLEM = "urn:problem-type:demerit-register"
FLAG_CATEGORY = "http://terminology.hl7.org/CodeSystem/flag-category"


def canonical(kind: str, name: str) -> str:
    """The name of a definition."""
    return f"{REGISTER}:fhir:{kind}:{name}"


@dataclass(frozen=True, slots=True)
class Terms:
    """A system of codes with their words in the language of the moment."""

    name: str
    title: str | Promise
    words: Mapping[Any, Any]

    @property
    def system(self) -> str:
        """By what codes name it."""
        return canonical("CodeSystem", self.name)

    @property
    def value_set(self) -> str:
        """The name of the set of all its codes."""
        return canonical("ValueSet", self.name)

    def coding(self, code: str) -> dict[str, str]:
        """The code with its words."""
        return {"system": self.system, "code": str(code), "display": str(self.words[code])}


STANDING = Terms("standing", _("standing"), dict(StandingStatus.choices))
SANCTION = Terms("sanction", _("kind of sanction"), {SUSPENSION: _("suspension"), TERMINATION: _("termination")})
REASON = Terms(
    "standing-reason",
    _("why a standing is not normal"),
    {
        "suspended": _("the points suspend"),
        "suspension_extended": _("further points prolong the suspension"),
        "terminated": _("the points terminate"),
        "termination_extended": _("further points prolong the bar"),
        "suspension_shortened": _("the suspension was shortened"),
        "bar_shortened": _("the bar was shortened"),
    },
)
CATEGORY = Terms("practitioner-category", _("category of practitioners"), dict(Category.choices))
BODY = Terms(
    "body",
    _("kind of body"),
    {
        **dict(Institution.Kind.choices),
        "agency": _("healthcare security agency"),
        **dict(Authority.Kind.choices),
    },
)
ALL = {each.name: each for each in (STANDING, SANCTION, REASON, CATEGORY, BODY)}
