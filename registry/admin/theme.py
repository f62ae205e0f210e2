"""How the office looks, and what its side bar offers to whom. Read by the settings, so no model is imported here."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _file(path: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(path)


def _item(title: Any, icon: str, name: str, permission: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{name}"),
        "permission": f"registry.admin.roles.{permission}",
    }


NAVIGATION = [
    {
        "items": [
            _item(_("Overview"), "space_dashboard", "index", "is_officer"),
            _item(_("Find by document number"), "fingerprint", "find_by_document", "reads_files"),
        ],
    },
    {
        "title": _("People and places"),
        "separator": True,
        "items": [
            _item(_("Practitioners"), "badge", "registry_practitioner_changelist", "reads_people"),
            _item(_("Registrations"), "how_to_reg", "registry_registration_changelist", "reads_people"),
            _item(_("Institutions"), "local_hospital", "registry_institution_changelist", "reads_people"),
            _item(_("Service agreements"), "handshake", "registry_serviceagreement_changelist", "reads_files"),
            _item(_("Rosters"), "upload_file", "registry_rosterjob_changelist", "reads_files"),
        ],
    },
    {
        "title": _("Procedure"),
        "separator": True,
        "items": [
            _item(_("Work list"), "checklist", "work_list", "reads_files"),
            _item(_("Notices to us"), "notifications", "notifications_notice_changelist", "reads_notices"),
            _item(_("Subscriptions"), "notification_add", "notifications_subscription_changelist", "reads_deliveries"),
            _item(_("Cases"), "folder_open", "registry_case_changelist", "reads_files"),
            _item(_("Proposals"), "edit_note", "registry_proposal_changelist", "reads_files"),
            _item(_("Key supervision"), "supervised_user_circle", "key_supervision", "reads_files"),
            _item(_("Measures"), "domain_disabled", "registry_institutionmeasure_changelist", "reads_files"),
        ],
    },
    {
        "title": _("Oversight"),
        "separator": True,
        "items": [
            _item(_("Regions compared"), "leaderboard", "regions", "compares"),
            _item(_("Consistency of scoring"), "equalizer", "consistency", "compares"),
            _item(_("Institutions near the ratio"), "data_thresholding", "shares", "compares"),
            _item(_("What if"), "science", "what_if", "compares"),
            _item(_("Audit"), "policy", "audit", "audits"),
        ],
    },
    {
        "title": _("Points and standing"),
        "separator": True,
        "items": [
            _item(_("Handlings"), "gavel", "registry_handling_changelist", "reads_files"),
            _item(_("Personal triggers"), "person_alert", "registry_personaltrigger_changelist", "reads_files"),
            _item(_("Points entries"), "scoreboard", "registry_pointsentry_changelist", "reads_people"),
            _item(
                _("Changes of standing"), "published_with_changes", "registry_standingchange_changelist", "reads_files"
            ),
            _item(_("Policies"), "balance", "policies", "is_officer"),
            _item(_("Working calendar"), "calendar_month", "registry_calendaryear_changelist", "is_officer"),
        ],
    },
    {
        "title": _("Objections"),
        "separator": True,
        "items": [
            _item(_("Objections and appeals"), "contract_edit", "appeals_objection_changelist", "reads_files"),
            _item(_("Panels"), "groups", "appeals_panel_changelist", "reads_the_pool"),
            _item(_("Experts"), "school", "appeals_expert_changelist", "reads_the_pool"),
        ],
    },
    {
        "title": _("Repair"),
        "separator": True,
        "items": [
            _item(_("Activities"), "school", "appeals_activity_changelist", "reads_files"),
            _item(_("Applications for repair"), "volunteer_activism", "appeals_application_changelist", "reads_files"),
        ],
    },
    {
        "title": _("Delivery"),
        "separator": True,
        "items": [
            _item(_("Endpoints"), "lan", "notifications_endpoint_changelist", "reads_deliveries"),
            _item(_("Delivery board"), "monitoring", "delivery_board", "reads_deliveries"),
            _item(_("What is pushed"), "outgoing_mail", "notifications_push_changelist", "reads_deliveries"),
            _item(_("Other registers"), "hub", "notifications_register_changelist", "watches_over_all"),
            _item(_("Letters of other registers"), "inbox", "notifications_letter_changelist", "watches_over_all"),
        ],
    },
    {
        "title": _("My cases"),
        "separator": True,
        "items": [{**_item(_("My cases"), "ballot", "index", "is_expert"), "link": reverse_lazy("expert_cases")}],
    },
    {
        "title": _("My file"),
        "separator": True,
        "items": [{**_item(_("My file"), "person", "index", "holds_own_file"), "link": reverse_lazy("my_file")}],
    },
    {
        "title": _("The house"),
        "separator": True,
        "items": [
            _item(_("Regions"), "map", "registry_region_changelist", "is_administrator"),
            _item(_("Agencies"), "account_balance", "registry_agency_changelist", "is_administrator"),
            _item(_("Authorities"), "policy", "registry_authority_changelist", "is_administrator"),
            _item(_("Phase-in days"), "event_upcoming", "registry_phasein_changelist", "is_administrator"),
            _item(_("Users"), "group", "registry_user_changelist", "reads_access"),
            _item(_("Keys of systems"), "key", "registry_apikey_changelist", "reads_access"),
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Payment qualification register"),
    "SITE_HEADER": _("Qualification register"),
    "SITE_SUBHEADER": _("One person, one file"),
    "SITE_SYMBOL": "verified_user",
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": False,
    "BORDER_RADIUS": "8px",
    "STYLES": [_file("registry/office.css"), _file("registry/desk.css")],
    "SCRIPTS": [_file("registry/office.js")],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _file("registry/mark.svg")}],
    "COLORS": {
        "primary": {
            "50": "#effaf8",
            "100": "#d5f2ed",
            "200": "#aee4dc",
            "300": "#7bcfc5",
            "400": "#45b2a8",
            "500": "#1f968d",
            "600": "#0f766e",
            "700": "#115e59",
            "800": "#134e4a",
            "900": "#123f3c",
            "950": "#042624",
        },
        "font": {
            "subtle-light": "var(--color-base-600)",
            "subtle-dark": "var(--color-base-400)",
            "default-light": "var(--color-base-700)",
            "default-dark": "var(--color-base-300)",
            "important-light": "var(--color-base-900)",
            "important-dark": "var(--color-base-100)",
        },
    },
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
    "ACCOUNT": {
        "navigation": [
            {"title": _("Change password"), "link": reverse_lazy("account_change_password")},
            {"title": _("Second factor"), "link": reverse_lazy("mfa_index")},
            {"title": _("E-mail"), "link": reverse_lazy("mail_wish")},
        ],
    },
    "COMMAND": {"search_models": False, "show_history": False},
}
