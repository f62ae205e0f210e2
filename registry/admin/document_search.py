"""Finding a file by the exact number of a document. The number travels in the body of a POST and is written nowhere.

That somebody found a person by a number is kept in the file found.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from registry.actions.access_log import Kind, record_many
from registry.admin.fields import choice_field, text_field
from registry.admin.moment import now, today
from registry.admin.roles import scope, user_of
from registry.models import DocumentKind, StandingSpan
from registry.queries.people import find_by_document


class DocumentSearchForm(forms.Form):
    """Kind and exact number."""

    kind = choice_field(_("Kind of document"), DocumentKind.choices, empty=_("any kind"), required=False)
    number = text_field(
        _("Identity document number"),
        most=40,
        help_text=_("The whole number. Parts of a number find nothing: it is kept sealed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].widget.attrs["autocomplete"] = "off"


@method_decorator(sensitive_post_parameters("number"), name="dispatch")
class DocumentSearch(View):
    """A form of its own, because the ordinary search stands in the address."""

    site: Any = None

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the number."""
        return self.page(request, DocumentSearchForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Those in the user's scope who hold it."""
        form = DocumentSearchForm(request.POST)
        if not form.is_valid():
            return self.page(request, form, status=422)
        data = form.cleaned_data
        found = find_by_document(scope(request).practitioners(), data["number"], data["kind"])
        people = [person.pk for person in found]
        record_many(practitioners=people, by=user_of(request), key=None, kind=Kind.SEARCHED, reason="", now=now())
        return self.page(request, DocumentSearchForm(initial={"kind": data["kind"]}), found=found, searched=True)

    def page(self, request: HttpRequest, form: DocumentSearchForm, *, found: Any = (), **context: Any) -> HttpResponse:
        """The form and what was found, which no browser may keep."""
        spans = StandingSpan.objects.filter(practitioner__in=found, starts_on__lte=today()).order_by("starts_on")
        standing = {span.practitioner_id: span for span in spans}
        rows = [(person, standing.get(person.pk)) for person in found]
        response: HttpResponse = self.site.page(
            request,
            "registry/document_search.html",
            title=_("Find by document number"),
            form=form,
            rows=rows,
            **context,
        )
        response["Cache-Control"] = "no-store"
        return response
