"""The pages of the office beside its lists."""

from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from registry.admin import (
    audit,
    comparing,
    consistency,
    document_search,
    law,
    notices,
    person_cases,
    posters,
    readings,
    rosters,
    shares,
    stored_files,
    whatif,
    worklist,
)
from registry.admin.acts import (
    accounts,
    calendar,
    cases,
    corrections,
    files,
    handlings,
    institutions,
    keys,
    measures,
    opening,
    own_files,
    people,
    people_of_case,
    police,
    proposals,
    receipts,
    registrations,
    talks,
)
from registry.admin.acts.guided import GuidedAct
from registry.admin.extensions import OFFERS

ACTS: list[tuple[str, str, type[GuidedAct]]] = [
    ("practitioners/<int:pk>/trigger/", "record_trigger", handlings.RecordTrigger),
    ("practitioners/<int:pk>/reregister/", "reregister", corrections.Reregister),
    ("practitioners/<int:pk>/register/", "register_at", registrations.RegisterAt),
    ("practitioners/<int:pk>/rename/", "rename", people.Rename),
    ("practitioners/<int:pk>/code/", "assign_code", people.AssignCode),
    ("practitioners/<int:pk>/document/", "add_document", people.AddDocument),
    ("practitioners/<int:pk>/merge/", "merge_files", files.MergeFiles),
    ("practitioners/<int:pk>/open/", "open_file", opening.OpenFile),
    ("documents/<int:pk>/unmask/", "unmask_document", opening.UnmaskDocument),
    ("practitioners/<int:pk>/access-code/", "issue_access_code", own_files.IssueAccessCode),
    ("tasks/<int:pk>/correction/", "answer_correction", own_files.AnswerCorrection),
    ("merges/<int:pk>/undo/", "undo_merge", files.UndoMerge),
    ("registrations/<int:pk>/end/", "end_registration", registrations.EndRegistration),
    ("registrations/<int:pk>/commitment/", "sign_commitment", registrations.SignCommitment),
    ("institutions/open/", "open_institution", institutions.OpenInstitution),
    ("institutions/<int:pk>/person/", "register_person", people.RegisterPerson),
    ("institutions/<int:pk>/agreement/", "conclude_agreement", institutions.ConcludeAgreement),
    ("institutions/<int:pk>/handling/", "record_handling", handlings.RecordHandling),
    ("institutions/<int:pk>/measure/", "propose_measure", measures.ProposeMeasure),
    ("measures/<int:pk>/decide/", "decide_measure", measures.DecideMeasure),
    ("measures/<int:pk>/drop/", "drop_measure", measures.DropMeasure),
    ("measures/<int:pk>/end/", "end_measure", measures.EndMeasure),
    ("institutions/<int:pk>/talks/", "finish_talks", talks.FinishTalks),
    ("tasks/<int:pk>/talk/", "finish_talk", talks.FinishTalk),
    ("agreements/<int:pk>/end/", "end_agreement", institutions.EndAgreement),
    ("handlings/<int:pk>/case/", "open_case", cases.OpenCase),
    ("cases/<int:pk>/responsibility/", "identify", cases.IdentifyResponsibility),
    ("cases/<int:pk>/responsibilities/", "identify_many", cases.IdentifyMany),
    ("cases/<int:pk>/file/", "add_case_file", cases.AddCaseFile),
    ("cases/<int:pk>/close/", "close_case", cases.CloseCase),
    ("cases/<int:pk>/police/", "transfer_to_police", police.TransferToPolice),
    ("police-transfers/<int:pk>/answer/", "record_police_answer", police.RecordPoliceAnswer),
    ("cases/<int:pk>/propose/", "propose_many", people_of_case.ProposeMany),
    ("cases/<int:pk>/propose/list/", "propose_by_list", people_of_case.ProposeByList),
    ("cases/<int:pk>/countersign/", "countersign_many", people_of_case.CountersignMany),
    ("cases/<int:pk>/notify/", "notify_many", people_of_case.NotifyMany),
    ("cases/<int:pk>/receipts/", "record_receipts", receipts.RecordReceipts),
    ("responsibilities/<int:pk>/propose/", "propose", proposals.Propose),
    ("proposals/<int:pk>/countersign/", "countersign", proposals.Countersign),
    ("proposals/<int:pk>/notify/", "notify", proposals.Notify),
    ("proposals/<int:pk>/receipt/", "record_receipt", receipts.RecordReceipt),
    ("proposals/<int:pk>/withdraw/", "withdraw", proposals.Withdraw),
    ("proposals/<int:pk>/decide/", "decide_held", proposals.DecideHeld),
    ("calendar/enter/", "enter_year", calendar.EnterYear),
    ("calendar/<int:pk>/correct/", "correct_day", calendar.CorrectDay),
    ("users/<int:pk>/identity/", "give_identity", accounts.GiveIdentity),
    ("users/<int:pk>/end/", "end_employment", accounts.EndEmployment),
    ("keys/issue/", "issue_key", keys.IssueKey),
    ("keys/<int:pk>/rotate/", "rotate_key", keys.RotateKey),
    ("keys/<int:pk>/revoke/", "revoke_key", keys.RevokeKey),
]


def pages(site: Any) -> list[URLPattern]:
    """Every page, each behind the sign-in of the office."""
    acts = [(route, name, act.as_view(site=site)) for route, name, act in [*ACTS, *OFFERS.acts]]
    views: list[tuple[str, str, Callable[..., HttpResponseBase]]] = [
        ("find/document/", "find_by_document", document_search.DocumentSearch.as_view(site=site)),
        ("work/", "work_list", worklist.work_list(site)),
        ("regions/", "regions", comparing.regions_page(site)),
        ("consistency/", "consistency", consistency.consistency_page(site)),
        ("shares/", "shares", shares.shares_page(site)),
        ("what-if/", "what_if", whatif.whatif_page(site)),
        ("audit/", "audit", audit.audit_page(site)),
        ("supervision/", "key_supervision", worklist.supervision(site)),
        ("policies/", "policies", law.policies_page(site)),
        ("policies/<slug:policy_id>/", "policy", law.policy_page(site)),
        ("practitioners/<int:pk>/cases/", "cases_of_person", person_cases.cases_of_person(site)),
        ("practitioners/<int:pk>/readings/", "readings", readings.who_looked_page(site)),
        ("institutions/<int:pk>/posters/", "posters", posters.posters(site)),
        ("proposals/<int:pk>/notice/", "notice_letter", notices.notice_letter(site)),
        ("files/<uuid:uuid>/", "stored_file", stored_files.stored_file_page(site)),
        *rosters.views(site),
        *((route, name, view(site)) for route, name, view in OFFERS.views),
    ]
    return [path(route, site.admin_view(view), name=name) for route, name, view in [*acts, *views]]
