"""The weekly digest in words: numbers only, so that a mail may carry them."""

from collections.abc import Iterator

from django.utils.translation import gettext, ngettext

from notifications.queries.digests import Digest
from registry.queries.ratio import Ratio


def lines_of(digest: Digest) -> tuple[str, ...]:
    """One line for each number that is not nought, and the share; in the language of the moment."""
    return tuple(_lines(digest))


def _lines(digest: Digest) -> Iterator[str]:
    if number := digest.near:
        told = ngettext(
            "%(number)s person is near the threshold of a suspension.",
            "%(number)s people are near the threshold of a suspension.",
            number,
        )
        yield told % {"number": number}
    if number := digest.suspended:
        yield ngettext("%(number)s person is suspended.", "%(number)s people are suspended.", number) % {
            "number": number
        }
    if number := digest.objections:
        told = ngettext(
            "%(number)s objection waits for the countersignature of the institution.",
            "%(number)s objections wait for the countersignature of the institution.",
            number,
        )
        yield told % {"number": number}
    if number := digest.talks:
        told = ngettext(
            "%(number)s talk is owed; overdue: %(overdue)s.",
            "%(number)s talks are owed; overdue: %(overdue)s.",
            number,
        )
        yield told % {"number": number, "overdue": digest.overdue}
    if digest.unread:
        yield gettext("Unread notices to the institution: %(number)s.") % {"number": digest.unread}
    if digest.share:
        yield _share(digest.share)


def _share(share: Ratio) -> str:
    marks = " / ".join(f"{each.per_cent}%" for each in share.thresholds)
    told = gettext("Share of staff sanctioned this year: %(share)s; measures against the institution from %(marks)s.")
    return told % {"share": f"{share.per_cent}%", "marks": marks}
