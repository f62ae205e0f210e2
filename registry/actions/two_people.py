"""Acts that need a second person."""

from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.models import User


def require_second(*, by: User | None, second: User | None, signed_before: bool = False) -> User:
    """The second of two different active people behind the act. Raises Refused where there are not two.

    Whoever `signed_before` was active then, and may not be any more.
    """
    if second is None:
        raise Refused(
            "second_person_missing",
            _("This act needs a second person. Ask a colleague to countersign it."),
            field="second",
        )
    if by is None or second.pk == by.pk:
        raise Refused(
            "second_person_same",
            _("The second person must be somebody else than the one who acts."),
            field="second",
            value=str(second),
        )
    if not (second.is_active or signed_before):
        raise Refused(
            "second_person_inactive",
            _("The account of the second person is closed. Ask somebody with an open account."),
            field="second",
            value=str(second),
        )
    return second
