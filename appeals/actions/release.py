"""What the panel may see of the evidence: a copy without names, or a file that names nobody."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.models import Evidence, Objection
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.procedure import locked
from registry.ledger.writing import lock
from registry.models import StoredFile, User

OPEN = frozenset({Objection.State.IN_REVIEW, Objection.State.WITH_PANEL})


def release_evidence(*, evidence: Evidence, file: StoredFile | None, by: User, now: datetime) -> Evidence:
    """Show the panel `file`, a copy without names; without one the reviewer declares that the file names nobody."""
    with transaction.atomic():
        objection = evidence.point.objection
        lock(objection.practitioner)
        objection, row = locked(objection), locked(evidence)
        _require_reviewer_in_review(objection, by)
        shown = file or row.file
        if row.shown_id != shown.pk:
            row.shown = shown
            keep(row, by=by, now=now, why="" if file else "the file itself names nobody")
        return row


def _require_reviewer_in_review(objection: Objection, by: User) -> None:
    if objection.reviewer_id != by.pk:
        raise Refused(
            "not_the_reviewer",
            _("Only the reviewer of objection %(number)s releases its evidence.") % {"number": objection.number},
            field="by",
            value=str(by),
        )
    if objection.state not in OPEN:
        raise Refused(
            "not_possible_now",
            _("This is not possible in the state “%(state)s”. Look at what stands now and choose another act.")
            % {"state": objection.get_state_display()},
            field="state",
            value=str(objection.state),
        )
