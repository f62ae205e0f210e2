"""How the pages are read: more contrast, for whoever needs it. The browser keeps the wish; the register does not."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "contrast"
A_YEAR = 365 * 24 * 3600
"""Seconds."""


@require_POST
def set_contrast(request: HttpRequest) -> HttpResponse:
    """Keep the wish in a cookie, and go back to the page that was read."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    answer = HttpResponseRedirect(back if safe else reverse("home"))
    if request.POST.get("contrast") == "more":
        answer.set_cookie(COOKIE, "more", max_age=A_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
    else:
        answer.delete_cookie(COOKIE, samesite="Lax")
    return answer


urlpatterns = [path("contrast/", set_contrast, name="set_contrast")]
