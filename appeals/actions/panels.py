"""A professional question goes to a panel: the seed is committed to, the panel is drawn, or there is none after all."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.moving import advance_in, begin_in, move, owe, policy_of
from appeals.actions.panel_course import disband, give_seat, give_up, locked_with_objection
from appeals.models import Objection, Panel, PointOfDispute, Specialty, Vote
from appeals.queries.panels import REASONS
from appeals.queries.pool import Frozen, expert_named, frozen, seed_of
from appeals.rules import draw_file
from appeals.rules.draw import SEED_BYTES, Result, TooFewExperts, commitment_to, draw
from appeals.rules.exclusions import Excluded, sort_out
from appeals.rules.procedures import OBJECTION, PANEL
from appeals.rules.pseudonyms import SALT_BYTES
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.procedure import Acting, for_agency, locked, require_possible
from registry.actions.requirements import require_choice, required
from registry.actions.tasks import close_tasks
from registry.ledger.days import shanghai_day
from registry.ledger.writing import lock
from registry.models import Task, User
from registry.models.sealing import SealBroken
from registry.queries.wording import listed, sentences

WAITING, SEATED, PASSED_OVER = "waiting", "seated", "passed_over"
"""What became of a reserve; the order of `Panel.reserves` is that of the draw."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draw on this day would start from: who can sit, who cannot. It does not touch the seed."""

    able: int
    seats: int
    excluded: tuple[Excluded, ...]


def refer_to_panel(
    *, objection: Objection, points: Sequence[PointOfDispute], question: str, specialty: str, by: User, now: datetime
) -> Panel:
    """Ask a panel about points of an objection in review, which thereby are professional ones.

    The register makes the seed and publishes its commitment. Another officer draws, within the time of the policy;
    the clock of the review stops meanwhile.
    """
    question = required(question, field="question")
    require_choice("specialty", specialty, Specialty.values)
    with transaction.atomic():
        lock(objection.practitioner)
        objection = locked(objection)
        require_possible(OBJECTION, objection, "refer")
        _require_reviewer(objection, by)
        chosen = _require_points(objection, points)
        acting = for_agency(by, objection.agency)
        panel = _committed(objection, question, specialty, by, now)
        begin_in(objection, PANEL, panel, act="commit", acting=acting, now=now, grounds=question)
        panel.points.set(chosen)
        _mark_professional(chosen, by, now)
        move(objection, "refer", acting=acting, now=now, grounds=question)
        close_tasks(objection.uuid, now=now, kinds=[Task.Kind.REVIEW], by=by)
        owe(objection, Task.Kind.DRAW, "assignment", now=now, subject=panel.uuid)
        return panel


def preview_draw(*, panel: Panel, by: User, now: datetime) -> Preview:
    """Who could be drawn now. Raises Refused as draw_panel would, but not for too few experts."""
    _require_drawable(panel, by)
    start = frozen(panel, drawing=by.pk, today=shanghai_day(now))
    able, excluded = sort_out(start.experts, start.case, start.terms)
    return Preview(len(able), start.terms.size, excluded)


def draw_panel(*, panel: Panel, by: User, now: datetime) -> Panel:
    """Freeze pool and case, draw by lot, and seat those drawn. Who committed the seed does not draw.

    With too few experts nothing is drawn and the seed stays unknown: it can be tried again once there are more.
    """
    with transaction.atomic():
        panel, objection = locked_with_objection(panel)
        _require_drawable(panel, by)
        start = frozen(panel, drawing=by.pk, today=shanghai_day(now))
        result = _drawn(panel, start)
        seed = seed_of(panel)
        published = draw_file.write(
            draw_file.DrawFile(panel.commitment, seed, start.experts, start.case, start.terms, result)
        )
        acting = for_agency(by, objection.agency)
        advance_in(
            objection,
            PANEL,
            panel,
            "draw",
            acting=acting,
            now=now,
            drawn_at=now,
            drawn_by=by,
            draw=json.loads(published),
            reserves=[{"expert": name, "state": WAITING} for name in result.reserves],
        )
        for name in result.panel:
            give_seat(panel, expert_named(panel, name), acting=acting, now=now)
        close_tasks(panel.uuid, now=now, kinds=[Task.Kind.DRAW], by=by)
        return panel


def fail_panel(*, panel: Panel, reason: str, by: User, now: datetime) -> Panel:
    """Give a panel up that was not drawn. A panel that was drawn ends by its votes or without reserves, not so.

    It failed only for want of experts: then its points may be decided without one. One that could have been drawn is
    cancelled, as for a wrong specialty, and its points remain for experts.
    """
    reason = required(reason)
    with transaction.atomic():
        panel, objection = locked_with_objection(panel)
        require_possible(PANEL, panel, "draw")
        give_up(
            panel,
            "fail" if _lacks_experts(panel, now) else "cancel",
            acting=for_agency(by, objection.agency),
            now=now,
            grounds=reason,
        )
        return panel


def _lacks_experts(panel: Panel, now: datetime) -> bool:
    try:
        start = frozen(panel, drawing=None, today=shanghai_day(now))
    except SealBroken:
        return False
    able, _excluded = sort_out(start.experts, start.case, start.terms)
    return len(able) < panel.size


def cancel_open_panel(*, objection: Objection, acting: Acting, now: datetime) -> Panel | None:
    """End the open panel of an objection that is withdrawn; None where there is none.

    The person is locked by the caller, who moves the objection on.
    """
    open_ones = objection.panels.filter(state__in=[Panel.State.COMMITTED, Panel.State.VOTING])
    if (found := open_ones.first()) is None:
        return None
    panel = locked(found)
    panel.objection = objection
    disband(panel, "cancel", acting=acting, now=now)
    return panel


def _committed(objection: Objection, question: str, specialty: str, by: User, now: datetime) -> Panel:
    policy = policy_of(objection)
    panel = Panel(
        objection=objection,
        question=question,
        specialty=specialty,
        size=policy.get("panel.size"),
        years_apart=policy.get("panel.years_apart"),
        committed_at=now,
        committed_by=by,
    )
    seed = os.urandom(SEED_BYTES)
    panel.commitment = commitment_to(seed)
    panel.sealed_seed = panel.vault.seal(seed + os.urandom(SALT_BYTES))
    return panel


def _mark_professional(points: Iterable[PointOfDispute], by: User, now: datetime) -> None:
    for point in points:
        if not point.professional:
            point.professional = True
            keep(point, by=by, now=now)


def _drawn(panel: Panel, start: Frozen) -> Result:
    try:
        return draw(
            commitment=panel.commitment, seed=seed_of(panel), pool=start.experts, case=start.case, terms=start.terms
        )
    except TooFewExperts as error:
        raise Refused("too_few_experts", _too_few(error, start), field="panel", value=panel.size) from error


def _too_few(error: TooFewExperts, start: Frozen) -> str:
    able, excluded = sort_out(start.experts, start.case, start.terms)
    seats = ngettext(
        "The panel has %(seats)s seats, and %(able)s expert can sit.",
        "The panel has %(seats)s seats, and %(able)s experts can sit.",
        len(able),
    ) % {"seats": start.terms.size, "able": len(able)}
    missing = gettext("Missing: %(missing)s.") % {"missing": error.missing}
    told = [seats, missing, *_excluded_in_words(excluded)]
    return sentences([*told, gettext("Add experts or ask for more days, then draw; or give the panel up.")])


def _excluded_in_words(excluded: Sequence[Excluded]) -> list[str]:
    counts = Counter(reason for each in excluded for reason in each.reasons)
    told = [
        gettext("%(reason)s: %(count)s") % {"reason": words, "count": counts[code]}
        for code, words in REASONS.items()
        if counts[code]
    ]
    return [gettext("Excluded: %(reasons)s.") % {"reasons": listed(told)}] if told else []


def _require_reviewer(objection: Objection, by: User) -> None:
    if objection.reviewer_id != by.pk:
        raise Refused(
            "not_the_reviewer",
            _("Only the reviewer of objection %(number)s refers it to a panel.") % {"number": objection.number},
            field="by",
            value=str(by),
        )


def _require_points(objection: Objection, points: Sequence[PointOfDispute]) -> list[PointOfDispute]:
    chosen = list(objection.points.filter(pk__in=[point.pk for point in points]).order_by("number"))
    if not chosen or len(chosen) != len({point.pk for point in points}):
        raise Refused(
            "points_missing", _("Choose at least one point of dispute, all of this objection."), field="points"
        )
    judged = set(Vote.objects.filter(point__in=chosen).values_list("point__number", flat=True))
    if judged:
        raise Refused(
            "already_judged",
            _("A panel has judged point %(number)s. Its majority decides; there is no second panel.")
            % {"number": listed(sorted(judged))},
            field="points",
        )
    return chosen


def _require_drawable(panel: Panel, by: User) -> None:
    require_possible(PANEL, panel, "draw")
    if panel.committed_by_id == by.pk:
        raise Refused(
            "committed_does_not_draw",
            _("%(name)s committed the seed of this panel. Another officer draws it.") % {"name": by.get_username()},
            field="by",
            value=str(by),
        )
