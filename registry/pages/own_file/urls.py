"""The addresses of the own file."""

from django.urls import path
from django.views.decorators.cache import never_cache

from registry.pages.own_file import advance, data, views

urlpatterns = [
    path("", never_cache(views.home), name="home"),
    path("my/", never_cache(views.own_page), name="my_file"),
    path("my/advance-notices/<uuid:proposal>/", never_cache(advance.advance_notice), name="my_advance_notice"),
    path("my/data/", never_cache(data.my_data), name="my_data"),
    path("my/data.json", never_cache(data.data_file), name="my_data_file"),
]
