"""Sealing anew, under the first key, what older keys seal: in small steps, while everybody works on.

Where seals are kept is a list of places; each part of the register has one of its own. Every step is a short
transaction that leaves each row of it either as it was or as it will be, and both open: it may be stopped anywhere.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, IntegerField, Q, QuerySet
from django.db.models.expressions import RawSQL

from registry.models import ClaimsPiece, GivenAnswer, IdentityDocument, RosterJob, RosterRow, StoredFile, sealing
from registry.models.sealing import SealBroken
from registry.models.vault import MARK

log = structlog.get_logger(__name__)
_TRIES = 5
DOCUMENT_KEYS, INDEX_KEYS = "REGISTRY_DOCUMENT_KEYS", "REGISTRY_INDEX_KEYS"

Progress = Callable[[str, int], None]
Counts = dict[int | None, int]
"""Rows by the number of the key that seals them; None where the seal has no number, as older ones."""


@dataclass(frozen=True)
class Place:
    """Where seals are kept: `rows` that hold one, the SQL that tells the number of a row's key, the setting with the
    keys, and how one row is sealed anew; `at_once` rows are one step.
    """

    name: str
    rows: QuerySet[Any]
    key: str
    renew: Callable[[Any], None]
    keys: str = DOCUMENT_KEYS
    at_once: int = 500

    @property
    def present_key(self) -> int:
        """The number of the key that seals from now on."""
        return int(next(iter(getattr(settings, self.keys))))

    def numbered(self) -> QuerySet[Any]:
        """Its rows with the number of their key."""
        number = RawSQL(self.key, [], IntegerField())  # noqa: S611  # SQL of ours
        numbered: QuerySet[Any] = self.rows.annotate(key_number=number)
        return numbered

    def older(self) -> QuerySet[Any]:
        """Its rows that another key than the present one seals."""
        return self.numbered().filter(Q(key_number=None) | ~Q(key_number=self.present_key))


def key_of_vault(sealed: str) -> str:
    """SQL for the number of the key of what a Vault sealed; NULL for a seal without one."""
    return f"CASE WHEN substr({sealed}, 1, {len(MARK)}) = '\\x{MARK.hex()}' THEN get_byte({sealed}, {len(MARK)}) END"


def renews(column: str) -> Callable[[Any], None]:
    """What seals this column of a row anew with the vault of the row."""

    def renew(row: Any) -> None:
        renewed = {column: row.vault.renewed(bytes(getattr(row, column)))}
        type(row)._default_manager.filter(pk=row.pk).update(**renewed)

    return renew


def counts_of(place: Place) -> Counts:
    """How many of its rows each key seals."""
    rows = place.numbered().order_by().values_list("key_number").annotate(rows=Count("pk"))
    return dict(rows)


def remaining(places: Iterable[Place]) -> int:
    """How many rows need an older key than the present one."""
    return sum(
        sum(count for number, count in counts_of(place).items() if number != place.present_key) for place in places
    )


def seal_anew(places: Iterable[Place], *, progress: Progress) -> None:
    """Seal everything under the present keys, going over it again where others wrote meanwhile.

    What does not open is left as it is, named in the log, and counts as remaining.
    """
    for place in places:
        for _ in range(_TRIES):
            if not _go_over(place, progress):
                break


def _go_over(place: Place, progress: Progress) -> int:
    done, after = 0, 0
    while pks := list(place.older().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[: place.at_once]):
        done += _step(place, pks)
        after = pks[-1]
        progress(place.name, done)
    return done


def _step(place: Place, pks: list[int]) -> int:
    """Lock these rows, look again, and seal them anew; what somebody else holds waits for the next time."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL registry.resealing = 'yes'")
        rows = place.older().filter(pk__in=pks).order_by("pk")
        return sum(_renewed(place, row) for row in rows.select_for_update(of=("self",), no_key=True, skip_locked=True))


def _renewed(place: Place, row: Any) -> int:
    try:
        place.renew(row)
    except SealBroken:
        log.error("a seal does not open", place=place.name, row=row.pk)
        return 0
    return 1


def _renew_number(document: IdentityDocument) -> None:
    sealed = sealing.seal(document.number, bound_to=str(document.practitioner.uuid))
    IdentityDocument.objects.filter(pk=document.pk).update(sealed_number=sealed)


def _renew_index(document: IdentityDocument) -> None:
    """The same document that was entered once more under the present key, unseen by a process that lacked the older
    one, is this document.
    """
    index = sealing.blind_index(document.number)
    of_the_file = IdentityDocument.objects.filter(practitioner=document.practitioner_id, kind=document.kind)
    of_the_file.filter(number_index=index).delete()
    IdentityDocument.objects.filter(pk=document.pk).update(number_index=index)


def _renew_row_of_roster(row: RosterRow) -> None:
    RosterRow.objects.filter(pk=row.pk).update(sealed=row.job.vault.renewed(bytes(row.sealed)))


def _renew_piece_of_claims(piece: ClaimsPiece) -> None:
    ClaimsPiece.objects.filter(pk=piece.pk).update(sealed=piece.check_of.vault.renewed(bytes(piece.sealed)))


_DOCUMENTS = IdentityDocument.objects.select_related("practitioner")
PLACES = (
    Place("document numbers", _DOCUMENTS, "get_byte(sealed_number, 0)", _renew_number),
    Place(
        "index of document numbers",
        _DOCUMENTS,
        "CASE octet_length(number_index) WHEN 32 THEN 1 ELSE get_byte(number_index, 0) END",
        _renew_index,
        keys=INDEX_KEYS,
    ),
    Place("files", StoredFile.objects.all(), key_of_vault("sealed"), renews("sealed"), at_once=5),
    Place("answers given", GivenAnswer.objects.all(), key_of_vault("sealed"), renews("sealed")),
    Place(
        "rosters",
        RosterJob.objects.exclude(sealed_file=None),
        key_of_vault("sealed_file"),
        renews("sealed_file"),
        at_once=5,
    ),
    Place(
        "rows of rosters",
        RosterRow.objects.select_related("job").defer("job__sealed_file"),
        key_of_vault("registry_rosterrow.sealed"),
        _renew_row_of_roster,
    ),
    Place(
        "claims",
        ClaimsPiece.objects.select_related("check_of"),
        key_of_vault("registry_claimspiece.sealed"),
        _renew_piece_of_claims,
        at_once=5,
    ),
)
