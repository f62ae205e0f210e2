"""A case with several people in it, and the programs of who works on it, in tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from registry.actions.handlings import identify_responsibility
from registry.actions.people import register_practitioner
from registry.actions.registrations import register_at
from registry.models import Assignment, Case, Practitioner, Role, User
from tests import town as towns
from tests.api.officers import Program
from tests.town import at

if TYPE_CHECKING:
    from registry.models import Institution
    from tests.casework import Desk

MADE_ON = date(2026, 11, 20)


def compliance_officer(place: Institution) -> User:
    """Who answers for the institution."""
    user, _ = User.objects.get_or_create(username=f"compliance-{place.code}")
    Assignment.objects.get_or_create(
        user=user, role=Role.COMPLIANCE_OFFICER, institution=place, defaults={"starts_on": towns.LAW_BEGINS}
    )
    return user


def administrator(name: str = "root") -> User:
    """Who keeps reference data and sees everything."""
    user, _ = User.objects.get_or_create(username=name)
    Assignment.objects.get_or_create(user=user, role=Role.ADMINISTRATOR, defaults={"starts_on": towns.LAW_BEGINS})
    return user


def staff(here: Desk, count: int, place: Institution | None = None) -> list[Practitioner]:
    """So many more nurses of the hospital, or of another place."""
    where = place or here.town.hospital
    found = []
    for number in range(count):
        code = f"N{where.code[1:]}{number:05}"
        person = register_practitioner(
            code=code, name=f"护士{number}", category="nurse", by=here.town.officer, now=at(towns.LAW_BEGINS)
        )
        register_at(
            practitioner=person, institution=where, starts_on=towns.LAW_BEGINS, by=here.town.officer,
            now=at(towns.LAW_BEGINS),
        )  # fmt: skip
        found.append(person)
    return found


@dataclass
class Ward:
    """A case of the surgeon and the nurse, whom another officer identified."""

    here: Desk
    case: Case = field(init=False)
    responsibilities: list[int] = field(init=False)

    def __post_init__(self) -> None:
        handling = towns.handle(self.here.town, number="罚字20号", made_on=MADE_ON)
        self.case = handling.case
        self.responsibilities = [
            identify_responsibility(
                handling=handling,
                practitioner=person,
                grade="general",
                grounds="参与",
                identified_on=MADE_ON,
                by=self.here.identifier,
                now=at(MADE_ON, 11),
            ).pk
            for person in (self.here.surgeon, self.here.nurse)
        ]

    @property
    def address(self) -> str:
        """Of the case."""
        return f"cases/{self.case.uuid}/"

    def people(self, *points: int) -> dict[str, Any]:
        """The body of a proposal for both."""
        chosen = zip(self.responsibilities, points, strict=True)
        return {"people": [{"responsibility": pk, "items": [item(count)]} for pk, count in chosen]}

    def proposed(self, *points: int) -> list[str]:
        """The ids of proposals of so many points for both."""
        made = Program(self.here.scorer).done(f"{self.address}proposals/", self.people(*points))
        return [each["id"] for each in made["items"]]


def item(points: int) -> dict[str, Any]:
    """One situation with so many points."""
    return {"situation": towns.BANDS[(points - 1) // 3 + 1], "points": points, "departure_reason": "按情节认定"}


def signed(address: str, body: dict[str, Any], by: User) -> str:
    """The signature of a second officer under a request."""
    signature: str = Program(by).done("signatures/", {"address": f"/api/v1/{address}", "body": body})["signature"]
    return signature
