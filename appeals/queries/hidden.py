"""Everybody and everything that a file for experts must not name, with the labels that stand for them."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, TextField, Value
from django.utils.translation import gettext

from appeals.queries.parties import Basis, named_institutions, officers_of
from appeals.rules.anonymous import Anonymiser, Subject, lettered
from registry.models import (
    Agency,
    Authority,
    Certificate,
    Handling,
    Institution,
    PersonalCode,
    Practitioner,
    PractitionerName,
    Region,
    Registration,
    User,
)


def anonymiser_of(basis: Basis, texts: Iterable[str]) -> Anonymiser:
    """Hides whom and where the dispute is about, under labels in the language of the moment. Five queries.

    Other institutions of the region are hidden as well where one of the `texts` names them.
    """
    agencies = _agencies(basis)
    return Anonymiser(
        [
            *_people(basis.people.members, basis.kept),
            *_institutions(basis, "\n".join(texts)),
            *_officers(officers_of(basis)),
            *_bodies(agencies, basis),
            *_regions(agencies),
            *_documents(basis),
        ]
    )


def _people(members: dict[int, frozenset[int]], objecting: int) -> Iterator[Subject]:
    files = _with_numbers(Practitioner.objects.filter(pk__in=[file for each in members.values() for file in each]))
    known = {file.pk: file for file in files}
    for place, kept in enumerate(sorted(members, key=lambda kept: (kept != objecting, kept))):
        whose = [known[file] for file in sorted(members[kept])]
        label = (
            gettext("Person %(mark)s") % {"mark": _lettered(place - 1)} if place else gettext("The person concerned")
        )
        yield Subject(
            label,
            names=tuple({name for file in whose for name in (file.name, *file.all_names)}),
            codes=tuple({code for file in whose for code in _numbers(file)}),
        )


def _with_numbers(files: QuerySet[Practitioner]) -> QuerySet[Any]:
    """With every name, code and certificate each ever had, and with the documents, whose numbers are sealed."""
    theirs = {"practitioner": OuterRef("pk")}
    return files.prefetch_related("documents").annotate(
        all_names=ArraySubquery(PractitionerName.objects.filter(**theirs).values("name")),
        all_codes=ArraySubquery(PersonalCode.objects.filter(**theirs).values("code")),
        all_certificates=ArraySubquery(Certificate.objects.filter(**theirs).values("number")),
    )


def _numbers(file: Any) -> Iterator[str]:
    yield file.code
    yield from file.all_codes
    yield from (each.number for each in file.documents.all())
    yield from file.all_certificates


def _institutions(basis: Basis, text: str) -> Iterator[Subject]:
    for position, place in enumerate(_places(basis, text)):
        label = gettext("Institution %(mark)s") % {"mark": _lettered(position)}
        yield Subject(label, names=tuple({place.name, *place.earlier_names}), codes=(place.code,))


def _places(basis: Basis, text: str) -> QuerySet[Any]:
    """The institutions of the case, those of everybody in it, and those of the region that the text names."""
    of_case = Institution.objects.filter(pk__in=named_institutions(basis))
    registered = Registration.objects.filter(practitioner_id__in=basis.files).order_by()
    told = Institution.objects.filter(region__code__startswith=basis.objection.agency.region.prefix)
    told = told.alias(told=Value(text, output_field=TextField())).filter(told__contains=F("name"))
    ids = of_case.order_by().values_list("pk")
    ids = ids.union(registered.values_list("institution"), told.order_by().values_list("pk"))
    earlier = Institution.history.filter(id=OuterRef("pk")).order_by().values("name")
    return Institution.objects.filter(pk__in=ids).annotate(earlier_names=ArraySubquery(earlier)).order_by("pk")


def _officers(officers: Iterable[User]) -> Iterator[Subject]:
    for number, user in enumerate(officers, start=1):
        spaced = f"{user.first_name} {user.last_name}".strip()
        names = {name for name in (user.get_full_name(), spaced) if len(name) > 1}
        yield Subject(gettext("Officer %(mark)s") % {"mark": number}, names=tuple(names))


def _agencies(basis: Basis) -> list[Agency]:
    ids = {basis.objection.agency_id, *(each.agency_id for each in basis.causes)}
    return list(Agency.objects.filter(pk__in=ids).select_related("region__parent__parent").order_by("pk"))


def _bodies(agencies: list[Agency], basis: Basis) -> Iterator[Subject]:
    authorities = {each.authority for each in basis.causes if isinstance(each, Handling) and each.authority}
    bodies: list[Agency | Authority] = [*agencies, *sorted(authorities, key=lambda each: each.pk)]
    for number, body in enumerate(bodies, start=1):
        yield Subject(gettext("Agency %(mark)s") % {"mark": number}, names=(body.name,), codes=(body.code,))


def _regions(agencies: list[Agency]) -> Iterator[Subject]:
    found: dict[str, Region] = {}
    for agency in agencies:
        region: Region | None = agency.region
        while region is not None:
            found[region.code] = region
            region = region.parent
    for position, region in enumerate(found.values()):
        label = gettext("Region %(mark)s") % {"mark": _lettered(position)}
        yield Subject(label, names=(region.name_zh, region.name_en), codes=(region.code,))


def _documents(basis: Basis) -> Iterator[Subject]:
    objection, entries = basis.objection, [each.entry for each in basis.points if each.entry]
    numbers = [each.document_number for each in basis.causes]
    numbers += [objection.number, *(entry.document_number for entry in entries)]
    if objection.case is not None:
        numbers.append(objection.case.number)
    for place, number in enumerate(dict.fromkeys(filter(None, numbers)), start=1):
        yield Subject(gettext("Document %(mark)s") % {"mark": place}, codes=(number,))


def _lettered(position: int) -> str:
    return lettered(position, gettext("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
