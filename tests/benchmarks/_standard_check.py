"""The standard pattern of a settlement check: a view of the REST framework, and a token in the database.

Well configured: connections that stay, statements prepared, relations selected, gunicorn with threads. It checks the
same rows (key, code, agreement, registration, measures, standing), but present ones only: no merged files, no past,
no emergencies, no words of a provision.
"""

from collections import defaultdict
from datetime import date
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db.models import Q
from django.http import HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

django.setup()

from registry.models import (  # noqa: E402 - Django first
    ApiKey,
    Institution,
    MeasurePeriod,
    PersonalCode,
    Registration,
    ServiceAgreement,
    StandingSpan,
    keys,
)
from registry.queries import sight  # noqa: E402

sight.begin_process(sight.FULL)


class Token(BaseAuthentication):
    """A key, looked up by its digest."""

    def authenticate(self, request: Request) -> tuple[Any, Any]:
        text = request.headers.get("Authorization", "").removeprefix("Bearer ")
        key = ApiKey.objects.filter(digest=keys.digest_of(text), prefix=text[4:12], revoked_at=None).first()
        if key is None:
            raise AuthenticationFailed
        user: Any = type("Holder", (), {"is_authenticated": True})()
        return user, key


class Asked(serializers.Serializer[Any]):
    practitioner = serializers.CharField(max_length=64)
    institution = serializers.CharField(max_length=64)
    on = serializers.DateField()
    name = serializers.CharField(max_length=100, required=False)


class Standing(serializers.ModelSerializer[StandingSpan]):
    class Meta:
        model = StandingSpan
        fields = ["status", "until"]


class Check(APIView):
    authentication_classes = [Token]
    permission_classes = [IsAuthenticated]

    def post(self, request: Request) -> Response:
        asked = Asked(data=request.data)
        asked.is_valid(raise_exception=True)
        on: date = asked.validated_data["on"]
        holds = Q(superseded_at=None, starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gt=on))
        code = get_object_or_404(
            PersonalCode.objects.select_related("practitioner"), code=asked.validated_data["practitioner"]
        )
        place = get_object_or_404(
            Institution.objects.select_related("region"), code=asked.validated_data["institution"]
        )
        person = code.practitioner
        reasons = []
        if not ServiceAgreement.objects.filter(holds, institution=place).exists():
            reasons.append("agreement_not_in_force")
        if not Registration.objects.filter(holds, practitioner=person, institution=place).exists():
            reasons.append("not_registered_here")
        reasons += MeasurePeriod.objects.filter(holds, institution=place).values_list("kind", flat=True)
        spans = StandingSpan.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), practitioner=person, starts_on__lte=on)
        span = spans.first()
        if span is not None and span.status != "normal":
            reasons.append(span.status)
        standing = Standing(span).data if span else {"status": "normal", "until": None}
        return Response({"payable": not reasons, "reasons": reasons, **standing})


class Checks(APIView):
    """Many at once: a query with IN for each table, put together by a person's id."""

    authentication_classes = [Token]
    permission_classes = [IsAuthenticated]

    def post(self, request: Request) -> Response:
        sent: Any = request.data
        asked = Asked(data=sent["items"], many=True)
        asked.is_valid(raise_exception=True)
        items: Any = asked.validated_data
        codes = {each.code: each for each in PersonalCode.objects.filter(code__in={i["practitioner"] for i in items})}
        places = {each.code: each for each in Institution.objects.filter(code__in={i["institution"] for i in items})}
        people = [each.practitioner_id for each in codes.values()]
        spans, registered, agreed, measures = defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list)
        for span in StandingSpan.objects.filter(practitioner_id__in=people):
            spans[span.practitioner_id].append(span)
        for row in Registration.objects.filter(practitioner_id__in=people, superseded_at=None):
            registered[row.practitioner_id, row.institution_id].append(row)
        here = [each.pk for each in places.values()]
        for agreement in ServiceAgreement.objects.filter(institution_id__in=here, superseded_at=None):
            agreed[agreement.institution_id].append(agreement)
        for measure in MeasurePeriod.objects.filter(institution_id__in=here, superseded_at=None):
            measures[measure.institution_id].append(measure)

        def answer(item: dict[str, Any]) -> dict[str, Any]:
            person, place, on = codes[item["practitioner"]].practitioner_id, places[item["institution"]].pk, item["on"]
            reasons = [] if any(_covers(each, on) for each in agreed[place]) else ["agreement_not_in_force"]
            if not any(_covers(each, on) for each in registered[person, place]):
                reasons.append("not_registered_here")
            reasons += [each.kind for each in measures[place] if _covers(each, on)]
            span = next((each for each in spans[person] if _covers(each, on)), None)
            if span is not None and span.status != "normal":
                reasons.append(span.status)
            standing = Standing(span).data if span else {"status": "normal", "until": None}
            return {"payable": not reasons, "reasons": reasons, **standing}

        return Response({"results": [answer(item) for item in items]})


def _covers(row: Any, on: date) -> bool:
    return bool(row.starts_on <= on and (row.ends_on is None or on < row.ends_on))


settings.MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]  # those of a new project
urlpatterns = [
    path("api/v1/eligibility", Check.as_view()),
    path("api/v1/eligibility/batch", Checks.as_view()),
    path("healthz", lambda request: HttpResponse("good")),
]
handler500 = "rest_framework.exceptions.server_error"
settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None
settings.ROOT_URLCONF = __name__
application = WSGIHandler()
