"""A document handed in with an act that is confirmed: kept when it first comes, and there at the confirmation."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from registry.actions.errors import Refused
from registry.actions.files import keep_file
from registry.admin.acts.consequence import Summary
from registry.admin.acts.guided import ActForm, GuidedAct
from registry.models import StoredFile

A_DAY = 24 * 60 * 60
SALT = "registry.papers"


class PaperForm(ActForm):
    """The fields beside a `document`: which file was taken in with the first look at what follows."""

    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say which document is there already: a browser sends no file twice by itself."""
        super().__init__(*args, **kwargs)
        with suppress(signing.BadSignature):
            if file := self._taken_in(self.data.get("kept", "")):
                self.fields["document"].required = False
                self.fields["document"].help_text = gettext("“%(name)s” is here already. Another one replaces it.") % {
                    "name": file.name
                }

    def clean_kept(self) -> StoredFile | None:
        """The document that was taken in, if its author is the one who acts now."""
        try:
            return self._taken_in(self.cleaned_data["kept"])
        except signing.BadSignature:
            raise forms.ValidationError(gettext("The document was handed in too long ago. Choose it again.")) from None

    def _taken_in(self, token: str) -> StoredFile | None:
        if not token:
            return None
        pk = signing.loads(token, salt=SALT, max_age=A_DAY)
        return StoredFile.objects.filter(pk=pk, handed_in_by=self.doing.user).defer("sealed").first()

    def summary(self) -> Iterator[Summary]:
        """What was entered, and which file was taken in."""
        label = self.fields["document"].label or ""
        yield from (item for item in super().summary() if item.label != label)
        if file := self.cleaned_data.get("kept"):
            yield Summary(label, file.name)


class WithPaper(GuidedAct):
    """An act whose form is a `PaperForm` with a field `document`."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep the document when it first comes, so that it is there at the confirmation."""
        data = request.POST.copy()
        if upload := request.FILES.get("document"):
            try:
                file = keep_file(name=upload.name or "", content=upload.read(), by=self.user, now=self.now)
            except Refused as refusal:
                form = self.form_class(request.POST, request.FILES, act=self)
                form.add_error("document", str(refusal.message))
                return self.ask(form)
            data["kept"] = signing.dumps(file.pk, salt=SALT)
        request.POST = data  # type: ignore[assignment]  # a QueryDict too, with the document that was kept
        return super().post(request, **kwargs)
