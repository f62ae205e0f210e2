"""Addresses of the API, below /api/."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from registry.api import (
    case_files,
    cases,
    many,
    merges,
    places,
    points,
    practitioners,
    proposals,
    signing,
)
from registry.api.eligibility import Eligibility, EligibilityBatch
from registry.api.faces import Nothing

PEOPLE, PERSON = "v1/practitioners/", "v1/practitioners/<uuid:practitioner>/"
CASE, PROPOSAL = "v1/cases/<uuid:case>/", "v1/proposals/<uuid:proposal>/"
PLACE = "v1/institutions/<str:code>/"

DESK = [
    path("v1/regions/", places.Regions.as_view()),
    path("v1/agencies/", places.Agencies.as_view()),
    path("v1/institutions/", places.Institutions.as_view()),
    path(PLACE, places.InstitutionView.as_view()),
    path(f"{PLACE}agreements/", places.Agreements.as_view()),
    path("v1/agreements/<uuid:agreement>/endings/", places.EndAgreement.as_view()),
    path(PEOPLE, practitioners.RegisterPerson.as_view()),
    path(f"{PEOPLE}searches/", practitioners.SearchPractitioners.as_view()),
    path(PERSON, practitioners.PractitionerView.as_view()),
    path(f"{PERSON}standing/", practitioners.StandingView.as_view()),
    path(f"{PERSON}changes/", practitioners.Changes.as_view()),
    path(f"{PERSON}facts/", practitioners.Facts.as_view()),
    path(f"{PERSON}registrations/", practitioners.Registrations.as_view()),
    path(f"{PERSON}names/", practitioners.Rename.as_view()),
    path(f"{PERSON}codes/", practitioners.AssignCode.as_view()),
    path(f"{PERSON}documents/", practitioners.AddDocument.as_view()),
    path(f"{PERSON}triggers/", cases.RecordTrigger.as_view()),
    path(f"{PERSON}reregistrations/", practitioners.Reregister.as_view()),
    path("v1/registrations/<uuid:registration>/endings/", practitioners.EndRegistration.as_view()),
    path("v1/registrations/<uuid:registration>/commitments/", practitioners.SignCommitment.as_view()),
    path(f"{PERSON}entries/", points.EntriesOfPerson.as_view()),
    path(f"{PERSON}periods/", points.Periods.as_view()),
    path(f"{PERSON}correction-previews/", points.PreviewCorrections.as_view()),
    path(f"{PERSON}merge-previews/", merges.PreviewMerge.as_view()),
    path(f"{PERSON}merges/", merges.Merges.as_view()),
    path("v1/merges/<int:merge>/undoing-previews/", merges.PreviewUndoing.as_view()),
    path("v1/merges/<int:merge>/undoings/", merges.UndoMerge.as_view()),
    path("v1/entries/", points.Entries.as_view()),
    path("v1/entries/<uuid:entry>/", points.EntryView.as_view()),
    path("v1/standings/", points.Standings.as_view()),
    path("v1/changes/", practitioners.AllChanges.as_view()),
    path("v1/handlings/", cases.Handlings.as_view()),
    path("v1/handlings/<uuid:handling>/", cases.HandlingView.as_view()),
    path("v1/handlings/<uuid:handling>/cases/", cases.OpenCase.as_view()),
    path("v1/cases/", cases.Cases.as_view()),
    path(CASE, cases.CaseView.as_view()),
    path(f"{CASE}closings/", cases.CloseCase.as_view()),
    path(f"{CASE}responsibilities/", cases.Responsibilities.as_view()),
    path(f"{CASE}identifications/", cases.IdentifyPeople.as_view()),
    path(f"{CASE}files/", case_files.CaseFiles.as_view()),
    path(f"{CASE}steps/", case_files.CaseSteps.as_view()),
    path(f"{CASE}proposal-previews/", many.PreviewProposals.as_view()),
    path(f"{CASE}proposals/", many.ProposeMany.as_view()),
    path(f"{CASE}countersignatures/", many.CountersignMany.as_view()),
    path(f"{CASE}notices/", many.NotifyMany.as_view()),
    path(f"{CASE}receipts/", many.RecordReceipts.as_view()),
    path("v1/responsibilities/<int:responsibility>/proposal-previews/", proposals.PreviewProposal.as_view()),
    path("v1/responsibilities/<int:responsibility>/proposals/", proposals.Propose.as_view()),
    path("v1/proposals/", proposals.Proposals.as_view()),
    path(PROPOSAL, proposals.ProposalView.as_view()),
    path(f"{PROPOSAL}steps/", case_files.ProposalSteps.as_view()),
    path(f"{PROPOSAL}countersignatures/", proposals.Countersign.as_view()),
    path(f"{PROPOSAL}notices/", proposals.Notify.as_view()),
    path(f"{PROPOSAL}receipts/", proposals.RecordReceipt.as_view()),
    path(f"{PROPOSAL}withdrawals/", proposals.WithdrawProposal.as_view()),
    path(f"{PROPOSAL}decisions/", proposals.DecideHeld.as_view()),
    path("v1/signatures/", signing.Signatures.as_view()),
]

app_name = "api"
urlpatterns = [
    path("v1/eligibility", Eligibility.as_view(), name="eligibility"),
    path("v1/eligibility/batch", EligibilityBatch.as_view(), name="eligibility-batch"),
    path("v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    *DESK,
]
nothing = [re_path(r"", Nothing.as_view())]
