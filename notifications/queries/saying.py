"""What a notice says, in words: what happened, since when and until when, and by whose decision."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.queries import applications, objections
from notifications.models import Event, Kind, Notice
from registry.models import ProcedureStep, StandingChange, Task
from registry.models.ledger import FactKind
from registry.queries.explain import day, last_day, points_words, status_words
from registry.queries.wording import sentences

Words = str | Promise

_HAPPENED: Mapping[str, Words] = {
    "suspension.began": _("A suspension that was decided earlier has begun."),
    "suspension.ended": _("The suspension is over."),
    "bar.over": _("The bar is over: the person may be registered again."),
    "files.merged": _("Two files of one person were joined, or parted again."),
    "standing.restored": _("The person is registered again."),
    "entry.annulled": _("A points entry was annulled: it counts as if it had never been made."),
    "endpoint.test": _("This is a test of the connection and is about nobody."),
}
_STEPS: Mapping[str, Mapping[str, Words]] = {"objection": objections.ACTS, "application": applications.ACTS}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of what is said more closely: what it is, and what it says."""

    label: Words
    text: str


def title_of(event: Event) -> str:
    """What happened, in a few words."""
    return str(capfirst(event.get_kind_display()))


def sentence_of(event: Event) -> str:
    """What happened, as whole sentences; only the title again where the reader may know no more."""
    if event.change:
        return sentences(_of_change(event.kind, event.change))
    if event.step:
        return sentences(_of_step(event.step))
    if task := event.deadline or event.missed:
        return sentences(_of_task(task, missed=event.missed is not None))
    return str(_HAPPENED.get(event.kind, "")) or gettext("%(what)s.") % {"what": title_of(event)}


def lines_of(event: Event) -> list[Line]:
    """What is said more closely."""
    if event.change:
        return list(_lines_of_change(event.change))
    if event.step:
        return list(_lines_of_step(event.step))
    if task := event.deadline or event.missed:
        return list(_lines_of_task(task))
    return []


def recipient_name(notice: Notice) -> str:
    """Whom the notice tells, by name."""
    body = notice.institution or notice.agency or notice.authority or notice.practitioner
    return str(body.name if body else notice.region)


# changes of standing --------------------------------------------------------------------------------------------------


def _of_change(kind: str, change: StandingChange) -> Iterator[str]:
    if kind in _HAPPENED:
        yield str(_HAPPENED[kind])
    elif change.fact:
        yield from _of_fact(kind, change)
    yield _standing_after(change)
    if change.points_before != change.points_after:
        numbers = {"before": change.points_before, "after": change.points_after}
        yield gettext("Points of the year: %(before)s before, %(after)s now.") % numbers


def _of_fact(kind: str, change: StandingChange) -> Iterator[str]:
    assert change.fact is not None  # the caller asked
    words: Mapping[str, Callable[[], str]] = {
        FactKind.POINTS_SCORED: lambda: gettext("%(points)s recorded."),
        FactKind.ENTRY_REVISED: lambda: gettext("A points entry was lowered to %(points)s."),
        FactKind.POINTS_RELIEVED: lambda: gettext("Relief of %(points)s was granted."),
        FactKind.PERIOD_SHORTENED: lambda: gettext("The period was shortened."),
    }
    if change.fact.kind in words:
        yield words[FactKind(change.fact.kind)]() % {"points": points_words(change.fact.points or 0)}
    if kind == Kind.SUSPENDED and change.status_after == "normal":
        yield gettext("A suspension was decided; it has not begun on that day.")


def _standing_after(change: StandingChange) -> str:
    status, until = change.status_after, change.until_after
    if status == "suspended" and until:
        return gettext("Suspended up to and including %(day)s.") % {"day": last_day(until)}
    if status == "terminated" and until:
        return gettext("Terminated; no registration before %(day)s.") % {"day": day(until)}
    return gettext("Standing on %(day)s: %(status)s.") % {"day": day(change.on_day), "status": status_words(status)}


def _lines_of_change(change: StandingChange) -> Iterator[Line]:
    yield Line(_("Counts from"), day(change.on_day))
    yield Line(_("Standing before"), _standing(change.status_before, change.until_before))
    yield Line(_("Standing after"), _standing(change.status_after, change.until_after))
    yield Line(_("Points of the year"), f"{change.points_before} → {change.points_after}")
    if change.fact and change.fact.agency:
        yield Line(_("Deciding agency"), change.fact.agency.name)
    if change.fact and change.fact.document_number:
        yield Line(_("Document"), change.fact.document_number)


def _standing(status: str, until: date | None) -> str:
    words = str(capfirst(status_words(status)))
    if until is None or status == "normal":
        return words
    if status == "suspended":
        return gettext("%(status)s, up to and including %(day)s") % {"status": words, "day": last_day(until)}
    return gettext("%(status)s, barred until %(day)s") % {"status": words, "day": day(until)}


# procedures and deadlines ---------------------------------------------------------------------------------------------


def _of_step(step: ProcedureStep) -> Iterator[str]:
    done = _STEPS.get(step.procedure, {}).get(step.act, step.act)
    yield gettext("%(what)s on %(day)s.") % {"what": done, "day": day(step.on_day)}


def _lines_of_step(step: ProcedureStep) -> Iterator[Line]:
    yield Line(_("Day"), day(step.on_day))
    if step.agency:
        yield Line(_("Agency"), step.agency.name)
    if step.document_number:
        yield Line(_("Document"), step.document_number)


def _of_task(task: Task, *, missed: bool) -> Iterator[str]:
    told = {"task": capfirst(task.get_kind_display()), "day": day(task.due_on) if task.due_on else ""}
    if missed:
        yield gettext("%(task)s: this was due on %(day)s and was not done by then.") % told
    else:
        yield gettext("%(task)s: until the end of %(day)s.") % told
    if task.state != Task.State.OPEN:
        yield gettext("By now: %(state)s.") % {"state": task.get_state_display()}


def _lines_of_task(task: Task) -> Iterator[Line]:
    yield Line(_("Who must act"), str(capfirst(task.get_holder_display())))
    if task.due_on:
        yield Line(_("Due on"), day(task.due_on))
    yield Line(_("State now"), str(capfirst(task.get_state_display())))
    if task.agency:
        yield Line(_("Agency"), task.agency.name)
