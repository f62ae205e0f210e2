"""Deliberation: experts are called, sign in favour or against with their reasons, and are replaced when silent.

Called are at least as many as must be in favour, at most so many that those in favour are the majority. So with two
signatures needed, two or three are called: two in favour lead on to the decision, two against to a refusal, and one
each calls for a third.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from appeals.actions.applications import owe, refuse, require_agency
from appeals.models import Application, Expert, Opinion
from appeals.queries.deliberators import reasons_against_deliberating
from appeals.queries.panels import REASONS
from appeals.queries.remediation import signatures_needed
from appeals.rules.procedures import APPLICATION
from registry.actions.errors import Refused
from registry.actions.one_by_one import one_by_one
from registry.actions.procedure import CLOCK, Acting, advance, for_expert, locked, require_possible
from registry.actions.requirements import required
from registry.actions.silence import ON_ITS_WAY
from registry.actions.tasks import close_tasks, open_task, overdue, whose
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import lock
from registry.models import Task, User
from registry.queries.explain import day
from registry.queries.wording import listed
from registry.rules.clocks import closes_at


def convene(*, application: Application, experts: Sequence[Expert], acting: Acting, now: datetime) -> Application:
    """Call experts to deliberate: uninvolved, without conflict, from another institution, with an account.

    Later calls replace those who were silent or stood aside, or add one where the opinions are divided.
    """
    experts = sorted(set(experts), key=lambda expert: expert.pk)
    today = shanghai_day(now)
    with transaction.atomic():
        lock(application.practitioner)
        application = locked(application)
        require_agency(application, acting)
        require_possible(APPLICATION, application, "convene")
        _require_number(application, experts)
        _require_suitable(application, experts, today)
        advance(
            APPLICATION,
            application,
            "convene",
            acting=acting,
            now=now,
            practitioner=application.practitioner,
            grounds=listed(expert.name for expert in experts),
        )
        for expert in experts:
            _ask(application, expert, today, now)
        close_tasks(application.uuid, kinds=[Task.Kind.CONVENE], now=now, by=acting.by)
        return application


def sign_opinion(*, application: Application, in_favour: bool, reasons: str, by: User, now: datetime) -> Opinion:
    """One of the experts called signs, once; the same opinion twice is one.

    With enough in favour the agency has to decide; with so many against that they can no longer be reached, the
    application is refused for the reasons of those against.
    """
    reasons = required(reasons, field="reasons")
    with transaction.atomic():
        lock(application.practitioner)
        application = locked(application)
        signed = Opinion.objects.filter(application=application, expert__user=by).first()
        if signed is not None:
            return _same(signed, in_favour, reasons)
        task = _asked(application, by)
        advance(
            APPLICATION,
            application,
            "sign",
            acting=for_expert(by),
            now=now,
            practitioner=application.practitioner,
            grounds=reasons,
        )
        opinion = Opinion.objects.create(
            application=application,
            expert=Expert.objects.get(user=by),
            in_favour=in_favour,
            reasons=reasons,
            signed_at=now,
        )
        _close(task, Task.State.DONE, now=now, by=by)
        _settle(application, for_expert(by), now)
        return opinion


def stand_aside(*, application: Application, reason: str, by: User, now: datetime) -> Application:
    """An expert who was called stands aside, as for a conflict; the agency has to call another."""
    reason = required(reason)
    with transaction.atomic():
        lock(application.practitioner)
        application = locked(application)
        task = _asked(application, by)
        _release(application, task, Task.State.CANCELLED, reason, for_expert(by), now)
        return application


def replace_silent_deliberators(*, now: datetime) -> int:
    """Let the calls of silent experts lapse; the agency has to call others. How many there were. Raises SomeFailed."""
    found = overdue(shanghai_day(now), Task.Kind.DELIBERATE)
    return one_by_one("silent_deliberators", found, lambda task: _lapse_if_silent(task, now), of=whose)


def _lapse_if_silent(task: Task, now: datetime) -> bool:
    """An opinion that was signed in time may still be on its way; a corrected calendar may have moved the due day."""
    assert task.due_on is not None  # what is overdue has a due day
    if now < closes_at(task.due_on) + ON_ITS_WAY:
        return False
    with transaction.atomic():
        asked = Application.objects.select_related("practitioner").get(uuid=task.subject)
        lock(asked.practitioner)
        application = locked(asked)
        if not _calls(application).filter(pk=task.pk, state=Task.State.OPEN, due_on=task.due_on).exists():
            return False
        _release(application, task, Task.State.LAPSED, "", CLOCK, now)
        return True


def most_called(application: Application) -> int:
    """How many may sign or be asked to at once, so that enough in favour are the majority."""
    return 2 * signatures_needed(application) - 1


def _ask(application: Application, expert: Expert, today: date, now: datetime) -> None:
    open_task(
        kind=Task.Kind.DELIBERATE,
        holder=Task.Holder.EXPERT,
        user=expert.user,
        practitioner=application.practitioner,
        subject=application.uuid,
        policy=policies()[application.policy],
        clock="deliberation",
        starts_on=today,
        now=now,
    )


def _asked(application: Application, by: User) -> Task:
    task = _calls(application).filter(user=by, state=Task.State.OPEN).first()
    if task is None:
        raise Refused(
            "not_asked_to_deliberate",
            _("You are not asked for an opinion on %(number)s, or no longer.") % {"number": application.number},
            field="application",
            value=application.number,
        )
    return task


def _release(
    application: Application, task: Task, state: Task.State, reason: str, acting: Acting, now: datetime
) -> None:
    _close(task, state, now=now, by=acting.by, result=reason)
    advance(
        APPLICATION,
        application,
        "release",
        acting=acting,
        now=now,
        practitioner=application.practitioner,
        grounds=reason,
    )
    owe(application, Task.Kind.CONVENE, "assignment", now=now)


def _close(task: Task, state: Task.State, *, now: datetime, by: User | None, result: str = "") -> None:
    Task.objects.filter(pk=task.pk).update(state=state, closed_at=now, closed_by=by, result=result)


def _settle(application: Application, acting: Acting, now: datetime) -> None:
    """Lead on as soon as the outcome is certain; where all have signed and it is not, another expert is needed."""
    needed = signatures_needed(application)
    opinions = list(application.opinions.order_by("id"))
    favourable = sum(opinion.in_favour for opinion in opinions)
    if favourable >= needed:
        advance(APPLICATION, application, "conclude", acting=acting, now=now, practitioner=application.practitioner)
        close_tasks(application.uuid, now=now, by=acting.by, state=Task.State.CANCELLED)
        owe(application, Task.Kind.GRANT, "decision", now=now)
    elif len(opinions) - favourable >= needed:
        against = "\n".join(opinion.reasons for opinion in opinions if not opinion.in_favour)
        refuse(application, against, acting=acting, now=now)
    elif not _calls(application).filter(state=Task.State.OPEN).exists():
        owe(application, Task.Kind.CONVENE, "assignment", now=now)


def _calls(application: Application) -> QuerySet[Task]:
    return Task.objects.filter(kind=Task.Kind.DELIBERATE, subject=application.uuid)


def _same(signed: Opinion, in_favour: bool, reasons: str) -> Opinion:
    if (signed.in_favour, signed.reasons) != (in_favour, reasons):
        raise Refused(
            "already_signed",
            _("You signed your opinion on %(day)s; it stays as it is.") % {"day": day(shanghai_day(signed.signed_at))},
            field="reasons",
        )
    return signed


def _require_number(application: Application, experts: Sequence[Expert]) -> None:
    needed, most = signatures_needed(application), most_called(application)
    asked = _calls(application).filter(state=Task.State.OPEN).count() + application.opinions.count()
    if not (experts and needed <= asked + len(experts) <= most):
        raise Refused(
            "deliberators_too_few_or_many",
            _(
                "%(needed)s signatures in favour are needed, so %(needed)s to %(most)s experts deliberate;"
                " %(asked)s are called or have signed already, and %(more)s were chosen."
            )
            % {"needed": needed, "most": most, "asked": asked, "more": len(experts)},
            field="experts",
            value=len(experts),
        )


def _require_suitable(application: Application, experts: Sequence[Expert], today: date) -> None:
    called = set(_calls(application).values_list("user_id", flat=True))
    against = reasons_against_deliberating(experts, application, today)
    for expert in experts:
        words = [str(REASONS[code]) for code in against[expert.pk]]
        if not expert.active or expert.user is None or not expert.user.is_active:
            words.append(str(_("left the pool or has no open account")))
        if expert.user_id in called:
            words.append(str(_("was called to this application before")))
        if words:
            raise Refused(
                "expert_excluded",
                _("%(expert)s cannot deliberate: %(why)s. Choose somebody else.")
                % {"expert": expert.name, "why": listed(words)},
                field="experts",
                value=expert.name,
            )
