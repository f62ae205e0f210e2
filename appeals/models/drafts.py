"""What somebody prepares before it counts, sealed, for nobody else, gone once it counts: objections, and votes."""

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.panels import Seat
from registry.models import Practitioner, Proposal
from registry.models.identifiers import uuid7
from registry.models.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPoint:
    """One point of dispute as it is being written. `about` is the key of what it disputes; `number` never changes."""

    number: int
    about: str
    text: str
    professional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWords:
    """Everything that was written. `against` are the keys of the entries that an appeal names; with `standing` it is
    against the standing of the day instead.
    """

    statement: str = ""
    good_cause: str = ""
    new_facts: str = ""
    standing: bool = False
    against: tuple[str, ...] = ()
    points: tuple[DraftPoint, ...] = ()
    numbers: int = 0
    """How many numbers were given to points; a number of a point that was taken out is given to no other."""

    def point(self, number: int) -> DraftPoint | None:
        """The point of that number."""
        return next((each for each in self.points if each.number == number), None)


class Draft(models.Model):
    """An objection to a proposal, or an appeal where there is none, that its author has not filed yet.

    The objection that is filed takes its `uuid` over: filing twice is filing once. No history is kept of a draft; it is
    forgotten when it is filed or given up, and after the days of the policy (`retention.drafts`).
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="drafts", verbose_name=_("practitioner")
    )
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="+", null=True)
    sealed = models.BinaryField(editable=False)
    begun_at = models.DateTimeField(_("begun at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("draft of an objection")
        verbose_name_plural = _("drafts of objections")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "proposal"], nulls_distinct=False, name="one_draft_for_each_thing_objected_to"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def vault(self) -> Vault:
        """What seals the words."""
        return Vault(self.uuid, "drafts")

    @property
    def words(self) -> DraftWords:
        """What was written. Raises SealBroken where it was tampered with."""
        kept: dict[str, Any] = self.vault.unseal_words(bytes(self.sealed))
        points = tuple(DraftPoint(**each) for each in kept.pop("points"))
        return DraftWords(**{**kept, "against": tuple(kept["against"]), "points": points})

    @words.setter
    def words(self, words: DraftWords) -> None:
        self.sealed = self.vault.seal_words(asdict(words))


class DraftFile(models.Model):
    """A file for one point of a draft. It becomes a file of the register when the draft is filed, and not before."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    point = models.PositiveSmallIntegerField(_("number of the point"))
    name = models.CharField(_("file name"), max_length=120)
    size = models.PositiveIntegerField(_("size (bytes)"))
    digest = models.BinaryField(max_length=32, editable=False)
    sealed = models.BinaryField(editable=False)
    handed_in_at = models.DateTimeField(_("handed in at"))

    class Meta:
        verbose_name = _("file of a draft")
        verbose_name_plural = _("files of drafts")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "point", "digest"], name="a_file_is_once_with_a_point_of_a_draft"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def vault(self) -> Vault:
        """What seals the content."""
        return Vault(self.uuid, "files of drafts")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftBallot:
    """What is written of one point so far; each part may still be missing."""

    result: str = ""
    points: int | None = None
    reasons: str = ""


class VoteDraft(models.Model):
    """The vote of an expert who is free to judge, as it is being written; there is one from the first step on.

    No history is kept of it; it is forgotten when the vote is cast, or when the seat ends otherwise.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    seat = models.OneToOneField(Seat, models.PROTECT, related_name="draft")
    sealed = models.BinaryField(editable=False)
    begun_at = models.DateTimeField(_("begun at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("draft of a vote")
        verbose_name_plural = _("drafts of votes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def vault(self) -> Vault:
        """What seals the words."""
        return Vault(self.uuid, "drafts of votes")

    @property
    def ballots(self) -> dict[int, DraftBallot]:
        """What was written, by the ids of the points. Raises SealBroken where it was tampered with."""
        kept = self.vault.unseal_words(bytes(self.sealed))
        return {int(point): DraftBallot(**written) for point, written in kept.items()}

    @ballots.setter
    def ballots(self, ballots: dict[int, DraftBallot]) -> None:
        self.sealed = self.vault.seal_words({str(point): asdict(written) for point, written in ballots.items()})
