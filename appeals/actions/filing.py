"""How an objection or an appeal comes in: by the practitioner, by the institution on their behalf, or on paper."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appeals.models import Objection
from registry.actions.errors import Refused
from registry.actions.procedure import Acting, for_agency, for_institution, for_practitioner
from registry.actions.requirements import require_choice, required
from registry.ledger.days import SHANGHAI, shanghai_day
from registry.ledger.writing import LockedPerson
from registry.models import Agency, Institution, Registration, StoredFile, User
from registry.queries.explain import day

Via = Objection.Via


@dataclass(frozen=True, kw_only=True, slots=True)
class Filing:
    """Who hands something in, in which way.

    The institution needs the `signature` of the person. Paper counts from the day on which the agency received it,
    which the officer who takes it in names as `received_on`; None is today. What was prepared here before
    has its `uuid` already.
    """

    via: str
    by: User | None
    now: datetime
    institution: Institution | None = None
    signature: StoredFile | None = None
    received_on: date | None = None
    uuid: UUID | None = None

    @property
    def on(self) -> date:
        """The day on which it was handed in."""
        return self.received_on or shanghai_day(self.now)

    @property
    def handed_in_at(self) -> datetime:
        """The instant that decides whether it is in time; of paper the day alone is known, and that decides."""
        return datetime.combine(self.received_on, time(), SHANGHAI) if self.received_on else self.now

    def acting(self, agency: Agency) -> Acting:
        """In which capacity the filing is made."""
        if self.via == Via.PAPER:
            return for_agency(self.by, agency)
        if self.institution is not None:
            return for_institution(self.by, self.institution)
        return for_practitioner(self.by)

    def fields(self) -> dict[str, object]:
        """The fields of an objection that say how it came in."""
        institution = self.via == Via.INSTITUTION
        return {
            **({"uuid": self.uuid} if self.uuid else {}),
            "via": self.via,
            "institution": self.institution,
            "signature": self.signature,
            "filed_at": self.now,
            "filed_by": self.by,
            "paper_received_on": self.on if self.via == Via.PAPER else None,
            "countersigned_at": self.now if institution else None,
            "countersigned_by": self.by if institution else None,
        }


def check_filing(filing: Filing, person: LockedPerson, *, not_before: date | None) -> None:
    """Refuse a filing that lacks what its way needs, or that is dated before what it answers (`not_before`)."""
    require_choice("via", filing.via, Via.values)
    if filing.via == Via.INSTITUTION:
        if filing.institution is None:
            raise Refused(
                "institution_missing", _("Name the institution that files for the person."), field="institution"
            )
        require_registered(person, filing.institution)
        if filing.signature is None:
            raise Refused(
                "signature_missing",
                _("An institution files on the person's behalf only with the person's signature. Add the signed page."),
                field="signature",
            )
    elif filing.institution is not None:
        raise ValueError("only an institution files as an institution")
    _check_day(filing, not_before)


def require_registered(person: LockedPerson, institution: Institution) -> None:
    """Refuse an institution where the person is not registered and never was."""
    rows = Registration.objects.filter(practitioner__in=person.members, superseded_at=None)
    if not rows.filter(institution=institution).exists():
        raise Refused(
            "not_registered_there",
            _("The person was never registered at %(place)s, so it cannot act in this. The person can file directly.")
            % {"place": institution.name},
            field="institution",
            value=institution.code,
        )


def optional(text: str, *, field: str) -> str:
    """A text that may be empty, without stray spaces. Raises Refused for one that is too long."""
    return required(text, field=field) if text.strip() else ""


def _check_day(filing: Filing, not_before: date | None) -> None:
    if filing.received_on is None:
        return
    if filing.via != Via.PAPER:
        raise ValueError("only paper has a day of receipt of its own")
    today = shanghai_day(filing.now)
    if filing.received_on > today:
        raise Refused(
            "received_in_the_future",
            _("%(day)s is not yet; name the day on which the paper came in.") % {"day": day(filing.received_on)},
            field="received_on",
            value=filing.received_on,
        )
    if not_before and filing.received_on < not_before:
        raise Refused(
            "received_before_notice",
            _("On %(day)s the person had not been told yet; the notice is of %(notice)s. Check the day of receipt.")
            % {"day": day(filing.received_on), "notice": day(not_before)},
            field="received_on",
            value=filing.received_on,
        )
