"""Whom a notice can be addressed to: a person or a body, with the reason for telling them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from notifications.models import Because, Notice
from notifications.models.bodies import BODIES, OfABody
from notifications.models.notices import FurtherRecipient
from notifications.rules.happenings import Circle
from registry.models import Agency, Authority, Institution, Task
from registry.models.institutions import NATION
from registry.queries.recipients import Because as Reason
from registry.queries.recipients import Bodies, Recipient, RecipientKind, province

COLUMNS = ("practitioner", *BODIES)

_COLUMN_OF = {
    RecipientKind.PRACTITIONER: "practitioner",
    RecipientKind.INSTITUTION: "institution",
    RecipientKind.AGENCY: "agency",
    RecipientKind.HEALTH_AUTHORITY: "authority",
    RecipientKind.DRUG_AUTHORITY: "authority",
    RecipientKind.REGION: "region",
}
_KIND_OF_AUTHORITY = {
    Authority.Kind.HEALTH: RecipientKind.HEALTH_AUTHORITY.value,
    Authority.Kind.DRUG: RecipientKind.DRUG_AUTHORITY.value,
    Authority.Kind.HEALTHCARE_SECURITY: FurtherRecipient.HEALTHCARE_SECURITY_AUTHORITY.value,
}
_CIRCLE_OF = {
    RecipientKind.PRACTITIONER: Circle.PERSON,
    RecipientKind.INSTITUTION: Circle.PLACES,
    RecipientKind.HEALTH_AUTHORITY: Circle.AUTHORITIES,
    RecipientKind.DRUG_AUTHORITY: Circle.AUTHORITIES,
    RecipientKind.REGION: Circle.REGIONS,
    RecipientKind.ALL_REGIONS: Circle.REGIONS,
}


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who is told: the column of a notice that names them, their id, which kind they are, and why."""

    column: str
    id: int | str
    recipient: str
    because: str

    @property
    def key(self) -> tuple[str, int | str]:
        """Who it is, whatever the reason."""
        return self.column, self.id


def circle_of(recipient: Recipient) -> Circle:
    """Which circle somebody belongs to that the register lists."""
    if recipient.kind == RecipientKind.AGENCY:
        return Circle.DECIDING if recipient.because == Reason.DECIDED else Circle.AGENCIES
    return _CIRCLE_OF[recipient.kind]


def of_register(recipient: Recipient, *, decided_in: Iterable[str], bodies: Bodies) -> Iterator[Addressee]:
    """Whom the register lists; all regions are every province but those of the regions in which it was decided."""
    if recipient.kind == RecipientKind.ALL_REGIONS:
        own = {NATION, *(province(code) for code in decided_in)}
        for code in bodies.provinces:
            if code not in own:
                yield Addressee("region", code, RecipientKind.REGION.value, recipient.because.value)
    else:
        assert recipient.body is not None  # all others are somebody
        yield Addressee(_COLUMN_OF[recipient.kind], recipient.body.pk, recipient.kind.value, recipient.because.value)


def addressed_to(row: OfABody, because: Because) -> Addressee:
    """The body to which a subscription or an endpoint belongs."""
    column, pk = body_of(row)
    kind = _KIND_OF_AUTHORITY[Authority.Kind(row.authority.kind)] if row.authority else column
    return Addressee(column, pk, kind, because.value)


def told_before(notices: Iterable[Notice]) -> Iterator[Addressee]:
    """Who was told by these notices."""
    for notice in notices:
        column, pk = recipient_of(notice)
        yield Addressee(column, pk, notice.recipient, Because.WAS_TOLD.value)


def body_of(row: OfABody) -> tuple[str, int | str]:
    """To which body a row belongs: the column that is filled, and the id in it."""
    column = next(name for name in BODIES if getattr(row, f"{name}_id") is not None)
    return column, getattr(row, f"{column}_id")


def recipient_of(notice: Notice) -> tuple[str, int | str]:
    """Whom a notice tells: the column that is filled, and the id in it."""
    column = next(name for name in COLUMNS if getattr(notice, f"{name}_id") is not None)
    return column, getattr(notice, f"{column}_id")


def holder_of(task: Task) -> Addressee:
    """Who has to act until the day."""
    column = str(task.holder)
    return Addressee(column, getattr(task, f"{column}_id"), column, Because.ITS_DEADLINE.value)


def above(task: Task) -> Iterator[Addressee]:
    """Who hears that an institution or an agency missed a day: its agency; the agencies of the regions around it."""
    for agency in _above(task.institution, task.agency):
        yield Addressee("agency", agency.pk, RecipientKind.AGENCY.value, Because.ABOVE.value)


def _above(institution: Institution | None, agency: Agency | None) -> Iterable[Agency]:
    if institution is not None:
        return [institution.agency]
    if agency is None:
        return []
    code = agency.region_id
    around = {f"{code[:4]}00", province(code)} - {code}
    return Agency.objects.filter(region__in=around).order_by("code")
