"""What applications above the register put on its pages. The register knows the places, never who fills them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from registry.admin.roles import has_any

if TYPE_CHECKING:
    from registry.admin.acts.buttons import Button
    from registry.admin.acts.guided import GuidedAct, Words

Place = Literal[
    "person", "published person", "institution", "case", "proposal", "entry", "objection", "task", "overview"
]
"""Pages that take buttons and sections; the subject is the file of the person, else the row; of the overview, nothing.
A published person is one as health and drug authorities are shown them. Of tasks there are many on a page: their
buttons must follow from the row alone.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A card on a page: a template, and what it shows as `it`."""

    template: str
    it: Any
    beside: bool = False


Buttons = Callable[[HttpRequest, Any], "Iterable[Button]"]
Sections = Callable[[HttpRequest, Any], Iterable[Section]]
Figures = Callable[[HttpRequest], Iterable[dict[str, Any]]]


@dataclass(slots=True)
class _Offers:
    buttons: dict[str, list[Buttons]] = field(default_factory=dict)
    sections: dict[str, list[Sections]] = field(default_factory=dict)
    figures: list[Figures] = field(default_factory=list)
    acts: "list[tuple[str, str, type[GuidedAct]]]" = field(default_factory=list)
    views: list[tuple[str, str, Callable[[Any], Callable[..., HttpResponseBase]]]] = field(default_factory=list)
    act_words: "dict[str, tuple[Words, Mapping[str, Words]]]" = field(default_factory=dict)


OFFERS = _Offers()


def offer_buttons(place: Place, provider: Buttons) -> None:
    """Put buttons beside the acts of a page."""
    OFFERS.buttons.setdefault(place, []).append(provider)


def offer_sections(place: Place, provider: Sections) -> None:
    """Put cards on a page."""
    OFFERS.sections.setdefault(place, []).append(provider)


def offer_figures(provider: Figures) -> None:
    """Put figures beside those of the work list on the overview: number, title and address of each."""
    OFFERS.figures.append(provider)


def offer_acts(acts: "Iterable[tuple[str, str, type[GuidedAct]]]") -> None:
    """Put acts under addresses of the office: route, name, act."""
    OFFERS.acts.extend(acts)


def may_do(request: HttpRequest, name: str) -> bool:
    """Whether the user holds a role of the act that stands under this name: a button never says otherwise."""
    return any(name == offered and has_any(request, act.allowed) for _route, offered, act in OFFERS.acts)


def offer_views(views: Iterable[tuple[str, str, Callable[[Any], Callable[..., HttpResponseBase]]]]) -> None:
    """Put pages under addresses of the office: route, name, and what makes the view from the site."""
    OFFERS.views.extend(views)


def offer_act_words(procedure: str, title: "Words", words: "Mapping[str, Words]") -> None:
    """Say what a procedure and its acts are called, where acts of all procedures stand beside each other."""
    OFFERS.act_words[procedure] = (title, words)


def buttons(place: Place, request: HttpRequest, subject: Any) -> "list[Button]":
    """The buttons offered for a page."""
    return [button for provider in OFFERS.buttons.get(place, ()) for button in provider(request, subject)]


def figures(request: HttpRequest) -> list[dict[str, Any]]:
    """The figures offered for the overview."""
    return [figure for provider in OFFERS.figures for figure in provider(request)]


def sections(place: Place, request: HttpRequest, subject: Any) -> list[Section]:
    """The cards offered for a page."""
    return [section for provider in OFFERS.sections.get(place, ()) for section in provider(request, subject)]
