"""What a browser may run: our own files only, and in the admin what its theme needs."""

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

ADMIN_ONLY = {"script-src": ["'self'", UNSAFE_EVAL], "style-src": ["'self'", UNSAFE_INLINE]}


class ContentPolicy(CSPMiddleware):
    """The policy of the settings; under the admin also ``unsafe-eval`` (Alpine) and inline styles (progress bars), and
    at the door the way to the provider of identities, for browsers hold a form to where it leads on to as well.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """The parts of the policy of this answer."""
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(reverse("admin:index")):
            parts.update = {**ADMIN_ONLY, **(parts.update or {})}
        if settings.REGISTRY_OIDC and request.path_info == reverse("account_login"):
            parts.update = {"form-action": settings.REGISTRY_OIDC.origin, **(parts.update or {})}
        return parts
