"""Who had a part in the points that are disputed, and who therefore could judge them.

Whoever recorded the handling, identified the responsibility, proposed, countersigned, decided or corrected the points,
reviewed them before, sits on the panel, filed or countersigned the objection or declined to, does not judge.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.models import Expert, Objection, Seat
from registry.actions.errors import Refused
from registry.ledger.families import family_of
from registry.models import Assignment, Fact, ProcedureStep, Proposal, Responsibility, User
from registry.models.institutions import NATION
from registry.queries.explain import name_of
from registry.queries.roles import REVIEWING
from registry.queries.wording import listed

Part = str | Promise
MOST_NAMED = 5

PARTS: Mapping[str, Part] = {
    "self": _("is the person concerned"),
    "filed": _("filed or countersigned the objection, or declined to"),
    "recorded": _("recorded the handling"),
    "identified": _("identified the responsibility"),
    "proposed": _("proposed the points"),
    "countersigned": _("countersigned the points"),
    "decided": _("decided the points"),
    "corrected": _("corrected the points"),
    "reviewed": _("reviewed the points before"),
    "panel": _("sits on the panel"),
}


def parts_in(objection: Objection) -> dict[int, list[str]]:
    """By id of each user who had a part in what is disputed: the codes of their parts (`PARTS`)."""
    found: dict[int, list[str]] = {}
    for code, user in _parts(objection):
        if user is not None and code not in found.setdefault(user, []):
            found[user].append(code)
    return found


def possible_reviewers(objection: Objection, today: date) -> list[User]:
    """The officers of the agency, or of one above it, who had no part in it; by name."""
    codes = _around(objection.agency.region_id)
    here = Assignment.objects.filter(role__in=REVIEWING, agency__region__in=codes, starts_on__lte=today)
    here = here.filter(Q(ends_on=None) | Q(ends_on__gt=today))
    officers = User.objects.filter(is_active=True, pk__in=here.values("user")).exclude(pk__in=parts_in(objection))
    return list(officers.order_by("username"))


def require_uninvolved(objection: Objection, user: User, *, field: str = "by") -> None:
    """Refuse a user who had a part in what is disputed, with the part."""
    parts = parts_in(objection).get(user.pk)
    if parts:
        raise Refused(
            "had_a_part",
            _("%(name)s cannot judge this: %(name)s %(parts)s. Ask an officer who had no part in it.")
            % {"name": name_of(user), "parts": listed(PARTS[code] for code in parts)},
            field=field,
            value=user.get_username(),
        )


def require_reviewer(objection: Objection, user: User, today: date) -> None:
    """Refuse a reviewer who may not review it, with the reason and with those who could."""
    possible = possible_reviewers(objection, today)
    if user in possible:
        return
    parts = parts_in(objection).get(user.pk)
    why = listed(PARTS[code] for code in parts) if parts else _("is no officer of the agency or of one above it today")
    raise Refused(
        "reviewer_not_possible",
        _("%(name)s %(why)s, and so does not review this. It could be: %(others)s.")
        % {"name": name_of(user), "why": why, "others": _named(possible)},
        field="reviewer",
        value=user.get_username(),
    )


def _named(users: list[User]) -> str | Promise:
    if not users:
        return _("nobody here; ask the agency above")
    more = [_("others")] if len(users) > MOST_NAMED else []
    return listed([*map(name_of, users[:MOST_NAMED]), *more])


def _around(region: str) -> set[str]:
    return {region, f"{region[:4]}00", f"{region[:2]}0000", NATION}


def _parts(objection: Objection) -> Iterator[tuple[str, int | None]]:
    yield from _of_the_person(objection)
    entries = list(Fact.objects.filter(disputes__objection=objection).distinct())
    proposals = Proposal.objects.filter(Q(pk=objection.proposal_id) | Q(items__entry__fact__in=entries)).distinct()
    for proposal in _with_deciders(proposals):
        yield "proposed", proposal.proposed_by_id
        yield "countersigned", proposal.countersigned_by_id
        yield from (("decided", user) for user in (*proposal.first_deciders, *proposal.second_deciders))
    answering = Responsibility.objects.filter(Q(proposals__in=proposals) | Q(points_entries__fact__in=entries))
    graded = Responsibility.history.filter(id=OuterRef("pk")).order_by().values("recorded_by")
    rows: QuerySet[Any] = answering.select_related("handling", "trigger").annotate(graders=ArraySubquery(graded))
    for responsibility in rows.distinct():
        yield "recorded", responsibility.cause.recorded_by_id
        yield from (("identified", user) for user in (responsibility.recorded_by_id, *responsibility.graders))
    yield from _of_the_entries(objection, entries)
    for seat in Seat.objects.filter(panel__objection=objection).select_related("expert"):
        yield "panel", seat.expert.user_id


def _of_the_person(objection: Objection) -> Iterator[tuple[str, int | None]]:
    files = family_of(objection.practitioner_id).files
    for expert in Expert.objects.filter(practitioner__in=files):
        yield "self", expert.user_id
    if objection.via == Objection.Via.PRACTITIONER:
        yield "self", objection.filed_by_id
    elif objection.via == Objection.Via.INSTITUTION:
        yield "filed", objection.filed_by_id
    yield "filed", objection.countersigned_by_id
    yield "filed", objection.countersignature_declined_by_id


def _with_deciders(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With the first and second officers of the steps that decided each."""
    steps = ProcedureStep.objects.filter(subject=OuterRef("uuid"), act="decide")
    first, second = (ArraySubquery(steps.values(name)) for name in ("actor", "second"))
    found: QuerySet[Any] = rows.annotate(first_deciders=first, second_deciders=second)
    return found


def _of_the_entries(objection: Objection, entries: list[Fact]) -> Iterator[tuple[str, int | None]]:
    for entry in entries:
        yield from (("decided", user) for user in (entry.actor_id, entry.second_id))
    for correction in Fact.objects.filter(entry__in=entries):
        yield from (("corrected", user) for user in (correction.actor_id, correction.second_id))
    about = Q(points__entry__in=entries) | Q(points__item__entry__fact__in=entries)
    if objection.proposal_id:
        about |= Q(proposal=objection.proposal_id)
    earlier = Objection.objects.filter(about, state=Objection.State.DECIDED).exclude(pk=objection.pk).distinct()
    for other in _with_deciders(earlier):
        yield "reviewed", other.reviewer_id
        yield from (("reviewed", user) for user in other.second_deciders)
