"""The addresses of the practitioner's own repair and study."""

from django.urls import path
from django.views.decorators.cache import never_cache

from appeals.pages import applying, repair, study

urlpatterns = [
    path("my/repair/", never_cache(repair.my_repair), name="my_repair"),
    path("my/repair/apply/<str:kind>/<str:agency>/", never_cache(applying.my_apply), name="my_apply"),
    path("my/repair/<uuid:application>/", never_cache(applying.my_application), name="my_application"),
    path("my/repair/<uuid:application>/receipt/", never_cache(applying.my_receipt), name="my_receipt"),
    path("my/repair/study/<uuid:part>/", never_cache(study.my_study), name="my_study"),
    path("my/repair/study/<uuid:part>/lessons/<int:number>/", never_cache(study.my_lesson), name="my_lesson"),
    path("my/repair/attempts/<uuid:attempt>/", never_cache(study.my_attempt), name="my_attempt"),
]
