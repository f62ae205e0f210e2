"""What the standing would be if two files were one person, or were no longer; nothing is written."""

from collections.abc import Iterable
from datetime import date

from registry.ledger.families import family_of
from registry.ledger.law import policies
from registry.ledger.reading import facts_of_files
from registry.models import FileMerge, Practitioner
from registry.rules.compute import Standing, standing


def after_merging(kept: Practitioner, absorbed: Practitioner, on: date) -> tuple[Standing, Standing]:
    """The standing of `kept` as it is, and with the facts of both persons' files."""
    _, mine = family_of(kept.pk)
    _, theirs = family_of(absorbed.pk)
    return _standing(mine, on), _standing(mine | theirs, on)


def after_undoing(merge: FileMerge, on: date) -> tuple[Standing, Standing]:
    """The standing of the kept file as it is, and without the files that came with the absorbed one."""
    _, together = family_of(merge.kept_id)
    return _standing(together, on), _standing(together - _below(merge.absorbed_id), on)


def _standing(members: Iterable[int], on: date) -> Standing:
    return standing(facts_of_files(members), on, policies())


def _below(file: int) -> frozenset[int]:
    """The file and every file absorbed into it."""
    found, new = {file}, {file}
    while new:
        links = FileMerge.objects.filter(kept_id__in=new, undone_at=None)
        new = set(links.values_list("absorbed_id", flat=True)) - found
        found |= new
    return frozenset(found)
