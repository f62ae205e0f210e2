"""What tests do with pages: addresses, forms that are filled in and confirmed, text without tags."""

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from registry.models import PointsEntry


def url(name: str, *args: Any) -> str:
    """The address of a page of the office."""
    return reverse(f"admin:{name}", args=args)


def text_of(response: Any) -> str:
    """What a reader sees: no tags, no runs of space."""
    body = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def seen_in(response: Any) -> str:
    """The fingerprint of the consequence that the page showed."""
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', response.content.decode())
    assert found, "the page shows no consequence"
    return found[1]


def preview(client: Client, address: str, data: dict[str, Any]) -> Any:
    """Fill in the form and ask what follows."""
    return client.post(address, {**data, "step": "form"})


def confirm(client: Client, address: str, data: dict[str, Any], shown: Any, **signed: str) -> Any:
    """Confirm what the page showed."""
    return client.post(address, {**data, **signed, "step": "confirm", "seen": seen_in(shown)})


def entered_in(response: Any) -> dict[str, Any]:
    """What the page carries along to its confirmation, as a browser would send it."""
    body = response.content.decode()
    end = body.index('name="seen"')
    form = body[body.rindex("<form", 0, end) : end]
    pairs = re.findall(r'<input type="hidden" name="([a-z_0-9]+)" value="([^"]*)">', form)
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(unescape(value))
    return found


def ruled(entry: PointsEntry, left: int) -> tuple[str, dict[str, Any]]:
    """Where an officer enters that a court left so many points of the entry, and what is entered."""
    pk = entry.fact_id
    said = {f"result_{pk}": "reduced", f"points_{pk}": str(left)} if left else {f"result_{pk}": "annulled"}
    assert entry.fact.agency is not None
    data = {
        "body": "court",
        "name": "中级人民法院",
        "document_number": f"（2025）行终{pk}号",
        "decided_on": "2025-01-02",
        "grounds": "处罚被撤销",
        "agency": entry.fact.agency.pk,
    }
    return url("record_outcome", entry.practitioner_id), {**data, **said}
