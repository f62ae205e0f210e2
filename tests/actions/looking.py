"""Looking into files, for stories of who looked."""

from registry.actions.access_log import Kind, record_access
from registry.actions.people import add_document
from registry.models import AccessRecord, IdentityDocument, Practitioner, User
from tests.town import TODAY, at

NUMBER = "11010519491231002X"
REASON = "核对执业证与身份证件"


def look(who: Practitioner, by: User, *, hour: int = 10, reason: str = "", kind: str = Kind.OPENED) -> AccessRecord:
    return record_access(practitioner=who, by=by, key=None, kind=kind, reason=reason, now=at(TODAY, hour))


def card(who: Practitioner) -> IdentityDocument:
    return add_document(practitioner=who, kind="resident_id", number=NUMBER, by=None, now=at(TODAY))
