"""People come into the register, once, and keep their file for life."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import ProbableDuplicate, Refused
from registry.actions.keeping import keep
from registry.actions.requirements import require_choice, required
from registry.actions.turns import take_turns
from registry.ledger.families import family_of, kept_file
from registry.models import (
    Category,
    DocumentKind,
    IdentityDocument,
    PersonalCode,
    Practitioner,
    PractitionerName,
    Sex,
    User,
    sealing,
)
from registry.rules import resident_id

LONGEST_CODE = 64
_KEPT_DOCUMENT = "identity document added"


@dataclass(frozen=True, slots=True)
class Match:
    """Who in the register may be the person described: nobody ('different'), one ('equal'), or somebody ('probable').

    `reasons` are codes: code, document, name_and_birth_date, and what disagrees: other_code,
    other_name, other_document.
    """

    verdict: str
    practitioners: tuple[Practitioner, ...] = ()
    reasons: tuple[str, ...] = ()


def clean_code(code: str, *, field: str = "code") -> str:
    """The personal code as it is kept. A code is opaque: only its length and its characters are looked at."""
    cleaned = sealing.normalised(code)
    if not cleaned or len(cleaned) > LONGEST_CODE or not cleaned.isprintable():
        raise Refused(
            "code_malformed",
            _("“%(code)s” is no personal code: a code has 1 to 64 letters and digits. Check it against the roster.")
            % {"code": code[:LONGEST_CODE]},
            field=field,
            value=code,
        )
    return cleaned


def clean_name(name: str) -> str:
    """The name without stray spaces. Raises Refused for an empty or impossible one."""
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > 100 or not cleaned.isprintable():
        raise Refused(
            "name_malformed",
            _("“%(name)s” is no name: write 1 to 100 characters as in the person's document.") % {"name": name[:100]},
            field="name",
            value=name,
        )
    return cleaned


def validate_resident_id(number: str) -> None:
    """Refuse a resident identity number (GB 11643) whose form, birth date or check character is wrong."""
    if fault := resident_id.fault(sealing.normalised(number)):
        messages = {
            "form": _("%(number)s is no resident identity number: it has 17 digits and a last digit or X."),
            "birth_date": _("The birth date inside %(number)s does not exist. Copy the number from the card again."),
            "check": _("The check character of %(number)s does not fit. Copy the number from the card again."),
        }
        shown = sealing.masked(number)
        raise Refused(f"resident_id_{fault}", messages[fault] % {"number": shown}, field="document", value=shown)


def clean_document(document: tuple[str, str]) -> tuple[str, str]:
    """Kind and number of an identity document, checked as far as its kind can be."""
    kind, number = document[0], sealing.normalised(document[1])
    if kind not in DocumentKind.values:
        raise Refused(
            "document_kind_unknown",
            _("“%(kind)s” is no kind of document. Choose one of: %(kinds)s.")
            % {"kind": kind, "kinds": ", ".join(DocumentKind.values)},
            field="document",
            value=kind,
        )
    if kind == DocumentKind.RESIDENT_ID:
        validate_resident_id(number)
    if not 4 <= len(number) <= 40 or not number.isprintable():
        raise Refused(
            "document_malformed",
            _("The document number must have 4 to 40 letters and digits. Copy it from the document again."),
            field="document",
            value=sealing.masked(number),
        )
    return kind, number


def match(
    *, code: str | None, name: str, birth_date: date | None = None, document: tuple[str, str] | None = None
) -> Match:
    """Look for the person described by code, document, and name with birth date.

    Equal only when nothing that is known disagrees; an identity number alone never decides who is meant.
    """
    by_code = Practitioner.objects.filter(codes__code=code).first() if code else None
    if by_code:
        disagreements = _disagreements(by_code, name=name, document=document)
        return Match("probable" if disagreements else "equal", (kept_file(by_code),), ("code", *disagreements))
    holders = _with_document(document)
    by_document, same_name = _kept(holders), _kept(person for person in holders if person.name == name)
    if same_name and (code is None or all(person.provisional for person in same_name)):
        certain = code is None and len(by_document) == 1
        return Match("equal" if certain else "probable", by_document, ("document",))
    if by_document:
        return Match("probable", by_document, ("document", "other_code" if same_name else "other_name"))
    by_name = list(Practitioner.objects.filter(name=name, birth_date=birth_date)[:20]) if birth_date else []
    namesakes = _kept(
        person for person in by_name if "other_document" not in _disagreements(person, name=name, document=document)
    )
    return Match("probable", namesakes, ("name_and_birth_date",)) if namesakes else Match("different")


def register_practitioner(
    *,
    code: str | None,
    name: str,
    category: str,
    sex: str = Sex.UNKNOWN,
    birth_date: date | None = None,
    document: tuple[str, str] | None = None,
    distinct_from: Collection[Practitioner] = (),
    reason: str = "",
    by: User | None,
    now: datetime,
) -> Practitioner:
    """Open the file of a person, or return the file they already have.

    Without a code the person gets a provisional one of ours. Somebody who may be the same person is refused with
    ProbableDuplicate, unless a human compared them and named them in `distinct_from` with a `reason`.
    """
    code, name = (clean_code(code) if code else None), clean_name(name)
    document = clean_document(document) if document else None
    birth_date = birth_date or _birth_date(document)
    require_choice("category", category, Category.values)
    require_choice("sex", sex, Sex.values)
    with transaction.atomic():
        take_turns(*_identifiers(code, name, document))
        found = match(code=code, name=name, birth_date=birth_date, document=document)
        if found.verdict == "equal":
            return found.practitioners[0]
        if found.verdict == "probable":
            _require_distinct(found, distinct_from, reason)
        person = Practitioner(
            code=code or _provisional_code(),
            provisional=code is None,
            name=name,
            category=category,
            sex=sex,
            birth_date=birth_date,
            recorded_at=now,
        )
        keep(person, by=by, now=now, why=reason)
        PersonalCode.objects.create(
            practitioner=person, code=person.code, provisional=person.provisional, recorded_at=now
        )
        PractitionerName.objects.create(practitioner=person, name=name, recorded_at=now)
        if document:
            _keep_document(person, document, now)
        return person


def rename(*, practitioner: Practitioner, name: str, reason: str, by: User | None, now: datetime) -> Practitioner:
    """The person bears another name from now on; the earlier one stays known for the time it was known."""
    name = clean_name(name)
    with transaction.atomic():
        person = Practitioner.objects.select_for_update(of=("self",), no_key=True).get(pk=practitioner.pk)
        if person.name == name:
            return person
        person.names.filter(superseded_at=None).update(superseded_at=now)
        PractitionerName.objects.create(practitioner=person, name=name, recorded_at=now)
        person.name = name
        keep(person, by=by, now=now, why=required(reason))
        return person


def assign_code(*, practitioner: Practitioner, code: str, reason: str, by: User | None, now: datetime) -> Practitioner:
    """Give a person with a provisional code their national one. The provisional code goes on meaning this person."""
    code = clean_code(code)
    with transaction.atomic():
        take_turns(*_identifiers(code, "", None))
        person = Practitioner.objects.select_for_update(of=("self",), no_key=True).get(pk=practitioner.pk)
        if person.code == code:
            return person
        if not person.provisional:
            raise Refused(
                "code_is_permanent",
                _("%(person)s already has the permanent code %(code)s, which never changes.")
                % {"person": person.name, "code": person.code},
                field="code",
                value=code,
            )
        if PersonalCode.objects.filter(code=code).exists():
            raise Refused(
                "code_taken",
                _("The code %(code)s belongs to another file. If both are one person, merge the two files.")
                % {"code": code},
                field="code",
                value=code,
            )
        PersonalCode.objects.create(practitioner=person, code=code, provisional=False, recorded_at=now)
        person.code, person.provisional = code, False
        keep(person, by=by, now=now, why=required(reason))
        return person


def add_document(
    *, practitioner: Practitioner, kind: str, number: str, by: User | None, now: datetime
) -> IdentityDocument:
    """Keep one more document of the person. The same document twice is the same document.

    A resident identity number that stands in the file of somebody else is refused: a human must look at both files.
    """
    document = clean_document((kind, number))
    with transaction.atomic():
        take_turns(*_identifiers(None, "", document))
        person = Practitioner.objects.select_for_update(of=("self",), no_key=True).get(pk=practitioner.pk)
        same = person.documents.filter(kind=document[0], number_index__in=sealing.blind_indexes(document[1]))
        if kept := same.first():
            return kept
        _require_nobody_elses(person, document)
        keep(person, by=by, now=now, why=_KEPT_DOCUMENT)
        return _keep_document(person, document, now)


def _keep_document(person: Practitioner, document: tuple[str, str], now: datetime) -> IdentityDocument:
    kind, number = document
    return IdentityDocument.objects.create(
        practitioner=person,
        kind=kind,
        number_index=sealing.blind_index(number),
        sealed_number=sealing.seal(number, bound_to=str(person.uuid)),
        recorded_at=now,
    )


def _require_nobody_elses(person: Practitioner, document: tuple[str, str]) -> None:
    others = [other for other in _kept(_with_document(document)) if other.pk != kept_file(person).pk]
    if others and document[0] == DocumentKind.RESIDENT_ID:
        raise ProbableDuplicate(
            _(
                "This number stands in the file of %(people)s."
                " Copy it again; if both are one person, merge the two files."
            )
            % {"people": ", ".join(str(other) for other in others)},
            candidates=others,
        )


def _with_document(document: tuple[str, str] | None) -> list[Practitioner]:
    if document is None:
        return []
    kind, number = document
    holders = Practitioner.objects.filter(
        documents__kind=kind, documents__number_index__in=sealing.blind_indexes(number)
    ).distinct()
    return list(holders[:20])


def _kept(people: Iterable[Practitioner]) -> tuple[Practitioner, ...]:
    """The files that are kept of these people, each once."""
    return tuple(dict.fromkeys(kept_file(person) for person in people))


def _disagreements(person: Practitioner, *, name: str, document: tuple[str, str] | None) -> list[str]:
    found = [] if person.name == name else ["other_name"]
    if document and _bears_another(person, *document):
        found.append("other_document")
    return found


def _bears_another(person: Practitioner, kind: str, number: str) -> bool:
    """The person has another number of this kind, or the number is somebody else's."""
    _top, members = family_of(person.pk)
    of_kind, same = IdentityDocument.objects.filter(kind=kind), Q(number_index__in=sealing.blind_indexes(number))
    if of_kind.filter(same, practitioner__in=members).exists():
        return False
    return of_kind.filter(Q(practitioner__in=members) | same).exists()


def _require_distinct(found: Match, distinct_from: Collection[Practitioner], reason: str) -> None:
    unseen = [person for person in found.practitioners if person not in distinct_from]
    if "code" in found.reasons or unseen:
        raise ProbableDuplicate(
            _("%(people)s may be the same person (%(count)s found). Compare code, name and document before going on.")
            % {"people": ", ".join(str(person) for person in found.practitioners), "count": len(found.practitioners)},
            candidates=found.practitioners,
        )
    required(reason)


def _birth_date(document: tuple[str, str] | None) -> date | None:
    if document is None or document[0] != DocumentKind.RESIDENT_ID:
        return None
    return resident_id.birth_date(document[1])


def _identifiers(code: str | None, name: str, document: tuple[str, str] | None) -> list[str]:
    """By what two officers could mean the same person: the keys at which they take turns.

    A document is there under each key of the index, so that processes whose first key differs still meet.
    """
    found = [f"code:{code}"] if code else []
    found += [f"name:{name}"] if name else []
    return found + [f"document:{index.hex()}" for index in (sealing.blind_indexes(document[1]) if document else ())]


def _provisional_code() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('registry_provisional_code')")
        return f"T{cursor.fetchone()[0]:012d}"
