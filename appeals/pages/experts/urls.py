"""The addresses of experts."""

from django.urls import path
from django.views.decorators.cache import never_cache

from appeals.pages.experts import cases, evidence, opinions, record, voting

_CASE = "expert/cases/<uuid:seat>/"
_PIECE = _CASE + "evidence/<int:piece>/"
_OPINION = "expert/opinions/<uuid:application>/"

urlpatterns = [
    path("expert/", never_cache(cases.cases), name="expert_cases"),
    path("expert/past/", never_cache(cases.past), name="expert_past"),
    path(_CASE, never_cache(cases.case), name="expert_case"),
    path(_PIECE, never_cache(evidence.evidence), name="expert_evidence"),
    path(_PIECE + "content/", never_cache(evidence.content), name="expert_evidence_content"),
    path(_CASE + "independence/", never_cache(voting.independence), name="expert_independence"),
    path(_CASE + "vote/", never_cache(voting.votes), name="expert_vote"),
    path(_CASE + "vote/check/", never_cache(voting.check), name="expert_check"),
    path(_CASE + "stepping-back/", never_cache(voting.recusal), name="expert_recusal"),
    path("expert/opinions/", never_cache(opinions.opinions), name="expert_opinions"),
    path(_OPINION, never_cache(opinions.opinion), name="expert_opinion"),
    path(_OPINION + "sign/", never_cache(opinions.sign), name="expert_sign"),
    path(_OPINION + "standing-aside/", never_cache(opinions.aside), name="expert_stand_aside"),
    path("expert/record/", never_cache(record.record), name="expert_record"),
    path("expert/record/days/", never_cache(record.days), name="expert_offer_days"),
    path("expert/record/days/<int:pk>/end/", never_cache(record.end_days), name="expert_end_days"),
    path("expert/record/conflict/", never_cache(record.conflict), name="expert_declare_conflict"),
]
