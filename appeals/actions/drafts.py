"""What a practitioner prepares: begun, written step by step, filed as an objection or an appeal, or given up.

Every act is the author's alone. Nothing of a draft is checked against the rules of filing before it is filed; what is
checked at once is what can be mended at once: texts that are too long, and files that are not taken.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from appeals.actions.appeals import file_appeal
from appeals.actions.disputes import MOST_POINTS_OF_DISPUTE, Dispute
from appeals.actions.objections import file_objection
from appeals.models import Draft, DraftFile, DraftPoint, DraftWords, Objection
from appeals.queries.drafts import Thing, things_of
from registry.actions.errors import Refused
from registry.actions.files import check_file, keep_file
from registry.actions.own_corrections import agency_of_person
from registry.actions.requirements import required
from registry.ledger.days import shanghai_day
from registry.ledger.writing import lock
from registry.models import Fact, Practitioner, Proposal, ProposedEntry, User
from registry.queries.advance_notices import UNRECEIVED
from registry.queries.own_file import holds
from registry.rules.attachments import safe_name

MOST_MEGABYTES = 200
"""Of all files of one draft together; more is handed in after the filing, point by point."""
_MEGABYTE = 1024 * 1024
LONGEST = 4000
Upload = tuple[str, bytes]
"""A file as it comes: its name and its content."""


@dataclass(frozen=True, slots=True)
class Written:
    """The number of the point that was written, and what is said against each file that was not taken."""

    number: int
    refused: tuple[Refused, ...]


def begin_draft(
    *,
    practitioner: Practitioner,
    proposal: Proposal | None = None,
    entry: Fact | None = None,
    standing: bool = False,
    by: User,
    now: datetime,
) -> Draft:
    """The author's draft of an objection to `proposal`, or of an appeal that names `entry` or the `standing`.

    There is one for each proposal and one for appeals: beginning again goes on with it. Raises Refused for the file of
    somebody else, and for a notice that was not opened yet.
    """
    with transaction.atomic():
        person = lock(practitioner)
        _require_own_file(person.members, by, now)
        if proposal is not None and proposal.practitioner_id not in person.members:
            raise _not_your_draft()
        if proposal is not None and proposal.state in UNRECEIVED:
            raise Refused("notice_unopened", _("Open the notice first; it says what is proposed."), field="proposal")
        draft = Draft.objects.filter(user=by, proposal=proposal).first()
        if draft is None:
            draft = Draft(user=by, practitioner=practitioner, proposal=proposal, begun_at=now, changed_at=now)
            draft.words = DraftWords()
        if proposal is None:
            draft.words = _named(draft.words, entry, standing=standing)
            draft.changed_at = now
        draft.save()
        return draft


def choose_against(*, draft: Draft, entries: Sequence[str], standing: bool, by: User, now: datetime) -> Draft:
    """What the appeal is against: entries by their keys, or the standing of the day. What a point is about stays."""

    def chosen(words: DraftWords) -> DraftWords:
        against = dict.fromkeys([*entries, *(point.about for point in words.points)])
        return replace(words, against=tuple(against), standing=standing)

    return _written(draft, by, now, chosen)


def write_point(
    *,
    draft: Draft,
    number: int | None,
    about: str,
    text: str,
    professional: bool = False,
    uploads: Sequence[Upload] = (),
    without: Collection[int] = (),
    by: User,
    now: datetime,
) -> Written:
    """Write one point, a new one where `number` is None, with the files that come to it and `without` those taken out.

    The same words about the same thing sent anew are the same point. An empty text is kept, and refused when it is
    filed. A file that is not taken hinders nothing else: what is said against it comes back. Raises Refused for a text
    that is too long, and for more points than are taken.
    """
    text = _fitting(text, "text")
    with transaction.atomic():
        row = _locked(draft, by)
        words = row.words
        if number is None and text:
            number = next((each.number for each in words.points if (each.about, each.text) == (about, text)), None)
        if number is None:
            _require_few(words)
            number = words.numbers + 1
            words = replace(words, points=(*words.points, DraftPoint(number=number, about="", text="")), numbers=number)
        if words.point(number) is None:
            raise _no_such_point()
        point = DraftPoint(number=number, about=about, text=text, professional=professional)
        points = tuple(point if each.number == number else each for each in words.points)
        _saved(row, replace(words, points=points), now)
        row.files.filter(point=number, pk__in=without).delete()
        refused = [_refusal_of(row, number, upload, now) for upload in uploads]
        return Written(number, tuple(each for each in refused if each is not None))


def take_out_point(*, draft: Draft, number: int, by: User, now: datetime) -> Draft:
    """Take a point out, with its files."""
    with transaction.atomic():
        row = _locked(draft, by)
        row.files.filter(point=number).delete()
        points = tuple(each for each in row.words.points if each.number != number)
        return _saved(row, replace(row.words, points=points), now)


def write_words(
    *, draft: Draft, statement: str, good_cause: str = "", new_facts: str = "", by: User, now: datetime
) -> Draft:
    """The author's own words about all of it."""
    words, cause, facts = (
        _fitting(text, field)
        for text, field in ((statement, "statement"), (good_cause, "good_cause"), (new_facts, "new_facts"))
    )
    return _written(draft, by, now, lambda kept: replace(kept, statement=words, good_cause=cause, new_facts=facts))


def give_up_draft(*, draft: Draft, by: User, now: datetime) -> None:
    """Forget the draft. One that is gone already is gone."""
    with transaction.atomic():
        Draft.objects.filter(pk=draft.pk, user=by).delete()


def file_draft(*, draft: Draft, by: User, now: datetime) -> Objection:
    """File what was prepared, exactly as it stands, and forget the draft; filing it again is filing it once.

    Raises Refused as `file_objection` and `file_appeal` do; then nothing is lost.
    """
    with transaction.atomic():
        person = lock(draft.practitioner)
        filed = Objection.objects.filter(uuid=draft.uuid, practitioner_id__in=person.members).first()
        if filed is not None:
            return filed
        row = _locked(draft, by)
        objection = _filed(row, person.members, by=by, now=now)
        row.delete()
        return objection


def _filed(draft: Draft, files: frozenset[int], *, by: User, now: datetime) -> Objection:
    words, things = draft.words, things_of(draft, shanghai_day(now))
    points = [_dispute(draft, point, things, by=by, now=now) for point in words.points]
    if draft.proposal is not None:
        return file_objection(
            proposal=draft.proposal,
            points=points,
            statement=words.statement,
            good_cause=words.good_cause,
            via=Objection.Via.PRACTITIONER,
            filed_by=by,
            uuid=draft.uuid,
            now=now,
        )
    known = [thing.entry for key, thing in things.items() if thing.entry and (words.standing or key in words.against)]
    undecided_here = bool(known) and not any(entry.agency for entry in known)
    return file_appeal(
        practitioner=draft.practitioner,
        entries=[] if words.standing else known,
        standing=words.standing,
        points=points,
        statement=words.statement,
        new_facts=words.new_facts,
        via=Objection.Via.PRACTITIONER,
        filed_by=by,
        agency=agency_of_person(files) if undecided_here else None,
        uuid=draft.uuid,
        now=now,
    )


def _dispute(draft: Draft, point: DraftPoint, things: dict[str, Thing], *, by: User, now: datetime) -> Dispute:
    thing = things.get(point.about)
    if thing is None:
        raise Refused(
            "point_about_another",
            _("Point %(number)s is about something that is not there any more. Change the point, or take it out.")
            % {"number": point.number},
            field="points",
            value=point.about,
        )
    about: ProposedEntry | Fact = thing.about
    files = [
        (file.name, keep_file(name=file.name, content=file.vault.unseal(bytes(file.sealed)), by=by, now=now))
        for file in draft.files.filter(point=point.number).order_by("pk")
    ]
    return Dispute(item=about, text=point.text, professional=point.professional, evidence=files)


def _refusal_of(draft: Draft, number: int, upload: Upload, now: datetime) -> Refused | None:
    """Keep the file with the point, the same content once; or what is said against it."""
    name, content = upload
    try:
        kind = check_file(name=name, content=content)
        digest, name = hashlib.sha256(content).digest(), safe_name(name, kind.extension)
        if draft.files.filter(point=number, digest=digest).exists():
            return None
        _require_room(draft, number, name, len(content))
    except Refused as refused:
        return refused
    file = DraftFile(draft=draft, point=number, name=name, size=len(content), digest=digest, handed_in_at=now)
    file.sealed = file.vault.seal(content)
    file.save(force_insert=True)
    return None


def _named(words: DraftWords, entry: Fact | None, *, standing: bool) -> DraftWords:
    if standing:
        return replace(words, standing=True)
    if entry is None:
        return words
    return replace(words, standing=False, against=tuple(dict.fromkeys([*words.against, str(entry.origin_id)])))


def _written(draft: Draft, by: User, now: datetime, change: Callable[[DraftWords], DraftWords]) -> Draft:
    with transaction.atomic():
        row = _locked(draft, by)
        return _saved(row, change(row.words), now)


def _saved(row: Draft, words: DraftWords, now: datetime) -> Draft:
    row.words, row.changed_at = words, now
    row.save(update_fields=["sealed", "changed_at"])
    return row


def _locked(draft: Draft, by: User) -> Draft:
    """The draft as it stands now, locked. Raises Refused where it is gone, or somebody else's."""
    rows = Draft.objects.select_for_update(of=("self",), no_key=True).select_related("proposal", "practitioner")
    row = rows.filter(pk=draft.pk).first()
    if row is None:
        raise Refused("draft_gone", _("This draft is not there any more: it was filed or given up."), field="draft")
    if row.user_id != by.pk:
        raise _not_your_draft()
    return row


def _fitting(text: str, field: str) -> str:
    return required(text, field=field, most=LONGEST) if text.strip() else ""


def _require_own_file(files: frozenset[int], by: User, now: datetime) -> None:
    if not holds(by, files, shanghai_day(now)):
        raise _not_your_draft()


def _require_few(words: DraftWords) -> None:
    if len(words.points) >= MOST_POINTS_OF_DISPUTE:
        raise Refused(
            "too_many_points",
            _("There are %(most)s points already, and no more are taken. Join those that belong together.")
            % {"most": MOST_POINTS_OF_DISPUTE},
            field="text",
        )


def _require_room(draft: Draft, number: int, name: str, size: int) -> None:
    told = {"name": name, "most": settings.REGISTRY_FILES_PER_POINT, "megabytes": MOST_MEGABYTES}
    if draft.files.filter(point=number).count() >= settings.REGISTRY_FILES_PER_POINT:
        words = _(
            "“%(name)s” was not taken: this point has %(most)s files, and no more are taken. Join several into one."
        )
        raise Refused("too_many_files", words % told, field="evidence", value=name)
    there = draft.files.aggregate(bytes=Sum("size"))["bytes"] or 0
    if there + size > MOST_MEGABYTES * _MEGABYTE:
        words = _(
            "“%(name)s” was not taken: all files together would be larger than %(megabytes)s MB. File without it, and"
            " add it afterwards."
        )
        raise Refused("draft_too_large", words % told, field="evidence", value=name)


def _no_such_point() -> Refused:
    return Refused("no_such_point", _("This point was taken out. Add it again."), field="points")


def _not_your_draft() -> Refused:
    return Refused("not_your_draft", _("A draft is written and filed by whoever the file is about, and nobody else."))
