"""JSON as RFC 8259 means it: read up to a limit, nothing repeated, nothing that is no number."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from registry.api.problems import INVALID_JSON, TOO_LARGE, Problem
from registry.queries.members import Members


class StrictJSONParser(BaseParser):
    """Reads at most `max_body_bytes` of the view, and nothing of a body that says it is longer.

    Raises Problem for what is too large or no JSON.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value of the body; objects come as Members."""
        assert parser_context is not None
        _require_plain_utf8(media_type or "", parser_context["request"].headers.get("Content-Encoding", ""))
        limit: int = parser_context["view"].max_body_bytes
        if int(parser_context["request"].META.get("CONTENT_LENGTH") or 0) > limit:
            raise too_many_bytes(limit)
        return read_json(stream.read(limit))


def read_json(body: bytes) -> Any:
    """The JSON value that the bytes are. Raises Problem with the place where they are not."""
    try:
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=Members, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise Problem(INVALID_JSON, _("Byte %(place)s of the body is not UTF-8.") % {"place": error.start}) from None
    except json.JSONDecodeError as error:
        detail = _("The body stops being JSON at line %(line)s, column %(column)s.")
        raise Problem(INVALID_JSON, detail % {"line": error.lineno, "column": error.colno}) from None
    except RecursionError:
        raise Problem(INVALID_JSON, _("The body is nested too deeply: it is one flat object.")) from None
    except ValueError:
        raise Problem(INVALID_JSON, _("A number of the body has too many digits.")) from None


def too_many_bytes(limit: int) -> Problem:
    """The refusal of a body longer than `limit` bytes."""
    return Problem(TOO_LARGE, _("The body has more than %(limit)s bytes. Send it in several parts.") % {"limit": limit})


def _require_plain_utf8(media_type: str, encoding: str) -> None:
    charset = media_type.lower().replace('"', "").partition("charset=")[2].partition(";")[0].strip()
    if charset not in {"", "utf-8", "utf8"} or encoding.lower() not in {"", "identity"}:
        raise UnsupportedMediaType(media_type)


def _no_number(constant: str) -> NoReturn:
    raise Problem(INVALID_JSON, _("%(constant)s is no number of JSON.") % {"constant": constant})
