"""The share of sanctioned staff as a bar with the marks of the policy. The numbers stand in words beside it."""

from dataclasses import dataclass

from registry.queries.ratio import Ratio, Threshold

LEAST = 60
"""Per cent of staff that the whole bar stands for, at least: both marks of the national policy lie inside."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A threshold and where it lies on the bar."""

    threshold: Threshold
    at: str
    is_reached: bool


@dataclass(frozen=True, slots=True)
class ShareBar:
    """The ratio, how long its bar is, and the marks; both are per cent of the drawing."""

    ratio: Ratio
    length: str
    marks: tuple[Mark, ...]
    look: str


def share_bar(ratio: Ratio) -> ShareBar:
    """The ratio, to be drawn."""
    share = ratio.per_cent or 0.0
    whole = max(LEAST, share, *(each.per_cent + 5 for each in ratio.thresholds))
    reached = ratio.reached
    marks = tuple(
        Mark(each, _part(each.per_cent, whole), reached is not None and each.per_cent <= reached.per_cent)
        for each in ratio.thresholds
    )
    return ShareBar(ratio, _part(share, whole), marks, "stop" if reached else "good")


def _part(share: float, whole: float) -> str:
    return f"{100 * share / whole:.2f}%"
