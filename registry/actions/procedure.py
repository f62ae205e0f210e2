"""Moving a procedure on: the transition, the row and its history, and the step that nobody edits afterwards."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.ledger.days import shanghai_day
from registry.ledger.sheaf import Sheaf
from registry.ledger.statements import Compiled
from registry.models import Agency, Authority, Case, Institution, Practitioner, ProcedureStep, User
from registry.rules.procedure import NotPossible, Procedure

Capacity = ProcedureStep.Capacity


class Moving(Protocol):
    """A row that a procedure moves."""

    uuid: UUID
    state: Any


Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, in which capacity, for whom; `second` is the other person of an act that needs two."""

    by: User | None
    role: ProcedureStep.Capacity
    agency: Agency | None = None
    institution: Institution | None = None
    authority: Authority | None = None
    second: User | None = None


CLOCK = Acting(None, Capacity.CLOCK)
"""What happens because a day came."""


def for_agency(by: User | None, agency: Agency, second: User | None = None) -> Acting:
    """An officer of the agency."""
    return Acting(by, Capacity.AGENCY, agency=agency, second=second)


def for_institution(by: User | None, institution: Institution) -> Acting:
    """A compliance officer of the institution."""
    return Acting(by, Capacity.INSTITUTION, institution=institution)


def for_authority(by: User | None, authority: Authority) -> Acting:
    """An officer of the authority, whichever its kind."""
    return Acting(by, Capacity.AUTHORITY, authority=authority)


def for_practitioner(by: User | None = None) -> Acting:
    """The practitioner; `by` is the account, where there is one."""
    return Acting(by, Capacity.PRACTITIONER)


def for_expert(by: User | None) -> Acting:
    """A medical expert."""
    return Acting(by, Capacity.EXPERT)


def locked(row: Row, *related: str) -> Row:
    """The row as it stands now, locked until the end of the transaction. People are locked before, in order of id.

    `related` rows are read with it, and not locked.
    """
    model: Any = type(row)
    found: list[Row] = _locking(model, related)(row.pk)
    if not found:
        raise model.DoesNotExist(f"{model.__name__} {row.pk} is not there any more")
    return found[0]


@cache
def _locking(model: type[Row], related: tuple[str, ...]) -> Compiled[Row]:
    rows = model._default_manager.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related(*related) if related else rows
    return Compiled(lambda pk: rows.filter(pk=pk).order_by())


def require_possible(procedure: Procedure, row: Any, act: str) -> str:
    """The state after the act. Raises Refused where the row's state does not allow it."""
    try:
        return procedure.after(row.state, act)
    except NotPossible:
        raise not_possible_now(row) from None


def not_possible_now(row: Any) -> Refused:
    """How an act is refused that the state of the row does not allow."""
    return Refused(
        "not_possible_now",
        _("This is not possible in the state “%(state)s”. Look at what stands now and choose another act.")
        % {"state": row.get_state_display()},
        field="state",
        value=str(row.state),
    )


def begin(
    procedure: Procedure,
    row: Any,
    *,
    act: str,
    acting: Acting,
    now: datetime,
    case: Case | None = None,
    practitioner: Practitioner | None = None,
    grounds: str = "",
    document_number: str = "",
) -> None:
    """Save a new row in the state it begins in, with its first step."""
    assert row.state in procedure.starts
    keep(row, by=acting.by, now=now)
    _step(procedure, row, act, "", acting, now, case, practitioner, grounds, document_number).save(force_insert=True)


def advance(
    procedure: Procedure,
    row: Any,
    act: str,
    *,
    acting: Acting,
    now: datetime,
    case: Case | None = None,
    practitioner: Practitioner | None = None,
    grounds: str = "",
    document_number: str = "",
    into: Sheaf | None = None,
    **changes: Any,
) -> None:
    """Do `act` on the locked `row`: its next state, the `changes` of its fields, its history and its step.

    All in one statement; `into` a sheaf, when the caller writes it, having changed nothing else of the row. Raises
    Refused where the state does not allow the act.
    """
    sheaf = Sheaf() if into is None else into
    after, before = require_possible(procedure, row, act), str(row.state)
    row.state = after
    for field, value in changes.items():
        setattr(row, field, value)
    sheaf.change(row, None if into is None else ("state", *changes), by=acting.by, now=now)
    sheaf.add(_step(procedure, row, act, before, acting, now, case, practitioner, grounds, document_number))
    if into is None:
        sheaf.write()


def _step(
    procedure: Procedure,
    row: Moving,
    act: str,
    before: str,
    acting: Acting,
    now: datetime,
    case: Case | None,
    practitioner: Practitioner | None,
    grounds: str,
    document_number: str,
) -> ProcedureStep:
    return ProcedureStep(
        procedure=procedure.name,
        subject=row.uuid,
        act=act,
        state_before=before,
        state_after=str(row.state),
        case_id=_id(case),
        practitioner_id=_id(practitioner),
        actor_id=_id(acting.by),
        second_id=_id(acting.second),
        role=acting.role,
        agency_id=_id(acting.agency),
        institution_id=_id(acting.institution),
        authority_id=_id(acting.authority),
        on_day=shanghai_day(now),
        recorded_at=now,
        grounds=grounds,
        document_number=document_number,
    )


def _id(row: models.Model | None) -> Any:
    return row.pk if row else None
