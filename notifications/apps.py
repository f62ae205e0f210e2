"""Notices as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Who is told."""

    name = "notifications"
    verbose_name = _("notices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what notices hold about a person, what is forgotten, and what stands on the page of the own file."""
        from notifications.pages.inbox import card, unread_of
        from notifications.pages.verifying import notice_on_paper
        from notifications.queries.mail_addresses import over_before
        from notifications.queries.own_data import told_and_asked
        from registry.actions.retention import Forgettable, delete_old, offer_forgettable
        from registry.pages.own_file.extensions import offer_card, offer_way
        from registry.pages.public.extensions import offer_paper
        from registry.queries.own_data import offer_own_data

        offer_forgettable("mail_addresses", Forgettable(over_before, delete_old))
        offer_own_data(told_and_asked)
        offer_paper(notice_on_paper)
        offer_card(card)
        offer_way(_("Notices"), "my_notices", 20, unread_of)
