"""The way of every act: form, consequence, confirmation, done; refused at any point with the reason on the field."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import constant_time_compare
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from registry.actions.errors import Refused
from registry.admin.acts.again import ProofForm, has_to_prove_again
from registry.admin.acts.consequence import Consequence, Summary
from registry.admin.acts.second import SecondOfficerForm
from registry.admin.moment import now, today
from registry.admin.roles import has_any, narrow, user_of
from registry.models import Role, User
from registry.queries.scope import Scope
from registry.queries.sight import full_sight
from registry.queries.wording import listed

Words = str | Promise
NOT_ENTERED = frozenset({"csrfmiddlewaretoken", "step", "seen", "second_username", "second_password", "own_password"})


class ActForm(forms.Form):
    """The form of one act. `prepare` fills in what depends on the subject and on who acts."""

    def __init__(self, *args: Any, act: "GuidedAct", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doing = act
        self.prepare()

    def prepare(self) -> None:
        """Set choices, query sets and help texts."""

    def summary(self) -> Iterator[Summary]:
        """What was entered, with labels, without what was left empty."""
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value in (None, "", False) or isinstance(field.widget, forms.HiddenInput):
                continue
            yield Summary(field.label or name, shown_value(field, value), isinstance(field.widget, forms.Textarea))


class GuidedAct(View):
    """One act on one subject. Subclasses say what is asked, what would follow, and which action is called."""

    site: Any = None
    title: ClassVar[Words]
    explains: ClassVar[Words] = ""
    afterwards: ClassVar[Words] = ""
    do: ClassVar[Words]
    form_class: ClassVar[type[ActForm]]
    allowed: ClassVar[frozenset[Role]]
    previewed: ClassVar[bool] = True
    decides: ClassVar[bool] = False
    """Whether it has legal effect and cannot simply be taken back: an old proof of who acts is then asked again."""
    template: ClassVar[str] = "registry/act.html"
    without: ClassVar[Words] = gettext_lazy("Today, without the act")
    with_it: ClassVar[Words] = gettext_lazy("Today, with the act")

    subject: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Only for the roles of the act, only on what is in their scope."""
        if not has_any(request, self.allowed):
            return self.site.page(request, "registry/forbidden.html", status=403, title=self.title)
        self.scope = narrow(request, self.allowed)
        self.subject = self.find(self.scope)
        if self.subject is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    # what subclasses say ------------------------------------------------------------------------------------------

    def find(self, seen: Scope) -> Any:
        """The subject, if it is in the scope; else None."""
        raise NotImplementedError

    def initial(self) -> dict[str, Any]:
        """What the form begins with."""
        return {}

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What would follow. Raises Refused as the action would."""
        return Consequence()

    def perform(self, data: dict[str, Any], second: User | None) -> Any:
        """Call the action."""
        raise NotImplementedError

    def done(self, outcome: Any) -> str:
        """The message after the act."""
        return _("Recorded.")

    def next_url(self, outcome: Any) -> str:
        """Where to go after the act."""
        raise NotImplementedError

    def crumbs(self) -> list[tuple[Words, str]]:
        """Pairs of title and address that lead here."""
        return []

    def context(self) -> dict[str, Any]:
        """What the template shows beside the form."""
        return {}

    # the way ------------------------------------------------------------------------------------------------------

    @property
    def user(self) -> User:
        """Who acts."""
        return user_of(self.request)

    @cached_property
    def now(self) -> datetime:
        """The time of the act, the same from its check to its record."""
        return now()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask."""
        return self.ask(self.form_class(initial={**self.initial(), **_days_of_today(self.form_class)}, act=self))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Check; show what would follow; on confirmation do it, if it would still follow."""
        form = self.form_class(request.POST, request.FILES, act=self)
        step = request.POST.get("step", "")
        if step == "back" or not form.is_valid():
            return self.ask(form)
        try:
            with full_sight():
                consequence = self.preview(form.cleaned_data)
        except Refused as refusal:
            return self.ask(self.refused(form, refusal))
        if self.previewed and step != "confirm":
            return self.show(form, consequence)
        if self.previewed and not constant_time_compare(request.POST.get("seen", ""), self.seen(form, consequence)):
            return self.show(form, consequence, stale=True)
        if self.decides and has_to_prove_again(request):
            typed = request.POST if "own_password" in request.POST else None
            proof = ProofForm(typed, act=self)
            if not proof.is_valid():
                return self.show(form, consequence, proof=proof)
        return self.countersigned(form, consequence)

    def countersigned(self, form: ActForm, consequence: Consequence) -> HttpResponse:
        """Find out who the second officer is, where one is needed, and act."""
        if not consequence.needs_second:
            return self.carry_out(form, consequence, None)
        second = SecondOfficerForm(self.request.POST, act=self)
        if not second.is_valid():
            return self.show(form, consequence, second=second)
        return self.carry_out(form, consequence, second.officer)

    def carry_out(self, form: ActForm, consequence: Consequence, second: User | None) -> HttpResponse:
        """One call of the action, and on to the next page."""
        with full_sight():
            try:
                outcome = self.perform(form.cleaned_data, second)
            except Refused as refusal:
                refused = self.refused(form, refusal)
            else:
                messages.success(self.request, self.done(outcome))
                return self.after(outcome)
        return self.ask(refused)

    def after(self, outcome: Any) -> HttpResponse:
        """The page after the act."""
        return HttpResponseRedirect(self.next_url(outcome))

    def refused(self, form: ActForm, refusal: Refused) -> ActForm:
        """The form with the reason on the field that was wrong."""
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, str(refusal.message))
        return form

    def ask(self, form: ActForm) -> HttpResponse:
        """The form."""
        return self.page(form=form, step="form", status=422 if form.is_bound and form.errors else 200)

    def show(
        self,
        form: ActForm,
        consequence: Consequence,
        *,
        stale: bool = False,
        second: SecondOfficerForm | None = None,
        proof: ProofForm | None = None,
    ) -> HttpResponse:
        """What would follow, and the question whether to go on."""
        if consequence.needs_second and second is None:
            second = SecondOfficerForm(act=self)
        if proof is None and self.decides and has_to_prove_again(self.request):
            proof = ProofForm(act=self)
        return self.page(
            form=form,
            step="confirm",
            consequence=consequence,
            entered=list(_entered(form)),
            summary=[item for item in form.summary() if str(item.label) not in consequence.labels],
            seen=self.seen(form, consequence),
            stale=stale,
            second=second,
            proof=proof,
            status=409 if stale else 422 if any(part and part.errors for part in (second, proof)) else 200,
        )

    def seen(self, form: ActForm, consequence: Consequence) -> str:
        """What the officer saw: who, on what, with which entries, and with which consequence."""
        entries = sorted(_entered(form))
        whole = json.dumps(
            [type(self).__name__, self.kwargs, self.user.pk, entries, consequence.fingerprint()], default=str
        )
        return hashlib.sha256(whole.encode()).hexdigest()

    def page(self, **context: Any) -> HttpResponse:
        """The page of the act inside the frame of the office."""
        response: HttpResponse = self.site.page(
            self.request,
            self.template,
            act=self,
            title=self.title,
            crumbs=self.crumbs(),
            media=context["form"].media,
            **self.context(),
            **context,
        )
        return response


def _entered(form: ActForm) -> Iterator[tuple[str, str]]:
    for name in sorted(form.data.keys() - NOT_ENTERED):
        for value in form.data.getlist(name):  # type: ignore[attr-defined]  # a bound form holds a QueryDict
            yield name, value


def shown_value(field: forms.Field, value: Any) -> Any:
    """What was entered, as it was offered: the words of a choice, not its code."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return listed(value)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        flat = {str(key): label for key, label in _flat(field.choices)}
        return flat.get(str(value), value)
    return value


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


def _days_of_today(form_class: type[ActForm]) -> dict[str, Any]:
    """Fields that say so begin with today."""
    return {name: today() for name in getattr(form_class, "begins_today", ())}
