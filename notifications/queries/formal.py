"""A notice as a formal letter: to whom, what happened, by which provision, what can be done until when, who decided.

It says what the page of the notice says, and the law behind it as far as the reader sees the file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from notifications.models import Event, Kind, Notice
from notifications.queries.inbox import corrected_by, corrects
from notifications.queries.printed import check_url, number_of, picture_of
from notifications.queries.saying import Line, lines_of, recipient_name, sentence_of, title_of
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.reading import facts_of
from registry.models import Agency, Fact, PointsEntry, StandingChange, Task
from registry.queries.entries import present_of
from registry.queries.explain import Sentence, Source, day, in_words, source_of
from registry.rules.compute import Standing, standing

Words = str | Promise

_APPEALABLE = frozenset(
    {
        Kind.POINTS_RECORDED,
        Kind.SUSPENDED,
        Kind.TERMINATED,
        Kind.SUSPENSION_BEGAN,
        Kind.ENTRY_REVISED,
        Kind.PERIOD_SHORTENED,
        Kind.POINTS_RELIEVED,
    }
)
"""What leaves points or a sanction standing."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What can be done, and the provision of its time where one names it."""

    text: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Formal:
    """The letter. `happened_on` is None where a line names that day already."""

    notice: Notice
    number: str
    made_on: date
    happened_on: date | None
    url: str
    picture: str
    heading: Words
    to: str
    title: str
    sentence: str
    lines: tuple[Line, ...]
    steps: tuple[Sentence, ...]
    sources: tuple[Source, ...]
    remedies: tuple[Remedy, ...]
    agency: Agency | None
    corrects: tuple[tuple[str, date], ...]
    corrected_by: tuple[tuple[str, date], ...]


def formal(notice: Notice, *, reached_at: str) -> Formal:
    """The letter of a notice that came with everything (`inbox.with_everything`); `reached_at` is the address under
    which its reader reached the register.
    """
    event = notice.event
    behind = _Behind.of(event.change) if event.change else None
    steps = behind.steps if behind else ()
    task = event.deadline or event.missed
    url = check_url(notice, reached_at)
    return Formal(
        notice=notice,
        number=number_of(notice),
        made_on=shanghai_day(notice.made_at),
        happened_on=_happened_on(event),
        url=url,
        picture=picture_of(url),
        heading=_("Notice to the person") if notice.practitioner_id else _("Notification"),
        to=recipient_name(notice),
        title=title_of(event),
        sentence=sentence_of(event),
        lines=(*_situation(behind), *lines_of(event)),
        steps=steps,
        sources=_each_once([*_of_situation(behind), *(source for step in steps for source in step.sources)]),
        remedies=tuple(_of_task(task) if task else _of_change(notice, steps)),
        agency=_deciding(notice, behind, task),
        corrects=_numbered(corrects(notice)),
        corrected_by=_numbered(corrected_by(notice)),
    )


def _happened_on(event: Event) -> date | None:
    """The day on which it happened, unless that is the day of the change or of the step."""
    happened = shanghai_day(event.occurred_at)
    told = event.change or event.step
    return None if told and told.on_day == happened else happened


@dataclass(frozen=True, slots=True)
class _Behind:
    """What is behind a change of standing: the fact, the entry that it is about, and the steps that it took."""

    fact: Fact | None
    entry: PointsEntry | None
    steps: tuple[Sentence, ...]

    @classmethod
    def of(cls, change: StandingChange) -> "_Behind":
        at = change.recorded_at
        known = [each for each in facts_of(change.practitioner, known=at) if each.recorded_at <= at]
        found = standing(known, change.on_day, policies(), known=at)
        fact = change.fact or _behind_day(change, found)
        if fact is None:
            return cls(None, None, ())
        scored = fact.entry or fact
        ids = {str(fact.origin_id), str(scored.origin_id)}
        steps = tuple(in_words(step, policies()) for step in found.steps if step.id in ids)
        return cls(fact, PointsEntry.objects.filter(fact=scored).first(), steps)


def _behind_day(change: StandingChange, found: Standing) -> Fact | None:
    """The last fact that brought about the period that begins or ends with the day."""
    for period in found.periods:
        if period.because and change.edge.startswith(f"{period.kind}:{period.from_.isoformat()}"):
            every = Fact.objects.select_related("agency", "entry")
            return every.filter(origin_id=period.because[-1], practitioner=change.practitioner_id).first()
    return None


def _situation(behind: _Behind | None) -> Iterator[Line]:
    if behind and behind.entry:
        yield Line(_("Situation"), f"{behind.entry.situation} {present_of(behind.entry).situation_words}")


def _of_situation(behind: _Behind | None) -> Iterator[Source]:
    source = present_of(behind.entry).source if behind and behind.entry else None
    if source:
        yield source


def _each_once(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Each wording once: several values of the law may stand in one provision."""
    return tuple({(source.text, source.certainty): source for source in sources}.values())


def _deciding(notice: Notice, behind: _Behind | None, task: Task | None) -> Agency | None:
    if behind:
        return behind.fact.agency if behind.fact else None
    step = notice.event.step
    return step.agency if step else task.agency if task else None


def _numbered(notices: Iterable[Notice]) -> tuple[tuple[str, date], ...]:
    return tuple((number_of(each), shanghai_day(each.made_at)) for each in notices)


# what can be done -----------------------------------------------------------------------------------------------------


def _of_change(notice: Notice, steps: Iterable[Sentence]) -> Iterator[Remedy]:
    if notice.event.kind not in _APPEALABLE:
        return
    if notice.practitioner_id is None:
        yield Remedy(gettext("The person may appeal. Whoever was told of what is then otherwise is told of it again."))
        return
    yield Remedy(
        gettext(
            "You may appeal against it on the portal, in writing with the agency, or through your institution. No"
            " provision names a last day."
        )
    )
    if not any(each.step.single and each.step.barred_until for each in steps):  # a bar for one entry is never shortened
        yield Remedy(gettext("Whoever actively makes good may apply for relief of points or for a shorter period."))


def _of_task(task: Task) -> Iterator[Remedy]:
    objecting, running = task.kind == Task.Kind.OBJECT, task.state == Task.State.OPEN
    source = source_of(policies()[task.policy], f"clocks.{task.clock}")
    yield Remedy(_window(task, objecting=objecting, running=running), source)
    if objecting and running:
        yield Remedy(gettext("An objection names each point that is disputed, with reasons and evidence."))
    if objecting and (running or task.state == Task.State.LAPSED):
        yield Remedy(gettext("What comes later is looked at only where there was a good cause."))


def _window(task: Task, *, objecting: bool, running: bool) -> str:
    told = {"days": _days(task), "from": day(task.starts_on), "due": day(task.due_on) if task.due_on else ""}
    if not running:
        return gettext("This ended: %(state)s. It ran %(days)s, counted from the day after %(from)s.") % {
            **told,
            "state": task.get_state_display(),
        }
    if not task.due_on:
        return gettext("%(days)s, counted from the day after %(from)s. The last day is not computable yet.") % told
    if objecting:
        return (
            gettext(
                "You may state your view or object until %(due)s, 24:00 in Shanghai: %(days)s, counted from the day"
                " after %(from)s."
            )
            % told
        )
    return (
        gettext("It has to be done until %(due)s, 24:00 in Shanghai: %(days)s, counted from the day after %(from)s.")
        % told
    )


def _days(task: Task) -> str:
    days = task.working_days
    return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}
