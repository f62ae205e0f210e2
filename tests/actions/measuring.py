"""A hospital whose share of sanctioned staff is reached, and what its agency does about it, in the stories."""

from datetime import date

from registry.actions.measures import decide_measure, drop_measure, end_measure, propose_measure
from registry.actions.people import register_practitioner
from registry.actions.registrations import register_at
from registry.models import Institution, InstitutionMeasure, Practitioner, User
from tests.town import LAW_BEGINS, TODAY, Town, at

NEXT_DAY = date.fromordinal(TODAY.toordinal() + 1)


def hire(town: Town, count: int, *, place: Institution | None = None, first: int = 100) -> list[Practitioner]:
    """So many more people, registered at the hospital unless said."""
    people = [
        register_practitioner(
            code=f"D{town.region.code}00{number:04}", name=f"医生{number}", category="physician", by=None, now=_BEGIN
        )
        for number in range(first, first + count)
    ]
    for person in people:
        register_at(practitioner=person, institution=place or town.hospital, starts_on=LAW_BEGINS, by=None, now=_BEGIN)
    return people


def propose(
    town: Town,
    kind: str = "settlement_paused",
    on: date = TODAY,
    *,
    hour: int = 15,
    by: User | None = None,
    **more: object,
) -> InstitutionMeasure:
    """Chen proposes a measure against the hospital."""
    wanted: dict[str, object] = {
        "institution": town.hospital,
        "kind": kind,
        "grounds": "暂停人次达到比例",
        "agency": town.agency,
        "by": by or town.officer,
        "now": at(on, hour),
    }
    return propose_measure(**{**wanted, **more})  # type: ignore[arg-type]  # what differs from story to story


def decide(
    town: Town,
    measure: InstitutionMeasure,
    on: date = TODAY,
    *,
    starts_on: date = NEXT_DAY,
    number: str = "停拨1号",
    by: User | None = None,
    second: User | None = None,
) -> InstitutionMeasure:
    """Zhou decides, and Chen signs with her."""
    return decide_measure(
        measure=measure,
        starts_on=starts_on,
        document_number=number,
        by=by or town.second,
        second=second or town.officer,
        now=at(on, 16),
    )


def end(town: Town, measure: InstitutionMeasure, ends_on: date, *, on: date) -> InstitutionMeasure:
    """The measure ends."""
    return end_measure(measure=measure, ends_on=ends_on, reason="整改验收合格", by=town.officer, now=at(on, 17))


def drop(town: Town, measure: InstitutionMeasure, on: date = TODAY) -> InstitutionMeasure:
    """The proposal is not followed."""
    return drop_measure(measure=measure, reason="机构已主动整改", by=town.second, now=at(on, 17))


_BEGIN = at(LAW_BEGINS)
