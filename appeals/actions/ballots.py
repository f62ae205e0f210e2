"""An expert writes a vote step by step: says that nothing keeps them from judging, writes, and casts what was written.

What is written is sealed and the expert's alone. Nothing of it is checked against the rules of voting before it is
cast, except that a text is not too long.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actions.panel_course import locked_with_objection, require_expert
from appeals.actions.votes import require_may_vote, vote
from appeals.models import DraftBallot, Seat, VoteDraft
from registry.actions.errors import Refused
from registry.actions.procedure import locked
from registry.actions.requirements import required
from registry.models import User


def begin_vote(*, seat: Seat, by: User, now: datetime) -> VoteDraft:
    """The expert is free to judge, and begins to write; beginning again goes on with what there is.

    Raises Refused for whoever has to step back or comes too late.
    """
    with transaction.atomic():
        place = _locked(seat)
        require_may_vote(place, by, now)
        draft = VoteDraft.objects.filter(seat=place).first()
        if draft is None:
            draft = VoteDraft(seat=place, user=by, begun_at=now, changed_at=now)
            draft.ballots = {}
            draft.save(force_insert=True)
        return draft


def write_vote(*, seat: Seat, ballots: Mapping[int, DraftBallot], by: User, now: datetime) -> VoteDraft:
    """Keep what is written so far of the points, by their ids. Raises Refused for a text that is too long, and where
    nothing was begun or the seat is over.
    """
    kept = {point: replace(each, reasons=_fitting(each.reasons)) for point, each in ballots.items()}
    with transaction.atomic():
        place = _locked(seat)
        require_expert(place, by)
        draft = _draft_of(place)
        draft.ballots, draft.changed_at = kept, now
        draft.save(update_fields=["sealed", "changed_at"])
        return draft


def cast_written(*, seat: Seat, by: User, now: datetime) -> Seat:
    """Cast what is written, exactly as it stands; casting it again is casting it once.

    Raises Refused as `vote` does; then nothing is lost.
    """
    with transaction.atomic():
        place = _locked(seat)
        require_expert(place, by)
        if place.state == Seat.State.VOTED:
            return place
        written = _draft_of(place).ballots
        votes = {point: (each.result, each.points, each.reasons) for point, each in written.items()}
        return vote(seat=place, votes=votes, by=by, now=now)


def _locked(seat: Seat) -> Seat:
    panel, _objection = locked_with_objection(seat.panel)
    place = locked(seat)
    place.panel = panel
    return place


def _draft_of(place: Seat) -> VoteDraft:
    draft = VoteDraft.objects.select_for_update(no_key=True).filter(seat=place).first()
    if draft is None:
        raise Refused(
            "vote_not_begun", _("Say first that you are free to judge this case, or step back."), field="votes"
        )
    return draft


def _fitting(text: str) -> str:
    return required(text, field="reasons") if text.strip() else ""
