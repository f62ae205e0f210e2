"""Appeals as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppealsConfig(AppConfig):
    """The practitioner answers back."""

    name = "appeals"
    verbose_name = _("appeals")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say whose the files of appeals are, what appeals hold about a person, and what of it is forgotten when."""
        from appeals.pages import repair
        from appeals.pages.own_file import card, deeds, happenings, waiting
        from appeals.queries.drafts import changed_before
        from appeals.queries.files import reads
        from appeals.queries.own_data import answered_back
        from appeals.queries.study import unfinished_before
        from registry.actions.retention import Forgettable, delete_old, offer_forgettable
        from registry.pages.own_file.doors import offer_door
        from registry.pages.own_file.extensions import offer_card, offer_deed, offer_happenings, offer_way
        from registry.queries.files import offer_readers
        from registry.queries.own_data import offer_own_data
        from registry.queries.roles import EXPERTS

        offer_forgettable("drafts", Forgettable(changed_before, delete_old))
        offer_forgettable("unfinished_attempts", Forgettable(unfinished_before, delete_old))
        offer_readers(reads)
        offer_own_data(answered_back)
        offer_card(card)
        offer_deed(deeds)
        offer_happenings(happenings)
        offer_way(_("Objections"), "my_objections", 30, waiting)
        offer_deed(repair.deeds)
        offer_happenings(repair.happenings)
        offer_way(_("Repair"), "my_repair", 40)
        offer_door(_("To my cases as an expert"), "expert_cases", EXPERTS)
