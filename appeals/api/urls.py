"""Addresses of appeals in the API, below /api/."""

from django.urls import path

from appeals.api import decisions, filing, objections, reviews

PERSON, PROPOSAL = "v1/practitioners/<uuid:practitioner>/", "v1/proposals/<uuid:proposal>/"
OBJECTION = "v1/objections/<uuid:objection>/"
POINT = f"{OBJECTION}points/<int:number>/"

OBJECTIONS = [
    path(f"{PROPOSAL}paper-objections/", filing.TakeInObjection.as_view()),
    path(f"{PROPOSAL}signed-objections/", filing.ObjectForPerson.as_view()),
    path(f"{PERSON}paper-appeals/", filing.TakeInAppeal.as_view()),
    path(f"{PERSON}signed-appeals/", filing.AppealForPerson.as_view()),
    path("v1/objections/", objections.Objections.as_view()),
    path(OBJECTION, objections.ObjectionView.as_view()),
    path(f"{OBJECTION}course/", objections.ObjectionCourse.as_view()),
    path(f"{OBJECTION}admissions/", reviews.AdmitLate.as_view()),
    path(f"{OBJECTION}refusals/", reviews.RefuseLate.as_view()),
    path(f"{OBJECTION}closings/", reviews.DeclareOutOfScope.as_view()),
    path(f"{OBJECTION}withdrawals/", reviews.WithdrawObjection.as_view()),
    path(f"{OBJECTION}countersignatures/", reviews.CountersignObjection.as_view()),
    path(f"{OBJECTION}words/", reviews.AddWords.as_view()),
    path(f"{OBJECTION}reviewers/", reviews.PossibleReviewers.as_view()),
    path(f"{OBJECTION}assignments/", reviews.AssignReviewer.as_view()),
    path(f"{OBJECTION}decision-previews/", decisions.PreviewDecision.as_view()),
    path(f"{OBJECTION}decisions/", decisions.DecideObjection.as_view()),
    path(f"{POINT}evidence/", reviews.AddEvidence.as_view()),
    path(f"{POINT}classifications/", reviews.ClassifyPoint.as_view()),
]

urlpatterns = [*OBJECTIONS]
