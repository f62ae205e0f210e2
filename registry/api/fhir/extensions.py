"""The extensions of the register: each is described once, and from that built and published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.api.fhir.terms import REASON, STANDING, Terms, canonical
from registry.queries.explain import Sentence
from registry.queries.lives import Version
from registry.rules.compute import TERMINATED


@dataclass(frozen=True, slots=True)
class Part:
    """A value: its type in FHIR, what it means, and the codes it is taken from."""

    type: str
    meaning: str | Promise
    terms: Terms | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension of one value, or of several parts."""

    name: str
    title: str
    on: str
    meaning: str | Promise
    value: Part | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """By what programs recognise it."""
        return canonical("StructureDefinition", self.name)

    def of(self, value: Any) -> dict[str, Any]:
        """The extension with its one value."""
        assert self.value is not None
        return {"url": self.url, _member(self.value): value}

    def with_parts(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The extension with those of its parts that have a value."""
        given = [
            {"url": name, _member(part): values[name]}
            for name, part in self.parts.items()
            if values.get(name) is not None
        ]
        return {"url": self.url, "extension": given}


def _member(part: Part) -> str:
    return f"value{part.type[0].upper()}{part.type[1:]}"


_BECAUSE = {
    "reason": Part("CodeableConcept", _("why: the code of the last step that made it, and that step in words"), REASON),
    "provision": Part("string", _("the provision that the reason rests on")),
    "policy": Part("string", _("the policy that the provision stands in")),
}
STANDING_OF = Extension(
    "standing",
    "Standing",
    "Practitioner",
    _("The standing (登记备案状态) of the person: whether the insurance fund pays for their services, and why not."),
    parts={
        "status": Part("Coding", _("normal, suspended or terminated"), STANDING, required=True),
        "since": Part("date", _("the day on which it began; absent where it was never otherwise")),
        "until": Part("date", _("the first day after a suspension, or the day on which a bar ends")),
        "points": Part("integer", _("the points of the calendar year, shown up to 12"), required=True),
        "may-register-again": Part("boolean", _("after a termination: whether the bar is over")),
        **_BECAUSE,
    },
)
SANCTION_OF = Extension(
    "sanction",
    "Sanction",
    "Flag",
    _("Until when a sanction bars from registration, and why it came about."),
    parts={
        "barred-until": Part("date", _("the first day on which registration is possible again")),
        "single": Part("boolean", _("one entry alone reached the threshold"), required=True),
        **_BECAUSE,
    },
)
MERGED_INTO = Extension(
    "merged-into",
    "MergedInto",
    "Practitioner",
    _("The file into which this one was merged: both are one person, whose standing both show."),
    value=Part("Reference", _("the file that is kept")),
)
COMMITMENT = Extension(
    "commitment",
    "Commitment",
    "PractitionerRole",
    _("When the practitioner signed the service commitment (服务承诺)."),
    value=Part("date", _("the day of signing")),
)
REGION_OF = Extension(
    "region",
    "RegionOfBody",
    "Organization",
    _("The region in which the body lies, by its six digits (GB/T 2260)."),
    value=Part("Coding", _("the region")),
)
AGENCY_OF = Extension(
    "agency",
    "HandlingAgency",
    "Organization",
    _("The agency (医保经办机构) that handles the service agreement of the institution."),
    value=Part("Reference", _("the agency")),
)
ALL = {each.name: each for each in (STANDING_OF, SANCTION_OF, MERGED_INTO, COMMITMENT, REGION_OF, AGENCY_OF)}


def standing_of(version: Version) -> dict[str, Any]:
    """The standing of a person in a version, as the extension."""
    standing = version.standing
    return STANDING_OF.with_parts(
        {
            "status": STANDING.coding(standing.status),
            "since": version.since and version.since.isoformat(),
            "until": standing.until and standing.until.isoformat(),
            "points": standing.points,
            "may-register-again": standing.may_reregister if standing.status == TERMINATED else None,
            **because(version.because),
        }
    )


def because(sentence: Sentence | None) -> dict[str, Any]:
    """Why: the parts of an extension that say so."""
    if sentence is None:
        return {}
    return {
        "reason": {"coding": [REASON.coding(sentence.step.caused)], "text": sentence.text},
        "provision": sentence.source.text,
        "policy": sentence.source.policy,
    }
