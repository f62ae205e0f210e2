"""Notices in the office."""

from django.utils.translation import gettext_lazy as _

from notifications.admin import (
    acts,
    addresses,
    digests,
    endpoint_acts,
    endpoints,
    notices,
    printing,
    pushes,
    register_acts,
    registers,
    subscription_acts,
    subscriptions,
)
from registry.admin.extensions import offer_act_words, offer_acts, offer_figures, offer_sections, offer_views

__all__ = ["addresses", "endpoints", "notices", "pushes", "registers", "subscriptions"]

_OF_LINES = {
    "propose": _("asked for"),
    "enter": _("entered"),
    "approve": _("approved"),
    "pause": _("paused"),
    "resume": _("resumed"),
    "disable": _("switched off"),
    "retire": _("retired"),
}
offer_act_words("endpoint", _("endpoint"), _OF_LINES)
offer_act_words("register", _("other register"), _OF_LINES)
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
        ("subscriptions/follow/", "subscribe", subscription_acts.Follow),
        ("subscriptions/<int:pk>/end/", "end_subscription", subscription_acts.EndFollowing),
        ("registers/enter/", "enter_register", register_acts.EnterRegister),
        ("registers/<int:pk>/keys/", "change_keys_of_register", register_acts.ChangeKeys),
        ("registers/<int:pk>/pause/", "pause_register", register_acts.Pause),
        ("registers/<int:pk>/resume/", "resume_register", register_acts.Resume),
        ("registers/<int:pk>/retire/", "retire_register", register_acts.Retire),
        ("letters/<int:pk>/ask-again/", "ask_letter_again", register_acts.AskAgain),
        ("letters/<int:pk>/set-aside/", "set_letter_aside", register_acts.SetAside),
    ]
)
offer_views(
    [
        ("delivery/", "delivery_board", pushes.delivery_board),
        ("notices/<int:pk>/print/", "print_notice", printing.printed_notice),
    ]
)
offer_figures(notices.figures)
offer_figures(registers.figures)
offer_sections("overview", digests.on_overview)
