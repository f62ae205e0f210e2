"""Two files that turn out to be one person."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.requirements import required
from registry.actions.two_people import require_second
from registry.ledger import projection
from registry.ledger.writing import lock, lock_many, record_change
from registry.models import FileMerge, Practitioner, StandingChange, User


def merge_files(
    *, kept: Practitioner, absorbed: Practitioner, reason: str, by: User, second: User | None, now: datetime
) -> FileMerge:
    """From now on the facts of `absorbed` are read as facts of `kept`. Nothing is rewritten; undo_merge undoes it.

    What it does to the standing is told of both files, because either may have been told of before. The same merge
    twice is the same merge. Needs a second person.
    """
    reason = required(reason)
    confirmed_by = require_second(by=by, second=second)
    with transaction.atomic():
        people = lock_many([kept, absorbed])
        if existing := FileMerge.objects.filter(kept=kept, absorbed=absorbed, undone_at=None).first():
            return existing
        _require_separate(kept, absorbed, people[kept.pk].kept, people[absorbed.pk].kept)
        now = _not_before_undoing([kept, absorbed], now)
        link = FileMerge.objects.create(
            kept=kept, absorbed=absorbed, reason=reason, recorded_at=now, recorded_by=by, confirmed_by=confirmed_by
        )
        person = lock(kept)
        projection.rewrite(kept=person.kept, members=person.members, of_person=person.facts)
        for file in (kept, absorbed):
            before = people[file.pk].facts
            record_change(file.pk, before, person.facts, cause=StandingChange.Cause.MERGE, now=now)
        return link


def undo_merge(*, merge: FileMerge, reason: str, by: User, second: User | None, now: datetime) -> FileMerge:
    """The two files are two people after all; each has its own standing again from now on.

    What was known while they were merged stays answerable as known then. Needs a second person.
    """
    reason = required(reason)
    require_second(by=by, second=second)
    with transaction.atomic():
        before = lock(merge.kept)
        link = FileMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
        if link.undone_at is not None:
            return link
        now = max(now, link.recorded_at)
        link.undone_at, link.undone_by, link.undone_reason = now, by, reason
        link.save(update_fields=["undone_at", "undone_by", "undone_reason"])
        for file in (link.kept, link.absorbed):
            after = lock(file)
            projection.rewrite(kept=after.kept, members=after.members, of_person=after.facts)
            record_change(after.kept, before.facts, after.facts, cause=StandingChange.Cause.MERGE, now=now)
        return link


def _not_before_undoing(files: list[Practitioner], now: datetime) -> datetime:
    """Clocks of machines differ; two files must not, at some past time, be known as absorbed by each other."""
    links = FileMerge.objects.filter(Q(kept__in=files) | Q(absorbed__in=files), undone_at__gt=now)
    return max([now, *(link.undone_at for link in links if link.undone_at)])


def _require_separate(kept: Practitioner, absorbed: Practitioner, kept_top: int, absorbed_top: int) -> None:
    if kept.pk == absorbed.pk or kept_top == absorbed_top:
        raise Refused(
            "already_one_file",
            _("%(one)s and %(other)s are one file already.") % {"one": kept.code, "other": absorbed.code},
            field="absorbed",
            value=absorbed.code,
        )
    if kept_top != kept.pk or absorbed_top != absorbed.pk:
        raise Refused(
            "file_was_absorbed",
            _("One of the files %(one)s and %(other)s was merged into another file. Merge the files that were kept.")
            % {"one": kept.code, "other": absorbed.code},
            field="absorbed",
            value=absorbed.code,
        )
