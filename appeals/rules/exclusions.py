"""Who cannot sit on a panel, and why: every reason that holds, not only the first.

* `other_specialty`: the specialty that the case asks for is none of the expert's.
* `same_institution_now`: on the day of the case the expert belongs to an institution of the case.
* `same_institution_recently`: a stay at an institution of the case is over by that day, and its `until` is after the
  same day `years_apart` years ago (28 February where that year has no 29th). So a last day there exactly so many years
  ago excludes, and one a day earlier does not. Stays that begin later exclude nobody.
* `declared_conflict`: the id of the case, of one of its institutions or of one of its people is among the conflicts.
* `part_in_the_case`: the id of the expert is among the people of the case.
* `unavailable`: none of the periods offered covers the day of the case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from appeals.rules.pool import Case, Expert, Terms
from registry.rules.periods import add_months

OTHER_SPECIALTY = "other_specialty"
SAME_INSTITUTION_NOW = "same_institution_now"
SAME_INSTITUTION_RECENTLY = "same_institution_recently"
DECLARED_CONFLICT = "declared_conflict"
PART_IN_THE_CASE = "part_in_the_case"
UNAVAILABLE = "unavailable"

REASONS = (
    OTHER_SPECIALTY,
    SAME_INSTITUTION_NOW,
    SAME_INSTITUTION_RECENTLY,
    DECLARED_CONFLICT,
    PART_IN_THE_CASE,
    UNAVAILABLE,
)
"""The codes, in the order in which the reasons against one expert are told."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """An expert who cannot sit, with every reason, in the order of `REASONS`."""

    expert: str
    reasons: tuple[str, ...]


def reasons_against(expert: Expert, case: Case, terms: Terms) -> tuple[str, ...]:
    """The codes that exclude the expert from the case, in the order of `REASONS`; none, and they can sit."""
    return tuple(_reasons(expert, case, terms))


def sort_out(pool: Sequence[Expert], case: Case, terms: Terms) -> tuple[list[Expert], tuple[Excluded, ...]]:
    """Those who can sit, and those who cannot, each in the order of their ids."""
    eligible: list[Expert] = []
    excluded: list[Excluded] = []
    for expert in sorted(pool, key=lambda expert: expert.id):
        reasons = reasons_against(expert, case, terms)
        if reasons:
            excluded.append(Excluded(expert.id, reasons))
        else:
            eligible.append(expert)
    return eligible, tuple(excluded)


def _reasons(expert: Expert, case: Case, terms: Terms) -> Iterator[str]:
    if case.specialty not in expert.specialties:
        yield OTHER_SPECIALTY
    yield from _same_institution(expert, case, terms)
    if expert.conflicts & {case.id, *case.institutions, *case.people}:
        yield DECLARED_CONFLICT
    if expert.id in case.people:
        yield PART_IN_THE_CASE
    if not any(days.covers(case.day) for days in expert.available):
        yield UNAVAILABLE


def _same_institution(expert: Expert, case: Case, terms: Terms) -> Iterator[str]:
    looked_back_to = add_months(case.day, -12 * terms.years_apart)
    shared = [stay.days for stay in expert.stays if stay.institution in case.institutions]
    if any(days.covers(case.day) for days in shared):
        yield SAME_INSTITUTION_NOW
    if any(days.until and looked_back_to < days.until <= case.day for days in shared):
        yield SAME_INSTITUTION_RECENTLY
