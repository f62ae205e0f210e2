"""The person asks an institution to countersign, and the institution says that it does not.

Neither delays anything: the objection is filed before, and goes on whatever is answered, or when nothing is.
"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from appeals.actions.moving import held, move
from appeals.models import Objection
from appeals.queries.countersigning import could_countersign
from registry.actions.errors import Refused
from registry.actions.procedure import for_institution, for_practitioner
from registry.actions.requirements import required
from registry.ledger.days import shanghai_day
from registry.models import Institution, User
from registry.queries.own_file import holds

LONGEST_REASON = 500


def ask_countersignature(*, objection: Objection, institution: Institution, by: User, now: datetime) -> Objection:
    """Whoever the file is about asks an institution to countersign what is filed; asking it again is asking it once.

    Raises Refused for anybody else, for an institution where the person is not registered today, where another was
    asked or somebody has countersigned, and for an objection that is closed.
    """
    with held(objection) as (row, person):
        today = shanghai_day(now)
        if not holds(by, person.members, today):
            raise Refused("not_your_objection", _("Only whoever objected asks for a countersignature."))
        if row.countersignature_asked_of_id == institution.pk:
            return row
        if institution not in could_countersign(person.members, row.case_id, today):
            raise Refused(
                "not_registered_there",
                _("You are not registered at %(place)s today. Ask an institution where you are.")
                % {"place": institution.name},
                field="institution",
                value=institution.code,
            )
        _require_unsigned(row)
        if row.countersignature_asked_of is not None:
            raise Refused(
                "another_asked",
                _("%(place)s was asked already; one institution is asked for each objection.")
                % {"place": row.countersignature_asked_of.name},
                field="institution",
                value=row.countersignature_asked_of.code,
            )
        asked = {"countersignature_asked_at": now, "countersignature_asked_of": institution}
        acting = for_practitioner(by)
        move(row, "ask_countersignature", acting=acting, now=now, grounds=institution.name, **asked)
        return row


def decline_countersignature(
    *, objection: Objection, institution: Institution, reason: str, by: User, now: datetime
) -> Objection:
    """The institution that was asked does not countersign, with a reason of 1–500 characters that the person reads.

    It answers once; a second answer changes nothing. It may still countersign later. Raises Refused for an institution
    that was not asked, where somebody has countersigned, and for an objection that is closed.
    """
    reason = required(reason, field="reason", most=LONGEST_REASON)
    with held(objection) as (row, _person):
        if row.countersignature_asked_of_id != institution.pk:
            raise Refused(
                "not_asked",
                _("%(place)s was not asked to countersign %(number)s, so it has nothing to answer.")
                % {"place": institution.name, "number": row.number},
                field="institution",
                value=institution.code,
            )
        if row.countersignature_declined_at is not None:
            return row
        _require_unsigned(row)
        declined = {"countersignature_declined_at": now, "countersignature_declined_by": by}
        acting = for_institution(by, institution)
        move(row, "decline_countersignature", acting=acting, now=now, grounds=reason, **declined)
        return row


def _require_unsigned(objection: Objection) -> None:
    if objection.countersigned_at is not None:
        raise Refused(
            "countersigned_already",
            _("%(number)s is countersigned already. Nothing more is needed.") % {"number": objection.number},
            field="objection",
            value=objection.number,
        )
