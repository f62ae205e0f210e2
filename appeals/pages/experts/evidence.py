"""A piece of evidence that was released: looked at on a page where browsers show it, or taken home as a file."""

from collections.abc import Iterator

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from appeals.models import Seat
from appeals.pages.experts.cases import named
from appeals.pages.experts.door import READING, Me, for_seated
from appeals.queries.anonymous import AnonymousFile, ShownEvidence, evidence_for, file_for
from registry.actions.files import read_file
from registry.rules.attachments.kinds import JPEG, PDF, PNG, WEBP

PICTURES = frozenset({JPEG.media_type, PNG.media_type, WEBP.media_type})
NOTHING_RUNS = "default-src 'none'; sandbox"
ONLY_THE_VIEWER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""What the browser's own viewer of PDF needs, inside a page of ours; a sandbox would keep it out."""


@require_safe
@csp_replace({"object-src": [SELF]})
@for_seated
def evidence(request: HttpRequest, me: Me, seat: Seat, piece: int) -> HttpResponse:
    """The piece on a page of its own, with the ways to the one before and the one after."""
    if seat.state not in READING:
        raise Http404
    pieces = list(_pieces(file_for(seat)))
    at = next((place for place, (_point, each) in enumerate(pieces) if each.pk == piece), None)
    if at is None:
        raise Http404
    point, found = pieces[at]
    shown = {
        **named(seat),
        "point": point,
        "piece": found,
        "kind": found.media_type.rpartition("/")[2].rpartition(".")[2].upper(),
        "is_picture": found.media_type in PICTURES,
        "is_pdf": found.media_type == PDF.media_type,
        "before": pieces[at - 1][1] if at else None,
        "after": pieces[at + 1][1] if at + 1 < len(pieces) else None,
    }
    return render(request, "appeals/expert/evidence.html", shown)


@require_safe
@xframe_options_sameorigin
@for_seated
def content(request: HttpRequest, me: Me, seat: Seat, piece: int) -> HttpResponse:
    """The file, under a name that tells nothing: shown where the page before asks for it, else as an attachment."""
    found = evidence_for(seat).filter(pk=piece).first() if seat.state in READING else None
    if found is None or found.shown is None:
        raise Http404
    kind = found.shown.media_type
    inline = "take" not in request.GET and kind in PICTURES | {PDF.media_type}
    response = HttpResponse(read_file(found.shown), content_type=kind)
    ending = found.shown.name.rpartition(".")[2]
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="evidence-{found.pk}.{ending}"'
    response["Content-Security-Policy"] = ONLY_THE_VIEWER if inline and kind == PDF.media_type else NOTHING_RUNS
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _pieces(file: AnonymousFile) -> Iterator[tuple[int, ShownEvidence]]:
    """Everything released, in its order, with the number of its point."""
    for point in file.points:
        yield from ((point.number, each) for each in point.evidence)
