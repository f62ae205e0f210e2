"""What the weighing of points rests on, apart from the facts of the person: read under the person's lock, at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from registry.ledger.statements import Statement
from registry.models import FactKind, Proposal, Responsibility
from registry.rules.procedures import PROPOSAL

_GROUND = f"""
        (SELECT json_object_agg(region_id, starts_on) FROM registry_phasein
         WHERE region_id = ANY (%(areas)s) AND category = %(category)s),
        EXISTS (SELECT FROM registry_registration
                WHERE practitioner_id = %(practitioner)s AND institution_id = %(institution)s AND superseded_at IS NULL
                AND starts_on <= %(until)s AND (ends_on IS NULL OR ends_on > %(since)s)),
        (SELECT json_agg(json_build_array(e.situation, e.act, e.round, f.points, EXISTS (
             SELECT FROM registry_fact AS c WHERE c.entry_id = f.id AND c.kind = '{FactKind.ENTRY_ANNULLED.value}'
         )) ORDER BY e.id)
         FROM registry_pointsentry AS e JOIN registry_fact AS f ON f.id = e.fact_id
         WHERE e.practitioner_id = ANY (%(files)s::bigint[])
         AND (e.handling_id = %(handling)s OR e.trigger_id = %(trigger)s))
"""  # noqa: S608 - the only text put in is a kind of ours

_ENDS = ", ".join(f"'{state}'" for state in sorted(PROPOSAL.ends))
_SURROUNDINGS = f"""
        ARRAY(SELECT DISTINCT recorded_by_id FROM registry_historicalresponsibility
              WHERE id = %(responsibility)s AND recorded_by_id IS NOT NULL),
        NOT EXISTS (SELECT FROM registry_proposal
                    WHERE case_id = %(case)s AND id <> %(proposal)s AND state NOT IN ({_ENDS}))
        AND NOT EXISTS (SELECT FROM registry_responsibility AS r
                        WHERE (r.handling_id = %(handling)s OR r.trigger_id = %(trigger)s)
                        AND r.id <> %(responsibility)s
                        AND NOT EXISTS (SELECT FROM registry_proposal AS p
                                        WHERE p.responsibility_id = r.id AND p.state IN ({_ENDS})))
"""  # noqa: S608 - the only text put in are states of ours

_ASK_GROUND, _ASK_BOTH = Statement(f"SELECT {_GROUND}"), Statement(f"SELECT {_GROUND}, {_SURROUNDINGS}")


class Scored(NamedTuple):
    """An entry on record for the same cause; annulled ones have used up their round."""

    situation: str
    act: str
    round: int
    points: int
    annulled: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """`phase_ins`: the day from which the person's category is in scope, by area around the cause. `was_registered`: at
    the institution of the cause, during the conduct. `scored`: entries of the cause, the oldest first.
    """

    phase_ins: dict[str, date]
    was_registered: bool
    scored: tuple[Scored, ...]


class Surroundings(NamedTuple):
    """Who ever identified the responsibility of a proposal, and whether nothing else in its case waits."""

    identifiers: frozenset[int]
    last: bool


def ground_of(responsibility: Responsibility, files: Iterable[int]) -> Ground:
    """What points for the responsibility rest on; `files` are all files of the person. One query."""
    (found,) = _ASK_GROUND(**_asked(responsibility, files))
    return _ground(*found)


def ground_and_surroundings_of(proposal: Proposal, files: Iterable[int]) -> tuple[Ground, Surroundings]:
    """The same for a proposal, and what else a decision looks at. One query.

    That nothing else waits is certain while the case is locked.
    """
    asked = {
        **_asked(proposal.responsibility, files),
        "responsibility": proposal.responsibility_id,
        "case": proposal.case_id,
        "proposal": proposal.pk,
    }
    ((*found, earlier, last),) = _ASK_BOTH(**asked)
    now = proposal.responsibility.recorded_by_id
    return _ground(*found), Surroundings(frozenset([*earlier, *([] if now is None else [now])]), last)


def _asked(responsibility: Responsibility, files: Iterable[int]) -> dict[str, Any]:
    cause = responsibility.cause
    return {
        "areas": areas_of(responsibility),
        "category": responsibility.practitioner.category,
        "practitioner": responsibility.practitioner_id,
        "institution": cause.institution_id,
        "until": cause.conduct_until,
        "since": cause.conduct_from,
        "files": list(files),
        "handling": responsibility.handling_id,
        "trigger": responsibility.trigger_id,
    }


def _ground(phase_ins: dict[str, str] | None, was_registered: bool, scored: list[list[Any]] | None) -> Ground:
    days = {area: date.fromisoformat(day) for area, day in (phase_ins or {}).items()}
    return Ground(days, was_registered, tuple(Scored(*each) for each in scored or ()))


def areas_of(responsibility: Responsibility) -> list[str]:
    """The county, the city and the province of the cause, the nearest first."""
    institution = responsibility.cause.institution
    region = institution.region_id if institution else responsibility.cause.agency.region_id
    return [region, f"{region[:4]}00", f"{region[:2]}0000"]
