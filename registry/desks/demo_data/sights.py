"""What there is to look at in the demo, with the number under which it is found."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db.models import Count

from appeals.models import Application, ExternalOutcome, Objection
from registry.desks.demo_data.stage import Stage
from registry.models import Case, InstitutionMeasure, Practitioner

STORIES = {
    "waits for a countersignature": "twelve points, waiting for the signature of a second officer",
    "to be served by hand": "a notice that nobody opened and that is to be served by hand",
    "has days left": "a window with days left",
    "on the last day": "a window on its last day",
    "held": "points that silence could not decide: an officer has to",
    "proposed again": "points taken back and proposed again",
}
"""What there is to see in the latest case of whoever plays a part."""


ANSWERS = {
    "objection filed": "an objection that waits for a reviewer",
    "objection in review": "an objection in review",
    "objection late": "a late objection that waits for its admission",
    "panel to be drawn": "a professional question: the panel has to be drawn",
    "panel voting": "a panel of which one expert has not voted; the hospital was asked to countersign",
    "panel failed": "a question for which there were too few experts",
    "three points of dispute": "a surgeon who won one of three points by a divided panel; the hospital had not signed",
    "objection withdrawn": "an objection that was withdrawn",
    "annulled": "an appeal that annulled a served suspension",
    "terminated in Hengyang": "an appeal against a standing",
}
"""What there is to see in the latest objection of whoever plays a part."""
REQUESTS = {
    Application.State.FILED: "an application for repair that was filed",
    Application.State.DELIBERATING: "an application on which experts deliberate",
    Application.State.DELIBERATED: "an application that two officers have to decide",
    Application.State.GRANTED: "an application that was granted",
}


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
    for role, what in ANSWERS.items():
        yield Sight(Objection.objects.filter(practitioner=stage.role(role)).latest("pk").number, what)
    for state, what in REQUESTS.items():
        yield Sight(Application.objects.filter(state=state).latest("pk").number, what)
    court = ExternalOutcome.objects.get(body=ExternalOutcome.Body.COURT)
    yield Sight(court.practitioner.code, "a judgment lowered the points; who was told is told again")
    for measure in InstitutionMeasure.objects.select_related("institution"):
        yield Sight(measure.institution.code, "an institution with a measure in force for too many sanctions")


def _latest_case(person: Practitioner) -> Case:
    return Case.objects.filter(proposals__practitioner=person).latest("pk")
