"""The addresses of signing in. Of allauth's pages only those that the register uses; no sign-up, no e-mail."""

from allauth.account.views import _login, _logout, _password_change, _reauthenticate
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.conf import settings
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from registry.pages.sign_in.entering import entering
from registry.pages.sign_in.views import FactorsPage, RemoveKey

PAGES = [
    ("login/", _login.login, "account_login"),
    ("logout/", _logout.logout, "account_logout"),
    ("again/", _reauthenticate.reauthenticate, "account_reauthenticate"),
    ("password/", _password_change.password_change, "account_change_password"),
    ("enrol/", entering, "account_enrol"),
    ("password/none/", RedirectView.as_view(pattern_name="home"), "account_set_password"),
    ("factor/", FactorsPage.as_view(), "mfa_index"),
    ("factor/code/", mfa.authenticate, "mfa_authenticate"),
    ("factor/again/", mfa.reauthenticate, "mfa_reauthenticate"),
    ("factor/app/", totp.activate_totp, "mfa_activate_totp"),
    ("factor/app/remove/", totp.deactivate_totp, "mfa_deactivate_totp"),
    ("factor/recovery/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    ("factor/recovery/new/", recovery.generate_recovery_codes, "mfa_generate_recovery_codes"),
    ("factor/keys/", RedirectView.as_view(pattern_name="mfa_index"), "mfa_list_webauthn"),
    ("factor/keys/add/", keys.add_webauthn, "mfa_add_webauthn"),
    ("factor/keys/again/", keys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    ("factor/keys/<int:pk>/remove/", RemoveKey.as_view(), "mfa_remove_webauthn"),
]
if settings.REGISTRY_OIDC:
    from registry.pages.sign_in import provider

    PAGES += [("provider/", provider.begin, "provider_begin"), ("provider/back/", provider.back, "provider_back")]
urlpatterns = [path(route, never_cache(view), name=name) for route, view, name in PAGES]
