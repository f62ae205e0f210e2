"""The addresses of a practitioner's own notices, of one's e-mail, and of the check of a notice on paper."""

from django.urls import path
from django.views.decorators.cache import never_cache

from notifications.pages import digest, inbox, mail, verifying

urlpatterns = [
    path("account/mail/", never_cache(mail.mail_wish), name="mail_wish"),
    path("account/mail/digest/", never_cache(digest.digest), name="mail_digest"),
    path("account/mail/confirm/<str:code>/", never_cache(mail.confirm_mail), name="confirm_mail"),
    path("my/notices/", never_cache(inbox.my_notices), name="my_notices"),
    path("my/notices/<uuid:notice>/", never_cache(inbox.my_notice), name="my_notice"),
    path("my/notices/<uuid:notice>/print/", never_cache(inbox.printed_notice), name="print_my_notice"),
    path("notices/verify/<str:code>/", never_cache(verifying.verify), name="verify_notice"),
]
