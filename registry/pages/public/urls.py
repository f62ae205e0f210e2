"""The addresses for everybody."""

from django.urls import path
from django.views.decorators.cache import never_cache

from registry.pages.public import reading, sharing, verifying

urlpatterns = [
    path("verify/", never_cache(verifying.verify), name="verify"),
    path("verify/keys.json", verifying.keys, name="certificate_keys"),
    path("verify/verify_certificate.py", verifying.verifier, name="certificate_verifier"),
    path("verify/<str:number>/<str:code>/", never_cache(verifying.verify_certificate), name="verify_certificate"),
    path("shared/", never_cache(sharing.shared), name="shared"),
    path("shared/<str:code>/", never_cache(sharing.shared_link), name="shared_link"),
    path("public/", reading.start, name="public"),
    path("public/statistics/", reading.statistics, name="public_statistics"),
    path("public/policies/", reading.policy_list, name="public_policies"),
    path("public/policies/<str:policy_id>/", reading.policy, name="public_policy"),
    path("public/objections/", reading.objections, name="public_objections"),
]
