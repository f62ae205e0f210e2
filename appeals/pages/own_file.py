"""What stands of objections on the pages of the own file: a part, what can be done now, and what happened."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appeals.models import Objection
from appeals.queries.disputed import any_appealable
from appeals.queries.own_objections import STANDS, Window, own_objections, windows, with_what_comes_next
from registry.ledger.days import shanghai_day
from registry.models import Practitioner
from registry.pages.own_file.extensions import Card, Deed, Happening
from registry.queries.own_file import files_of, history_of_holder, once

MOST_SHOWN = 3


def card(person: Practitioner) -> Card:
    """What was filed last; what can be objected to stands among the deeds."""
    today = shanghai_day(timezone.now())
    own = with_what_comes_next(_objections_of(person)[:MOST_SHOWN], today)
    return Card("appeals/own/card.html", {"own": own})


def deeds(person: Practitioner, today: date) -> Iterator[Deed]:
    """To object, until the last day of each window; it presses, because silence decides. To appeal, at any time."""
    for window in windows_of(person, today):
        if window.unread:
            continue  # first the notice is to be opened, which is a deed of its own
        words = ngettext("Object to %(points)s proposed point", "Object to %(points)s proposed points", window.points)
        yield Deed(
            words % {"points": window.points},
            window.sentence,
            reverse("my_objections"),
            until=None if window.is_over else window.due,
            pressing=not window.is_over,
        )
    if any_appealable(history_of_holder(person).facts):
        words = _(
            "Against points on record, or against your standing, at any time. Until it is decided, points and standing"
            " stay as they are."
        )
        yield Deed(_("Appeal"), words, f"{reverse('my_objections')}#entries")


def happenings(person: Practitioner) -> Iterator[Happening]:
    """What was filed, and what was decided."""
    for row in _objections_of(person):
        url = reverse("my_objection", args=[row.uuid])
        filed = _("%(number)s filed: %(kind)s") % {"number": row.number, "kind": row.get_kind_display()}
        yield Happening(shanghai_day(row.filed_at), filed, url=url)
        if row.decided_at:
            decided = _("%(number)s decided") % {"number": row.number}
            yield Happening(shanghai_day(row.decided_at), decided, str(STANDS[row.state]), url)


def waiting(person: Practitioner) -> str:
    """How many windows run."""
    today = shanghai_day(timezone.now())
    return str(sum(not each.is_over for each in windows_of(person, today)) or "")


def windows_of(person: Practitioner, today: date) -> list[Window]:
    """What can be objected to."""
    return once(person, "windows", lambda: windows(files_of(person), today))


def _objections_of(person: Practitioner) -> list[Objection]:
    return once(person, "objections", lambda: list(own_objections(files_of(person))))
