"""What there is to look at in the demo, with the number under which it is found."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db.models import Count

from registry.desks.demo_data.stage import Stage
from registry.models import Case, Practitioner

STORIES = {
    "waits for a countersignature": "twelve points, waiting for the signature of a second officer",
    "to be served by hand": "a notice that nobody opened and that is to be served by hand",
    "has days left": "a window with days left",
    "on the last day": "a window on its last day",
    "held": "points that silence could not decide: an officer has to",
    "proposed again": "points taken back and proposed again",
}
"""What there is to see in the latest case of whoever plays a part."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing to look at: the number of a case or the code of a person, and what it shows."""

    number: str
    what: str

    def as_dict(self) -> dict[str, str]:
        """For the JSON of the load."""
        return asdict(self)


def sights(stage: Stage) -> list[Sight]:
    """Everything worth a look, in the order in which a case moves."""
    return list(_sights(stage))


def _sights(stage: Stage) -> Iterator[Sight]:
    for role, what in STORIES.items():
        yield Sight(_latest_case(stage.role(role)).number, what)
    largest = Case.objects.annotate(people=Count("proposals")).order_by("-people", "pk")[0]
    yield Sight(largest.number, "a department in one case")
    yield Sight(stage.role("held and decided").code, "a suspension that an officer decided after it had waited")


def _latest_case(person: Practitioner) -> Case:
    return Case.objects.filter(proposals__practitioner=person).latest("pk")
