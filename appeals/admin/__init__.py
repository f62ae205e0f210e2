"""Appeals in the office: objections, the pool of experts, and panels; autodiscovered."""

from django.utils.translation import gettext_lazy as _

from appeals.admin import experts, objections, offers, panels, repair
from appeals.admin.acts import experts as on_experts
from appeals.admin.acts import panels as on_panels
from appeals.queries import applications
from appeals.queries import objections as answering
from registry.admin.extensions import offer_act_words, offer_acts, offer_views

__all__ = ["experts", "objections", "offers", "panels", "repair"]

offer_act_words("objection", _("objection"), answering.ACTS)
offer_act_words("application", _("application for repair"), applications.ACTS)
offer_act_words("panel", _("panel"), panels.STEPS)
offer_act_words(
    "attendance",
    _("activity"),
    {
        "enrol": _("enrolled"),
        "complete": _("completed"),
        "fail": _("not completed"),
        "cancel": _("cancelled"),
        "correct": _("corrected"),
        "correct_to_failed": _("corrected to not completed"),
        "correct_to_completed": _("corrected to completed"),
    },
)
offer_acts(
    [
        ("experts/add/", "add_expert", on_experts.AddExpert),
        ("experts/<int:pk>/specialties/", "change_specialties", on_experts.ChangeSpecialties),
        ("experts/<int:pk>/leave/", "leave_pool", on_experts.LeavePool),
        ("experts/<int:pk>/workplace/", "add_workplace", on_experts.AddWorkplace),
        ("experts/workplaces/<int:pk>/end/", "end_workplace", on_experts.EndWorkplace),
        ("experts/<int:pk>/days/", "offer_availability", on_experts.OfferAvailability),
        ("experts/days/<int:pk>/end/", "end_availability", on_experts.EndAvailability),
        ("experts/<int:pk>/conflict/", "declare_conflict", on_experts.DeclareConflict),
        ("objections/<int:pk>/refer/", "refer_to_panel", on_panels.ReferToPanel),
        ("panels/<int:pk>/draw/", "draw_panel", on_panels.DrawPanel),
        ("panels/<int:pk>/give-up/", "fail_panel", on_panels.FailPanel),
        ("evidence/<int:pk>/release/", "release_evidence", on_panels.ReleaseEvidence),
    ]
)
offer_views(
    [
        ("panels/<int:pk>/draw.json", "panel_draw", panels.draw_download),
        ("panels/<int:pk>/file/", "panel_file", panels.file_page),
        ("experts/honoraria/<int:year>/", "honoraria", experts.honoraria_download),
    ]
)
