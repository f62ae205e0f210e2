"""Notices in the office."""

from notifications.admin import acts, notices
from registry.admin.extensions import offer_acts, offer_figures

__all__ = ["notices"]

offer_acts(
    [
        ("notices/<int:pk>/acknowledge/", "acknowledge_notice", acts.Acknowledge),
        ("notices/<int:pk>/outcome/", "report_outcome", acts.ReportOutcome),
    ]
)
offer_figures(notices.figures)
