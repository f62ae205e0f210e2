"""Addresses of notices in the API, below /api/."""

from django.urls import path

from notifications.api import endpoints, exchange, notices, pushes, subscriptions

NOTICE, ENDPOINT = "v1/notices/<uuid:notice>/", "v1/endpoints/<uuid:endpoint>/"
PUSH, SUBSCRIPTION = "v1/pushes/<uuid:push>/", "v1/subscriptions/<uuid:subscription>/"

urlpatterns = [
    path("v1/notices/", notices.Notices.as_view()),
    path(NOTICE, notices.NoticeView.as_view()),
    path(f"{NOTICE}acknowledgements/", notices.Acknowledgements.as_view()),
    path(f"{NOTICE}outcomes/", notices.FollowUps.as_view()),
    path(f"{NOTICE}account/", exchange.AccountView.as_view()),
    path("v1/letters/", exchange.Letters.as_view()),
    path("v1/letters/digest/", exchange.DigestView.as_view()),
    path("v1/endpoints/", endpoints.Endpoints.as_view()),
    path(ENDPOINT, endpoints.EndpointView.as_view()),
    path(f"{ENDPOINT}approvals/", endpoints.ApproveEndpoint.as_view()),
    path(f"{ENDPOINT}pauses/", endpoints.PauseEndpoint.as_view()),
    path(f"{ENDPOINT}resumptions/", endpoints.ResumeEndpoint.as_view()),
    path(f"{ENDPOINT}retirements/", endpoints.RetireEndpoint.as_view()),
    path(f"{ENDPOINT}key-rotations/", endpoints.RotateEndpointKey.as_view()),
    path(f"{ENDPOINT}tests/", endpoints.TestEndpoint.as_view()),
    path(f"{ENDPOINT}dead-letters/", pushes.DeadLetters.as_view()),
    path(PUSH, pushes.PushView.as_view()),
    path(f"{PUSH}attempts/", pushes.Attempts.as_view()),
    path(f"{PUSH}replays/", pushes.ReplayPush.as_view()),
    path("v1/subscriptions/", subscriptions.Subscriptions.as_view()),
    path(SUBSCRIPTION, subscriptions.SubscriptionView.as_view()),
    path(f"{SUBSCRIPTION}endings/", subscriptions.EndSubscription.as_view()),
]
