"""What every address of the API has in common."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from registry.api.authentication import BearerKey, MaySettle
from registry.api.parsers import StrictJSONParser
from registry.api.problems import LENGTH_REQUIRED, Problem, respond
from registry.queries.sight import full_sight


class Face(APIView):
    """JSON in, JSON or problem+json out, nothing kept by caches; the key is looked at before anything else."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (BearerKey,)
    permission_classes: Sequence[type[BasePermission]] = (MaySettle,)
    renderer_classes = (JSONRenderer,)
    parser_classes = (StrictJSONParser,)
    http_method_names = ["post"]
    max_body_bytes = 16 * 1024
    composed: ClassVar[bool] = False
    """Whether the answer is put together with full sight, being made for the asker and not theirs. What it is about is
    looked up as the asker all the same.
    """

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer, with the sight that it needs."""
        with full_sight() if self.composed else nullcontext():
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a request without a good key before looking at what it accepts, and a body of unknown length."""
        self.perform_authentication(request)
        super().initial(request, *args, **kwargs)
        if "Transfer-Encoding" in request.headers:
            raise Problem(LENGTH_REQUIRED)

    def get_exception_handler(self) -> Any:
        return respond

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        finished = super().finalize_response(request, response, *args, **kwargs)
        finished["Cache-Control"] = "no-store"
        return finished


class Nothing(Face):
    """Every address of the API at which there is nothing."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound
