"""Bundles: what a search found, and the editions of a resource."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from registry.api.fhir.editions import Edition, Found, document, instant


def searchset(type_: str, found: Iterable[Found], base: str, links: Mapping[str, str]) -> dict[str, Any]:
    """One page of a search."""
    entries = [
        {
            "fullUrl": f"{base}{type_}/{each.id}",
            "resource": document(type_, each.id, each.edition),
            "search": {"mode": "match"},
        }
        for each in found
    ]
    return _bundle("searchset", entries, links)


def history(
    type_: str, id_: str, editions: Sequence[Edition], total: int, base: str, links: Mapping[str, str]
) -> dict[str, Any]:
    """Editions of one resource, newest first; `total` is how many there are on all pages."""
    entries = [_entry(type_, id_, each, base) for each in editions]
    return {**_bundle("history", entries, links), "total": total}


def _entry(type_: str, id_: str, edition: Edition, base: str) -> dict[str, Any]:
    made = edition.number == 1
    method, status = ("POST", HTTPStatus.CREATED) if made else ("PUT", HTTPStatus.OK)
    if edition.body is None:
        method, status = "DELETE", HTTPStatus.NO_CONTENT
    response = {"status": str(status.value), "etag": etag(edition)}
    if edition.at:
        response["lastModified"] = instant(edition.at)
    entry: dict[str, Any] = {"fullUrl": f"{base}{type_}/{id_}"}
    if edition.body:
        entry["resource"] = document(type_, id_, edition)
    request = {"method": method, "url": type_ if method == "POST" else f"{type_}/{id_}"}
    return {**entry, "request": request, "response": response}


def etag(edition: Edition) -> str:
    """The entity tag of an edition: its number, as FHIR wants it."""
    return f'W/"{edition.number}"'


def _bundle(type_: str, entries: Sequence[Mapping[str, Any]], links: Mapping[str, str]) -> dict[str, Any]:
    link = [{"relation": relation, "url": url} for relation, url in links.items()]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": type_, "link": link}
    return {**bundle, "entry": list(entries)} if entries else bundle
