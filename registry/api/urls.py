"""Addresses of the API, below /api/."""

from django.urls import path, re_path

from registry.api.eligibility import Eligibility, EligibilityBatch
from registry.api.faces import Nothing

app_name = "api"
urlpatterns = [
    path("v1/eligibility", Eligibility.as_view(), name="eligibility"),
    path("v1/eligibility/batch", EligibilityBatch.as_view(), name="eligibility-batch"),
    re_path(r"", Nothing.as_view()),
]
