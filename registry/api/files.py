"""Files of people, such as evidence and receipts: handed in once, then referred to by their id."""

import base64
import binascii
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from registry.actions.errors import Refused
from registry.actions.files import keep_file, read_file
from registry.api.asking import Asker
from registry.api.attachments import Attached, Attachment
from registry.api.desk import Act
from registry.api.given import Faulty, Given, Text
from registry.api.shapes import Shape
from registry.api.subjects import named, one
from registry.models import StoredFile
from registry.queries.faults import Fault
from registry.queries.files import may_read
from registry.queries.roles import STAFF_KEEPERS

NOT_BASE64 = Fault(
    "not_base64", _("“%(value)s” is not base64."), _("Encode the content of the file by RFC 4648, without line breaks.")
)


class Content(Text):
    """Bytes, as base64."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise Faulty(NOT_BASE64) from None


class FileRef(Shape):
    """A file that somebody handed in; its content is at `/api/v1/files/{id}/content/` for whoever sees the record."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    media_type = serializers.CharField(help_text="what the content is, whatever its name said")
    size = serializers.IntegerField(help_text="bytes")


class FileGiven(Given):
    """A file. PDF, OFD, pictures and office files are taken; what a file is follows from its content."""

    name = Text(max_length=200)
    content = Content(help_text="base64")


class HandIn(Act):
    """Hand in a file, to be named by its id in the act that it belongs to. Only you can name it."""

    tag = "files"
    shape = FileRef
    given = FileGiven
    done_by = STAFF_KEEPERS
    makes = True
    max_body_bytes = settings.REGISTRY_FILE_MB * 1024 * 1024 * 4 // 3 + 16 * 1024

    def do(self, subject: Any, values: dict[str, Any]) -> StoredFile:
        try:
            return keep_file(name=values["name"], content=values["content"], by=self.asker.user, now=self.asker.now)
        except Refused as refusal:
            raise Refused(refusal.code, refusal.message, field="content", value=refusal.value) from None


class FileContent(Attached):
    """The content of a file, as it was handed in, for whoever sees the record that it belongs to."""

    tag = "files"

    def find(self, **path: Any) -> Attachment:
        file = one(StoredFile.objects.all(), uuid=path["file"])
        if not may_read(self.asker.scope, file):
            raise NotFound
        return attachment_of(file)


def attachment_of(file: StoredFile) -> Attachment:
    """The file with its content."""
    return Attachment(file.name, file.media_type, read_file(file))


def own_file(asker: Asker, field: str, id_: UUID | None) -> StoredFile | None:
    """The file that a member of the body names, one that the asker handed in. Raises Problem on that member."""
    if id_ is None:
        return None
    mine = StoredFile.objects.filter(handed_in_by=asker.user).defer("sealed")
    return named(field, mine, uuid=id_)
