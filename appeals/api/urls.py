"""Addresses of appeals in the API, below /api/."""

from django.urls import path

from appeals.api import (
    activities,
    applications,
    blind,
    countersigning,
    decisions,
    deliberations,
    experts,
    filing,
    objections,
    outcomes,
    panels,
    reviews,
    seats,
    statistics,
)

PERSON, PROPOSAL = "v1/practitioners/<uuid:practitioner>/", "v1/proposals/<uuid:proposal>/"
OBJECTION = "v1/objections/<uuid:objection>/"
POINT = f"{OBJECTION}points/<int:number>/"
ACTIVITY, APPLICATION = "v1/activities/<uuid:activity>/", "v1/applications/<uuid:application>/"
DELIBERATION = "v1/my/deliberations/<uuid:application>/"
PANEL, EXPERT, SEAT = "v1/panels/<uuid:panel>/", "v1/experts/<uuid:expert>/", "v1/my/seats/<uuid:seat>/"

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
    path(f"{OBJECTION}countersignature-requests/", countersigning.AskCountersignature.as_view()),
    path(f"{OBJECTION}countersignature-refusals/", countersigning.DeclineCountersignature.as_view()),
    path(f"{OBJECTION}countersignatures/", countersigning.CountersignObjection.as_view()),
    path(f"{OBJECTION}words/", reviews.AddWords.as_view()),
    path(f"{OBJECTION}reviewers/", reviews.PossibleReviewers.as_view()),
    path(f"{OBJECTION}assignments/", reviews.AssignReviewer.as_view()),
    path(f"{OBJECTION}decision-previews/", decisions.PreviewDecision.as_view()),
    path(f"{OBJECTION}decisions/", decisions.DecideObjection.as_view()),
    path(f"{POINT}evidence/", reviews.AddEvidence.as_view()),
    path(f"{POINT}classifications/", reviews.ClassifyPoint.as_view()),
]

OUTCOMES = [
    path("v1/outcomes/", outcomes.Outcomes.as_view()),
    path(f"{PERSON}outcome-previews/", outcomes.PreviewOutcome.as_view()),
    path(f"{PERSON}outcomes/", outcomes.RecordOutcome.as_view()),
]

PANELS = [
    path(f"{OBJECTION}panel-previews/", panels.PreviewReferral.as_view()),
    path(f"{OBJECTION}panels/", panels.ReferToPanel.as_view()),
    path("v1/evidence/<int:evidence>/releases/", panels.ReleaseEvidence.as_view()),
    path("v1/panels/", panels.Panels.as_view()),
    path(PANEL, panels.PanelView.as_view()),
    path(f"{PANEL}file/", blind.PanelFile.as_view()),
    path(f"{PANEL}lots/", blind.PanelLots.as_view()),
    path(f"{PANEL}draw.json", panels.DrawFile.as_view()),
    path(f"{PANEL}draw-previews/", panels.PreviewDraw.as_view()),
    path(f"{PANEL}draws/", panels.DrawPanel.as_view()),
    path(f"{PANEL}failures/", panels.FailPanel.as_view()),
]

EXPERTS = [
    path("v1/experts/", experts.Experts.as_view()),
    path("v1/experts/honoraria/", experts.Honoraria.as_view()),
    path("v1/experts/workplaces/<int:workplace>/endings/", experts.EndWorkplace.as_view()),
    path("v1/experts/availability/<int:days>/endings/", experts.EndAvailability.as_view()),
    path(EXPERT, experts.ExpertView.as_view()),
    path(f"{EXPERT}specialties/", experts.ChangeSpecialties.as_view()),
    path(f"{EXPERT}leavings/", experts.LeavePool.as_view()),
    path(f"{EXPERT}workplaces/", experts.AddWorkplace.as_view()),
    path(f"{EXPERT}availability/", experts.OfferAvailability.as_view()),
    path(f"{EXPERT}conflicts/", experts.DeclareConflict.as_view()),
]

DESK_OF_EXPERTS = [
    path("v1/my/record/", seats.MyRecord.as_view()),
    path("v1/my/seats/", seats.MySeats.as_view()),
    path(SEAT, seats.MySeat.as_view()),
    path(f"{SEAT}evidence/<int:evidence>/content/", seats.MyEvidence.as_view()),
    path(f"{SEAT}votes/", seats.CastVote.as_view()),
    path(f"{SEAT}recusals/", seats.Recuse.as_view()),
]

REPAIR = [
    path("v1/activities/", activities.Activities.as_view()),
    path(ACTIVITY, activities.ActivityView.as_view()),
    path(f"{ACTIVITY}closings/", activities.CloseActivity.as_view()),
    path(f"{ACTIVITY}parts/", activities.Parts.as_view()),
    path(f"{ACTIVITY}enrolments/", activities.Enrol.as_view()),
    path(f"{ACTIVITY}results/", activities.RecordResults.as_view()),
    path("v1/parts/<uuid:part>/cancellations/", activities.CancelEnrolment.as_view()),
    path("v1/parts/<uuid:part>/evidence/", activities.PartEvidence.as_view()),
    path(f"{PERSON}offers/", activities.PersonOffers.as_view()),
    path(f"{PERSON}parts/", activities.PersonParts.as_view()),
    path(f"{PERSON}prospects/", applications.Prospects.as_view()),
    path(f"{PERSON}application-previews/", applications.PreviewApplication.as_view()),
    path(f"{PERSON}applications/", applications.FileApplication.as_view()),
    path("v1/applications/", applications.Applications.as_view()),
    path(APPLICATION, applications.ApplicationView.as_view()),
    path(f"{APPLICATION}sum/", applications.ApplicationSum.as_view()),
    path(f"{APPLICATION}deliberators/", applications.PossibleDeliberators.as_view()),
    path(f"{APPLICATION}calls/", applications.Convene.as_view()),
    path(f"{APPLICATION}grant-previews/", applications.PreviewGrant.as_view()),
    path(f"{APPLICATION}grants/", applications.GrantApplication.as_view()),
    path(f"{APPLICATION}refusals/", applications.RefuseApplication.as_view()),
    path(f"{APPLICATION}withdrawals/", applications.WithdrawApplication.as_view()),
    path("v1/my/deliberations/", deliberations.MyDeliberations.as_view()),
    path(DELIBERATION, deliberations.MyDeliberation.as_view()),
    path(f"{DELIBERATION}opinions/", deliberations.SignOpinion.as_view()),
    path(f"{DELIBERATION}standings-aside/", deliberations.StandAside.as_view()),
]

STATISTICS = [
    path("v1/statistics/objections/", statistics.ObjectionStatistics.as_view()),
    path("v1/statistics/reviewers/", statistics.ReviewerStatistics.as_view()),
]

urlpatterns = [*OBJECTIONS, *OUTCOMES, *PANELS, *EXPERTS, *DESK_OF_EXPERTS, *REPAIR, *STATISTICS]
