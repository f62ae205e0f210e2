"""Everybody and everything that a file for experts must not name, with the labels that stand for them."""

from collections.abc import Iterable, Iterator

from django.db.models import F, TextField, Value
from django.utils.translation import gettext

from appeals.models import Objection
from appeals.queries.parties import answering_for, causes_of, officers_of
from appeals.rules.anonymous import Anonymiser, Subject, lettered
from registry.ledger.families import families
from registry.models import (
    Agency,
    Authority,
    Handling,
    Institution,
    PersonalTrigger,
    Practitioner,
    Region,
    Registration,
    User,
)

Cause = Handling | PersonalTrigger


def anonymiser_of(objection: Objection, texts: Iterable[str]) -> Anonymiser:
    """Hides whom and where the objection is about, under labels in the language of the moment.

    Other institutions of the region are hidden as well where one of the `texts` names them.
    """
    causes = causes_of(objection)
    people = families(answering_for(causes) | {objection.practitioner_id})
    files = {file for members in people.members.values() for file in members}
    agencies = _agencies(objection, causes)
    return Anonymiser(
        [
            *_people(people.members, people.kept[objection.practitioner_id]),
            *_institutions(objection, causes, files, "\n".join(texts)),
            *_officers(officers_of(objection, causes)),
            *_bodies(agencies, causes),
            *_regions(agencies),
            *_documents(objection, causes),
        ]
    )


def _people(members: dict[int, frozenset[int]], objecting: int) -> Iterator[Subject]:
    files = Practitioner.objects.filter(pk__in=[file for each in members.values() for file in each])
    known = {file.pk: file for file in files.prefetch_related("names", "codes", "documents", "certificates")}
    for place, kept in enumerate(sorted(members, key=lambda kept: (kept != objecting, kept))):
        whose = [known[file] for file in sorted(members[kept])]
        label = (
            gettext("Person %(mark)s") % {"mark": _lettered(place - 1)} if place else gettext("The person concerned")
        )
        yield Subject(
            label,
            names=tuple({name for file in whose for name in (file.name, *(each.name for each in file.names.all()))}),
            codes=tuple({code for file in whose for code in _numbers(file)}),
        )


def _numbers(file: Practitioner) -> Iterator[str]:
    yield file.code
    yield from (each.code for each in file.codes.all())
    yield from (each.number for each in file.documents.all())
    yield from (each.number for each in file.certificates.all())


def _institutions(objection: Objection, causes: list[Cause], files: set[int], text: str) -> Iterator[Subject]:
    of_case = {each.institution_id for each in causes} | {objection.institution_id}
    registered = Registration.objects.filter(practitioner_id__in=files).values_list("institution_id", flat=True)
    named = Institution.objects.filter(region__code__startswith=objection.agency.region.prefix)
    named = named.alias(told=Value(text, output_field=TextField())).filter(told__contains=F("name"))
    ids = {*registered, *named.values_list("pk", flat=True), *(pk for pk in of_case if pk is not None)}
    places = Institution.objects.filter(pk__in=ids)
    earlier: dict[int, set[str]] = {}
    for pk, name in Institution.history.filter(id__in=places.values("pk")).values_list("id", "name").distinct():
        earlier.setdefault(pk, set()).add(name)
    for position, place in enumerate(places.order_by("pk")):
        label = gettext("Institution %(mark)s") % {"mark": _lettered(position)}
        yield Subject(label, names=tuple({place.name} | earlier.get(place.pk, set())), codes=(place.code,))


def _officers(ids: Iterable[int]) -> Iterator[Subject]:
    for number, user in enumerate(User.objects.filter(pk__in=list(ids)).order_by("pk"), start=1):
        spaced = f"{user.first_name} {user.last_name}".strip()
        names = {name for name in (user.get_full_name(), spaced) if len(name) > 1}
        yield Subject(gettext("Officer %(mark)s") % {"mark": number}, names=tuple(names))


def _agencies(objection: Objection, causes: list[Cause]) -> list[Agency]:
    ids = {objection.agency_id, *(each.agency_id for each in causes)}
    return list(Agency.objects.filter(pk__in=ids).select_related("region__parent__parent").order_by("pk"))


def _bodies(agencies: list[Agency], causes: list[Cause]) -> Iterator[Subject]:
    authorities = {each.authority for each in causes if isinstance(each, Handling) and each.authority}
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


def _documents(objection: Objection, causes: list[Cause]) -> Iterator[Subject]:
    entries = objection.points.filter(entry__isnull=False).values_list("entry__document_number", flat=True)
    numbers = [each.document_number for each in causes] + [objection.number, *entries]
    if objection.case is not None:
        numbers.append(objection.case.number)
    for place, number in enumerate(dict.fromkeys(filter(None, numbers)), start=1):
        yield Subject(gettext("Document %(mark)s") % {"mark": place}, codes=(number,))


def _lettered(position: int) -> str:
    return lettered(position, gettext("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
