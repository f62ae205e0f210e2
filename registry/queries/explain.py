"""The steps of the computation in words: what happened, what followed, by which provision, and how certain that is.

The computation returns codes and data (`registry.rules.course.Step`); here they become sentences in the language of the
moment. Nothing is computed again, so the words cannot disagree with the answer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registry.models import User
from registry.queries.wording import sentences
from registry.rules.compute import Standing
from registry.rules.course import Step
from registry.rules.periods import Period
from registry.rules.policy import Policies, Policy

CERTAINTIES: Mapping[str, str | Promise] = {
    "F": _("firm: stated by the national authority"),
    "L": _("local: differs by region, or reported"),
    "D": _("decided here: the sources are silent"),
}
LONG, MOST_SHOWN = 24, 12
"""Of what is longer than the one, only so many as the other are shown unless all is asked for: a career is shorter."""
WHOLE = "whole"
"""The parameter of a page that shows all of it."""

STATUSES: Mapping[str, str | Promise] = {
    "normal": _("normal"),
    "suspended": _("suspended"),
    "terminated": _("terminated"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number of the law comes from: policy, key of the value, wording of the provision, certainty (F, L, D)."""

    policy: str
    rule: str
    text: str
    certainty: str

    @property
    def certainty_words(self) -> str:
        """The certainty in words."""
        return str(CERTAINTIES[self.certainty])

    @property
    def beside(self) -> str:
        """The certainty as it stands beside the text: empty for what this register decided, whose text says so."""
        return "" if self.certainty == "D" else self.certainty_words

    @property
    def in_full(self) -> str:
        """The wording with its certainty, said once."""
        return f"{self.text} · {self.beside}" if self.beside else self.text


@dataclass(frozen=True, slots=True)
class Sentence:
    """One step in words, with the sources of every value it rests on; the first is the main one."""

    step: Step
    text: str
    sources: tuple[Source, ...]

    @property
    def source(self) -> Source:
        """The provision that the step rests on first."""
        return self.sources[0]


def most_shown(many: int, *, whole: bool) -> int | None:
    """How many of so many steps or events are shown; None for all of them."""
    return None if whole or many <= LONG else MOST_SHOWN


def telling(standing: Standing, *, whole: bool = False) -> tuple[Step, ...]:
    """The steps that say why the standing is what it is, in their order; all where `whole`, or where they are few.

    Of many they are the last, and of those further back the one that left the points of the year as they are and those
    that began and last changed the period of the day.
    """
    steps, most = standing.steps, most_shown(len(standing.steps), whole=whole)
    if most is None:
        return steps
    of_year = [step for step in steps if step.year == standing.on.year]
    of_period = _shaping(steps, standing.period) if standing.period else []
    needed = {step.id for step in (*of_year[-1:], *of_period[:1], *of_period[-1:])}
    return (*(step for step in steps[:-most] if step.id in needed), *steps[-most:])


def _shaping(steps: Iterable[Step], period: Period) -> list[Step]:
    """Those that made the period or shortened it."""
    behind = frozenset(period.because)
    shortened = ("bar_shortened", "suspension_shortened")
    return [step for step in steps if step.id in behind or (step.caused in shortened and step.from_ == period.from_)]


def in_words(step: Step, policies: Policies) -> Sentence:
    """The step as a sentence with its sources."""
    policy = policies[step.policy]
    text = _TEXTS[step.caused](step, policy)
    if step.revised_by:
        text = sentences([text, gettext("The points are those of a later revision.")])
    return Sentence(step, text, tuple(source_of(policy, rule) for rule in step.rules))


def source_of(policy: Policy, rule: str) -> Source:
    """The provision and certainty of one value of a policy, in the language of the moment."""
    return Source(policy.id, rule, wording(policy.provision(rule)), policy.value(rule).certainty)


def wording(texts: object) -> str:
    """The Chinese or the English of anything that has both as `zh` and `en`."""
    return str(getattr(texts, "zh" if (get_language() or "zh").startswith("zh") else "en"))


def title_of(policy: Policy) -> str:
    """The title of a policy in the language of the moment."""
    return policy.title["zh" if (get_language() or "zh").startswith("zh") else "en"]


def headline(standing: Standing) -> str:
    """The standing as one sentence: since when, and up to and including which day."""
    period = standing.period
    if standing.status == "suspended" and period and period.until:
        return _suspension(period.from_, period.until)
    if standing.status == "terminated" and period and period.barred_until:
        return _terminated(period, may_reregister=standing.may_reregister)
    return gettext("Normal: services are payable by the fund.")


def outlook(standing: Standing) -> str:
    """What happens next if nothing new is recorded; empty when nothing does."""
    if standing.status == "terminated":
        return gettext("A termination does not end by itself: the person must be registered again.")
    return sentences([*_end_of_suspension(standing), *_next_change(standing)])


def announcement(standing: Standing) -> str:
    """The suspensions that are decided but have not begun, as sentences; empty for none."""
    return sentences(_announced(standing))


def _to_come(standing: Standing) -> list[Period]:
    return [period for period in standing.periods if period.kind == "suspension" and period.from_ > standing.on]


def _announced(standing: Standing) -> list[str]:
    return [_suspension(period.from_, period.until) for period in _to_come(standing) if period.until]


def _suspension(start: date, until: date) -> str:
    words = gettext("Suspended from %(start)s up to and including %(last)s.")
    return words % {"start": day(start), "last": last_day(until)}


def _end_of_suspension(standing: Standing) -> list[str]:
    follows = any(period.from_ == standing.until for period in standing.periods)
    if standing.status != "suspended" or standing.until is None or follows:
        return []
    text = gettext("The suspension ends by itself: from %(day)s the standing is normal again.")
    return [text % {"day": day(standing.until)}]


def _next_change(standing: Standing) -> list[str]:
    change = standing.changes_on
    if change is None or change == standing.until:
        return []
    if any(period.from_ == change for period in _to_come(standing)) and change.year == standing.on.year:
        return []
    if (change.month, change.day) == (1, 1):
        return [gettext("From %(day)s the points of the new year are shown.") % {"day": day(change)}]
    return [
        gettext("By what is recorded already, the standing or the points change on %(day)s.") % {"day": day(change)}
    ]


def name_of(user: User) -> str:
    """The name of a user, family name first where it is written in Chinese; the user name where there is none."""
    family, given = user.last_name, user.first_name
    if any("\u4e00" <= letter <= "\u9fff" for letter in family + given):
        return f"{family}{given}"
    return user.get_full_name() or user.get_username()


def status_words(status: str) -> str:
    """The name of a standing."""
    return str(STATUSES[status])


def points_words(points: int) -> str:
    """A number of points with its noun."""
    return ngettext("%(points)s point", "%(points)s points", points) % {"points": points}


def months_words(months: int) -> str:
    """A number of months with its noun."""
    return ngettext("%(months)s month", "%(months)s months", months) % {"months": months}


def day(value: date) -> str:
    """A day as the language writes it."""
    return _day(value, get_language())


@lru_cache(maxsize=4096)
def _day(value: date, language: str | None) -> str:
    return date_format(value, "DATE_FORMAT")


def last_day(until: date) -> str:
    """The last day of a period of which `until` is the first day after."""
    return day(until if until == date.min else until - timedelta(days=1))


def _terminated(period: Period, *, may_reregister: bool) -> str:
    words = {"start": day(period.from_), "bar": day(period.barred_until or date.max)}
    if may_reregister:
        return gettext("Terminated since %(start)s; registration again has been possible since %(bar)s.") % words
    return gettext("Terminated since %(start)s; no registration before %(bar)s.") % words


def _data(step: Step, policy: Policy) -> dict[str, object]:
    return {
        "points": points_words(abs(step.points)),
        "total": step.total,
        "year": step.year,
        "suspend": policy.suspend_at,
        "terminate": policy.terminate_at,
        "start": day(step.from_) if step.from_ else "",
        "last": last_day(step.until) if step.until else "",
        "bar": day(step.barred_until) if step.barred_until else "",
        "months": months_words(step.months) if step.months else "",
    }


def _counted(step: Step, policy: Policy) -> str:
    return gettext("%(points)s, total of %(year)s: %(total)s. Below %(suspend)s, so the standing stays.") % _data(
        step, policy
    )


def _suspended(step: Step, policy: Policy) -> str:
    if step.rules[0] == "thresholds.each_of_two_years":
        text = gettext(
            "%(points)s, total of %(year)s: %(total)s. With the year beside it that suspends: for %(months)s, from %(start)s up to and including %(last)s."  # noqa: E501
        )
    else:
        text = gettext(
            "%(points)s, total of %(year)s: %(total)s. From %(suspend)s on a person is suspended: for %(months)s, from %(start)s up to and including %(last)s."  # noqa: E501
        )
    return text % _data(step, policy)


def _suspension_extended(step: Step, policy: Policy) -> str:
    return gettext(
        "%(points)s, total of %(year)s: %(total)s. Another suspension of %(months)s joins the one that has not ended: one period from %(start)s up to and including %(last)s."  # noqa: E501
    ) % _data(step, policy)


def _already_terminated(step: Step, policy: Policy) -> str:
    return gettext(
        "%(points)s, total of %(year)s: %(total)s. That would suspend, but the person is terminated already."
    ) % _data(step, policy)


def _terminated_by(step: Step, policy: Policy) -> str:
    if step.rules[-1] == "bars.single":
        text = gettext(
            "%(points)s in one entry: from %(terminate)s on a person is terminated. From %(start)s; barred from registration for %(months)s, until %(bar)s."  # noqa: E501
        )
    else:
        text = gettext(
            "%(points)s, total of %(year)s: %(total)s. From %(terminate)s on a person is terminated. From %(start)s; barred from registration for %(months)s, until %(bar)s."  # noqa: E501
        )
    return text % _data(step, policy)


def _termination_extended(step: Step, policy: Policy) -> str:
    return gettext(
        "%(points)s, total of %(year)s: %(total)s, while terminated since %(start)s. The bar now runs until %(bar)s."
    ) % _data(step, policy)


def _relieved(step: Step, policy: Policy) -> str:
    return gettext(
        "Relief: %(points)s fewer, total of %(year)s: %(total)s. A sanction that has begun is not undone by it."
    ) % _data(step, policy)


def _bar_shortened(step: Step, policy: Policy) -> str:
    return gettext("The bar is shortened: registration again is possible from %(bar)s.") % _data(step, policy)


def _suspension_shortened(step: Step, policy: Policy) -> str:
    return gettext("The suspension from %(start)s is shortened: it lasts up to and including %(last)s.") % _data(
        step, policy
    )


def _suspension_dropped(step: Step, policy: Policy) -> str:
    return gettext("The suspension that was to begin on %(start)s is dropped: the shortening leaves no day of it.") % (
        _data(step, policy)
    )


def _nothing_to_shorten(step: Step, policy: Policy) -> str:
    return gettext("A shortening was recorded, but no bar and no suspension was running: nothing changes.")


def _reregistered(step: Step, policy: Policy) -> str:
    return gettext("Registered again after the bar: normal from %(day)s.") % {"day": day(step.on)}


def _not_terminated(step: Step, policy: Policy) -> str:
    return gettext("A re-registration was recorded, but the person was not terminated: it is ignored as an error.")


def _still_barred(step: Step, policy: Policy) -> str:
    return gettext("A re-registration was recorded while the bar runs until %(bar)s: it is ignored as an error.") % (
        _data(step, policy)
    )


_TEXTS: Mapping[str, Callable[[Step, Policy], str]] = {
    "counted": _counted,
    "suspended": _suspended,
    "suspension_extended": _suspension_extended,
    "already_terminated": _already_terminated,
    "terminated": _terminated_by,
    "termination_extended": _termination_extended,
    "relieved": _relieved,
    "bar_shortened": _bar_shortened,
    "suspension_shortened": _suspension_shortened,
    "suspension_dropped": _suspension_dropped,
    "nothing_to_shorten": _nothing_to_shorten,
    "reregistered": _reregistered,
    "not_terminated": _not_terminated,
    "still_barred": _still_barred,
}
