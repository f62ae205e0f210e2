"""The addresses of a practitioner's own objections and appeals."""

from django.urls import path
from django.views.decorators.cache import never_cache

from appeals.pages import drafting, filed, filing, listing

_ALL = "my/objections/"
_DRAFT = _ALL + "drafts/<uuid:draft>/"
_ONE = _ALL + "<uuid:objection>/"

urlpatterns = [
    path(_ALL, never_cache(listing.my_objections), name="my_objections"),
    path(_ALL + "begin/", never_cache(listing.begin), name="begin_objection"),
    path(_DRAFT, never_cache(drafting.points), name="draft_points"),
    path(_DRAFT + "against/", never_cache(drafting.against), name="draft_against"),
    path(_DRAFT + "points/add/", never_cache(drafting.point), name="draft_new_point"),
    path(_DRAFT + "points/<int:number>/", never_cache(drafting.point), name="draft_point"),
    path(_DRAFT + "words/", never_cache(drafting.words), name="draft_words"),
    path(_DRAFT + "check/", never_cache(filing.check), name="draft_check"),
    path(_DRAFT + "giving-up/", never_cache(filing.giving_up), name="draft_giving_up"),
    path(_ONE, never_cache(filed.one), name="my_objection"),
    path(_ONE + "receipt/", never_cache(filed.receipt), name="my_objection_receipt"),
    path(_ONE + "print/", never_cache(filed.printed), name="print_my_objection"),
    path(_ONE + "additions/", never_cache(filed.add), name="add_to_my_objection"),
    path(_ONE + "countersignature/", never_cache(filed.ask), name="ask_my_countersignature"),
    path(_ONE + "withdrawal/", never_cache(filed.withdrawal), name="withdraw_my_objection"),
    path(_ONE + "files/<uuid:file>/", never_cache(filed.file), name="file_of_my_objection"),
]
