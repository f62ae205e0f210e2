"""Finding people: by code, by name, and by the exact number of a document."""

from collections.abc import Iterable, Iterator

from django.contrib.postgres.fields.array import ArrayContains  # type: ignore[attr-defined]  # not in the stubs
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Upper

from registry.models import DocumentKind, PersonalCode, Practitioner, sealing
from registry.models.people import Characters
from registry.models.pinyin import typed
from registry.queries.sight import full_sight

MOST_FOUND = 20


def find_people(people: QuerySet[Practitioner], term: str) -> QuerySet[Practitioner]:
    """Those whose code, present or former, is exactly `term`; else whose name begins with it; else contains it.

    Latin letters are pinyin first: whole syllables from the beginning (wangw), else first letters (ww). Each way asks
    one column that has an index of its own.
    """
    term = " ".join(term.split())
    if not term:
        return people
    code = sealing.normalised(term)
    holders = PersonalCode.objects.filter(code=code).values_list("practitioner_id", flat=True)
    if by_code := list(holders):
        return people.filter(pk__in=by_code)
    for found in _by_beginning(people, term):
        with full_sight():  # by the scope of `people` alone; the second wall would look at everybody on the way
            somebody = found.exists()
        if somebody:
            return found
    has_all = ArrayContains(Characters(Upper("name")), Characters(Upper(Value(term, output_field=TextField()))))
    return people.filter(has_all, name__icontains=term)


def _by_beginning(people: QuerySet[Practitioner], term: str) -> Iterator[QuerySet[Practitioner]]:
    if key := typed(term):
        yield people.filter(pinyin__startswith=key)
        yield people.filter(initials__startswith=key)
    else:
        yield people.filter(name__startswith=term)


def with_codes(people: QuerySet[Practitioner], codes: Iterable[str]) -> QuerySet[Practitioner]:
    """Those whose code, present or former, is exactly one of these."""
    holders = PersonalCode.objects.filter(code__in=[sealing.normalised(each) for each in codes])
    return people.filter(pk__in=list(holders.values_list("practitioner_id", flat=True)))


def whoever_has(code: str) -> Practitioner | None:
    """Whoever has or had the personal code, in the whole country: who names a code exactly means that person."""
    with full_sight():
        found = PersonalCode.objects.filter(code=sealing.normalised(code)).select_related("practitioner").first()
    return found.practitioner if found else None


def find_by_document(people: QuerySet[Practitioner], number: str, kind: str = "") -> list[Practitioner]:
    """Those who hold the document with exactly this number, found through the blind index; at most twenty."""
    same = Q(documents__number_index__in=sealing.blind_indexes(number))
    if kind in DocumentKind.values:
        same &= Q(documents__kind=kind)
    return list(people.filter(same).distinct().order_by("code")[:MOST_FOUND])
