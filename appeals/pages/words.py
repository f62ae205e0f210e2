"""What is disputed, in one line."""

from django.utils.translation import gettext, ngettext

from appeals.queries.drafts import Thing
from registry.queries.explain import day


def told(thing: Thing) -> str:
    """So many points for a situation; of an entry on record also its day and document."""
    words = ngettext("%(points)s point: %(what)s", "%(points)s points: %(what)s", thing.points)
    what = thing.situation_words
    if thing.entry is not None:
        about = {"day": day(thing.entry.effective_on), "document": thing.entry.document_number, "what": what}
        if not what:
            what = "{day} {document}".format(**about).strip()
        elif about["document"]:
            what = gettext("%(what)s (entry of %(day)s %(document)s)") % about
        else:
            what = gettext("%(what)s (entry of %(day)s)") % about
    return words % {"points": thing.points, "what": what}
