"""Definitions that anybody may read: the extensions, and the codes that stand in answers."""

from collections.abc import Mapping
from typing import Any

from registry.api.fhir import extensions, terms
from registry.api.fhir.extensions import Extension, Part
from registry.api.fhir.terms import FHIR_VERSION, Terms, canonical

PUBLISHED = "2026-11-27"
VERSION = "1.0.0"
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/Extension"


def definition(kind: str, name: str) -> dict[str, Any] | None:
    """The definition of that kind and name; None where there is none."""
    if kind == "StructureDefinition":
        extension = extensions.ALL.get(name)
        return _structure(extension) if extension else None
    found = terms.ALL.get(name)
    if found is None:
        return None
    return _code_system(found) if kind == "CodeSystem" else _value_set(found)


def definitions(kind: str, url: str = "") -> list[dict[str, Any]]:
    """All definitions of a kind, or the one with that name."""
    names = extensions.ALL if kind == "StructureDefinition" else terms.ALL
    return [found for name in names if url in ("", canonical(kind, name)) and (found := definition(kind, name))]


def _head(kind: str, id_: str, name: str, title: Any) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "id": id_,
        "url": canonical(kind, id_),
        "version": VERSION,
        "name": name,
        "title": str(title),
        "status": "active",
        "date": PUBLISHED,
    }


def _code_system(each: Terms) -> dict[str, Any]:
    return {
        **_head("CodeSystem", each.name, _camel(each.name), each.title),
        "caseSensitive": True,
        "valueSet": each.value_set,
        "content": "complete",
        "count": len(each.words),
        "concept": [{"code": str(code), "display": str(words)} for code, words in each.words.items()],
    }


def _value_set(each: Terms) -> dict[str, Any]:
    return {
        **_head("ValueSet", each.name, _camel(each.name), each.title),
        "compose": {"include": [{"system": each.system}]},
    }


def _structure(each: Extension) -> dict[str, Any]:
    return {
        **_head("StructureDefinition", each.name, each.title, each.title),
        "description": str(each.meaning),
        "fhirVersion": FHIR_VERSION,
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": each.on}],
        "type": "Extension",
        "baseDefinition": _EXTENSION,
        "derivation": "constraint",
        "differential": {"element": _elements(each)},
    }


def _elements(each: Extension) -> list[dict[str, Any]]:
    root = {"id": "Extension", "path": "Extension", "short": each.title, "definition": str(each.meaning)}
    url = {"id": "Extension.url", "path": "Extension.url", "fixedUri": each.url}
    if each.value:
        none = {"id": "Extension.extension", "path": "Extension.extension", "max": "0"}
        return [{**root, "max": "1"}, none, url, _value("Extension.value[x]", each.value)]
    parts = [element for name, part in each.parts.items() for element in _part(name, part)]
    sliced = {
        "id": "Extension.extension",
        "path": "Extension.extension",
        "slicing": {"discriminator": [{"type": "value", "path": "url"}], "ordered": False, "rules": "closed"},
    }
    none = {"id": "Extension.value[x]", "path": "Extension.value[x]", "max": "0"}
    return [{**root, "max": "1"}, sliced, *parts, url, none]


def _part(name: str, part: Part) -> list[dict[str, Any]]:
    id_ = f"Extension.extension:{name}"
    return [
        {
            "id": id_,
            "path": "Extension.extension",
            "sliceName": name,
            "short": str(part.meaning),
            "min": int(part.required),
            "max": "1",
        },
        {"id": f"{id_}.extension", "path": "Extension.extension.extension", "max": "0"},
        {"id": f"{id_}.url", "path": "Extension.extension.url", "fixedUri": name},
        _value(f"{id_}.value[x]", part),
    ]


def _value(id_: str, part: Part) -> dict[str, Any]:
    path = "Extension.extension.value[x]" if ":" in id_ else "Extension.value[x]"
    value: dict[str, Any] = {"id": id_, "path": path, "short": str(part.meaning), "min": 1}
    value["type"] = [{"code": part.type}]
    binding: Mapping[str, str] | None = None
    if part.terms:
        binding = {"strength": "required", "valueSet": part.terms.value_set}
    return {**value, "binding": dict(binding)} if binding else value


def _camel(name: str) -> str:
    return "".join(each.capitalize() for each in name.split("-"))
