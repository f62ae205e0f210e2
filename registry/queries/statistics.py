"""Figures over everything that concerns somebody: points, sanctions, relief, deadlines. Summed up by the database.

What happened at a place is counted where it happened: points at the institution that was handled, a suspension or a
termination at each institution where the person was registered on its first day. Merged files are one person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import (
    Avg,
    Case,
    CharField,
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Substr, TruncDate, TruncMonth
from django.utils.translation import gettext as _

from registry.ledger.days import SHANGHAI
from registry.ledger.law import policies
from registry.models import (
    Agency,
    Category,
    Certificate,
    Fact,
    FactKind,
    FileMerge,
    Grade,
    Institution,
    PointsEntry,
    Practitioner,
    Region,
    Registration,
    SanctionPeriod,
    Task,
)
from registry.queries.explain import wording
from registry.queries.scope import Scope, any_of
from registry.rules.policy import NATIONAL

MOST_LINES = 1_000

REGION, CITY, PROVINCE = "region", "city", "province"
PLACES = (REGION, CITY, PROVINCE)
NOT_KNOWN = ""
"""The key of what has no value, as a finding at no institution has no institution."""


@dataclass(frozen=True, slots=True)
class During:
    """The days asked about, both included, and a region (its first digits) or an institution (its code)."""

    from_: date
    until: date
    prefix: str = ""
    institution: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one group: its key, what the key is called, and the numbers."""

    key: str
    name: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Figures by something, the largest group first; `more` where there are further groups."""

    by: str
    lines: tuple[Line, ...]
    more: bool


def tree(region: Any, by: str) -> Any:
    """The region of an expression as it is, or its city or its province."""
    if by == REGION:
        return region
    digits = 4 if by == CITY else 2
    return Concat(Substr(region, 1, digits), Value("0" * (6 - digits)), output_field=CharField())


def first(*columns: Any) -> Coalesce:
    """The first of the columns that says something, else NOT_KNOWN."""
    return Coalesce(*columns, Value(NOT_KNOWN), output_field=CharField())


def specialty(practitioner: str, day: Any) -> Coalesce:
    """The scope of practice (执业范围) on the certificate that was recorded last by that day, as it reads now.

    `practitioner` and `day` are outer columns. Without such a certificate, or without a scope on it, it is NOT_KNOWN.
    """
    theirs = Certificate.objects.filter(practitioner=OuterRef(practitioner))
    by_then = theirs.alias(on=TruncDate("recorded_at", tzinfo=SHANGHAI)).filter(on__lte=day)
    return first(Subquery(by_then.order_by("-recorded_at", "-pk").values("scope")[:1]))


# points ---------------------------------------------------------------------------------------------------------------

_PLACE = first("handling__institution__code", "trigger__institution__code")
_REGION_OF_ENTRY = first(
    "handling__institution__region_id", "trigger__institution__region_id", "fact__agency__region_id"
)
POINTS_BY: Mapping[str, Any] = {
    **{by: tree(_REGION_OF_ENTRY, by) for by in PLACES},
    "institution": _PLACE,
    "category": F("practitioner__category"),
    "specialty": specialty("practitioner", OuterRef("fact__effective_on")),
    "situation": F("situation"),
    "grade": F("responsibility__grade"),
    "month": TruncMonth("fact__effective_on"),
}


def entries_during(seen: Scope, during: During) -> QuerySet[PointsEntry]:
    """The entries that count from these days on, made at places in the scope, with the points that count by now."""
    rows = PointsEntry.objects.filter(fact__effective_on__range=(during.from_, during.until))
    if not seen.sees_everything:
        places, nowhere = seen.institutions(), Q(handling=None, trigger__institution=None)
        handled, triggered = Q(handling__institution__in=places), Q(trigger__institution__in=places)
        rows = any_of(rows, handled, triggered, nowhere & seen.about("practitioner"))
    corrections = Fact.objects.filter(entry=OuterRef("fact"))
    revised = corrections.filter(kind=FactKind.ENTRY_REVISED).order_by("-decided_at", "-origin", "-origin_seq")
    rows = rows.annotate(annulled=Exists(corrections.filter(kind=FactKind.ENTRY_ANNULLED)))
    by_now = Coalesce(Subquery(revised.values("points")[:1]), F("fact__points"))
    counts = Case(When(annulled=True, then=Value(0)), default=by_now, output_field=IntegerField())
    found = rows.annotate(by_now=counts)
    found = found.annotate(region=_REGION_OF_ENTRY).filter(region__startswith=during.prefix) if during.prefix else found
    return found.annotate(place=_PLACE).filter(place=during.institution) if during.institution else found


def points(seen: Scope, during: During, *, by: str, most: int = MOST_LINES) -> Table:
    """Points by one of POINTS_BY: entries, those annulled since, people, points as decided, and those that count."""
    rows = entries_during(seen, during).order_by().values(key=POINTS_BY[by]).annotate(
        entries=Count("pk"),
        annulled_entries=Count("pk", filter=Q(annulled=True)),
        people=Count("practitioner", distinct=True),
        scored=Sum("fact__points"),
        points=Sum("by_now"),
    )  # fmt: skip
    return tabulated(by, rows.order_by("-points", "key"), most)


# suspensions and terminations -----------------------------------------------------------------------------------------

SANCTIONS_BY: Mapping[str, str] = {
    REGION: "region",
    CITY: "substr(region, 1, 4) || '00'",
    PROVINCE: "substr(region, 1, 2) || '0000'",
    "institution": "place",
    "category": "category",
    "specialty": f"""coalesce((
        SELECT theirs.scope FROM {Certificate._meta.db_table} theirs
        JOIN files ON files.file = theirs.practitioner_id AND files.person = counted.person
        WHERE (theirs.recorded_at AT TIME ZONE '{SHANGHAI.key}')::date <= counted.starts_on
        ORDER BY theirs.recorded_at DESC, theirs.id DESC LIMIT 1
    ), '{NOT_KNOWN}')""",  # noqa: S608 - names and a zone of ours
    "month": "date_trunc('month', starts_on)::date",
}

FILES = f"""files(person, file) AS (
        SELECT DISTINCT person, person FROM sanction
        UNION
        SELECT files.person, link.absorbed_id FROM files
        JOIN {FileMerge._meta.db_table} link ON link.kept_id = files.file AND link.undone_at IS NULL
    )"""  # noqa: S608 - names of our own tables
"""All files of each person of `sanction`, those merged into another among them; recursive."""

_SANCTIONS = f"""
    WITH RECURSIVE sanction AS (
        SELECT id, practitioner_id AS person, kind, starts_on FROM {SanctionPeriod._meta.db_table}
        WHERE starts_on BETWEEN %s AND %s AND {{people}}
    ), {FILES}, counted AS (
        SELECT DISTINCT sanction.id, sanction.person, sanction.kind, sanction.starts_on{{columns}}
        FROM sanction
        JOIN files ON files.person = sanction.person
        JOIN {Registration._meta.db_table} stay ON stay.practitioner_id = files.file AND stay.superseded_at IS NULL
            AND stay.starts_on <= sanction.starts_on AND (stay.ends_on IS NULL OR stay.ends_on > sanction.starts_on)
        {{joins}}
        WHERE {{where}}
    )
    SELECT {{key}} AS key,
        count(DISTINCT id) FILTER (WHERE kind = 'suspension'),
        count(DISTINCT id) FILTER (WHERE kind = 'termination'),
        count(DISTINCT person)
    FROM counted GROUP BY 1 ORDER BY count(DISTINCT id) DESC, 1 LIMIT {{most}}
"""  # noqa: S608 - what is put in are names of our own tables, and expressions and queries of ours


_OF_PLACE = (
    ", there.code AS place, there.region_id AS region",
    f"JOIN {Institution._meta.db_table} there ON there.id = stay.institution_id",
)
_OF_PERSON = (", human.category", f"JOIN {Practitioner._meta.db_table} human ON human.id = sanction.person")
_BESIDE = {**dict.fromkeys((*PLACES, "institution"), _OF_PLACE), "category": _OF_PERSON}
"""The columns that a key asks for beside those of the sanction, and the join that has them."""

_PEOPLE_OF_PLACES = f"""(
    practitioner_id IN (
        SELECT practitioner_id FROM {Registration._meta.db_table} WHERE institution_id IN ({{places}})
    ) OR practitioner_id IN (SELECT kept_id FROM {FileMerge._meta.db_table} WHERE undone_at IS NULL)
)"""  # noqa: S608 - the same
"""Of a few places, whoever was ever registered there, and whoever may have been under another file."""


def sanctions(seen: Scope, during: During, *, by: str, most: int = MOST_LINES) -> Table:
    """Suspensions and terminations that began on these days, by one of SANCTIONS_BY, with the people behind them.

    Each is counted once in a group, however many institutions of the group the person was registered at.
    """
    columns, joins = _BESIDE.get(by, ("", ""))
    people, where, values = "true", "true", list[Any]()
    if not (seen.sees_everything and not during.prefix and not during.institution):
        places, of_places = _institutions(seen, during).order_by().values("pk").query.sql_with_params()
        where, values = f"stay.institution_id IN ({places})", [*of_places]
        if seen.is_narrow:
            people, values = _PEOPLE_OF_PLACES.format(places=places), [*of_places, *of_places]
    query = _SANCTIONS.format(
        people=people, columns=columns, joins=joins, where=where, key=SANCTIONS_BY[by], most=most + 1
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [during.from_, during.until, *values])
        found = cursor.fetchall()
    names = ("suspensions", "terminations", "people")
    rows = [{"key": key, **dict(zip(names, figures, strict=True))} for key, *figures in found]
    return tabulated(by, rows, most)


def _institutions(seen: Scope, during: During) -> QuerySet[Institution]:
    places = seen.institutions().filter(region__code__startswith=during.prefix)
    return places.filter(code=during.institution) if during.institution else places


# relief ---------------------------------------------------------------------------------------------------------------

_REGION_OF_AGENCY = first("agency__region_id")
RELIEF_BY: Mapping[str, Any] = {
    **{by: tree(_REGION_OF_AGENCY, by) for by in PLACES},
    "agency": first("agency__code"),
    "category": F("practitioner__category"),
    "specialty": specialty("practitioner", OuterRef("effective_on")),
    "month": TruncMonth("effective_on"),
}


def relief(seen: Scope, during: During, *, by: str, most: int = MOST_LINES) -> Table:
    """What was repaired on these days, by one of RELIEF_BY: points relieved, periods shortened, registered again."""
    kinds = (FactKind.POINTS_RELIEVED, FactKind.PERIOD_SHORTENED, FactKind.REREGISTERED)
    rows = Fact.objects.filter(kind__in=kinds, effective_on__range=(during.from_, during.until))
    if not seen.sees_everything:
        rows = rows.filter(seen.about("practitioner"))
    rows = rows.annotate(region=_REGION_OF_AGENCY).filter(region__startswith=during.prefix)
    if during.institution:
        here = Registration.objects.filter(superseded_at=None, institution__code=during.institution)
        there = here.filter(Q(ends_on=None) | Q(ends_on__gt=OuterRef("effective_on")))
        rows = rows.filter(
            Exists(there.filter(practitioner=OuterRef("practitioner"), starts_on__lte=OuterRef("effective_on")))
        )
    counted = {
        "reliefs": Count("pk", filter=Q(kind=FactKind.POINTS_RELIEVED)),
        "points_relieved": Coalesce(Sum("points", filter=Q(kind=FactKind.POINTS_RELIEVED)), 0),
        "shortenings": Count("pk", filter=Q(kind=FactKind.PERIOD_SHORTENED)),
        "days_shortened": Coalesce(Sum("days", filter=Q(kind=FactKind.PERIOD_SHORTENED)), 0),
        "reregistrations": Count("pk", filter=Q(kind=FactKind.REREGISTERED)),
        "people": Count("practitioner", distinct=True),
    }
    found = rows.order_by().values(key=RELIEF_BY[by]).annotate(**counted, all=Count("pk"))
    return tabulated(by, found.order_by("-all", "key"), most)


# deadlines ------------------------------------------------------------------------------------------------------------

_REGION_OF_TASK = first("institution__region_id", "agency__region_id")
DEADLINES_BY: Mapping[str, Any] = {
    "task": F("kind"),
    **{by: tree(_REGION_OF_TASK, by) for by in PLACES},
    "agency": first("agency__code"),
    "institution": first("institution__code"),
    "month": TruncMonth("starts_on"),
}


def deadlines(seen: Scope, during: During, *, today: date, by: str, kind: str = "", most: int = MOST_LINES) -> Table:
    """Tasks whose clock began on these days, by one of DEADLINES_BY: how many were done in time, late, or are overdue.

    A talk is done on the day on which it was held. `took` is how long it was from the beginning until then, on average.
    """
    rows = Task.objects.exclude(state=Task.State.CANCELLED).filter(starts_on__range=(during.from_, during.until))
    if not seen.sees_everything:
        rows = rows.filter(Q(institution__in=seen.institutions()) | seen.in_regions("agency__region"))
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(institution__code=during.institution) if during.institution else rows
    done_on = Coalesce("held_on", TruncDate("closed_at", tzinfo=SHANGHAI), output_field=DateField())
    rows = rows.annotate(region=_REGION_OF_TASK, done_on=done_on).filter(region__startswith=during.prefix)
    done, open_ = Q(state=Task.State.DONE), Q(state=Task.State.OPEN)
    found = rows.order_by().values(key=DEADLINES_BY[by]).annotate(
        tasks=Count("pk"),
        done_in_time=Count("pk", filter=done & Q(done_on__lte=F("due_on"))),
        done_late=Count("pk", filter=done & Q(done_on__gt=F("due_on"))),
        lapsed=Count("pk", filter=Q(state=Task.State.LAPSED)),
        open=Count("pk", filter=open_),
        overdue=Count("pk", filter=open_ & Q(due_on__lt=today)),
        took=Avg(ExpressionWrapper(F("done_on") - F("starts_on"), DurationField()), filter=done),
    )  # fmt: skip
    return tabulated(by, found.order_by("-tasks", "key"), most)


# names ----------------------------------------------------------------------------------------------------------------


def tabulated(by: str, rows: Any, most: int, *, names: Mapping[str, str] | None = None) -> Table:
    """The rows, each with its `key` and its figures; `names` are what its keys are called, where that is known."""
    found: list[dict[str, Any]] = list(rows[: most + 1])
    names = names or names_of(by, [row["key"] for row in found[:most]])
    lines = (_line(row, names) for row in found[:most])
    return Table(by, tuple(lines), len(found) > most)


def _line(row: Mapping[str, Any], names: Mapping[str, str]) -> Line:
    key = _text(row["key"])
    figures = {name: value for name, value in row.items() if name not in {"key", "all"}}
    return Line(key, names.get(key, key), figures)


def _text(key: Any) -> str:
    return f"{key:%Y-%m}" if isinstance(key, date) else str(key)


def names_of(by: str, keys: Iterable[Any]) -> dict[str, str]:
    """What the keys are called in the language of the moment; at most one query."""
    wanted = [_text(key) for key in keys]
    if by in PLACES:
        return {region.code: region.name for region in Region.objects.filter(pk__in=wanted)}
    if by in {"institution", "agency"}:
        model: Any = Institution if by == "institution" else Agency
        return dict(model.objects.filter(code__in=wanted).values_list("code", "name"))
    if by == "situation":
        return _situations(wanted)
    if by == "specialty":
        return {NOT_KNOWN: _("unknown")}
    words: Mapping[str, Sequence[tuple[str, Any]]] = {
        "category": Category.choices,
        "grade": Grade.choices,
        "task": Task.Kind.choices,
    }
    return {code: str(text) for code, text in words.get(by, ())}


def _situations(codes: Iterable[str]) -> dict[str, str]:
    """As the latest national policy words them, else any other."""
    laws = sorted(policies().values(), key=lambda law: (law.region == NATIONAL and not law.draft, law.first_day))
    return {code: wording(law.situations[code]) for law in laws for code in codes if code in law.situations}
