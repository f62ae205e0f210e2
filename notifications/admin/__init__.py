"""Notices in the office."""

from notifications.admin import acts, endpoint_acts, endpoints, notices, printing, pushes
from registry.admin.extensions import offer_acts, offer_figures, offer_views

__all__ = ["endpoints", "notices", "pushes"]

offer_acts(
    [
        ("notices/<int:pk>/acknowledge/", "acknowledge_notice", acts.Acknowledge),
        ("notices/<int:pk>/outcome/", "report_outcome", acts.ReportOutcome),
        ("endpoints/ask/", "ask_for_endpoint", endpoint_acts.AskForEndpoint),
        ("endpoints/<int:pk>/approve/", "approve_endpoint", endpoint_acts.Approve),
        ("endpoints/<int:pk>/pause/", "pause_endpoint", endpoint_acts.Pause),
        ("endpoints/<int:pk>/resume/", "resume_endpoint", endpoint_acts.Resume),
        ("endpoints/<int:pk>/retire/", "retire_endpoint", endpoint_acts.Retire),
        ("endpoints/<int:pk>/test/", "test_endpoint", endpoint_acts.SendTest),
        ("endpoints/<int:pk>/key/", "rotate_endpoint_key", endpoint_acts.RotateKey),
        ("pushes/<int:pk>/replay/", "replay_push", endpoint_acts.ReplayPush),
    ]
)
offer_views(
    [
        ("delivery/", "delivery_board", pushes.delivery_board),
        ("notices/<int:pk>/print/", "print_notice", printing.printed_notice),
    ]
)
offer_figures(notices.figures)
