"""The page to which somebody comes with a code on paper: to make an account, to join one, or for a new password."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from registry.actions.enrolment import look_at_code
from registry.actions.errors import Refused
from registry.actions.own_access import claim, enrol, recover
from registry.models import EnrolmentCode, User
from registry.queries.sight import full_sight

Words = Any
_rules = lazy(password_validators_help_text_html, str)


def _password(label: Words, help_text: Words = "") -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": "new-password"})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget, help_text=help_text)


class CodeForm(forms.Form):
    """What stands on the paper."""

    personal_code = forms.CharField(
        label=gettext_lazy("Personal code"),
        max_length=64,
        widget=forms.TextInput({"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"}),
    )
    code = forms.CharField(
        label=gettext_lazy("One-time code"),
        max_length=40,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=gettext_lazy("Three groups of four, as printed. Capitals and dashes do not matter."),
    )

    def refuse(self, refusal: Refused) -> None:
        """The reason, at the field that is to blame where the form has it."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, str(refusal.message))


class _Opened(CodeForm):
    """The code was right; it is carried along until it is used."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("personal_code", "code"):
            self.fields[name].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("The two passwords are not the same."))
        return data


class AccountForm(_Opened):
    """A new account."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("You choose it, and type it at every sign-in."),
    )
    password1 = _password(gettext_lazy("Password"), _rules())
    password2 = _password(gettext_lazy("Password, again"))


class PasswordForm(_Opened):
    """A new password for the account there is."""

    password1 = _password(gettext_lazy("New password"), _rules())
    password2 = _password(gettext_lazy("New password, again"))


FORMS: dict[str, type[CodeForm]] = {"code": CodeForm, "account": AccountForm, "password": PasswordForm}
STEPS = {EnrolmentCode.Kind.ENROL.value: "account", EnrolmentCode.Kind.RECOVER.value: "password"}


@method_decorator(sensitive_post_parameters("code", "password1", "password2"), name="dispatch")
class Entering(View):
    """First the code; then, for who has no account to join, a user name and a password. Nobody is signed in by it."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the code."""
        return self._page("code", CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Look at the code, or use it."""
        step = request.POST.get("step", "")
        step = step if step in FORMS else "code"
        if (
            step != "code" and request.user.is_authenticated
        ):  # who signed in meanwhile is asked which account it shall be
            return self._page("code", CodeForm(initial=request.POST.dict()))
        form = FORMS[step](request.POST)
        if not form.is_valid():
            return self._page(step, form)
        try:
            with full_sight():
                return getattr(self, f"_{step}")(form)  # type: ignore[no-any-return]  # one of the three below
        except Refused as refusal:
            return self._refused(step, form, refusal)

    def _code(self, form: CodeForm) -> HttpResponse:
        if isinstance(self.request.user, User):
            return self._join(form, self.request.user)
        opened = look_at_code(**self._typed(form))
        step = STEPS[opened.code.kind]
        carried = {name: form.cleaned_data[name] for name in ("personal_code", "code")}
        name = opened.account.get_username() if opened.account else ""
        return self._page(step, FORMS[step](initial=carried), account=name)

    def _join(self, form: CodeForm, user: User) -> HttpResponse:
        claim(**self._typed(form), user=user)
        logout(self.request)
        return self._to_the_door(_("Your account holds your own file from now on. Sign in again."))

    def _account(self, form: CodeForm) -> HttpResponse:
        data = form.cleaned_data
        enrol(**self._typed(form), username=data["username"], password=data["password1"])
        return self._to_the_door(_("Your account is made. Sign in with the user name and the password you chose."))

    def _password(self, form: CodeForm) -> HttpResponse:
        user = recover(**self._typed(form), password=form.cleaned_data["password1"])
        words = _(
            "The account %(name)s has its new password. Second factors were forgotten, and it is signed out everywhere."
        )
        return self._to_the_door(words % {"name": user.get_username()})

    def _typed(self, form: CodeForm) -> dict[str, Any]:
        address = get_adapter(self.request).get_client_ip(self.request)
        names = ("personal_code", "code")
        return {**{name: form.cleaned_data[name] for name in names}, "address": address, "now": timezone.now()}

    def _refused(self, step: str, form: CodeForm, refusal: Refused) -> HttpResponse:
        """At the step, if something typed there is to blame; else everything begins anew."""
        if step != "code" and refusal.field not in form.fields:
            step, form = "code", CodeForm(self.request.POST)
            form.is_valid()
        form.refuse(refusal)
        return self._page(step, form)

    def _page(self, step: str, form: CodeForm, **more: Any) -> HttpResponse:
        joining = self.request.user if self.request.user.is_authenticated else None
        shown = {"step": step, "form": form, "joining": joining, **more}
        return render(self.request, "account/enrol.html", shown, status=422 if form.errors else 200)

    def _to_the_door(self, words: str) -> HttpResponse:
        messages.success(self.request, words)
        return HttpResponseRedirect(reverse("account_login"))


entering = cast(Any, Entering.as_view())
