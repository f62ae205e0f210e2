"""Pages that are put together with full sight, because what they show is not the viewer's own but made for them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse

from registry.queries.sight import full_sight

View = TypeVar("View", bound=Callable[..., HttpResponse])


def composed(view: View) -> View:
    """The page, whole: read and rendered with full sight. It looks up what it is about as the asker."""

    @wraps(view)
    def page(*args: Any, **kwargs: Any) -> HttpResponse:
        with full_sight():
            response = view(*args, **kwargs)
            return response.render() if isinstance(response, SimpleTemplateResponse) else response

    return page  # type: ignore[return-value]  # it takes what the view takes
