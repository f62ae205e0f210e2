"""Where appeals keep seals: seeds and salts of panels, votes, drafts with their files, and drafts of votes."""

from appeals.models import Draft, DraftFile, Panel, Seat, VoteDraft
from registry.actions.resealing import Place, key_of_vault, renews

PLACES = (
    Place("seeds of panels", Panel.objects.all(), key_of_vault("sealed_seed"), renews("sealed_seed")),
    Place("votes", Seat.objects.exclude(sealed_votes=None), key_of_vault("sealed_votes"), renews("sealed_votes")),
    Place("drafts", Draft.objects.all(), key_of_vault("sealed"), renews("sealed")),
    Place("files of drafts", DraftFile.objects.all(), key_of_vault("sealed"), renews("sealed"), at_once=5),
    Place("drafts of votes", VoteDraft.objects.all(), key_of_vault("sealed"), renews("sealed")),
)
