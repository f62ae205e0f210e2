"""Questions of a settlement system with known answers: each was asked before it is handed out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from registry.desks.demo_data.cast import HANGZHOU, NINGBO, SHENYANG, ZHENGZHOU
from registry.desks.demo_data.places import BUSY_HOSPITAL
from registry.desks.demo_data.stage import Stage
from registry.queries import reasons
from registry.queries.eligibility import Question, eligibility

EXPECTED: Mapping[str, tuple[bool, tuple[str, ...]]] = {
    "normal": (True, ()),
    "suspended": (False, (reasons.SUSPENDED,)),
    "suspended_emergency": (True, (reasons.EMERGENCY_EXEMPT,)),
    "terminated": (False, (reasons.TERMINATED,)),
    "not_reregistered": (False, (reasons.NOT_REREGISTERED,)),
    "not_registered_here": (False, (reasons.NOT_REGISTERED_HERE,)),
    "name_differs": (False, (reasons.NAME_DIFFERS,)),
}
"""What is payable in each case, and the reason codes of the answer."""

EMERGENCY_REASON = "急性心肌梗死抢救"

ROLES = (
    ("suspended", "suspended", SHENYANG),
    ("suspended", "important part in the fraud", BUSY_HOSPITAL),
    ("suspended_emergency", "suspended", SHENYANG),
    ("suspended_emergency", "general part in the fraud", BUSY_HOSPITAL),
    ("terminated", "terminated", HANGZHOU),
    ("terminated", "head of the fraud", BUSY_HOSPITAL),
    ("not_reregistered", "bar over", NINGBO),
    ("not_reregistered", "bar over in Zhengzhou", ZHENGZHOU),
)


class UnexpectedAnswer(AssertionError):
    """The register answers an example otherwise than its story says: the demo's data or the register is wrong."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question as a settlement system asks it, and whether the service is payable."""

    case: str
    practitioner: str
    institution: str
    on: date
    name: str

    @property
    def emergency(self) -> bool:
        return self.case == "suspended_emergency"

    @property
    def payable(self) -> bool:
        return EXPECTED[self.case][0]

    def as_dict(self) -> dict[str, object]:
        """With the day in ISO form, as the API takes it; an emergency with its reason, which the API asks for."""
        reason = {"emergency_reason": EMERGENCY_REASON} if self.emergency else {}
        return {
            "case": self.case,
            "practitioner": self.practitioner,
            "institution": self.institution,
            "on": self.on.isoformat(),
            "name": self.name,
            "emergency": self.emergency,
            **reason,
            "payable": self.payable,
        }


def examples(stage: Stage, *, now: datetime) -> list[Example]:
    """At least one question for each case, on today's day of service. Raises UnexpectedAnswer."""
    found = [*_of_stories(stage), *_of_people_without_points(stage)]
    for example in found:
        _ask(example, now)
    return found


def _of_stories(stage: Stage) -> Iterator[Example]:
    for case, role, institution in ROLES:
        person = stage.role(role)
        yield Example(case, person.code, institution, stage.today, person.name)


def _of_people_without_points(stage: Stage) -> Iterator[Example]:
    for person in (stage.role("calm"), stage.role("calm too")):
        yield Example("normal", person.code, BUSY_HOSPITAL, stage.today, person.name)
        yield Example("not_registered_here", person.code, SHENYANG, stage.today, person.name)
        yield Example("name_differs", person.code, BUSY_HOSPITAL, stage.today, f"{person.name}某")


def _ask(example: Example, now: datetime) -> None:
    question = Question(
        practitioner=example.practitioner,
        institution=example.institution,
        on=example.on,
        emergency=example.emergency,
        emergency_reason=EMERGENCY_REASON if example.emergency else "",
        name=example.name,
    )
    answer = eligibility(question, now=now)
    given = (answer.payable, tuple(reason.code for reason in answer.reasons))
    if given != EXPECTED[example.case]:
        raise UnexpectedAnswer(f"{example.as_dict()}: expected {EXPECTED[example.case]}, the register says {given}")
