"""The addresses of a practitioner's own notices, and of the wish for e-mail."""

from django.urls import path
from django.views.decorators.cache import never_cache

from notifications.pages import inbox, mail

urlpatterns = [
    path("account/mail/", never_cache(mail.mail_wish), name="mail_wish"),
    path("my/notices/", never_cache(inbox.my_notices), name="my_notices"),
    path("my/notices/<uuid:notice>/", never_cache(inbox.my_notice), name="my_notice"),
]
