"""How sentences and lists are put together: Chinese writes neither spaces between sentences nor half-width commas."""

from collections.abc import Iterable
from functools import reduce

from django.utils.functional import Promise
from django.utils.translation import gettext


def sentences(texts: Iterable[str | Promise]) -> str:
    """Whole sentences one after the other; empty for none."""
    return reduce(_followed, map(str, texts), "")


def listed(items: Iterable[object]) -> str:
    """Things one after the other, as in "one, two, three"."""
    return reduce(_enumerated, map(str, items), "")


def _followed(first: str, second: str) -> str:
    return gettext("%(first)s %(second)s") % {"first": first, "second": second} if first else second


def _enumerated(first: str, second: str) -> str:
    return gettext("%(first)s, %(second)s") % {"first": first, "second": second} if first else second
